import { say } from "../core/say.js";
import { FeedError } from "./feedError.js";

/** What a frame says of itself before its data. */
export interface ZstdFrameHeader {
  /** Where the frame begins in the compressed stream, for messages. */
  readonly offset: number;
  /** Bytes of what it holds, where it says so. */
  readonly contentSize: number | undefined;
  /** Bytes that later ones may refer back to. */
  readonly window: number;
  readonly hasChecksum: boolean;
}

/** A compressed stream in pieces: a frame starts, brings bytes and ends; the bytes of all its parts are the frame. */
export type ZstdPart =
  | { readonly type: "start"; readonly header: ZstdFrameHeader; readonly bytes: Uint8Array }
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** `checksum`: the low 32 bits of the content's XXH64 (seed 0), where the frame has one. */
  | { readonly type: "end"; readonly checksum: number | undefined };

/** Larger windows are refused, as the zstd tool does by default: they are memory that a stranger asks for. */
export const WINDOW_LIMIT = 2 ** 27;

const MAGIC = 0xfd2f_b528;
const SKIPPABLE = 0x184d_2a50;
const BLOCK_LIMIT = 128 * 1024;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
const LONGEST_HEADER = 18;

/** The structures of a stream; `skip` and `data` are passed over, the others are read. */
type State = "magic" | "skipSize" | "skip" | "descriptor" | "header" | "block" | "data" | "checksum";

/**
 * Finds the frames of a zstd stream by their block headers (RFC 8878 3.1.1), however the stream is cut. Needed because
 * Node's decoder ends silently after the first frame, and fzstd verifies neither checksum nor size.
 */
export class ZstdFrames {
  #state: State = "magic";
  readonly #head = new Uint8Array(LONGEST_HEADER);
  readonly #view = new DataView(this.#head.buffer);
  #headSize = 0;
  /** Bytes that the current structure still lacks. */
  #left = 4;
  #position = 0;
  #frameOffset = 0;
  #hasChecksum = false;
  #isLastBlock = false;
  #parts: ZstdPart[] = [];

  /** Takes the next bytes. Throws `FeedError` when they cannot be zstd. */
  push(bytes: Uint8Array): readonly ZstdPart[] {
    this.#parts = [];
    let given = 0;
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(this.#left, bytes.length - at);
      if (!this.#isPassed()) {
        this.#head.set(bytes.subarray(at, at + taken), this.#headSize);
        this.#headSize += taken;
      }
      at += taken;
      this.#position += taken;
      this.#left -= taken;
      while (this.#left === 0) {
        const wasFrame = this.#isWithinFrame();
        const checksum = this.#hasChecksum ? this.#view.getUint32(0, true) : undefined;
        this.#advance();
        if (!wasFrame) given = at;
        if (wasFrame && this.#state === "magic") {
          if (at > given) this.#parts.push({ type: "bytes", bytes: bytes.subarray(given, at) });
          this.#parts.push({ type: "end", checksum });
          given = at;
        }
      }
    }
    if (this.#isWithinFrame() && given < bytes.length) {
      this.#parts.push({ type: "bytes", bytes: bytes.subarray(given) });
    }
    return this.#parts;
  }

  /** Says that the stream is over. Throws `FeedError` when it ended within a frame. */
  end(): void {
    if (this.#state === "magic" && this.#headSize === 0) return;
    throw damaged(say("its compressed data is cut off at byte {0}", this.#position));
  }

  /** Whether the bytes now read belong to a frame whose start was told. */
  #isWithinFrame(): boolean {
    return this.#state === "block" || this.#state === "data" || this.#state === "checksum";
  }

  #isPassed(): boolean {
    return this.#state === "skip" || this.#state === "data";
  }

  /** Goes on to `state`, which takes `size` bytes; the bytes read so far stay where `keep` says so. */
  #enter(state: State, size: number, keep = false): void {
    this.#state = state;
    this.#left = size;
    if (!keep) this.#headSize = 0;
  }

  #advance(): void {
    switch (this.#state) {
      case "magic":
        this.#readMagic();
        break;
      case "skipSize":
        this.#enter("skip", this.#view.getUint32(0, true));
        break;
      case "descriptor":
        this.#enter("header", headerBytes(this.#view.getUint8(4)), true);
        break;
      case "header":
        this.#startFrame();
        this.#enter("block", 3);
        break;
      case "block":
        this.#readBlockHeader();
        break;
      case "data":
        if (!this.#isLastBlock) this.#enter("block", 3);
        else if (this.#hasChecksum) this.#enter("checksum", 4);
        else this.#enter("magic", 4);
        break;
      case "skip":
      case "checksum":
        this.#enter("magic", 4);
        break;
      default:
        this.#state satisfies never;
    }
  }

  #readMagic(): void {
    const magic = this.#view.getUint32(0, true);
    this.#frameOffset = this.#position - 4;
    if (magic === MAGIC) this.#enter("descriptor", 1, true);
    // `& 0xfffffff0` would make it a negative number.
    else if (magic - (magic % 16) === SKIPPABLE) this.#enter("skipSize", 4);
    else throw damaged(say("there is no zstd frame at byte {0}", this.#frameOffset));
  }

  #startFrame(): void {
    const view = this.#view;
    const descriptor = view.getUint8(4);
    const isSingle = (descriptor & 0x20) !== 0;
    const dictionaryAt = isSingle ? 5 : 6;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const contentSize = readContentSize(view, dictionaryAt + dictionaryBytes, descriptor);
    const windowByte = view.getUint8(5);
    const base = 2 ** (10 + (windowByte >> 3));
    const window = isSingle ? (contentSize ?? 0) : base + (base / 8) * (windowByte & 7);
    const where = say("the zstd frame at byte {0}", this.#frameOffset);
    if ((descriptor & 8) !== 0) throw damaged(say("{0} has a reserved bit set", where));
    for (let index = 0; index < dictionaryBytes; index++) {
      if (view.getUint8(dictionaryAt + index) !== 0)
        throw damaged(say("{0} needs a dictionary that is not there", where));
    }
    if (window > WINDOW_LIMIT) {
      throw damaged(
        say("{0} asks for {1} MB of memory, more than is given to a file", where, Math.round(window / 2 ** 20)),
      );
    }
    this.#hasChecksum = (descriptor & 4) !== 0;
    this.#parts.push({
      type: "start",
      header: { offset: this.#frameOffset, contentSize, window, hasChecksum: this.#hasChecksum },
      bytes: this.#head.slice(0, this.#headSize),
    });
  }

  #readBlockHeader(): void {
    const header = this.#view.getUint16(0, true) + this.#view.getUint8(2) * 0x1_0000;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === RESERVED_BLOCK || size > BLOCK_LIMIT) {
      throw damaged(say("its compressed data is damaged at byte {0}", this.#position - 3));
    }
    this.#isLastBlock = (header & 1) !== 0;
    this.#enter("data", type === RLE_BLOCK ? 1 : size);
  }
}

/** Bytes of a frame header after its descriptor. */
function headerBytes(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingle ? 0 : 1) + dictionary + contentSize;
}

function readContentSize(view: DataView, at: number, descriptor: number): number | undefined {
  switch (descriptor >> 6) {
    case 0:
      return (descriptor & 0x20) !== 0 ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  }
}

/** Compressed data that cannot be read. */
export function damaged(what: string): FeedError {
  return new FeedError(say("{0}; the file is damaged, download it again", what), { retriable: false });
}
