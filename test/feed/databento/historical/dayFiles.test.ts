import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contractsByDate } from "../../../../src/feed/databento/historical/contractByDate.js";
import { dayFiles } from "../../../../src/feed/databento/historical/dayFiles.js";
import { concatBytes, metadata, trade } from "../../../support/dbnBytes.js";
import { clientOf, DAY } from "../../../support/historicalRange.js";
import { HistoricalServer, type SeenRequest } from "../../../support/historicalServer.js";
import { zstdFrame } from "../../../support/zstdBytes.js";

let server: HistoricalServer;
let folder: string;
beforeEach(async () => {
  server = await HistoricalServer.start();
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-day-"));
  server.usually("timeseries.get_range", ({ fields }: SeenRequest) => {
    const span = { start: BigInt(fields.start ?? 0), end: BigInt(fields.end ?? 0) };
    return { body: concatBytes(zstdFrame(metadata(span)), zstdFrame(trade())) };
  });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const HOUR = 3_600_000_000_000n;
const hours = (from: number, to: number) => ({
  ...DAY,
  start: DAY.start + BigInt(from) * HOUR,
  end: DAY.start + BigInt(to) * HOUR,
});
const get = (request = DAY, maxCost = 1) =>
  dayFiles(clientOf(server), request, { folder: join(folder, "history"), maxCost, stop: new AbortController().signal });
const billed = () =>
  server.calls("timeseries.get_range").map(({ fields }) => (BigInt(fields.start ?? 0) - DAY.start) / HOUR);

describe("dayFiles", () => {
  it("pays for a part of the day once: what is kept is not asked for again", async () => {
    const first = await get(hours(0, 3));
    expect(await get(hours(0, 3))).toEqual(first);
    const longer = await get(hours(0, 5));
    expect(longer.files).toHaveLength(2);
    expect(longer.until).toBe(hours(0, 5).end);
    expect((await get(hours(0, 5))).files).toEqual(longer.files);
    expect(billed()).toEqual([0n, 3n]);
  });

  it("ends where the account's data ends, and says where the live stream has to go on", async () => {
    const end = new Date(Number(hours(0, 2).end / 1_000_000n)).toISOString();
    server.usually("metadata.get_dataset_range", { body: { start: "2010-06-06", end } });
    expect((await get()).until).toBe(hours(0, 2).end);
    expect(await get()).toMatchObject({ until: hours(0, 2).end });
    expect(billed()).toEqual([0n]);
  });

  it("asks nobody for anything where all is kept", async () => {
    await get();
    const before = server.requests.length;
    await get();
    expect(server.requests).toHaveLength(before);
  });

  it("takes the longest kept file of those that begin together", async () => {
    const [longest] = (await get(hours(0, 5))).files;
    await get(hours(0, 3));
    expect(await get(hours(0, 5))).toEqual({ files: [longest], until: hours(0, 5).end });
    expect(billed()).toEqual([0n, 0n]);
  });

  it("pays for nothing where the account's data begins later than what is asked for", async () => {
    const start = new Date(Number(hours(1, 2).start / 1_000_000n)).toISOString();
    server.usually("metadata.get_dataset_range", { body: { start, end: "2099-01-01" } });
    expect(await get()).toEqual({ files: [], until: DAY.start });
    expect(billed()).toEqual([]);
  });

  it("leaves a kept file where it is when it is stopped before the file was checked", async () => {
    const { files } = await get();
    const options = { folder: join(folder, "history"), maxCost: 1, stop: AbortSignal.abort() };
    await expect(dayFiles(clientOf(server), DAY, options)).rejects.toThrow("it was stopped");
    expect(readdirSync(join(folder, "history")).map((name) => join(folder, "history", name))).toEqual(files);
  });

  it.each([
    ["begins later", { start: DAY.start + 1n }],
    ["ends earlier", { end: DAY.end - 1n }],
  ])("keeps no answer that %s than what was asked for", async (_, fields) => {
    const body = concatBytes(zstdFrame(metadata({ start: DAY.start, end: DAY.end, ...fields })), zstdFrame(trade()));
    server.usually("timeseries.get_range", { body });
    await expect(get()).rejects.toThrow("covers less than the range that was asked for");
    expect(readdirSync(join(folder, "history"))).toEqual([]);
  });

  it("B1: removes a kept file that was damaged, and fetches it anew", async () => {
    const { files } = await get();
    const [path = ""] = files;
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 3));
    expect(await get()).toEqual({ files, until: DAY.end });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(billed()).toEqual([0n, 0n]);
  });

  it("takes neither the file of another symbol nor one that is only half there", async () => {
    await get();
    writeFileSync(join(folder, "history", "GLBX.MDP3.trades.raw_symbol.NQH4.0-1.dbn.zst.partial"), "half");
    server.usually("timeseries.get_range", { status: 404 });
    await expect(get({ ...DAY, symbols: ["NQH4"] })).rejects.toThrow("does not know that");
    await expect(get({ ...DAY, symbols: ["../../x", "y"] })).rejects.toThrow("symbol");
  });

  it("pays no more than it may, and keeps nothing then", async () => {
    await expect(get(DAY, 0.1)).rejects.toThrow("more than the most it may cost");
    expect([billed(), readdirSync(join(folder, "history"))]).toEqual([[], []]);
  });
});

describe("contractsByDate", () => {
  const ask = () =>
    contractsByDate(
      clientOf(server),
      { dataset: "GLBX.MDP3", symbol: "ES.v.0", start: "2025-06-12", end: "2025-06-18" },
      new AbortController().signal,
    );
  const reply = (byDate: object, names: object) =>
    server.usually("symbology.resolve", ({ fields }: SeenRequest) => ({
      body: { result: fields.stype_in === "continuous" ? { "ES.v.0": byDate } : names },
    }));

  it("names the contract of each day, in one piece while it is the same", async () => {
    reply(
      [
        { d0: "2025-06-12", d1: "2025-06-13", s: "5002" },
        { d0: "2025-06-13", d1: "2025-06-16", s: "5002" },
        { d0: "2025-06-16", d1: "2025-06-18", s: "14160" },
      ],
      {
        "5002": [{ d0: "2025-06-12", d1: "2025-06-18", s: "ESM5" }],
        "14160": [{ d0: "2025-06-12", d1: "2025-06-18", s: "ESU5" }],
      },
    );
    expect(await ask()).toEqual([
      { start: "2025-06-12", end: "2025-06-16", symbol: "ESM5" },
      { start: "2025-06-16", end: "2025-06-18", symbol: "ESU5" },
    ]);
    expect(server.requests.map(({ fields }) => [fields.symbols, fields.stype_in, fields.stype_out])).toEqual([
      ["ES.v.0", "continuous", "instrument_id"],
      ["5002,14160", "instrument_id", "raw_symbol"],
    ]);
  });

  it("F17: takes an id for the contract of its own dates", async () => {
    reply([{ d0: "2025-06-16", d1: "2025-06-18", s: "7" }], {
      "7": [
        { d0: "2025-06-12", d1: "2025-06-14", s: "ZCN5" },
        { d0: "2025-06-14", d1: "2025-06-18", s: "ESU5" },
      ],
    });
    expect((await ask())[0]?.symbol).toBe("ESU5");
  });

  it("F15: says when a symbol stands for nothing", async () => {
    reply([], {});
    await expect(ask()).rejects.toThrow("knows no contract of ES.v.0 from 2025-06-12");
    reply([{ d0: "2025-06-16", d1: "2025-06-18", s: "7" }], {});
    await expect(ask()).rejects.toThrow("instrument 7");
  });
});
