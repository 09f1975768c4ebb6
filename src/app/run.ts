import { join } from "node:path";
import type { Footprint } from "../core/detector/footprint.js";
import { Engine } from "../core/engine.js";
import type { AccountEvent, EngineOutput } from "../core/events.js";
import { limitsOf, sameLimits } from "../core/guards/looserLimits.js";
import { type Calendar, NO_HOLIDAYS } from "../core/session.js";
import type { RunMode } from "../core/settings.js";
import type { Micros } from "../core/units.js";
import type { Feed } from "../feed/feed.js";
import { type Pause, systemClock, systemPause } from "../store/clock.js";
import { type FileLog, fileLog } from "../store/fileLog.js";
import { claimLead, type Following, findLeader, type Leading } from "../store/lead/lead.js";
import { Pieces } from "../store/pieces.js";
import { restoredEvents, restoring } from "../store/restore.js";
import { type Integrity, Store } from "../store/store.js";
import { loadCalendar } from "./calendar.js";
import { demoSettings } from "./demoSettings.js";
import { inEnglish } from "./language.js";
import { LedElsewhere, type LedFeed, whileLeading } from "./leading.js";
import { both, type Log } from "./log.js";
import { inMemory, type Memory, onlyReading } from "./memory.js";
import { mergeAccountEvents, RecordedEvents } from "./mergeAccountEvents.js";
import { overruled } from "./overruled.js";
import { Pipeline, type Sink } from "./pipeline.js";
import { readableLine } from "./readableLines.js";
import { haltFileEvent } from "./resets.js";
import { firstLimits, lastLimits, SETTINGS_META, settingsOf, withStartBalance } from "./runSettings.js";
import { flatSettings, parseSettings, type Settings } from "./settings.js";
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
  /** Path of the built `queryWorker.cjs`, in which databases of many trades are made; undefined: they are made in this thread. */
  readonly queryWorker?: () => Promise<string>;
  /** Nothing in the folder is touched, and nothing new can be recorded. */
  readonly readOnly?: boolean;
  /** Undefined: the computer's clock. It dates a change of the risk limits. */
  readonly now?: () => Micros;
  /** Undefined: the computer's. Between two looks at what other windows do. */
  readonly pause?: Pause;
}

/** Between two looks at what other windows recorded, while a feed runs: a stop reaches every window within 3 s. */
const LOOK_MS = 1000;

/** What was seen of the market or reckoned from it: it rules no answer out. */
const SEEN: ReadonlySet<EngineOutput["type"]> = new Set([
  "signal",
  "cluster",
  "refusal",
  "footprint",
  "mark",
  "gap",
  "shadow",
  "equity",
]);

/** The log of what happened, in the data folder. */
const LOG_FILE = "trading_system.log";

/** One engine over one data folder (or in memory), restored and ready to run feeds. */
export class Run {
  readonly kind: RunKind;
  /** The data folder, if the run has one. */
  readonly folder: string | undefined;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly #memory: Memory;
  readonly #pipeline: Pipeline;
  readonly #calendar: Calendar;
  readonly #options: RunOptions;
  readonly #file: FileLog | undefined;
  /** What was recorded earlier or in another window and has not reached the engine yet. */
  readonly #recorded: RecordedEvents;
  /** One after the other: who answers meanwhile must not come in between. */
  #restoring: Promise<unknown> = Promise.resolve();
  #isPlaying = false;
  #isOthers = false;
  /** How many records of other windows were taken in. */
  #taken = 0;
  #halted: string | undefined;
  #troubled: string | undefined;
  #lead: Leading | undefined;
  #ledFeed: LedFeed | undefined;
  /** How the feed does, as the followers know it. */
  #status = "";
  #hasNews = false;

  private constructor(
    kind: RunKind,
    settings: Settings,
    memory: Memory,
    options: RunOptions,
    file: FileLog | undefined = undefined,
  ) {
    this.kind = kind;
    this.folder = options.folder;
    this.settings = settingsFor(kind, settings, memory);
    const { startBalance } = this.settings.paper;
    if (kind === "live" && startBalance !== settings.paper.startBalance) {
      options.log.warn(
        `paper.startBalance is ${settings.paper.startBalance}, but this data folder began with ${startBalance}: that holds here; for another one use a new data folder`,
      );
    }
    const limits = kind === "live" ? firstLimits(memory) : undefined;
    const risk = { ...this.settings.risk, ...limits };
    this.#calendar = calendarOf(kind);
    this.engine = new Engine({ ...this.settings, risk }, options.mode, this.#calendar);
    this.#memory = memory;
    this.#options = options;
    this.#file = file;
    this.#pipeline = new Pipeline(this.engine, memory, [
      ...(file === undefined ? [] : [this.#written(file)]),
      ...options.sinks,
      () => this.#spread(),
    ]);
    const recommendations = memory.outputs.flatMap((output) => (output.type === "recommendation" ? [output.id] : []));
    this.#recorded = new RecordedEvents(
      chain(restoring(memory.forRestart()), this.#limitsChange(options)),
      recommendations,
    );
  }

  /**
   * Opens the data folder and puts an engine over it. What the folder holds reaches the engine with the first feed, in its
   * place among the feed's events, or by `restore`. What happens goes to `trading_system.log` in the folder, too, unless it is
   * only read.
   *
   * @throws StoreError
   */
  static async open(options: RunOptions): Promise<Run> {
    const { folder, kind, wasm, queryWorker, log, readOnly = false } = options;
    if (folder === undefined) {
      return new Run(kind ?? "live", options.settings ?? parseSettings({}), inMemory(), options);
    }
    const file = readOnly ? undefined : fileLog({ path: join(folder, LOG_FILE) });
    const logs = file === undefined ? log : both(log, file);
    const store = await Store.open({ folder, kind, appVersion: VERSION, wasm, queryWorker, log: logs, readOnly });
    const settings = options.settings ?? settingsOf(store.meta(SETTINGS_META));
    const memory = readOnly ? onlyReading(store) : store;
    return new Run(store.kind, settings, memory, { ...options, log: logs }, file);
  }

  /** What was kept but footprints and marks, oldest first. */
  get outputs(): readonly EngineOutput[] {
    return this.#memory.outputs;
  }

  /** `outputs` with the oldest of very many signals, clusters and refusals. */
  allOutputs(): readonly EngineOutput[] {
    return this.#memory.allOutputs();
  }

  /** What was kept but footprints, oldest first; to be gone through once. */
  everything(): Iterable<EngineOutput> {
    return this.#memory.everything();
  }

  /** The bars around the signals of a moment, oldest first. */
  footprints(signal: Micros): readonly Footprint[] {
    return this.#memory.footprints(signal);
  }

  /**
   * What a new engine makes of all that is kept. It is not what was recorded where a record rests on one that is lost, or another
   * window was first. Of years it is seconds' work, between whose pieces others have their turn.
   */
  async booked(): Promise<readonly EngineOutput[]> {
    const afresh = new Engine(this.engine.settings, this.#options.mode, this.#calendar);
    const pieces = new Pieces();
    const made: EngineOutput[] = [];
    for (const event of restoring(this.everything())) {
      made.push(...afresh.process(event));
      await pieces.next();
    }
    return made;
  }

  /** What is wrong with the data folder, one sentence each, such as a damaged journal. */
  get warnings(): readonly string[] {
    return this.#memory.warnings;
  }

  /** How whole the data folder is; undefined without one. */
  integrity(): Promise<Integrity | undefined> {
    return this.#memory.integrity();
  }

  /** How many events could not be saved: the engine knows them, the disk does not. They are tried again by `flush` and `close`. */
  get unsaved(): number {
    return this.#pipeline.unsaved;
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
   * Runs a feed until it ends or `stop` fires. Account events recorded earlier come first, or where they acted; what other
   * windows record meanwhile, and the file `HALT`, reach the engine within a second or so. One window at a time runs the feed of
   * a folder.
   *
   * @returns why it ended: the feed did, it was stopped, or another window goes on with it
   * @throws FeedError, StoreError, LedElsewhere
   */
  async run(feed: Feed, stop: AbortSignal): Promise<"ended" | "stopped" | "handedOver"> {
    if (this.folder === undefined) return this.#play(feed, stop);
    const lead = await claimLead({ folder: this.folder, marketTime: () => this.engine.view().time });
    if (lead.role === "follower") {
      lead.close();
      throw new LedElsewhere(this.folder, lead.lease);
    }
    this.#lead = lead;
    lead.tell(this.#status);
    try {
      const guarded = whileLeading(feed, lead, systemClock, this.#options.log);
      this.#ledFeed = guarded;
      // A stop that is there already acts before the first trade.
      await this.#lookForHalt().catch((error: unknown) => this.#complain(error));
      const end = await this.#watching(() => this.#play(guarded, stop));
      return guarded.isOver ? "handedOver" : end;
    } finally {
      this.#lead = undefined;
      this.#ledFeed = undefined;
      await lead.end();
    }
  }

  async #play(feed: Feed, stop: AbortSignal): Promise<"ended" | "stopped"> {
    await this.#rememberSettings();
    await this.#restoring;
    this.#isPlaying = true;
    const recorded = this.#recorded;
    try {
      const merged: Feed = { events: (signal) => mergeAccountEvents(feed.events(signal), recorded) };
      await this.#pipeline.run(merged, stop, (event) => recorded.told(event));
    } finally {
      this.#isPlaying = false;
      // A feed that was stopped or failed while it caught up leaves some untold.
      await this.restore();
    }
    return stop.aborted ? "stopped" : "ended";
  }

  /** The window that runs the feed of the folder, if another one does. */
  leader(): Promise<Following | undefined> {
    return this.folder === undefined ? Promise.resolve(undefined) : findLeader({ folder: this.folder });
  }

  /** How far the folder's market is: in the window that runs its feed, if another one does, else as far as this one knows. */
  async marketTime(): Promise<Micros> {
    const { time } = this.engine.view();
    const leader = await this.leader();
    if (leader === undefined) return time;
    try {
      return Math.max(time, await leader.marketTime()) as Micros;
    } finally {
      leader.close();
    }
  }

  /**
   * Shows what the window that runs the feed records, until it has ended or hangs, or `stop` fires.
   *
   * @param news called with what the leader tells of its feed
   */
  async follow(leader: Following, stop: AbortSignal, news: (status: string) => void): Promise<"ended" | "lost"> {
    leader.onNews((status) => {
      news(status);
      void this.#lookAround().catch((error: unknown) => this.#complain(error));
    });
    const hangUp = () => leader.close();
    stop.addEventListener("abort", hangUp);
    if (stop.aborted) hangUp();
    try {
      await this.restore();
      news(leader.status);
      return await this.#watching(() => leader.over);
    } finally {
      stop.removeEventListener("abort", hangUp);
      leader.close();
    }
  }

  /** Tells the windows that follow how the feed does. */
  tell(status: string): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#lead?.tell(status);
  }

  /** Tells them that there is something new, once for all that was kept together. */
  #spread(): void {
    if (this.#lead === undefined || this.#hasNews) return;
    this.#hasNews = true;
    queueMicrotask(() => {
      this.#hasNews = false;
      this.#lead?.tell(this.#status);
    });
  }

  /**
   * Tells the engine all that was recorded earlier; for a run without a feed. Harmless when it is done, and while a feed runs.
   *
   * @returns what was new in it; where the folder is only read, all that the engine makes of it
   */
  async restore(): Promise<readonly EngineOutput[]> {
    if (this.#isPlaying) return [];
    const turn = this.#restoring.then(() => this.#tellRecorded());
    this.#restoring = turn.catch(() => undefined);
    return turn;
  }

  /** What comes meanwhile waits its turn, and what could not be told is told the next time. */
  async #tellRecorded(): Promise<readonly EngineOutput[]> {
    if (this.#isPlaying) return [];
    const recorded = this.#recorded;
    const pieces = new Pieces(1);
    const made: EngineOutput[] = [];
    // Also what a feed took and did not tell.
    recorded.giveBack();
    for (let events = recorded.take(); events.length > 0; events = recorded.take()) {
      try {
        made.push(...(await this.#pipeline.dispatchAll(events)));
      } catch (error) {
        // The engine knows all of them. The last one, told again, asks whether they can be kept now.
        for (const event of events.slice(0, -1)) recorded.told(event);
        recorded.giveBack();
        throw error;
      }
      for (const event of events) recorded.told(event);
      await pieces.next();
    }
    return made;
  }

  /**
   * Tells the engine what a person did, after all that was recorded earlier. When it is durable, it is looked whether another
   * window recorded at the same moment what rules it out.
   *
   * @returns the outputs that were new; an `illegal` one says why the record, which stays in the journal, does not count
   */
  async dispatch(event: AccountEvent): Promise<readonly EngineOutput[]> {
    await this.restore();
    const taken = this.#taken;
    const made = await this.#pipeline.dispatch(event);
    if (made.length === 0) return made;
    try {
      await this.#lookAround();
    } catch (error) {
      // It is recorded all the same.
      this.#complain(error);
    }
    if (this.#taken === taken) return made;
    const afresh = new Engine(this.engine.settings, this.#options.mode, this.#calendar);
    const reason = await overruled(event, made, this.#memory, afresh);
    return reason === undefined ? made : [...made, { type: "illegal", event: event.id, reason }];
  }

  /** Whether the file `HALT`, by which any program stops everything, lies in the data folder. */
  async isStoppedByFile(): Promise<boolean> {
    return (await this.#memory.haltFile()) !== undefined;
  }

  /**
   * Resolves when everything kept so far is written, the databases too, and what could not be kept before.
   *
   * @throws StoreError
   */
  async flush(): Promise<void> {
    await this.#settle();
    await this.#memory.flush();
  }

  /**
   * Flushes and lets go of the folder.
   *
   * @throws StoreError when what could not be kept before still cannot
   */
  async close(): Promise<void> {
    try {
      await this.#settle();
    } finally {
      await this.#memory.close();
      await this.#file?.flush();
    }
  }

  // What could not be stored is in the engine's view all the same: it is tried again before anything is let go.
  async #settle(): Promise<void> {
    const saved = await this.#pipeline.settle();
    if (saved.length > 0) this.#options.log.info("What could not be saved before is saved now");
  }

  /** Looks what other windows do while a task runs. */
  async #watching<T>(task: () => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const watching = this.#watch(ended.signal);
    try {
      return await task();
    } finally {
      ended.abort();
      await watching;
    }
  }

  async #watch(ended: AbortSignal): Promise<void> {
    const { pause = systemPause } = this.#options;
    while (!ended.aborted) {
      try {
        // A feed that rests does not ask.
        await this.#ledFeed?.look();
        await this.#lookAround();
        await this.#lookForHalt();
        this.#troubled = undefined;
      } catch (error) {
        this.#complain(error);
      }
      await pause(LOOK_MS, ended);
    }
  }

  /** Says once what is wrong with the folder. */
  #complain(error: unknown): void {
    const said = error instanceof Error ? error.message : String(error);
    if (said !== this.#troubled) this.#options.log.error(`What other windows do is not known: ${said}`);
    this.#troubled = said;
  }

  /** Takes in what other windows have recorded since. */
  async #lookAround(): Promise<void> {
    const found = await this.#memory.refresh();
    this.#taken += found.filter(({ type }) => !SEEN.has(type)).length;
    // The engine marks its own equity; another's knows less of it. What positions meet is told by one feed alone.
    const isOwn = (kind: AccountEvent["kind"]) => kind === "equity" || (kind === "mark" && this.#isPlaying);
    await this.#takeIn(restoredEvents(found).filter(({ kind }) => !isOwn(kind)));
    // The window that recorded it has written it into the log.
    this.#isOthers = true;
    this.#pipeline.show(found);
    this.#isOthers = false;
  }

  async #lookForHalt(): Promise<void> {
    const file = await this.#memory.haltFile();
    if (file === undefined || file.identity === this.#halted) return;
    this.#halted = file.identity;
    const { now = systemClock.wall } = this.#options;
    const time = this.kind === "live" ? now() : this.engine.view().time || now();
    await this.#takeIn([haltFileEvent(file.identity, file.reason, time as Micros)]);
  }

  /** Gives events to the engine at its time; while earlier ones still wait for their place in the feed, behind those. */
  async #takeIn(events: readonly AccountEvent[]): Promise<void> {
    if (!this.#recorded.areTold) {
      this.#recorded.push(events);
      return;
    }
    for (const event of events) {
      const at = Math.max(event.at ?? 0, this.engine.view().time) as Micros;
      await this.#pipeline.dispatch({ ...event, at });
    }
  }

  // The limits of a real account loosen on its next trading day (`RELIABILITY.md` R18), so the engine is told that they changed.
  #limitsChange({ settings, readOnly = false, now = systemClock.wall }: RunOptions): readonly AccountEvent[] {
    const known = lastLimits(this.#memory);
    if (this.kind !== "live" || settings === undefined || readOnly || known === undefined) return [];
    if (sameLimits(known, settings.risk)) return [];
    const time = now();
    return [{ type: "account", kind: "limits", id: `limits:${time}`, time, limits: limitsOf(settings.risk) }];
  }

  #written(file: FileLog): Sink {
    return (output) => {
      const line = this.#isOthers ? undefined : inEnglish(() => readableLine(output));
      if (line !== undefined) file.info(line);
    };
  }

  async #rememberSettings(): Promise<void> {
    const flat = flatSettings(this.settings);
    const before = this.#memory.meta(SETTINGS_META);
    if (JSON.stringify(before) !== JSON.stringify(flat)) await this.#memory.setMeta(SETTINGS_META, flat);
  }
}

function* chain<T>(...parts: readonly Iterable<T>[]): Generator<T> {
  for (const part of parts) yield* part;
}

function calendarOf(kind: RunKind): Calendar {
  return kind === "demo" ? NO_HOLIDAYS : loadCalendar();
}

function settingsFor(kind: RunKind, settings: Settings, memory: Memory): Settings {
  if (kind === "demo") return demoSettings(settings);
  return kind === "live" ? withStartBalance(settings, memory) : settings;
}
