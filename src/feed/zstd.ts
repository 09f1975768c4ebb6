import * as zlib from "node:zlib";
import xxhash, { type XXHashAPI } from "xxhash-wasm";
import { say } from "../core/say.js";
import { FeedError } from "./feedError.js";
import { damaged, type ZstdFrameHeader, ZstdFrames } from "./zstdFrames.js";
import { type Inflater, jsInflater, nativeInflater } from "./zstdInflater.js";

/** Who decompresses: Node's zlib where it can (from Node 22.15 on), else fzstd. */
export type ZstdEngine = "native" | "js";

export interface ZstdOptions {
  /** Default: native where there is one. */
  readonly engine?: ZstdEngine;
  /** Bytes after which the data is taken for a bomb; default 64 GB. */
  readonly maxBytes?: number;
  /** Called once, when a frame has no checksum: damage in what it holds cannot be seen. */
  readonly unverified?: () => void;
}

/** Whether this Node has a zstd decoder of its own. */
export const HAS_NATIVE_ZSTD = "createZstdDecompress" in zlib;

/** Output of a frame that is held back until its checksum is verified; a larger frame is handed out before. */
const HELD_BACK_LIMIT = 4 * 1024 * 1024;

/** Real market data shrinks to a fifth; more than this many times is a bomb, once past the grace. */
const MAX_RATIO = 1000;
const RATIO_GRACE = 8 * 1024 * 1024;
const MAX_BYTES = 64 * 1024 ** 3;

/** Compressed bytes given to the decoder at a time, which bounds what a hostile block can make of them. */
const SLICE = 32 * 1024;

/**
 * Decompresses a zstd stream of any number of frames, skippable ones among them, in bounded memory.
 *
 * Size and XXH64 of every frame that states them are verified. A frame of up to 4 MB is verified before any of it is
 * handed out; of a larger one, the bytes come first and the error at its end, but always before the stream ends: who must
 * not use damaged bytes reads the stream once to its end before. Throws
 * `FeedError` for damage, truncation and bombs.
 */
export async function* decompressZstd(
  input: AsyncIterable<Uint8Array>,
  options: ZstdOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const frames = new ZstdFrames();
  const hashes = await xxhash();
  const budget = new Budget(options.maxBytes ?? MAX_BYTES);
  const engine = options.engine ?? (HAS_NATIVE_ZSTD ? "native" : "js");
  let frame: Frame | undefined;
  let isVerified = true;
  try {
    for await (const chunk of input) {
      for (const part of frames.push(chunk)) {
        if (part.type === "start") {
          frame = new Frame(part.header, engine, budget, hashes);
          if (isVerified && !part.header.hasChecksum) options.unverified?.();
          isVerified &&= part.header.hasChecksum;
        }
        if (part.type === "end") {
          yield* (await frame?.finish(part.checksum)) ?? [];
          frame = undefined;
          continue;
        }
        for (let at = 0; at < part.bytes.length; at += SLICE) {
          yield* (await frame?.write(part.bytes.subarray(at, at + SLICE))) ?? [];
        }
      }
    }
    frames.end();
  } finally {
    frame?.dispose();
  }
}

/** Counts what went in and came out, and says when that cannot be honest. */
class Budget {
  readonly #maxBytes: number;
  #input = 0;
  #output = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(bytes: number): void {
    this.#input += bytes;
  }

  /** Throws `FeedError` when `bytes` more of output are too many. */
  give(bytes: number): void {
    this.#output += bytes;
    if (this.#output > this.#maxBytes)
      throw damaged(say("its compressed data holds more than {0} bytes", this.#maxBytes));
    if (this.#output > this.#input * MAX_RATIO + RATIO_GRACE) {
      throw damaged(say("its compressed data grows more than {0} times, as no market data does", MAX_RATIO));
    }
  }
}

/** One frame on its way through a decoder, with what its header promised. */
class Frame {
  readonly #header: ZstdFrameHeader;
  readonly #budget: Budget;
  readonly #inflater: Inflater;
  readonly #hash: ReturnType<XXHashAPI["create64"]>;
  #held: Uint8Array[] = [];
  #isReleased = false;
  #size = 0;

  constructor(header: ZstdFrameHeader, engine: ZstdEngine, budget: Budget, hashes: XXHashAPI) {
    this.#header = header;
    this.#budget = budget;
    this.#hash = hashes.create64(0n);
    this.#inflater = (engine === "native" ? nativeInflater : jsInflater)((bytes) => this.#receive(bytes), header);
  }

  /** Decompresses a slice; gives what may be handed out already. */
  async write(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    this.#budget.take(bytes.length);
    await this.#guard(() => this.#inflater.write(bytes));
    if (this.#size > HELD_BACK_LIMIT) this.#isReleased = true;
    return this.#isReleased ? this.#release() : [];
  }

  /** Verifies the frame as a whole; gives the rest of its output. */
  async finish(checksum: number | undefined): Promise<readonly Uint8Array[]> {
    await this.#guard(() => this.#inflater.finish());
    const { contentSize, hasChecksum } = this.#header;
    if (contentSize !== undefined && contentSize !== this.#size) {
      throw damaged(say("{0} holds {1} bytes where it says {2}", this.#name(), this.#size, contentSize));
    }
    if (hasChecksum && Number(this.#hash.digest() & 0xffff_ffffn) !== checksum) {
      throw damaged(say("{0} fails its checksum", this.#name()));
    }
    return this.#release();
  }

  dispose(): void {
    this.#inflater.dispose();
  }

  #receive(bytes: Uint8Array): void {
    this.#budget.give(bytes.length);
    this.#size += bytes.length;
    if (this.#header.hasChecksum) this.#hash.update(bytes);
    if (bytes.length > 0) this.#held.push(bytes);
  }

  #release(): readonly Uint8Array[] {
    const released = this.#held;
    this.#held = [];
    return released;
  }

  /** A decoder that fails, in whatever way, means that the frame is damaged. */
  async #guard(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof FeedError) throw error;
      const cause = error instanceof Error ? error.message : String(error);
      throw damaged(say("{0} cannot be decompressed ({1})", this.#name(), cause));
    }
  }

  #name(): string {
    return say("the zstd frame at byte {0}", this.#header.offset);
  }
}
