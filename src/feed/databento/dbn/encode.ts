import { NEWEST_VERSION, SCHEMAS, STYPES } from "./codes.js";
import { type Field, LAYOUTS, LEVEL, VENUE_LEVEL } from "./layouts.js";
import { type Metadata, PRELUDE_BYTES } from "./metadata.js";
import type { PlainRecord } from "./record.js";

const FIXED_BYTES = 100;

/** The longest symbol that DBN 2 and 3 hold, with its NUL; DBN 1 holds `SYMBOL_BYTES_V1`. */
const SYMBOL_BYTES = 71;
const SYMBOL_BYTES_V1 = 22;

/** Prelude and metadata as bytes, what is left out empty; version 3 unless another is named. */
export function encodeMetadata(fields: Partial<Omit<Metadata, "symbolLength">>): Uint8Array {
  const { version = NEWEST_VERSION, symbols = [], partial = [], notFound = [], mappings = [] } = fields;
  const symbolBytes = version === 1 ? SYMBOL_BYTES_V1 : SYMBOL_BYTES;
  const writer = new ByteWriter();
  for (const list of [symbols, partial, notFound]) {
    writer.uint32(list.length);
    for (const symbol of list) writer.text(symbol, symbolBytes);
  }
  writer.uint32(mappings.length);
  for (const { requested, intervals } of mappings) {
    writer.text(requested, symbolBytes);
    writer.uint32(intervals.length);
    for (const { start, end, symbol } of intervals) {
      writer.uint32(start);
      writer.uint32(end);
      writer.text(symbol, symbolBytes);
    }
  }
  const lists = writer.bytes();
  const size = PRELUDE_BYTES + FIXED_BYTES + 4 + lists.length;
  const bytes = new Uint8Array(version >= 3 ? Math.ceil(size / 8) * 8 : size);
  bytes.set(lists, PRELUDE_BYTES + FIXED_BYTES + 4);
  writeFixed(bytes, version, fields);
  return bytes;
}

function writeFixed(bytes: Uint8Array, version: number, fields: Partial<Metadata>): void {
  const { dataset = "", schema, start = 0n, end, limit = 0n, stypeIn, stypeOut = "instrument_id", tsOut } = fields;
  const view = new DataView(bytes.buffer, PRELUDE_BYTES);
  const after = version === 1 ? 50 : 42;
  bytes.set([0x44, 0x42, 0x4e, version]);
  new DataView(bytes.buffer).setUint32(4, bytes.length - PRELUDE_BYTES, true);
  writeText(bytes, PRELUDE_BYTES, dataset, 16);
  view.setUint16(16, schema === undefined ? 0xffff : SCHEMAS.indexOf(schema), true);
  view.setBigUint64(18, start, true);
  view.setBigUint64(26, end ?? 0xffff_ffff_ffff_ffffn, true);
  view.setBigUint64(34, limit, true);
  if (version === 1) view.setBigUint64(42, 0xffff_ffff_ffff_ffffn, true);
  view.setUint8(after, stypeIn === undefined ? 0xff : STYPES.indexOf(stypeIn));
  view.setUint8(after + 1, STYPES.indexOf(stypeOut));
  view.setUint8(after + 2, tsOut === true ? 1 : 0);
  if (version > 1) view.setUint16(45, SYMBOL_BYTES, true);
}

/**
 * A record as bytes, from the fields that `readRecord` gives; those left out are zero.
 *
 * @param size picks the version's layout, where a type has several; default the newest
 */
export function encodeRecord(record: PlainRecord & { readonly rtype: number }, size?: number): Uint8Array {
  const layouts = LAYOUTS.get(record.rtype);
  const layout = size === undefined ? layouts?.at(-1) : layouts?.find((candidate) => candidate.size === size);
  if (layout === undefined) throw new Error(`No record type ${record.rtype} of ${size} bytes`);
  const bytes = new Uint8Array(layout.size + (record.ts_out === undefined ? 0 : 8));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, bytes.length / 4);
  view.setUint8(1, record.rtype);
  view.setUint16(2, Number(record.publisher_id ?? 0), true);
  view.setUint32(4, Number(record.instrument_id ?? 0), true);
  view.setBigUint64(8, BigInt(String(record.ts_event ?? 0)), true);
  writeFields(bytes, view, 0, layout.fields, record);
  if (record.ts_out !== undefined) view.setBigUint64(layout.size, BigInt(String(record.ts_out)), true);
  return bytes;
}

function writeFields(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  fields: readonly Field[],
  record: PlainRecord,
): void {
  for (const field of fields) {
    const value = record[field.name];
    if (Array.isArray(value)) {
      const level = field.type === "levels" ? LEVEL : VENUE_LEVEL;
      value.forEach((item, index) => {
        writeFields(bytes, view, at + field.offset + index * level.end, level.fields, item);
      });
    } else if (value !== undefined) {
      writeField(bytes, view, at, field, String(value));
    }
  }
}

function writeField(bytes: Uint8Array, view: DataView, at: number, field: Field, value: string): void {
  const offset = at + field.offset;
  switch (field.type) {
    case "u8":
    case "i8":
      view.setUint8(offset, Number(value));
      break;
    case "u16":
    case "i16":
      view.setUint16(offset, Number(value), true);
      break;
    case "u32":
    case "i32":
      view.setUint32(offset, Number(value), true);
      break;
    case "u64":
    case "i64":
      view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
      break;
    case "char":
    case "text":
      writeText(bytes, offset, value, field.size);
      break;
    case "levels":
    case "venues":
      throw new Error(`"${field.name}" is a list of levels`);
    default:
      field.type satisfies never;
  }
}

function writeText(bytes: Uint8Array, at: number, text: string, size: number): void {
  if (text.length > size) throw new Error(`"${text}" is longer than ${size} bytes`);
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
}

/** Collects bytes of a size not known before. */
class ByteWriter {
  readonly #bytes: number[] = [];

  uint32(value: number): void {
    this.#bytes.push(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff);
  }

  text(text: string, size: number): void {
    const bytes = new Uint8Array(size);
    writeText(bytes, 0, text, size);
    this.#bytes.push(...bytes);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
