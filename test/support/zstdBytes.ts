import xxhash from "xxhash-wasm";

const { h64Raw } = await xxhash();

/** What a hand-made frame says of itself; raw blocks need no compressor. */
export interface FrameSketch {
  /** Bytes per block; default 100. */
  readonly blockBytes?: number;
  readonly checksum?: "right" | "wrong" | "none";
  /** The content size that the header claims; default the true one. */
  readonly claims?: number | "nothing";
  /** Exponent of the window in the header, of a frame without a size; default 17 (128 KB). */
  readonly windowLog?: number;
}

/** A zstd frame (RFC 8878 3.1.1) of raw blocks around `content`. */
export function zstdFrame(content: Uint8Array, sketch: FrameSketch = {}): Uint8Array {
  const { blockBytes = 100, checksum = "right", claims = content.length, windowLog = 17 } = sketch;
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < content.length || blocks.length === 0; at += blockBytes) {
    const data = content.subarray(at, at + blockBytes);
    const isLast = at + blockBytes >= content.length;
    blocks.push(blockHeader(isLast, 0, data.length), data);
  }
  return new Uint8Array(
    Buffer.concat([header(claims, windowLog, checksum !== "none"), ...blocks, trailer(content, checksum)]),
  );
}

/** A frame of one repeated byte: `blocks` of 128 KB in 4 bytes each. */
export function zstdBomb(blocks: number): Uint8Array {
  const parts = [header("nothing", 17, false)];
  for (let index = 1; index <= blocks; index++) {
    parts.push(blockHeader(index === blocks, 1, 128 * 1024), Uint8Array.of(0));
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** A frame that decoders pass over. */
export function skippableFrame(content: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a53, 0);
  head.writeUInt32LE(content.length, 4);
  return new Uint8Array(Buffer.concat([head, content]));
}

function header(claims: number | "nothing", windowLog: number, hasChecksum: boolean): Uint8Array {
  const flag = hasChecksum ? 4 : 0;
  if (claims === "nothing") return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, flag, (windowLog - 10) << 3);
  const bytes = Buffer.alloc(14);
  bytes.set([0x28, 0xb5, 0x2f, 0xfd, 0xc0 | flag, (windowLog - 10) << 3]);
  bytes.writeBigUInt64LE(BigInt(claims), 6);
  return bytes;
}

function blockHeader(isLast: boolean, type: number, size: number): Uint8Array {
  const value = (isLast ? 1 : 0) | (type << 1) | (size << 3);
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff);
}

function trailer(content: Uint8Array, checksum: FrameSketch["checksum"]): Uint8Array {
  if (checksum === "none") return new Uint8Array(0);
  const low = Number(h64Raw(content, 0n) & 0xffff_ffffn) ^ (checksum === "wrong" ? 1 : 0);
  return Uint8Array.of(low & 0xff, (low >>> 8) & 0xff, (low >>> 16) & 0xff, (low >>> 24) & 0xff);
}
