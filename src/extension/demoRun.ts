import { t } from "@vscode/l10n";
import { paced } from "../app/demoPacing.js";
import type { Sink } from "../app/pipeline.js";
import { Run } from "../app/run.js";
import { parseSettings, type Settings } from "../app/settings.js";
import { VERSION } from "../app/version.js";
import type { EngineOutput } from "../core/events.js";
import type { RunMode } from "../core/settings.js";
import type { Micros } from "../core/units.js";
import { demoFeed } from "../feed/demo.js";
import { demoDayAt } from "../feed/demoCalendar.js";
import { DemoPace } from "../feed/demoPace.js";
import { Store } from "../store/store.js";
import { demoFolder } from "./folders.js";
import type { RunPlace } from "./knownRuns.js";
import {
  type Opening,
  type OpenRun,
  openFolder,
  type PreparedRun,
  queryWorker,
  type RunHost,
  sqlWasm,
} from "./openRun.js";

/** Simulated days that are played first, so that there is something to look at. */
const HISTORY_DAYS = 60;

/** The days before the user came: the engine trades alone. */
const ALONE: RunMode = { leading: "paper", paperTrades: true, haltEndsWithSession: true };

/** Facts in the demo's journal, by the settings' names: its market; and how far it was played. */
const SEED = "demo.seed";
const INSTRUMENT = "demo.instrument";
const SEEN = "demo.seen";

/**
 * Prepares the demo: plays its 60 days of history once per folder, at full speed. The run goes on from the simulated time that
 * the folder has seen. From a signal until it is answered or its 30 s are over it runs in real time.
 *
 * @returns undefined when it was stopped meanwhile
 */
export async function prepareDemo(paper: boolean, host: RunHost, opening: Opening): Promise<PreparedRun | undefined> {
  const place = { market: "demo", folder: demoFolder(host, paper), paper } as const;
  const began = await playHistory(place.folder, host, opening);
  if (opening.stop.aborted) return undefined;
  const settings = parseSettings(host.settings, began);
  return { place, open: () => openDemo(place, settings, host, opening.sinks) };
}

async function openDemo(place: RunPlace, settings: Settings, host: RunHost, shown: readonly Sink[]): Promise<OpenRun> {
  const pace = new DemoPace();
  const follow = paced(pace);
  const open = await openFolder(place, settings, host, [follow, ...shown]);
  const { run } = open;
  const { seed, instrument } = settings.demo;
  for (const output of run.outputs) follow(output);
  const seen = seenBy(run);
  return {
    ...open,
    feed: demoFeed({ seed, instrument, firstDay: demoDayAt(seen), fastUntil: seen, pace }),
    close: () => keepAndClose(open),
  };
}

/**
 * Plays the history, unless the folder has one. It is made in memory and kept in one write, so that a folder has all of it or
 * nothing, and the disk is not asked a thousand times.
 *
 * @returns the settings that the folder's market began with: a changed one holds after a reset
 */
async function playHistory(
  folder: string,
  host: RunHost,
  { stop, progress }: Opening,
): Promise<Record<string, unknown>> {
  const settings = parseSettings(host.settings);
  const { log } = host;
  const tools = { wasm: () => sqlWasm(host), queryWorker: () => queryWorker(host), log };
  const store = await Store.open({ folder, kind: "demo", appVersion: VERSION, ...tools });
  try {
    if (store.outputs.length > 0) return began(store);
    // What a run has at hand lacks the bars around signals: what it tells lacks nothing.
    const made: EngineOutput[] = [];
    const take: Sink = (output) => {
      made.push(output);
      if (output.type === "equity" && output.tradingDay !== undefined) progress(dayText(output.time));
    };
    const run = await Run.open({ settings, mode: ALONE, kind: "demo", folder: undefined, sinks: [take], ...tools });
    const { seed, instrument } = settings.demo;
    await run.run(demoFeed({ seed, instrument, days: HISTORY_DAYS }), stop);
    if (stop.aborted) return {};
    await store.setMeta(SEED, seed);
    await store.setMeta(INSTRUMENT, instrument);
    await store.keep(made);
    log.info(`Demo: ${HISTORY_DAYS} simulated days of ${instrument} played, seed ${seed}`);
    return began(store);
  } finally {
    await store.close();
  }
}

function began(store: Store): Record<string, unknown> {
  const known = [SEED, INSTRUMENT].map((key) => [key, store.meta(key)] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}

function dayText(sessionEnd: Micros): string {
  return t("Simulated day {0} of {1}", demoDayAt(sessionEnd), HISTORY_DAYS);
}

/** The simulated time up to which the folder's market was played; after a crash that of the last output that was kept. */
function seenBy(run: Run): Micros {
  const kept = run.meta(SEEN);
  let seen = typeof kept === "number" ? kept : 0;
  for (const output of run.everything())
    seen = Math.max(seen, "at" in output ? output.at : "time" in output ? output.time : 0);
  return seen as Micros;
}

/** Notes how far the market was played, then closes. */
async function keepAndClose(open: OpenRun): Promise<void> {
  const { time } = open.run.engine.view();
  if (time > seenBy(open.run)) await open.run.setMeta(SEEN, time);
  await open.close();
}
