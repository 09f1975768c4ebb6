import { fileURLToPath } from "node:url";
import type { Log } from "../../src/app/log.js";
import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import type { AccountView, EngineEvent, EngineOutput, EngineView, OpenPosition } from "../../src/core/events.js";
import type { Micros } from "../../src/core/units.js";
import { Alerts } from "../../src/extension/alerts/alerts.js";
import { Snooze } from "../../src/extension/alerts/snooze.js";
import type { SoundName } from "../../src/extension/alerts/soundNames.js";
import { DatabentoKey } from "../../src/extension/databentoKey.js";
import type { FeedStanding } from "../../src/extension/feedWords.js";
import type { KnownRun } from "../../src/extension/knownRuns.js";
import { type OpenRun, openFolder, type RunHost } from "../../src/extension/openRun.js";
import { AT_REST, type Standing } from "../../src/extension/standing.js";
import { Workbench } from "../../src/extension/workbench.js";
import { demoFeed } from "../../src/feed/demo.js";
import type { Feed } from "../../src/feed/feed.js";
import { FakeSecrets } from "../support/fakeVscode.js";
import { after, cents, ES, recommendation, ticks } from "../support/outputs.js";

export const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

// sql.js keeps its wasm where the extension does: in a folder named dist. So no build is needed first.
const SQL_JS = fileURLToPath(new URL("../../node_modules/sql.js", import.meta.url));

/** A window whose extension keeps its data in `folder`, and remembers its runs between two workbenches. */
export function hostIn(
  folder: string,
  settings: Readonly<Record<string, unknown>> = {},
  changes: Partial<RunHost> = {},
): RunHost {
  let runs: readonly KnownRun[] | undefined;
  let last: unknown;
  let drafts: unknown;
  return {
    key: keyIn(new FakeSecrets()),
    lastStart: {
      get: () => last,
      set: (choice) => {
        last = choice;
      },
    },
    settings,
    storageFolder: folder,
    extensionFolder: SQL_JS,
    log: SILENT,
    drafts: {
      get: () => drafts,
      set: (now) => {
        drafts = now;
      },
    },
    runs: {
      get: () => runs,
      set: (known) => {
        runs = known;
      },
    },
    ...changes,
  };
}

/** Surfaces that no command under test opens. */
export const NO_SURFACES = {
  dashboard: {} as never,
  documents: {} as never,
  queries: {} as never,
  alerts: {} as never,
  snooze: {} as never,
  sounds: {} as never,
  weeks: {} as never,
  recent: {} as never,
};

/** A snooze; of two windows that share a memory each knows what the other chose. */
export function snoozeIn(memory: { until?: unknown } = {}): Snooze {
  return new Snooze({
    get: () => memory.until,
    set: (until) => {
      memory.until = until;
    },
  });
}

/** The alerts of a window, and what they sounded. */
export function alertsOf(workbench: { standing(): Standing }, snooze = snoozeIn()) {
  const sounded: { readonly name: SoundName; readonly volume: number }[] = [];
  const play = async (name: SoundName, volume: number) => void sounded.push({ name, volume });
  return { alerts: new Alerts(() => workbench.standing(), snooze, { play }), snooze, sounded };
}

/** The key of a profile. */
export function keyIn(secrets: FakeSecrets): DatabentoKey {
  return new DatabentoKey(secrets as unknown as ConstructorParameters<typeof DatabentoKey>[0]);
}

/**
 * A workbench whose run has played the demo market at full speed up to its first recommendation, which waits for an answer. Its
 * feed then rests until it is stopped.
 *
 * @param folder where it keeps what it does; without one in memory
 * @param count of recommendations to play up to
 */
export async function workbenchWithSignal(folder?: string, count = 1): Promise<Workbench> {
  const host = hostIn(folder ?? "");
  const workbench = new Workbench(
    () => host,
    SILENT,
    async () => ({
      reopenRun: async () => undefined,
      prepareRun: async (_choice, _host, { sinks }) => ({
        place: { market: "demo", folder: folder ?? "" },
        open: async () => {
          let signalled: () => void = () => undefined;
          const signal = new Promise<void>((resolve) => {
            signalled = resolve;
          });
          let left = count;
          const sink = (output: EngineOutput) => {
            if (output.type === "recommendation" && --left === 0) signalled();
          };
          const all = [sink, ...sinks];
          const open = await (folder === undefined ? inMemory(all) : onDisk(folder, host, all));
          return { ...open, feed: untilSignal(demoFeed({ seed: 1 }), signal) };
        },
      }),
    }),
  );
  const signal = new Promise<void>((resolve) => {
    let left = count;
    workbench.onDidOutput((output) => {
      if (output.type === "recommendation" && --left === 0) resolve();
    });
  });
  await workbench.start({ market: "demo" });
  await signal;
  return workbench;
}

/**
 * A workbench whose start goes on with the run that was left in `folder`: its market stands still at `time` until it is stopped.
 *
 * @returns and what resolves as soon as the engine knows all that was left
 */
export function workbenchAt(
  folder: string,
  time: Micros,
): { readonly workbench: Workbench; readonly told: Promise<void> } {
  const host = hostIn(folder);
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const feed: Feed = {
    async *events(stop) {
      yield [{ type: "clock", time }];
      tell();
      await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
  const workbench = new Workbench(
    () => host,
    SILENT,
    async () => ({
      reopenRun: async () => undefined,
      prepareRun: async (_choice, _host, { sinks }) => ({
        place: { market: "demo", folder },
        open: async () => ({ ...(await onDisk(folder, host, sinks)), feed }),
      }),
    }),
  );
  return { workbench, told };
}

const WITH_USER = { leading: "manual", paperTrades: true, haltEndsWithSession: true } as const;

async function inMemory(sinks: readonly ((output: EngineOutput) => void)[]): Promise<OpenRun> {
  const run = await Run.open({
    settings: parseSettings({}),
    mode: WITH_USER,
    kind: "demo",
    folder: undefined,
    sinks,
    log: SILENT,
    wasm: () => Promise.reject(new Error("no database is needed")),
  });
  const close = () => run.close();
  return { market: "demo", run, folder: "", timeZone: "America/New_York", speed: 1, close };
}

function onDisk(folder: string, host: RunHost, sinks: readonly ((output: EngineOutput) => void)[]): Promise<OpenRun> {
  return openFolder({ market: "demo", folder }, parseSettings({}), host, sinks);
}

/** A feed that stands still once `signal` has come. */
function untilSignal(feed: Feed, signal: Promise<void>): Feed {
  return {
    async *events(stop) {
      let came = false;
      void signal.then(() => {
        came = true;
      });
      // Trade by trade, or the market would be far beyond the signal at the end of its batch.
      trades: for await (const events of feed.events(stop)) {
        for (const event of events.flatMap(tradeByTrade)) {
          yield [event];
          if (came) break trades;
        }
      }
      await new Promise<void>((resolve) => {
        if (stop.aborted) resolve();
        stop.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
}

function tradeByTrade(event: EngineEvent): readonly EngineEvent[] {
  if (event.type !== "trades") return [event];
  return Array.from({ length: event.count }, (_, at) => ({
    type: "trades",
    count: 1,
    time: event.time.subarray(at, at + 1),
    price: event.price.subarray(at, at + 1),
    size: event.size.subarray(at, at + 1),
    side: event.side.subarray(at, at + 1),
    instrument: event.instrument.subarray(at, at + 1),
  }));
}

export function accountView(changes: Partial<AccountView> = {}): AccountView {
  return {
    name: "manual",
    startBalance: cents(1_500_000),
    balance: cents(1_584_750),
    equity: 1_584_750,
    drawdown: 0.01,
    maxDrawdown: 0.0234,
    halted: false,
    closedTrades: 3,
    wins: 2,
    netPnl: cents(84_750),
    ...changes,
  };
}

/** A running watch of ES JUN25 without a signal. */
export function engineView(changes: Partial<EngineView> = {}): EngineView {
  return {
    time: 0 as EngineView["time"],
    tradingDay: "2025-06-09",
    sessionOpen: undefined,
    sessionClose: undefined,
    instrument: ES,
    lastPrice: ticks(24043),
    tradesSeen: 14_212,
    highestRatio: 3.2,
    accounts: [accountView()],
    pending: [],
    open: [],
    contexts: [],
    ...changes,
  };
}

export function standing(changes: Partial<Standing> = {}): Standing {
  return { ...AT_REST, phase: "running", market: "live", view: engineView(), ...changes };
}

/** A live feed that is connected, at midnight of 1970. */
export function feed(health: Partial<FeedStanding["health"]> = {}, changes: Partial<FeedStanding> = {}): FeedStanding {
  return {
    health: {
      state: "live",
      message: undefined,
      lastEventAt: undefined,
      lastHeardAt: undefined,
      staleSeconds: 6,
      retryAt: undefined,
      reconnects: 0,
      gaps: [],
      notices: [],
      dropped: 0,
      unknownMessages: 0,
      ...health,
    },
    attempt: 0,
    lastTradeAt: undefined,
    ...changes,
  };
}

/** The user's position of the recommendation of the tests, open with half an R gained. */
export function position(changes: Partial<OpenPosition> = {}): OpenPosition {
  return {
    recommendation: recommendation({ account: "manual" }),
    account: "manual",
    quantity: 2,
    entryPrice: 24042,
    entryTime: after(20),
    openPnl: 76_250,
    ...changes,
  };
}
