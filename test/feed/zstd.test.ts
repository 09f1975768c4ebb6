import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeedError } from "../../src/feed/feedError.js";
import { decompressZstd, HAS_NATIVE_ZSTD, type ZstdEngine, type ZstdOptions } from "../../src/feed/zstd.js";
import { cutBytes } from "../support/dbnBytes.js";
import { dataFile, MARKET_DATA, NEEDS_DATA } from "../support/marketData.js";
import { skippableFrame, zstdBomb, zstdFrame } from "../support/zstdBytes.js";

const ENGINES: readonly ZstdEngine[] = ["js", "native"];
const TEXT = Uint8Array.from({ length: 1000 }, (_, index) => (index * index) % 251);

async function* stream(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

async function inflate(chunks: readonly Uint8Array[], options: ZstdOptions): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressZstd(stream(chunks), options)) parts.push(part.slice());
  return Buffer.concat(parts);
}

function equal(found: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(found, expected)).toBe(0);
}

describe.each(ENGINES)("Decompressing zstd with the %s decoder", (engine) => {
  const skipped = engine === "native" && !HAS_NATIVE_ZSTD;
  const test = it.skipIf(skipped);
  const why = skipped ? ` (skipped: Node ${process.version} has none)` : "";

  test(`joins frames, passes over skippable ones, however the stream is cut${why}`, async () => {
    const bytes = Buffer.concat([
      skippableFrame(TEXT.subarray(0, 20)),
      zstdFrame(TEXT.subarray(0, 300)),
      zstdFrame(new Uint8Array(0)),
      zstdFrame(TEXT.subarray(300, 500), { checksum: "none", claims: "nothing" }),
      skippableFrame(new Uint8Array(0)),
      zstdFrame(TEXT.subarray(500), { claims: "nothing", blockBytes: 7 }),
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (places) => {
        equal(await inflate(cutBytes(new Uint8Array(bytes), places), { engine }), TEXT);
      }),
      { numRuns: 30 },
    );
    equal(await inflate(cutBytes(new Uint8Array(bytes), [...bytes.keys()]), { engine }), TEXT);
  });

  test(`raises an error wherever the stream is cut off${why}`, async () => {
    const bytes = zstdFrame(TEXT, { blockBytes: 400 });
    for (let length = 1; length < bytes.length; length += 1) {
      await expect(inflate([bytes.slice(0, length)], { engine })).rejects.toThrow("cut off");
    }
  });

  test(`hands out nothing of a small frame whose checksum is wrong${why}`, async () => {
    const small = new Uint8Array(1024 * 1024).fill(5);
    const outcome = await outcomeOf([zstdFrame(small, { checksum: "wrong", blockBytes: 50_000 })], { engine });
    expect(outcome).toEqual({ bytes: 0, error: expect.stringMatching(/the zstd frame at byte 0 .*checksum/i) });
  });

  test(`never ends well when any bit of a frame with checksum and size is flipped${why}`, async () => {
    const bytes = zstdFrame(TEXT.subarray(0, 60), { blockBytes: 25 });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const outcome = await outcomeOf([flipped], { engine });
      // A few flips of the header only change how the same content is described.
      if (outcome.error === undefined) equal(await inflate([flipped], { engine }), TEXT.subarray(0, 60));
      else expect(outcome.bytes).toBe(0);
      if (bit >= 14 * 8) expect(outcome.error).toBeDefined();
    }
  });

  test(`refuses a frame that holds more or less than it says${why}`, async () => {
    for (const claims of [999, 1001, 0]) {
      await expect(inflate([zstdFrame(TEXT, { claims, checksum: "none" })], { engine })).rejects.toThrow(FeedError);
    }
  });

  test(`refuses a compressed frame without a checksum that holds more or less than it says${why}`, async () => {
    equal(await inflate([compressedFrame(COMPRESSED_TEXT.length)], { engine }), COMPRESSED_TEXT);
    for (const claims of [256, 700, 959, 961, 2000]) {
      const outcome = await outcomeOf([compressedFrame(claims)], { engine });
      expect({ claims, ...outcome }).toEqual({ claims, bytes: 0, error: expect.stringMatching(/^the zstd frame at/) });
    }
  });

  test(`verifies a frame too large to be held back before the stream ends${why}`, async () => {
    const large = new Uint8Array(5 * 1024 * 1024).fill(3);
    const bytes = zstdFrame(large, { blockBytes: 128 * 1024, checksum: "wrong" });
    const outcome = await outcomeOf(cutBytes(bytes, [1_000_000, 3_000_000, 4_900_000]), { engine });
    expect(outcome.error).toMatch(/checksum/i);
    expect(outcome.bytes).toBeGreaterThan(4 * 1024 * 1024);
  });

  test(`stops a bomb early, and data beyond the cap${why}`, async () => {
    const outcome = await outcomeOf([zstdBomb(10_000)], { engine });
    expect(outcome.error).toMatch("grows more than 1000 times");
    expect(outcome.bytes).toBeLessThan(64 * 1024 * 1024);
    await expect(inflate([zstdFrame(TEXT)], { engine, maxBytes: 999 })).rejects.toThrow("more than 999 bytes");
  });

  test(`gives no memory to a frame that asks for gigabytes${why}`, async () => {
    const window = zstdFrame(TEXT, { claims: "nothing", windowLog: 31 });
    await expect(inflate([window], { engine })).rejects.toThrow("asks for 2048 MB of memory");
    const claim = zstdFrame(TEXT, { claims: 2 ** 40 });
    await expect(inflate([claim], { engine })).rejects.toThrow(/holds 1000 bytes where it says|cannot be decompressed/);
  });

  test(`refuses what is no zstd, or is followed by something else${why}`, async () => {
    await expect(inflate([TEXT], { engine })).rejects.toThrow("no zstd frame at byte 0");
    const frame = zstdFrame(TEXT);
    await expect(inflate([frame, Uint8Array.of(1, 2, 3, 4)], { engine })).rejects.toThrow(
      `no zstd frame at byte ${frame.length}`,
    );
  });

  test(`ends with bytes or a FeedError for any noise after a good start${why}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        const start = zstdFrame(TEXT).subarray(0, 14);
        const { error } = await outcomeOf([Buffer.concat([start, noise])], { engine });
        expect(error ?? "").not.toMatch(/not a FeedError/);
      }),
      { numRuns: 200 },
    );
  });

  const real = it.skipIf(skipped || MARKET_DATA === undefined);
  real(
    `gives a real two-frame file byte for byte, and raises on any flipped bit in it${why}${NEEDS_DATA}`,
    async () => {
      const bytes = new Uint8Array(readFileSync(dataFile("derived", "esh4-20231225.trades.v3.dbn.zst")));
      const plain = readFileSync(dataFile("derived", "esh4-20231225.trades.v3.dbn"));
      equal(await inflate([bytes], { engine }), plain);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), async (bit) => {
          const flipped = bytes.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const { error } = await outcomeOf([flipped], { engine });
          if (error === undefined) equal(await inflate([flipped], { engine }), plain);
          else expect(error).not.toMatch(/not a FeedError/);
        }),
        { numRuns: 60 },
      );
    },
  );
});

const COMPRESSED_TEXT = Buffer.from(
  Array.from({ length: 60 }, (_, index) => `trade ${index % 7} at ${4800 + ((index * index) % 13)}\n`).join(""),
);

/** `COMPRESSED_TEXT` as libzstd compresses it in one piece, without a checksum; the bytes 5 and 6 are its size less 256. */
function compressedFrame(claims: number): Uint8Array {
  const text =
    "KLUv/WDAApUDAJQCdHJhZGUgMCBhdCA0ODAwCjExMjQzOTQzNTEyNjAwMTIyMzQwOTMxMApqqDG3/TPQUzoROGguZ7SwHVVHSyqzis7UVB2Y" +
    "yi0SRnNgQTVWaVmx00n+8A0yxxmGmcnzzZ/8qXjLElTKihg2GostZQBSBQ==";
  const bytes = Buffer.from(text, "base64");
  bytes.writeUInt16LE(claims - 256, 5);
  return new Uint8Array(bytes);
}

/** How a stream ended: the bytes that came out before, and the error's message. */
async function outcomeOf(
  chunks: readonly Uint8Array[],
  options: ZstdOptions,
): Promise<{ bytes: number; error: string | undefined }> {
  let bytes = 0;
  try {
    for await (const part of decompressZstd(stream(chunks), options)) bytes += part.length;
    return { bytes, error: undefined };
  } catch (error) {
    return { bytes, error: error instanceof FeedError ? error.message : `not a FeedError: ${String(error)}` };
  }
}
