import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { jsonLine, summaryLine } from "../../src/app/lines.js";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent } from "../../src/core/events.js";
import { replayFeed } from "../../src/feed/replay.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { readBarText } from "../support/barText.js";
import { compareLines, type Line } from "../support/vectorLines.js";

interface Scenario {
  readonly settings: unknown;
  readonly summary: Line;
  readonly recommendations: readonly Line[];
  readonly refusals: readonly Line[];
  readonly fills: readonly Line[];
  readonly exits: readonly Line[];
  readonly cancels: readonly Line[];
  readonly halts: readonly Line[];
}

const VECTORS = "test/data/backtest-es-5m-2015-2019.json";
const { files, scenarios } = JSON.parse(readFileSync(VECTORS, "utf8")) as {
  files: readonly string[];
  scenarios: Record<string, Scenario>;
};
const folder = join(process.env.MARKET_DATA ?? "", "es-5m");
const present = process.env.MARKET_DATA !== undefined && existsSync(folder);
// Of the whole runs only the counts of their own kind of report; the contract's fields are compared.
const REPORT = new Set(["sessions", "barsInSession", "barsFilled", "shadow"]);

describe.skipIf(!present)(
  `five years of 5-minute ES bars${present ? "" : " (skipped: MARKET_DATA is not set)"}`,
  () => {
    let input: EngineEvent[] | undefined;
    const cases = Object.entries(scenarios);
    it.each(cases)("%s: the lines of the independent implementation", (_, scenario) => {
      input ??= files.flatMap((file, index) =>
        readBarText(join(folder, file), `${file.slice(0, 3)}${file[4]}`, index + 1, 300),
      );
      compareRun(input, scenario);
    });

    let replayed: EngineEvent[] | undefined;
    it.each(cases)("%s: the same lines from a replay of the files", async (_, scenario) => {
      replayed ??= await replayOf(files.map((file) => join(folder, file)));
      compareRun(replayed, scenario);
    });
  },
);

/** The events of a replay; bars and contracts are the receiver's to keep. */
async function replayOf(paths: readonly string[]): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  const feed = replayFeed(paths, { tickSizes: tickSizesOf([]) });
  for await (const turn of feed.events(new AbortController().signal)) events.push(...turn);
  return events;
}

function compareRun(input: readonly EngineEvent[], scenario: Scenario): void {
  const mode = { leading: "paper", paperTrades: true, haltEndsWithSession: true } as const;
  const engine = new Engine(parseSettings(scenario.settings), mode, loadCalendar());
  const outputs = input.flatMap((event) => [...engine.process(event)]);
  const lines = [...outputs.map(jsonLine), summaryLine(engine.summary())].map(
    (line) => JSON.parse(JSON.stringify(line)) as Line,
  );
  const of = (type: string) => lines.filter((line) => line.type === type);
  compareLines(of("recommendation"), scenario.recommendations);
  compareLines(of("refusal"), scenario.refusals);
  compareLines(of("fill"), scenario.fills);
  compareLines(of("exit"), scenario.exits);
  compareLines(of("cancel"), scenario.cancels);
  const summary = Object.fromEntries(Object.entries(scenario.summary).filter(([field]) => !REPORT.has(field))) as Line;
  compareLines(of("summary"), [summary]);
  expect(of("halt").map(({ time, equity, peak }) => ({ time, equity, peak }))).toEqual(
    scenario.halts.map(({ time, equity, peak }) => ({ time, equity, peak })),
  );
}
