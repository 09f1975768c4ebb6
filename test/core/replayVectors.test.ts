import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { jsonLine, summaryLine } from "../../src/app/lines.js";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import { readTradesFile } from "../support/tradesFile.js";

interface Line {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Run {
  readonly name: string;
  readonly what: string;
  readonly settings: unknown;
  readonly clusters: readonly Line[];
  readonly recommendations: readonly Line[];
  readonly refusals: readonly Line[];
  readonly fills: readonly Line[];
  readonly exits: readonly Line[];
  readonly cancels: readonly Line[];
  readonly equity: readonly Line[];
  readonly summary: Line;
}

const FILES = [
  { vectors: "replay-esh4.json", symbol: "ESH4", tickNanos: 250_000_000n },
  { vectors: "replay-ltcusdt-2025-06-21.json", symbol: "LTCUSDT", tickNanos: 10_000_000n },
];
// They explain; the contract does not ask for them.
const EXPLAINING = new Set(["occurs", "batches"]);

for (const { vectors, symbol, tickNanos } of FILES) {
  const { file, runs } = JSON.parse(readFileSync(`test/data/${vectors}`, "utf8")) as {
    file: string;
    runs: readonly Run[];
  };
  const path = join(process.env.MARKET_DATA ?? "", "derived", file);
  const present = process.env.MARKET_DATA !== undefined && existsSync(path);
  describe.skipIf(!present)(
    `${symbol}, every trade of the file${present ? "" : " (skipped: MARKET_DATA is not set)"}`,
    () => {
      it.each(runs.map((run) => [run.name, run] as const))(
        "%s: the lines of the independent implementation",
        (_, run) => {
          const lines = replay(path, symbol, tickNanos, run.settings);
          const of = (...types: string[]) => lines.filter((line) => types.includes(line.type));
          compare(of("cluster", "signal"), run.clusters);
          compare(of("recommendation"), run.recommendations);
          compare(of("refusal"), run.refusals);
          compare(of("fill"), run.fills);
          compare(of("exit"), run.exits);
          compare(of("cancel"), run.cancels);
          // The vectors list the rows of session ends; the contract has one for every booked exit as well.
          compare(
            of("equity").filter((line) => line.tradingDay !== null),
            run.equity,
          );
          expect(of("equity").filter((line) => line.tradingDay === null)).toHaveLength(run.exits.length);
          compare(of("summary"), [run.summary]);
        },
      );
    },
  );
}

function replay(path: string, symbol: string, tickNanos: bigint, settings: unknown): Line[] {
  const mode = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;
  const engine = new Engine(parseSettings(settings), mode, loadCalendar());
  const outputs = readTradesFile(path, symbol, tickNanos).flatMap((event) => engine.process(event));
  return [...outputs.map(jsonLine), summaryLine(engine.summary())].map(
    (line) => JSON.parse(JSON.stringify(line)) as Line,
  );
}

function compare(got: readonly Line[], expected: readonly Line[]): void {
  expect(got.map(brief)).toEqual(expected.map(brief));
  for (const [index, want] of expected.entries()) {
    for (const [field, value] of Object.entries(want)) {
      if (EXPLAINING.has(field)) continue;
      same(got[index]?.[field], value, `${brief(want)} ${field}`);
    }
  }
}

function same(got: unknown, want: unknown, what: string): void {
  if (got === undefined) return; // a field beyond the contract
  if (typeof want === "number" && typeof got === "number") {
    expect(Math.abs(got - want), `${what}: ${got} is not ${want}`).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(want)),
    );
  } else expect(got, what).toEqual(want);
}

function brief(line: Line): string {
  return [line.type, line.time, line.id ?? line.recommendation, line.reason].join(" ");
}
