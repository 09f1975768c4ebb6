import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CANARY, CANARY_FORMS, DAY, dayBytes } from "../support/historicalRange.js";
import { HistoricalServer } from "../support/historicalServer.js";
import { inProcess, inTerminal } from "./inProcess.js";

let server: HistoricalServer;
let folder: string;
let key: string | undefined;
const environment = (name: string) => (name === "DATABENTO_API_KEY" ? key : undefined);
beforeEach(async () => {
  server = await HistoricalServer.start();
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-download-"));
  key = CANARY;
  server.usually("timeseries.get_range", { body: dayBytes(50) });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `download`; the key is in nothing that it says or writes. */
async function download(...args: readonly string[]) {
  const output = ["--output", join(folder, "es.dbn.zst")];
  const finished = await inTerminal(
    { environment },
    "download",
    "--url",
    server.address,
    "--symbols",
    "ESH4",
    "--start",
    "2023-12-25",
    ...output,
    ...args,
  );
  const files = (existsSync(folder) ? readdirSync(folder) : []).map((name) =>
    readFileSync(join(folder, name), "latin1"),
  );
  for (const text of [finished.out, finished.err, ...files])
    for (const form of CANARY_FORMS) expect(text).not.toContain(form);
  return finished;
}

describe("volume-cluster download", () => {
  it("shows the cost, then keeps the verified file that decode and replay read", async () => {
    const { code, lines, err } = await download("--json");
    expect(code).toBe(0);
    expect(err).toContain("It costs $0.66, at most $5.00 is allowed");
    expect(lines[0]).toMatchObject({
      type: "download",
      cost: 0.65783,
      records: 50,
      requestId: "7f3a",
      end: "2023-12-26T00:00:00Z",
    });
    const decoded = await inProcess("decode", join(folder, "es.dbn.zst"));
    expect(decoded.lines).toHaveLength(51);
    expect(server.calls("timeseries.get_range")[0]?.fields).toMatchObject({
      start: `${DAY.start}`,
      end: `${DAY.end}`,
      schema: "trades",
    });
  });

  it("refuses a file that exists and a folder that does not before it asks Databento anything", async () => {
    writeFileSync(join(folder, "es.dbn.zst"), "mine");
    const there = await download();
    expect([there.code, there.err, readFileSync(join(folder, "es.dbn.zst"), "utf8")]).toEqual([
      1,
      '"es.dbn.zst" exists already: name another file, or remove that one\n',
      "mine",
    ]);
    rmSync(folder, { recursive: true });
    const nowhere = await download();
    expect([nowhere.code, nowhere.err]).toEqual([
      1,
      'Could not write "es.dbn.zst": its folder does not exist; make it, or name another\n',
    ]);
    expect(server.requests).toEqual([]);
    expect((await download("--cost-only")).code).toBe(0);
  });

  it("spends nothing above --max-cost, nor above the setting", async () => {
    const { code, err } = await download("--max-cost", "0.5");
    expect([code, readdirSync(folder)]).toEqual([1, []]);
    expect(err).toContain("more than the most it may cost, $0.50");
    server.usually("metadata.get_cost", { body: "5.01" });
    expect((await download()).code).toBe(1);
    expect(server.calls("timeseries.get_range")).toEqual([]);
  });

  it("F19: says which days Databento calls degraded, and downloads all the same when it does not tell", async () => {
    const body = [
      { date: "2023-12-24", condition: "available", last_modified_date: "2024-01-01" },
      { date: "2023-12-25", condition: "degraded", last_modified_date: null },
    ];
    server.usually("metadata.get_dataset_condition", { body });
    expect((await download("--cost-only")).err).toContain("degraded (some may be missing or wrong) on 2023-12-25\n");
    expect(server.calls("metadata.get_dataset_condition")[0]?.fields).toEqual({
      dataset: "GLBX.MDP3",
      start_date: "2023-12-25",
      end_date: "2023-12-25",
    });
    server.usually("metadata.get_dataset_condition", { status: 404, body: { detail: "gone" } });
    const { code, err } = await download();
    expect(code).toBe(0);
    expect(err).toContain("How good the data of these days are is not known");
  });

  it.each([
    ["--schema", "foo"],
    ["--dataset", "a/../b"],
    ["--end", "2020-01-01"],
  ])("asks nothing and exits with 2 where %s cannot be", async (option, value) => {
    expect((await download(option, value)).code).toBe(2);
    expect(server.calls("metadata.get_dataset_range")).toEqual([]);
  });

  it("tells the cost alone with --cost-only", async () => {
    const { code, out } = await download("--cost-only");
    expect([code, out, readdirSync(folder)]).toEqual([0, "It costs $0.66\n", []]);
  });

  it("downloads the part that the account may have, and says so", async () => {
    const body = { start: "2010-06-06", end: "2023-12-25T12:00:00Z" };
    server.usually("metadata.get_dataset_range", { body });
    expect((await download()).err).toContain("only that part is downloaded");
    expect(server.calls("timeseries.get_range")[0]?.fields.end).toBe(`${DAY.start + 43_200_000_000_000n}`);
    server.usually("metadata.get_dataset_range", { body: { start: "2010-06-06", end: "2020-01-01" } });
    expect((await download("--output", join(folder, "x"))).code).toBe(2); // given twice
  });

  it.each([
    [["ES.v.0"], "continuous"],
    [["ES.FUT", "NQ.FUT"], "parent"],
    [["ESM5", "ES.v.0"], "raw_symbol"],
  ])("takes %j for symbols of the kind %s", async (symbols, kind) => {
    const args = ["--url", server.address, "--start", "2025-06-09", "--cost-only", "--symbols", symbols.join(",")];
    await inTerminal({ environment }, "download", ...args);
    expect(server.calls("metadata.get_cost")[0]?.fields.stype_in).toBe(kind);
  });

  it("is wrong usage without symbols, a start or a time that is one", async () => {
    for (const args of [
      ["--symbols", "ESM5"],
      ["--start", "2025-06-09"],
      ["--symbols", "ESM5", "--start", "2025-02-30"],
    ]) {
      expect((await inTerminal({ environment }, "download", "--output", "x", ...args)).code).toBe(2);
    }
    expect(server.requests).toEqual([]);
  });

  it("needs a key, and sends it to no other host", async () => {
    const args = ["--symbols", "ESM5", "--start", "2025-06-09", "--cost-only"];
    const evil = await inTerminal({ environment }, "download", ...args, "--url", "https://evil.example");
    expect([evil.code, evil.err]).toEqual([1, expect.stringContaining("this machine")]);
    key = undefined;
    const keyless = await inTerminal({ environment }, "download", ...args, "--url", server.address);
    expect([keyless.code, keyless.err]).toEqual([1, expect.stringContaining("DATABENTO_API_KEY")]);
    expect(server.requests).toEqual([]);
  });

  it("S4: a refused key is one line, with the request id", async () => {
    server.usually("metadata.get_dataset_range", { status: 401, body: { detail: `bad key ${CANARY}` } });
    const { code, err } = await download();
    expect(code).toBe(1);
    expect(err).toBe(
      'Databento refused the key: "bad key db-***" (401, request id 7f3a). Check the key: it may be mistyped, or no longer active\n',
    );
  });
});
