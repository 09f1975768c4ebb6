import { jsonLine, printed, summaryLine } from "../app/lines.js";
import type { Sink } from "../app/pipeline.js";
import { readableLine, summaryWords } from "../app/readableLines.js";
import { Run, type RunKind } from "../app/run.js";
import { PAPER_META } from "../app/runSettings.js";
import type { Settings } from "../app/settings.js";
import { newYorkTime } from "../app/times.js";
import type { EngineEvent } from "../core/events.js";
import type { RunMode } from "../core/settings.js";
import type { Micros } from "../core/units.js";
import type { Feed } from "../feed/feed.js";
import type { Arguments, Terminal } from "./command.js";
import { type Input, requireSameInput } from "./sameInput.js";
import { UsageError } from "./usageError.js";

/** The options that replay, demo and live share. */
export const PLAY_OPTIONS = {
  settings: ["FILE", "JSON file with settings, by the keys of VS Code without the prefix"],
  data: ["FOLDER", "keep what happens in this data folder"],
  paper: ["", "the engine takes its own signals on the paper account"],
  json: ["", "one JSON line per output, for programs"],
} as const;

/** What a run reads. */
export interface Play {
  readonly kind: RunKind;
  readonly settings: Settings;
  /** Made when the data folder is open. */
  readonly feed: (run: Run) => Feed | Promise<Feed>;
  /** Decides the results beside the settings; asked for when they are kept in a folder. */
  readonly input?: (run: Run) => Input | undefined;
  readonly sinks?: readonly Sink[];
  /** Always on the paper account, kept nowhere, and for people no line but the report. */
  readonly isBacktest?: boolean;
}

/**
 * Runs a feed to its end, or until the program is to stop: a line for each output as it happens, then the summary.
 *
 * @throws FeedError, StoreError
 */
export async function play(
  { kind, settings, feed, input, sinks = [], isBacktest = false }: Play,
  args: Arguments,
  terminal: Terminal,
): Promise<Run> {
  const isSilent = isBacktest && !args.has("json");
  const show: Sink = (output) => {
    // Marks are for the journal alone.
    // What these tell is kept, and no line of the contract.
    if (isSilent || output.type === "mark" || output.type === "footprint" || output.type === "gap") return;
    const line = args.has("json") ? printed(jsonLine(output)) : readableLine(output);
    if (line !== undefined) terminal.out(line);
  };
  const { log, wasm, queryWorker } = terminal;
  const mode = modeOf(isBacktest || args.has("paper"), kind);
  const folder = dataFolder(args);
  const run = await Run.open({ settings, mode, kind, folder, sinks: [show, ...sinks], log, wasm, queryWorker });
  try {
    if (run.folder !== undefined) await requireSameInput(run, [paperOf(args), input?.(run)]);
    await run.run(watched(goingOn(await feed(run), run, terminal), terminal), terminal.stop());
    await terminal.drained();
    const summary = run.engine.summary();
    if (args.has("json")) terminal.out(printed(summaryLine(summary)));
    else if (!isSilent) for (const line of summaryWords(summary)) terminal.out(line);
  } finally {
    await run.close();
  }
  return run;
}

/** Who answers a signal: the user, or with `--paper` the engine. Nobody is there to reset a halt of what is not live. */
function modeOf(isPaper: boolean, kind: RunKind): RunMode {
  const haltEndsWithSession = kind !== "live";
  if (isPaper) return { leading: "paper", paperTrades: true, haltEndsWithSession };
  return { leading: "manual", paperTrades: false, haltEndsWithSession };
}

function paperOf(args: Arguments): Input {
  const value = args.has("paper");
  return { key: PAPER_META, value, otherwise: value ? 'without "--paper"' : 'with "--paper"' };
}

/** @throws UsageError when the name is empty */
export function dataFolder(args: Arguments): string | undefined {
  const folder = args.text("data");
  if (folder === "") throw new UsageError('"--data" needs the name of a folder');
  return folder;
}

/** The same feed, with a word on what its folder holds once it begins: where another window runs it, it does not. */
function goingOn(feed: Feed, { folder, outputs }: Run, { log }: Terminal): Feed {
  if (folder === undefined || outputs.length === 0) return feed;
  return {
    async *events(stop) {
      log.info(`"${folder}" has such results already: they stay, and what is new follows`);
      yield* feed.events(stop);
    },
  };
}

/** The same feed, with its progress shown to whoever looks on. */
function watched(feed: Feed, terminal: Terminal): Feed {
  return {
    async *events(stop) {
      let trades = 0;
      for await (const events of feed.events(stop)) {
        yield events;
        for (const event of events) if (event.type === "trades") trades += event.count;
        const time = lastTime(events);
        if (time !== undefined) terminal.progress(`${newYorkTime(time)} New York, ${trades} trades`);
        if (!stop.aborted) await terminal.drained();
      }
    },
  };
}

function lastTime(events: readonly EngineEvent[]): Micros | undefined {
  const last = events.at(-1);
  if (last?.type === "trades") return last.time[last.count - 1] as Micros | undefined;
  return last?.type === "clock" ? last.time : undefined;
}
