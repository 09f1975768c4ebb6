import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../app/log.js";
import type { Sink } from "../app/pipeline.js";
import { readableLine } from "../app/readableLines.js";
import { Run } from "../app/run.js";
import { PAPER_META } from "../app/runSettings.js";
import type { Settings } from "../app/settings.js";
import { specFor } from "../core/instruments.js";
import type { RunMode } from "../core/settings.js";
import type { HistoricalOptions } from "../feed/databento/historical/historicalClient.js";
import type { LiveOptions } from "../feed/databento/live/liveFeed.js";
import type { Feed } from "../feed/feed.js";
import type { DatabentoKey } from "./databentoKey.js";
import type { DraftMemory } from "./drafts.js";
import type { FeedStanding } from "./feedWords.js";
import type { RunPlace, RunsHost } from "./knownRuns.js";
import { inEnglish } from "./language.js";

/** What the user chose to watch. */
export type RunChoice = (
  | { readonly market: "demo" | "live" }
  | { readonly market: "replay"; readonly files: readonly string[] }
) & {
  /** Paper auto: the engine takes its own signals on the paper account. */
  readonly paper?: boolean;
};

/** What a run needs of the window it lives in. */
export interface RunHost extends RunsHost {
  readonly extensionFolder: string;
  readonly drafts: DraftMemory;
  readonly log: Log;
  readonly key: DatabentoKey;
  /** The choice of the last start. */
  readonly lastStart: { get(): unknown; set(choice: RunChoice): void };
  /** Undefined in every window of a user. */
  readonly loopback?: Loopback;
}

/** Servers on this computer in the place of Databento's, and the time by which they are spoken to: for tests. */
export interface Loopback {
  historical?: Pick<HistoricalOptions, "address" | "clock">;
  /** `127.0.0.1:PORT` */
  gateway?: string;
  live?: Pick<LiveOptions, "clock" | "random">;
}

/** How a run reports while it opens. */
export interface Opening {
  readonly sinks: readonly Sink[];
  readonly stop: AbortSignal;
  /** What it is busy with. */
  readonly progress: (text: string) => void;
  /** How its feed is has changed. */
  readonly changed: () => void;
}

/** A run whose settings and sources are known to be good, before anything else was touched. */
export interface PreparedRun {
  readonly place: RunPlace;
  /** @throws StoreError */
  open(): Promise<OpenRun>;
}

/** A run that is open for recording; with a feed it can be played. */
export interface OpenRun extends RunPlace {
  readonly run: Run;
  /** IANA zone in which its times are shown. */
  readonly timeZone: string;
  /** Simulated seconds per real second while a signal waits; infinite at full speed. */
  readonly speed: number;
  readonly feed?: Feed;
  /** How a live feed is now; found out when it is asked. */
  feedStanding?(): FeedStanding;
  /** The feed came to its end by itself. */
  ended?(): void;
  close(): Promise<void>;
}

/** The user answers; the paper account trades beside him; nobody resets a halt in a recording. */
const WITH_USER: RunMode = { leading: "manual", paperTrades: true, haltEndsWithSession: true };

/** The user's own account, and nobody but he ends a halt. */
const LIVE: RunMode = { leading: "manual", paperTrades: false, haltEndsWithSession: false };

/**
 * Opens a folder's run without a feed; what it does goes to the log.
 *
 * @param settings undefined: those that the folder's last feed ran with
 * @throws StoreError
 */
export async function openFolder(
  place: RunPlace,
  settings: Settings | undefined,
  host: RunHost,
  sinks: readonly Sink[],
): Promise<OpenRun> {
  const { market, folder, paper = false } = place;
  const { log } = host;
  const written: Sink = (output) => {
    const line = inEnglish(() => readableLine(output));
    if (line !== undefined) log.info(line);
  };
  const run = await Run.open({
    settings,
    mode: modeOf(place),
    // The folder of live results is the user's own: opened for recording alone, it is what it is, and the caller looks.
    kind: settings === undefined && market === "live" ? undefined : market,
    folder,
    sinks: [written, ...sinks],
    log,
    wasm: () => sqlWasm(host),
    queryWorker: () => queryWorker(host),
  });
  if (paper && settings !== undefined && run.meta(PAPER_META) === undefined) await run.setMeta(PAPER_META, true);
  const name = paper ? `paper auto of the ${market}` : market;
  log.info(`Opened the ${name} ${settings === undefined ? "for recording alone" : "to be played"}`);
  return { ...place, run, timeZone: timeZoneOf(run.settings), speed: 1, close: () => run.close() };
}

/** Who answers a signal, and who ends a halt: what is not live has nobody to reset it. */
function modeOf({ market, paper = false }: RunPlace): RunMode {
  if (paper) return { leading: "paper", paperTrades: true, haltEndsWithSession: market !== "live" };
  return market === "live" ? LIVE : WITH_USER;
}

/** The bytes of sql.js, which lie beside the program. */
export function sqlWasm(host: RunHost): Promise<Uint8Array> {
  return readFile(join(host.extensionFolder, "dist", "sql-wasm.wasm"));
}

/** The program beside it in which queries run, and databases of many trades are made. */
export async function queryWorker(host: RunHost): Promise<string> {
  return join(host.extensionFolder, "dist", "queryWorker.cjs");
}

/** The zone of the session in which its trades count. */
function timeZoneOf({ contract, instruments }: Settings): string {
  const session = contract.session ?? specFor(contract.instrument, instruments)?.session;
  if (session === "continuous") return "UTC";
  return typeof session === "object" ? session.timeZone : "America/New_York";
}
