import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import { HEADER_BYTES } from "./codes.js";
import { type Metadata, PRELUDE_BYTES, parseMetadata, parsePrelude, requireDbn } from "./metadata.js";

/** Bytes in which records lie one after the other. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Offset of `bytes` in the stream, for messages. */
  readonly base: number;
}

/** What takes the metadata and the records that a `DbnFramer` finds. */
export interface RecordReader {
  readMetadata(metadata: Metadata): void;
  /**
   * Reads the whole records of a block.
   *
   * @returns where the first record begins that the block holds in part only; the block's length if there is none
   */
  readRecords(block: Block, start: number): number;
}

const RECORD_LIMIT = 255 * 4;

/**
 * Cuts a DBN stream into its metadata and blocks of records, however it arrives. Records are not copied unless a chunk
 * ends within them; at most the metadata and one record are kept.
 */
export class DbnFramer {
  readonly #reader: RecordReader;
  #head: Uint8Array;
  #headSize = 0;
  #headNeeded: number;
  #version = 0;
  readonly #carried = new Uint8Array(RECORD_LIMIT);
  #carriedSize = 0;
  #position = 0;

  /** @param kind a `fragment` has records alone, no metadata before them */
  constructor(reader: RecordReader, kind: "stream" | "fragment" = "stream") {
    this.#reader = reader;
    this.#headNeeded = kind === "stream" ? PRELUDE_BYTES : 0;
    this.#head = new Uint8Array(this.#headNeeded);
  }

  /** Takes the next bytes. Throws `FeedError` when they cannot be DBN. */
  push(bytes: Uint8Array): void {
    let at = this.#headNeeded > 0 ? this.#readHead(bytes) : 0;
    if (this.#headNeeded === 0) {
      if (this.#carriedSize > 0) at = this.#completeCarried(bytes, at);
      if (this.#carriedSize === 0 && at < bytes.length) {
        const rest = this.#reader.readRecords({ bytes, view: viewOf(bytes), base: this.#position }, at);
        this.#carried.set(bytes.subarray(rest));
        this.#carriedSize = bytes.length - rest;
      }
    }
    this.#position += bytes.length;
  }

  /** Bytes of a record of which the rest has not come. */
  get partBytes(): number {
    return this.#carriedSize;
  }

  /**
   * Says that the stream is over. Throws `FeedError` when it ended within metadata or a record.
   *
   * @param mayBeTorn whether it may end within a record
   */
  end(mayBeTorn = false): void {
    if (this.#headNeeded === 0 && (this.#carriedSize === 0 || mayBeTorn)) return;
    if (this.#headNeeded > 0 && this.#version === 0) requireDbn(this.#head.subarray(0, this.#headSize));
    const what = this.#headNeeded > 0 ? say("its metadata") : say("a record");
    throw new FeedError(
      say("{0}; download it again", say("it is cut off within {0} at byte {1}", what, this.#position)),
      {
        retriable: false,
      },
    );
  }

  #readHead(bytes: Uint8Array): number {
    let at = 0;
    while (this.#headNeeded > 0 && at < bytes.length) {
      const taken = bytes.subarray(at, at + this.#headNeeded - this.#headSize);
      this.#head.set(taken, this.#headSize);
      this.#headSize += taken.length;
      at += taken.length;
      if (this.#headSize === this.#headNeeded) this.#completeHead();
    }
    return at;
  }

  #completeHead(): void {
    this.#headSize = 0;
    if (this.#version === 0) {
      const { version, length } = parsePrelude(this.#head);
      this.#version = version;
      this.#headNeeded = length;
      this.#head = new Uint8Array(length);
    } else {
      this.#headNeeded = 0;
      this.#reader.readMetadata(parseMetadata(this.#version, this.#head));
      this.#head = new Uint8Array(0);
    }
  }

  #completeCarried(bytes: Uint8Array, start: number): number {
    const size = Math.max((this.#carried[0] ?? 0) * 4, HEADER_BYTES);
    const missing = bytes.subarray(start, start + size - this.#carriedSize);
    const base = this.#position + start - this.#carriedSize;
    this.#carried.set(missing, this.#carriedSize);
    this.#carriedSize += missing.length;
    if (this.#carriedSize === size) {
      const record = this.#carried.subarray(0, size);
      this.#reader.readRecords({ bytes: record, view: viewOf(record), base }, 0);
      this.#carriedSize = 0;
    }
    return start + missing.length;
  }
}

/**
 * The size of the record at `at`, in bytes. Throws `FeedError` when it is smaller than a header, which would make a
 * naive reader loop.
 */
export function recordSize(block: Block, at: number): number {
  const size = (block.bytes[at] ?? 0) * 4;
  if (size < HEADER_BYTES) {
    const what = say("the record at byte {0} claims {1} bytes, less than its header", block.base + at, size);
    throw new FeedError(say("{0}; the data is damaged, download it again", what), {
      retriable: false,
    });
  }
  return size;
}

/** A record that is too short for its type. */
export function tooShort(block: Block, at: number, rtype: number): FeedError {
  const type = `0x${rtype.toString(16).padStart(2, "0")}`;
  const size = (block.bytes[at] ?? 0) * 4;
  return new FeedError(
    say(
      "{0}; download it again",
      say("the record at byte {0} has {1} bytes, too few for its type {2}", block.base + at, size, type),
    ),
    { retriable: false },
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
