import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import { NEWEST_VERSION, SCHEMAS, STYPES } from "./codes.js";
import { readText } from "./numbers.js";

/** Bytes before the metadata: "DBN", the version, and the length of what follows. */
export const PRELUDE_BYTES = 8;

/** Metadata larger than this is damage, not data. */
export const METADATA_LIMIT = 8 * 1024 * 1024;

const FIXED_BYTES = 100;
const NO_SCHEMA = 0xffff;
const NO_STYPE = 0xff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** What a requested symbol meant on the dates `[start, end)`, each YYYYMMDD as a number. */
export interface MappingInterval {
  readonly start: number;
  readonly end: number;
  /** In the output symbol type, normally an instrument_id as text. */
  readonly symbol: string;
}

/** A requested symbol and what it meant over time. */
export interface Mapping {
  /** As requested: a raw symbol only where `stypeIn` is `raw_symbol`. */
  readonly requested: string;
  readonly intervals: readonly MappingInterval[];
}

/** Whether a stream is of mixed schemas: the recording of a live one, which nobody can download again. */
export function isRecording({ schema }: Metadata): boolean {
  return schema === undefined;
}

/** What a DBN stream says of itself before its first record. Times are nanoseconds. */
export interface Metadata {
  readonly version: number;
  readonly dataset: string;
  /** Undefined in a stream of mixed schemas, as live streams are; the number as text where the name is not known. */
  readonly schema: string | undefined;
  readonly start: bigint;
  readonly end: bigint | undefined;
  readonly limit: bigint | undefined;
  readonly stypeIn: string | undefined;
  readonly stypeOut: string | undefined;
  /** Whether every record ends with the time at which the gateway sent it. */
  readonly tsOut: boolean;
  /** Bytes of a symbol in the metadata. */
  readonly symbolLength: number;
  readonly symbols: readonly string[];
  readonly partial: readonly string[];
  readonly notFound: readonly string[];
  readonly mappings: readonly Mapping[];
}

/** A stream of a version that this program does not read. */
export class UnknownVersion extends FeedError {
  constructor(message: string) {
    super(message, { retriable: false });
    this.name = "UnknownVersion";
  }
}

/** Throws `FeedError` for bytes that are no beginning of DBN, however few they are, nor of the older DBZ. */
export function requireDbn([first, second, third]: Uint8Array): void {
  const isDbn = (first ?? 0x44) === 0x44 && (second ?? 0x42) === 0x42 && [0x4e, 0x5a].includes(third ?? 0x4e);
  if (!isDbn) throw damaged(say("it is not in the DBN format; choose a .dbn or .dbn.zst file"));
}

/** Version and length of the metadata that a prelude announces. Throws `FeedError` for what is no DBN. */
export function parsePrelude(bytes: Uint8Array): { version: number; length: number } {
  const version = bytes[3] ?? 0;
  requireDbn(bytes);
  if (bytes[2] === 0x5a) throw damaged(say("it is in the old DBZ format; download it again as DBN"));
  if (version < 1 || version > NEWEST_VERSION) {
    throw new UnknownVersion(
      say("{0}; update this program", say("DBN version {0} is not known, only 1 to {1}", version, NEWEST_VERSION)),
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (length < FIXED_BYTES || length > METADATA_LIMIT) {
    throw damaged(say("{0}; download it again", say("its metadata claims {0} bytes, which is not possible", length)));
  }
  return { version, length };
}

/** Reads the metadata after the prelude. Throws `FeedError` when its lists do not fit into it. */
export function parseMetadata(version: number, bytes: Uint8Array): Metadata {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const after = version === 1 ? 50 : 42;
  const symbolLength = version === 1 ? 22 : view.getUint16(45, true);
  if (symbolLength === 0)
    throw damaged(say("{0}; download it again", say("its metadata says that symbols have no length")));
  if (view.getUint32(FIXED_BYTES, true) !== 0) {
    throw damaged(
      say("{0}; update this program", say("its metadata holds a schema definition, which no known version has")),
    );
  }
  const list = new ListReader(bytes, FIXED_BYTES + 4, symbolLength);
  const limit = view.getBigUint64(34, true);
  const end = view.getBigUint64(26, true);
  return {
    version,
    dataset: readText(bytes, 0, 16),
    schema: nameOf(SCHEMAS, view.getUint16(16, true), NO_SCHEMA),
    start: view.getBigUint64(18, true),
    end: end === U64_MAX ? undefined : end,
    limit: limit === 0n ? undefined : limit,
    stypeIn: nameOf(STYPES, view.getUint8(after), NO_STYPE),
    stypeOut: nameOf(STYPES, view.getUint8(after + 1), NO_STYPE),
    tsOut: view.getUint8(after + 2) === 1,
    symbolLength,
    symbols: list.symbols(),
    partial: list.symbols(),
    notFound: list.symbols(),
    mappings: list.mappings(),
  };
}

/**
 * The metadata as `decode` prints it: names in snake case, 64-bit integers as the text of what the file holds (no end is
 * the u64 maximum, no limit 0), null for a schema or symbol type that there is none of.
 */
export function describeMetadata(metadata: Metadata): object {
  return {
    type: "metadata",
    version: metadata.version,
    dataset: metadata.dataset,
    schema: metadata.schema ?? null,
    start: metadata.start.toString(),
    end: (metadata.end ?? U64_MAX).toString(),
    limit: (metadata.limit ?? 0n).toString(),
    stype_in: metadata.stypeIn ?? null,
    stype_out: metadata.stypeOut ?? null,
    ts_out: metadata.tsOut,
    symbol_cstr_len: metadata.symbolLength,
    symbols: metadata.symbols,
    partial: metadata.partial,
    not_found: metadata.notFound,
    mappings: metadata.mappings.map(({ requested, intervals }) => ({
      raw_symbol: requested,
      intervals: intervals.map(({ start, end, symbol }) => ({ start_date: start, end_date: end, symbol })),
    })),
  };
}

/** Reads the counted lists at the end of the metadata; a count that does not fit is damage. */
class ListReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #symbolLength: number;
  #at: number;

  constructor(bytes: Uint8Array, at: number, symbolLength: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#symbolLength = symbolLength;
    this.#at = at;
  }

  symbols(): readonly string[] {
    return Array.from({ length: this.#count(this.#symbolLength) }, () => this.#symbol());
  }

  mappings(): readonly Mapping[] {
    return Array.from({ length: this.#count(this.#symbolLength + 4) }, () => ({
      requested: this.#symbol(),
      intervals: Array.from({ length: this.#count(this.#symbolLength + 8) }, () => ({
        start: this.#uint32(),
        end: this.#uint32(),
        symbol: this.#symbol(),
      })),
    }));
  }

  #count(itemBytes: number): number {
    const count = this.#uint32();
    if (count * itemBytes > this.#bytes.length - this.#at) {
      throw damaged(
        say(
          "{0}; download it again",
          say("its metadata announces a list of {0} entries that does not fit into it", count),
        ),
      );
    }
    return count;
  }

  #symbol(): string {
    const at = this.#take(this.#symbolLength);
    return readText(this.#bytes, at, this.#symbolLength);
  }

  #uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.length)
      throw damaged(say("{0}; download it again", say("its metadata ends within a list")));
    this.#at += size;
    return at;
  }
}

function nameOf(names: readonly string[], code: number, none: number): string | undefined {
  return code === none ? undefined : (names[code] ?? String(code));
}

function damaged(message: string): FeedError {
  return new FeedError(message, { retriable: false });
}
