import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { jsonLine, summaryLine } from "../../src/app/lines.js";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import { readTradesFile } from "../support/tradesFile.js";
import { compareLines, type Line } from "../support/vectorLines.js";

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
          compareLines(of("cluster", "signal"), run.clusters);
          compareLines(of("recommendation"), run.recommendations);
          compareLines(of("refusal"), run.refusals);
          compareLines(of("fill"), run.fills);
          compareLines(of("exit"), run.exits);
          compareLines(of("cancel"), run.cancels);
          // The vectors list the rows of session ends; the contract has one for every booked exit as well.
          compareLines(
            of("equity").filter((line) => line.tradingDay !== null),
            run.equity,
          );
          expect(of("equity").filter((line) => line.tradingDay === null)).toHaveLength(run.exits.length);
          compareLines(of("summary"), [run.summary]);
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
