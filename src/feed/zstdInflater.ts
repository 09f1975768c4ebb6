import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";
import type { ZstdFrameHeader } from "./zstdFrames.js";

/** Decompresses one zstd frame and gives what comes out to the function it was made with. */
export interface Inflater {
  /** Resolves when all that `bytes` yield was given out. Throws when they are damaged. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** The frame is complete. Throws when the decoder does not think so. */
  finish(): void | Promise<void>;
  /** Lets go of what a frame holds that was not finished. */
  dispose(): void;
}

/** What gets the decompressed bytes; when it throws, decompression stops with its error. */
type Receive = (bytes: Uint8Array) => void;

/** The part of zlib that Node has from 22.15 on, and that the types of Node 20 do not know. */
interface NativeZstd {
  createZstdDecompress(options: { chunkSize: number }): Transform;
}

const OUTPUT_CHUNK = 256 * 1024;

/**
 * fzstd: pure JavaScript, runs everywhere, about four times slower than the native one.
 *
 * It looks less closely than the native one: of a damaged block it may make other bytes where that one fails. A checksum tells
 * both; without one, neither sees all damage.
 */
export function jsInflater(receive: Receive, header: ZstdFrameHeader): Inflater {
  let pending: Uint8Array | undefined;
  const decoder = new Decompress((bytes) => receive(bytes));
  return {
    // One slice behind, because fzstd wants to know which one is the last; copied, because it keeps what it is given.
    write(bytes) {
      if (pending !== undefined) decoder.push(pending, false);
      // The first bytes are the header.
      pending = pending === undefined ? sizelessHeader(header) : bytes.slice();
    },
    finish() {
      decoder.push(pending ?? new Uint8Array(0), true);
    },
    dispose: () => undefined,
  };
}

const LARGEST_BLOCK_LOG = 17;

/** The header of a frame that does not say how much it holds: what comes out would be cut off there, and the claim proven by itself. */
function sizelessHeader({ window, hasChecksum }: ZstdFrameHeader): Uint8Array {
  const log = Math.max(LARGEST_BLOCK_LOG, Math.ceil(Math.log2(Math.max(1, window))));
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, hasChecksum ? 4 : 0, (log - 10) << 3);
}

/** Node's own decoder, which works outside the main thread. */
export function nativeInflater(receive: Receive): Inflater {
  const stream = (zlib as unknown as NativeZstd).createZstdDecompress({ chunkSize: OUTPUT_CHUNK });
  const ended = new Promise<void>((resolve, reject) => {
    stream.once("end", resolve);
    stream.once("error", reject);
    stream.once("close", () => reject(new Error("unexpected end")));
  });
  ended.catch(() => undefined);
  stream.on("data", (bytes: Uint8Array) => {
    try {
      receive(bytes);
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  return {
    write: (bytes) =>
      Promise.race([
        ended,
        new Promise<void>((resolve, reject) => {
          stream.write(bytes, (error) => (error == null ? resolve() : reject(error)));
        }),
      ]),
    finish() {
      stream.end();
      return ended;
    },
    dispose: () => void stream.destroy(),
  };
}
