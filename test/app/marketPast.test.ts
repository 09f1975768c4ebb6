import { afterEach, beforeEach, expect, it } from "vitest";
import { marketPast } from "../../src/app/marketPast.js";
import type { Micros } from "../../src/core/units.js";
import { ApiKey } from "../../src/feed/databento/apiKey.js";
import { CANARY } from "../support/historicalRange.js";
import { HistoricalServer, type SeenRequest } from "../support/historicalServer.js";
import { linesLog } from "./memoryRun.js";

let server: HistoricalServer;
beforeEach(async () => {
  server = await HistoricalServer.start();
});
afterEach(() => server.stop());

const OPEN = (Date.parse("2025-06-15T22:00:00Z") * 1000) as Micros;

it.each([
  { what: "the trading day so far, the contract of now", start: OPEN, symbols: "ESU5" },
  { what: "what a lost connection missed, all that there were", start: undefined, symbols: "ESM5,ESU5" },
])("asks history for $what", async ({ start, symbols }) => {
  const pieces = [
    { d0: "2025-06-15", d1: "2025-06-16", s: "1" },
    { d0: "2025-06-16", d1: "2025-06-17", s: "2" },
  ];
  const names = { "1": [{ ...pieces[0], s: "ESM5" }], "2": [{ ...pieces[1], s: "ESU5" }] };
  server.usually("symbology.resolve", ({ fields }: SeenRequest) => ({
    body: { result: fields.stype_in === "continuous" ? { "ES.v.0": pieces } : names },
  }));
  server.usually("metadata.get_dataset_range", { body: { start: "2010-06-06", end: "2025-06-16T14:00:00Z" } });
  server.usually("metadata.get_cost", { body: "99" });
  const logged: string[] = [];
  const ask = marketPast({
    key: () => ApiKey.parse(CANARY),
    dataset: "GLBX.MDP3",
    market: { schema: "trades", stypeIn: "continuous", symbols: ["ES.v.0"] },
    start,
    maxCost: 5,
    folder: undefined,
    log: linesLog(logged),
    now: () => (OPEN + 16 * 3600e6) as Micros,
    address: server.address,
  });
  expect(await ask(BigInt(OPEN) * 1000n, new AbortController().signal)).toBeUndefined();
  expect(server.calls("metadata.get_cost").map(({ fields }) => fields.symbols)).toEqual([symbols]);
  expect(logged.join()).toContain("more than the most it may cost");
});
