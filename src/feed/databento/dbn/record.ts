import { HEADER_BYTES, TS_OUT_BYTES } from "./codes.js";
import { type Block, recordSize, tooShort } from "./framer.js";
import { type Field, LAYOUTS, LEVEL, layoutOf, VENUE_LEVEL } from "./layouts.js";
import { readText } from "./numbers.js";

/** A record with DBN's field names: 64-bit integers as text, prices in units of 1e-9, times in nanoseconds. */
export type PlainRecord = Readonly<Record<string, PlainValue>>;

type PlainValue = string | number | readonly PlainRecord[];

/**
 * Reads any record into a plain object. A type that is not known gives its header and `type: "unknown"`. Throws
 * `FeedError` when the record is too short for its type.
 *
 * @param tsOut whether the metadata says that a send time ends every record
 */
export function readRecord(block: Block, at: number, tsOut: boolean): PlainRecord {
  const { bytes, view } = block;
  const size = recordSize(block, at);
  const known = tsOut ? size - TS_OUT_BYTES : size;
  const rtype = view.getUint8(at + 1);
  const layout = layoutOf(rtype, known);
  if (layout === undefined && LAYOUTS.has(rtype)) throw tooShort(block, at, rtype);
  const record: Record<string, PlainValue> = {
    type: layout?.name ?? "unknown",
    rtype,
    ...(layout === undefined ? { length: size } : {}),
    publisher_id: view.getUint16(at + 2, true),
    instrument_id: view.getUint32(at + 4, true),
    ts_event: view.getBigUint64(at + 8, true).toString(),
  };
  for (const field of layout?.fields ?? []) record[field.name] = readField(bytes, view, at, field);
  if (tsOut && known >= HEADER_BYTES) record.ts_out = view.getBigUint64(at + known, true).toString();
  return record;
}

function readField(bytes: Uint8Array, view: DataView, at: number, field: Field): PlainValue {
  const offset = at + field.offset;
  switch (field.type) {
    case "u8":
      return view.getUint8(offset);
    case "i8":
      return view.getInt8(offset);
    case "u16":
      return view.getUint16(offset, true);
    case "i16":
      return view.getInt16(offset, true);
    case "u32":
      return view.getUint32(offset, true);
    case "i32":
      return view.getInt32(offset, true);
    case "u64":
      return view.getBigUint64(offset, true).toString();
    case "i64":
      return view.getBigInt64(offset, true).toString();
    case "char":
    case "text":
      return readText(bytes, offset, field.size);
    case "levels":
      return readLevels(bytes, view, offset, field.size, LEVEL);
    case "venues":
      return readLevels(bytes, view, offset, field.size, VENUE_LEVEL);
    default:
      return field.type satisfies never;
  }
}

function readLevels(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  size: number,
  level: typeof LEVEL,
): readonly PlainRecord[] {
  return Array.from({ length: size / level.end }, (_, index) =>
    Object.fromEntries(
      level.fields.map((field) => [field.name, readField(bytes, view, offset + index * level.end, field)]),
    ),
  );
}
