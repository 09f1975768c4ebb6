import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DownloadOptions, dollars, downloadRange } from "../../../../src/feed/databento/historical/download.js";
import { FeedError } from "../../../../src/feed/feedError.js";
import { concatBytes, metadata, trade } from "../../../support/dbnBytes.js";
import { CANARY_FORMS, clientOf, DAY, dayBytes } from "../../../support/historicalRange.js";
import { HistoricalServer, type Reply } from "../../../support/historicalServer.js";
import { zstdBomb, zstdFrame } from "../../../support/zstdBytes.js";

let server: HistoricalServer;
let folder: string;
beforeEach(async () => {
  server = await HistoricalServer.start();
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-history-"));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, "es.dbn.zst");
const download = (options: Partial<DownloadOptions> = {}, request = DAY) =>
  downloadRange(clientOf(server), request, path(), { maxCost: 1, stop: new AbortController().signal, ...options });

/** The sentence of a download that must fail; nothing of it may stay behind. */
async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => expect.fail("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FeedError);
  expect(readdirSync(folder).filter((name) => name !== "other")).toEqual([]);
  const { message } = error as FeedError;
  for (const form of CANARY_FORMS) expect(message).not.toContain(form);
  return message;
}

describe("downloadRange", () => {
  it("keeps a verified file of what was asked for, with the cost told before it is billed", async () => {
    server.usually("timeseries.get_range", { body: dayBytes(50), framing: "chunked" });
    const seen: number[] = [];
    const done = await download({
      onCost: (cost) => {
        expect(server.calls("timeseries.get_range")).toEqual([]);
        seen.push(cost);
        return true;
      },
      onBytes: (bytes) => void seen.push(bytes),
    });
    const bytes = dayBytes(50);
    expect(seen[0]).toBe(0.65783);
    expect(seen.at(-1)).toBe(bytes.length);
    expect(done).toMatchObject({ cost: 0.65783, records: 50, bytes: bytes.length, requestId: "7f3a" });
    expect(readFileSync(path()).equals(bytes)).toBe(true);
    expect(readdirSync(folder)).toEqual(["es.dbn.zst"]);
    const [asked] = server.calls("timeseries.get_range");
    expect(asked?.fields).toEqual({
      ...server.calls("metadata.get_cost")[0]?.fields,
      stype_out: "instrument_id",
      encoding: "dbn",
      compression: "zstd",
    });
  });

  it("takes 206, where some symbols did not resolve, for the success that it is", async () => {
    const request = { ...DAY, symbols: ["ESH4", "XXH4"] };
    const body = dayBytes(3, { symbols: ["ESH4", "XXH4"], notFound: ["XXH4"] });
    server.usually("timeseries.get_range", { status: 206, body });
    expect((await download({}, request))?.metadata.notFound).toEqual(["XXH4"]);
  });

  it("keeps a file without a record: that is an answer too", async () => {
    server.usually("timeseries.get_range", { body: zstdFrame(metadata({ end: DAY.end })) });
    expect((await download())?.records).toBe(0);
  });

  it("downloads nothing above the most that it may cost", async () => {
    expect(await failure(download({ maxCost: 0.65 }))).toContain("costs $0.66, more than the most it may cost, $0.65");
    expect(server.calls("timeseries.get_range")).toEqual([]);
  });

  it("downloads nothing when the cost is declined", async () => {
    expect(await download({ onCost: () => false })).toBeUndefined();
    expect(server.calls("timeseries.get_range")).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("asks nothing when the file is there already, and leaves it alone", async () => {
    writeFileSync(path(), "mine");
    await expect(download()).rejects.toThrow("exists already");
    expect(server.requests).toEqual([]);
    expect(readFileSync(path(), "utf8")).toBe("mine");
  });

  it("replaces what a killed download left behind", async () => {
    writeFileSync(`${path()}.partial`, "half");
    server.usually("timeseries.get_range", { body: dayBytes(2) });
    expect((await download())?.records).toBe(2);
    expect(readdirSync(folder)).toEqual(["es.dbn.zst"]);
  });

  it("is never billed before its file can be written", async () => {
    rmSync(folder, { recursive: true });
    await expect(download()).rejects.toThrow('Could not write "es.dbn.zst": its folder does not exist');
    expect(server.calls("timeseries.get_range")).toEqual([]);
    mkdirSync(folder);
  });

  it("keeps nothing when it is stopped half way", async () => {
    server.usually("timeseries.get_range", { body: dayBytes(), hang: true });
    const stop = new AbortController();
    const message = await failure(download({ stop: stop.signal, onBytes: () => stop.abort() }));
    expect(message).toContain("it was stopped");
  });

  it("honours 429 before the data, and is billed once", async () => {
    server.next("timeseries.get_range", { status: 429, headers: { "retry-after": "3" } });
    server.usually("timeseries.get_range", { body: dayBytes(1) });
    expect((await download())?.records).toBe(1);
    expect(server.calls("timeseries.get_range")).toHaveLength(2);
  });
});

describe("F25: what never becomes a file", () => {
  const bytes = dayBytes(50);
  const plain = concatBytes(metadata({ end: DAY.end }), trade(), trade());
  const wrongSum = concatBytes(zstdFrame(metadata({ end: DAY.end })), zstdFrame(trade(), { checksum: "wrong" }));
  const short = concatBytes(
    metadata({ end: DAY.end }),
    trade()
      .subarray(0, 40)
      .map((byte, at) => (at === 0 ? 10 : byte)),
  );
  const cases: readonly [string, Reply, string][] = [
    ["a body that is shorter than it says", { body: bytes, cutAt: 900 }, "broke off"],
    [
      "a chunked body that breaks off between two records",
      { body: plain, cutAt: plain.length - 48, framing: "chunked" },
      "broke off",
    ],
    ["a body that does not tell where it ends", { body: bytes, framing: "none" }, "does not tell where it ends"],
    ["a connection that is reset", { body: bytes.subarray(0, 0), cutAt: 0, framing: "chunked" }, "broke off"],
    ["a zstd frame that is cut", { body: bytes.subarray(0, bytes.length - 10) }, "not kept"],
    ["a frame with a wrong checksum", { body: wrongSum }, "fails its checksum"],
    ["a record that is cut", { body: plain.subarray(0, plain.length - 1) }, "cut off within a record"],
    ["a record too short for its type", { body: short }, "too few for its type"],
    ["a record that is no record", { body: concatBytes(plain, new Uint8Array(48)) }, "less than its header"],
    ["nothing", { body: "" }, "it is empty"],
    ["garbage", { body: "\u0000\u0001garbage".repeat(100) }, "not in the DBN format"],
    ["an error in JSON with status 200", { body: { detail: "sorry" } }, "application/json"],
    ["a page", { body: "<html>", headers: { "content-type": "text/html" } }, "text/html"],
    ["a bomb", { body: zstdBomb(200) }, "grows more than"],
    ["another dataset", { body: dayBytes(1, { dataset: "XNAS.ITCH" }) }, 'dataset is "XNAS.ITCH"'],
    ["another schema", { body: dayBytes(1, { schema: "mbo" }) }, 'schema is "mbo"'],
    ["another kind of symbol", { body: dayBytes(1, { stypeIn: "continuous" }) }, 'symbol type is "continuous"'],
    ["another symbol", { body: dayBytes(1, { symbols: ["NQH4"] }) }, '"NQH4"'],
    ["less than the range", { body: dayBytes(1, { end: DAY.end - 1n }) }, "covers less than the range"],
  ];
  it.each(cases)("%s", async (_, reply, words) => {
    server.usually("timeseries.get_range", reply);
    expect(await failure(download())).toContain(words);
    expect(server.calls("timeseries.get_range")).toHaveLength(1);
  });

  it.each([401, 402, 403, 404, 422, 500])("a refusal with status %d", async (status) => {
    server.usually("timeseries.get_range", { status, body: { detail: "no" } });
    expect(await failure(download())).toContain("request id 7f3a");
  });

  it("a body that is cut anywhere, or has one bit flipped in what a checksum covers", async () => {
    const body = dayBytes(6);
    const last = body.length - 4 - 6 * 48; // the content of the last frame's blocks begins about here
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), fc.nat(7), async (place, bit) => {
        server.usually("timeseries.get_range", { body: body.subarray(0, place) });
        const isWholeFrame = place === zstdFrame(metadata({ end: DAY.end })).length;
        if (!isWholeFrame) await failure(download());
        const flipped = body.map((byte, at) => (at === Math.max(place, last) ? byte ^ (1 << bit) : byte));
        server.usually("timeseries.get_range", { body: flipped });
        await failure(download());
        expect(existsSync(path())).toBe(false);
      }),
      { numRuns: 40, examples: [[0, 0]] },
    );
  });
});

it.each([
  [0, "$0.00"],
  [0.004, "$0.0040"],
  [0.65783, "$0.66"],
  [12, "$12.00"],
])("shows %d as %s", (amount, text) => {
  expect(dollars(amount)).toBe(text);
});
