import { Engine } from "../core/engine.js";
import type { AccountEvent, EngineOutput } from "../core/events.js";
import { limitsOf, type RiskLimits, sameLimits } from "../core/guards/looserLimits.js";
import { type Calendar, NO_HOLIDAYS } from "../core/session.js";
import type { RunMode } from "../core/settings.js";
import type { Micros } from "../core/units.js";
import type { Feed } from "../feed/feed.js";
import { systemClock } from "../store/clock.js";
import { memoryStore } from "../store/memoryStore.js";
import { restoredEvents } from "../store/restore.js";
import { Store } from "../store/store.js";
import { loadCalendar } from "./calendar.js";
import type { Log } from "./log.js";
import { mergeAccountEvents } from "./mergeAccountEvents.js";
import { type Keeper, Pipeline, type Sink } from "./pipeline.js";
import { flatSettings, parseSettings, type Settings } from "./settings.js";
import { SettingsError } from "./settingsError.js";
import { VERSION } from "./version.js";

export type RunKind = "live" | "replay" | "demo";

export interface RunOptions {
  /** Undefined: those of the folder's last feed, else the defaults. */
  readonly settings: Settings | undefined;
  readonly mode: RunMode;
  /** Whose results; a folder of another kind is refused. Undefined: the folder's own. */
  readonly kind: RunKind | undefined;
  /** The data folder; without one nothing outlasts the run. */
  readonly folder: string | undefined;
  readonly sinks: readonly Sink[];
  readonly log: Log;
  /** The bytes of `sql-wasm.wasm`, asked for when a database is first written. */
  readonly wasm: () => Promise<Uint8Array>;
  /** Nothing in the folder is touched, and nothing new can be recorded. */
  readonly readOnly?: boolean;
  /** Undefined: the computer's clock. It dates a change of the risk limits. */
  readonly now?: () => Micros;
}

/** Where a run keeps its outputs. */
interface Memory extends Keeper {
  readonly outputs: readonly EngineOutput[];
  meta(key: string): unknown;
  setMeta(key: string, value: unknown): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The settings of the folder's last feed, so that what is recorded later counts by the same rules. */
export const SETTINGS_META = "run.settings";

/** One engine over one data folder (or in memory), restored and ready to run feeds. */
export class Run {
  readonly kind: RunKind;
  /** The data folder, if the run has one. */
  readonly folder: string | undefined;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly #memory: Memory;
  readonly #pipeline: Pipeline;
  #recorded: readonly AccountEvent[];

  private constructor(kind: RunKind, settings: Settings, memory: Memory, options: RunOptions) {
    this.kind = kind;
    this.folder = options.folder;
    this.settings = kind === "demo" ? demoSettings(settings) : settings;
    const limits = kind === "live" ? firstLimits(memory) : undefined;
    const risk = { ...this.settings.risk, ...limits };
    this.engine = new Engine({ ...this.settings, risk }, options.mode, calendarOf(kind));
    this.#memory = memory;
    this.#pipeline = new Pipeline(this.engine, memory, options.sinks);
    this.#recorded = [...restoredEvents(memory.outputs), ...this.#limitsChange(options)];
  }

  /**
   * Opens the data folder and puts an engine over it. What the folder holds reaches the engine with the first feed, in its
   * place among the feed's events, or by `restore`.
   *
   * @throws StoreError
   */
  static async open(options: RunOptions): Promise<Run> {
    const { folder, kind, wasm, log, readOnly = false } = options;
    if (folder === undefined) {
      return new Run(kind ?? "live", options.settings ?? parseSettings({}), inMemory(), options);
    }
    const store = await Store.open({ folder, kind, appVersion: VERSION, wasm, log, readOnly });
    const settings = options.settings ?? settingsOf(store.meta(SETTINGS_META));
    return new Run(store.kind, settings, readOnly ? onlyReading(store) : store, options);
  }

  /** What was kept, oldest first. */
  get outputs(): readonly EngineOutput[] {
    return this.#memory.outputs;
  }

  /** The newest value of a small fact about the folder, such as the demo's seed. */
  meta(key: string): unknown {
    return this.#memory.meta(key);
  }

  /** Keeps a small fact; `value` is plain JSON. */
  setMeta(key: string, value: unknown): Promise<void> {
    return this.#memory.setMeta(key, value);
  }

  /**
   * Runs a feed until it ends or `stop` fires. Account events recorded earlier come first, or where they acted.
   *
   * @throws FeedError, StoreError
   */
  async run(feed: Feed, stop: AbortSignal): Promise<void> {
    const recorded = this.#recorded;
    this.#recorded = [];
    await this.#rememberSettings();
    try {
      await this.#pipeline.run({ events: (signal) => mergeAccountEvents(feed.events(signal), recorded) }, stop);
    } finally {
      // A feed that was stopped or failed while it caught up leaves some untold; what was told counts once.
      for (const event of recorded) await this.#pipeline.dispatch(event);
    }
  }

  /** Tells the engine all that was recorded earlier; for a run without a feed. Harmless when it is done. */
  async restore(): Promise<void> {
    const recorded = this.#recorded;
    this.#recorded = [];
    for (const event of recorded) await this.#pipeline.dispatch(event);
  }

  /**
   * Tells the engine what a person did, after all that was recorded earlier.
   *
   * @returns the outputs that were new, when they are durable
   */
  async dispatch(event: AccountEvent): Promise<readonly EngineOutput[]> {
    await this.restore();
    return this.#pipeline.dispatch(event);
  }

  /** Resolves when everything kept so far is written, the databases too. */
  flush(): Promise<void> {
    return this.#memory.flush();
  }

  /** Flushes and lets go of the folder. */
  close(): Promise<void> {
    return this.#memory.close();
  }

  // The limits of a real account loosen on its next trading day (`RELIABILITY.md` R18), so the engine is told that they changed.
  #limitsChange({ settings, readOnly = false, now = systemClock.wall }: RunOptions): readonly AccountEvent[] {
    const known = lastLimits(this.#memory);
    if (this.kind !== "live" || settings === undefined || readOnly || known === undefined) return [];
    if (sameLimits(known, settings.risk)) return [];
    const time = now();
    return [{ type: "account", kind: "limits", id: `limits:${time}`, time, limits: limitsOf(settings.risk) }];
  }

  async #rememberSettings(): Promise<void> {
    const flat = flatSettings(this.settings);
    const before = this.#memory.meta(SETTINGS_META);
    if (JSON.stringify(before) !== JSON.stringify(flat)) await this.#memory.setMeta(SETTINGS_META, flat);
  }
}

function inMemory(): Memory {
  const store = memoryStore();
  const outputs: EngineOutput[] = [];
  const facts = new Map<string, unknown>();
  return {
    outputs,
    keep: async (made) => {
      const fresh = await store.keep(made);
      outputs.push(...fresh);
      return fresh;
    },
    meta: (key) => facts.get(key),
    setMeta: async (key, value) => void facts.set(key, value),
    flush: async () => undefined,
    close: async () => undefined,
  };
}

// An engine that is told what was recorded makes the same outputs again: they are kept already.
function onlyReading(store: Store): Memory {
  return {
    outputs: store.outputs,
    keep: async () => [],
    meta: (key) => store.meta(key),
    setMeta: (key, value) => store.setMeta(key, value),
    flush: () => store.flush(),
    close: () => store.close(),
  };
}

// Settings of a newer version may have keys that this one does not know: then the defaults are the best there is.
function settingsOf(stored: unknown): Settings {
  try {
    return parseSettings(stored ?? {});
  } catch (error) {
    if (error instanceof SettingsError) return parseSettings({});
    throw error;
  }
}

// The limits with which the folder began: those before the first change, else those of its last feed.
function firstLimits(memory: Memory): RiskLimits | undefined {
  const first = memory.outputs.find((output) => output.type === "limits");
  return first?.before ?? limitsOfFeed(memory);
}

function lastLimits(memory: Memory): RiskLimits | undefined {
  const last = memory.outputs.findLast((output) => output.type === "limits");
  return last?.limits ?? limitsOfFeed(memory);
}

function limitsOfFeed(memory: Memory): RiskLimits | undefined {
  const stored = memory.meta(SETTINGS_META);
  return stored === undefined ? undefined : limitsOf(settingsOf(stored).risk);
}

// The demo market is one future in simulated regular hours, and both accounts learn from each other there.
function demoSettings(settings: Settings): Settings {
  return {
    ...settings,
    contract: { instrument: settings.demo.instrument, pin: "", session: "rth" },
    instruments: [],
    bayes: { ...settings.bayes, learnFrom: "both" },
  };
}

function calendarOf(kind: RunKind): Calendar {
  return kind === "demo" ? NO_HOLIDAYS : loadCalendar();
}
