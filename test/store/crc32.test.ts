import fc from "fast-check";
import { expect, it } from "vitest";
import { crc32, crc32ByTable } from "../../src/store/crc32.js";

it("gives the check value of the standard", () => {
  expect([crc32, crc32ByTable].map((sum) => sum(Buffer.from("123456789")))).toEqual([0xcbf43926, 0xcbf43926]);
});

it("is the same by table and by zlib", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => crc32(bytes) === crc32ByTable(bytes)));
});
