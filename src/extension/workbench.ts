import * as vscode from "vscode";
import type { Log } from "../app/log.js";
import type { Run } from "../app/run.js";
import type { Settings } from "../app/settings.js";
import { who } from "../app/who.js";
import type { AccountEvent, EngineOutput, EngineView } from "../core/events.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import type { Micros } from "../core/units.js";
import type { Feed } from "../feed/feed.js";
import type { Following } from "../store/lead/lead.js";
import { setting } from "./configuration.js";
import { Drafts, type RunDrafts } from "./drafts.js";
import { isFresh } from "./feedWords.js";
import { KnownRuns, type RunMarket, type RunPlace } from "./knownRuns.js";
import { inEnglish } from "./language.js";
import { leaderOf } from "./leaderWatch.js";
import { failed, oneLine } from "./notices.js";
import type { OpenRun, RunChoice, RunHost } from "./openRun.js";
import { Soon } from "./soon.js";
import { AT_REST, type Phase, type Standing, waitingTrades } from "./standing.js";
import { watchSentence } from "./statusText.js";

/** Between two looks at a feed that only brings trades. */
const REFRESH_MS = 1000;

/** A clock that goes back by less is none that was set: time servers move it so, and it is rounded. */
const CLOCK_STEP_MS = 1000;

/** Outputs that come closer upon each other are shown together. */
const GATHER_MS = 50;

/** From a result to the databases that the user reads; the journal has it at once. */
const FLUSH_MS = 2000;

/** A record that could not be made durable, and that the user left as it is. */
export interface Unsaved {
  /** In words. */
  readonly record: string;
  /** What the draft of it is about. */
  readonly draft: string | undefined;
  readonly error: unknown;
}

/** A run that was opened to be played, and the window that plays it already. */
interface Opened {
  readonly open: OpenRun;
  readonly leader: Following | undefined;
}

/** What opens runs: everything that is too heavy for activation. */
export type Runs = Pick<typeof import("./runs.js"), "prepareRun" | "reopenRun">;

/**
 * Owns the run at hand: the one whose trades are shown, and into which fills and exits are recorded. There is one at a time.
 *
 * It is the last run whose feed has brought something, in this window or in an earlier one. It stays at hand when its feed has
 * stopped, ended or failed, and after a reload. A start that fails, or is stopped before its feed has brought anything, changes
 * nothing: the run before it is at hand again, with all that waits in it. A run that another one takes the place of is not
 * forgotten: of each market the last one is known with the number of its trades that wait (`Standing.elsewhere`), and `turnTo`
 * leads back to it.
 */
export class Workbench implements vscode.Disposable {
  readonly log: Log;
  /** Read anew at every start, so that changed settings hold. */
  readonly host: () => RunHost;
  readonly #loadRuns: () => Promise<Runs>;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #didOutput = new vscode.EventEmitter<EngineOutput>();
  #phase: Phase = "idle";
  #progress: string | undefined;
  #failure: string | undefined;
  #open: OpenRun | undefined;
  readonly #known: KnownRuns;
  readonly #drafts: Drafts;
  /** Of the run at hand, oldest first. */
  #unsaved: readonly Unsaved[] = [];
  #runNumber = 0;
  #stop = new AbortController();
  /** The window that runs the feed which this one shows. */
  #leader: { readonly following: Following; readonly who: string; status: string } | undefined;
  #work: Promise<void> = Promise.resolve();
  #deadlines = new Map<string, number>();
  /** Milliseconds by which this machine's clock was ahead of one that nobody sets. */
  #clockLead = clockLead();
  #refreshed = 0;
  readonly #gather = new Soon(() => this.#changed(), GATHER_MS);
  readonly #flush = new Soon(() => this.#flushNow(), FLUSH_MS);
  #restoring: Promise<void> | undefined;
  #closed = false;

  /** Something that is shown has changed; from a busy feed at most once a second. */
  readonly onDidChange = this.#didChange.event;
  /** An output of the run at hand, after it was kept. */
  readonly onDidOutput = this.#didOutput.event;

  /** @param loadRuns called when a run is first opened */
  constructor(host: () => RunHost, log: Log, loadRuns: () => Promise<Runs> = () => import("./runs.js")) {
    this.host = host;
    this.#known = new KnownRuns(host);
    this.#drafts = new Drafts(() => host().drafts);
    this.log = log;
    this.#loadRuns = loadRuns;
  }

  /** What the feed of the run at hand is doing. */
  get phase(): Phase {
    return this.#phase;
  }

  /** All that the surfaces show. */
  standing(): Standing {
    const plays = this.#phase === "running" && this.#leader === undefined;
    const feed = plays ? this.#open?.feedStanding?.() : undefined;
    const view = this.#open?.run.engine.view();
    this.#followClock();
    // What was left without an answer by an earlier run waits again as soon as its engine knows it.
    if (view?.pending.some(({ id }) => !this.#deadlines.has(id))) this.#setDeadlines(view);
    return {
      ...AT_REST,
      phase: this.#phase,
      market: this.#open?.market,
      paper: this.#open?.paper ?? false,
      discreet: setting("display.discreet"),
      progress: this.#progress,
      restoring: this.#restoring !== undefined && this.#open === undefined,
      failure: this.#failure,
      view,
      volumeThreshold: this.#open?.run.settings.detector.volumeThreshold ?? AT_REST.volumeThreshold,
      leader: this.#leader,
      feed,
      // No call counts down on data that are not of now; the signal itself stays, and can be answered.
      deadlines: feed === undefined || isFresh(feed) ? this.#deadlines : new Map(),
      unsaved: this.#open?.run.unsaved ?? 0,
      elsewhere: this.#known.elsewhere(this.#open?.folder),
    };
  }

  /**
   * What the engine of the run at hand knows.
   *
   * @throws when there is no run
   */
  view(): EngineView {
    return this.#theRun().run.engine.view();
  }

  /** The moment at which an answer is given: now, or in a demo or a replay the moment that the market has reached where it runs. */
  answerTime(): Micros {
    return this.#open?.market === "live" ? ((Date.now() * 1000) as Micros) : this.#marketTime();
  }

  /** What the run at hand has kept but footprints and marks, oldest first. */
  outputs(): readonly EngineOutput[] {
    return this.#open?.run.outputs ?? [];
  }

  /**
   * The run at hand, for all that is kept of it.
   *
   * @throws when there is none
   */
  get run(): Pick<Run, "allOutputs" | "booked" | "footprints" | "integrity" | "warnings"> {
    return this.#theRun().run;
  }

  /** What was typed about the run at hand and is not yet recorded, by recommendation. It outlasts a reload of the window. */
  get drafts(): RunDrafts {
    return this.#drafts.of(this.#open?.folder ?? "");
  }

  /** The zone in which its times are shown. */
  timeZone(): string {
    return this.#open?.timeZone ?? "America/New_York";
  }

  /** Of the run at hand; undefined where there is none. */
  get settings(): Settings | undefined {
    return this.#open?.run.settings;
  }

  /** Counts the runs; another number means another history. */
  get runNumber(): number {
    return this.#runNumber;
  }

  /** What is shown is to be drawn anew: how it is to look has changed. */
  refresh(): void {
    this.#changed();
  }

  /**
   * Opens a run and starts its feed, once another has stopped that is stopping. Does nothing while one is starting or running.
   *
   * @returns resolves when the feed runs, or the start was stopped; rejects when it could not start
   */
  async start(choice: RunChoice): Promise<void> {
    if (this.#phase === "stopping") await this.stop();
    if (this.#phase !== "idle" || this.#closed) return;
    this.#stop = new AbortController();
    this.#failure = undefined;
    this.#enter("starting");
    const opening = this.#openRun(choice, this.#stop.signal);
    this.#work = this.#play(opening, this.#stop.signal);
    await opening;
  }

  /**
   * Shows what another window does in a folder, as far as nothing else is at work here.
   *
   * @returns resolves when that is over; false when something else was at work, or waited to be saved
   */
  async follow(place: RunPlace): Promise<boolean> {
    await this.#restored();
    if (this.#phase !== "idle" || this.#closed || this.standing().unsaved > 0) return false;
    this.#stop = new AbortController();
    this.#enter("starting");
    const opening = this.#openToFollow(place);
    this.#work = this.#play(opening, this.#stop.signal);
    await this.#work;
    return true;
  }

  /** Asks the window that runs the feed to end it, and goes on with it here. Does nothing when none is followed. */
  async takeOver(): Promise<void> {
    const { market, paper = false } = this.#open ?? {};
    const following = this.#leader?.following;
    if (following === undefined || market === undefined) return;
    if (market === "replay") throw new Error(say("A replay cannot go on in another window: start it here anew"));
    following.askForLead();
    await following.over;
    await this.#work;
    await this.start({ market, paper });
  }

  /** Stops the feed, or the start of it, and waits until it has stopped. Harmless when nothing runs. */
  async stop(): Promise<void> {
    if (this.#phase === "idle") return;
    this.#stop.abort();
    if (this.#phase !== "stopping") this.#enter("stopping");
    await this.#work;
  }

  /**
   * Opens what an earlier window had at hand, without a feed: its pending trades can be answered. Does nothing when a run is open
   * or nothing was left.
   */
  restore(): Promise<void> {
    if (this.#phase !== "idle") return Promise.resolve();
    return this.#reopenFirst();
  }

  /** Whether there is anything to restore. */
  hasRun(): boolean {
    return this.#known.first() !== undefined;
  }

  /** The folder of the run at hand. */
  get folder(): string | undefined {
    return this.#open?.folder;
  }

  /** Where runs keep what they do: that of the run at hand first, then the last one of each market. */
  places(): readonly RunPlace[] {
    const all = [...(this.#open === undefined ? [] : [this.#open]), ...this.#known.all()];
    return all.filter(({ folder }, index) => all.findIndex((place) => place.folder === folder) === index);
  }

  /** Stops what runs and takes the last run of a market to hand, for recording. Does nothing when none is known. */
  async turnTo(market: RunMarket): Promise<void> {
    await this.stop();
    await this.#restored();
    const run = this.#known.of(market);
    if (run === undefined || this.#phase !== "idle" || this.#open?.folder === run.folder) return;
    this.#failure = undefined;
    await this.#release();
    this.#known.take(run);
    await this.#reopenFirst();
  }

  /**
   * Records what the user did. Resolves when it is durable.
   *
   * @throws when there is no run, or it could not be kept
   */
  async record(event: AccountEvent): Promise<readonly EngineOutput[]> {
    try {
      return await this.#theRun().run.dispatch(event);
    } finally {
      // Also what could not be kept has changed what is shown.
      this.#changed();
    }
  }

  /** Takes note of a record that the disk does not have; a refused one is none. */
  leaveUnsaved(unsaved: Unsaved): void {
    if (this.standing().unsaved > 0) this.#unsaved = [...this.#unsaved, unsaved];
  }

  /** What the disk does not have, as far as the user recorded it, oldest first. */
  unsaved(): readonly Unsaved[] {
    return this.#unsaved;
  }

  /**
   * Saves what could not be saved before.
   *
   * @throws when it still cannot be saved
   */
  saveAgain(): Promise<void> {
    return this.#saveAgain(this.#theRun());
  }

  /**
   * Lets `change` delete the folders of a market: a run of it is stopped, closed and forgotten first.
   *
   * @throws when another window runs the feed of one of them; nothing has changed then
   */
  async without(market: RunMarket, folders: readonly string[], change: () => Promise<void>): Promise<void> {
    if (this.#phase === "starting" || this.#phase === "stopping") await this.stop();
    await this.#restored();
    for (const each of folders) await this.#requireNotLedElsewhere(each);
    const folder = this.#open?.market === market ? this.#open.folder : this.#known.of(market)?.folder;
    if (this.#open?.market === market) {
      await this.stop();
      await this.#letGo();
    }
    this.#known.forget(market);
    if (folder !== undefined) this.#drafts.forget(folder);
    await change();
    this.#changed();
  }

  /** Lets `change` write into a folder that no run of this window has open meanwhile; it is at hand again afterwards. */
  async apart(folder: string, change: () => Promise<void>): Promise<void> {
    if (this.#phase === "starting") await this.stop();
    await this.#restored();
    const wasOpen = this.#open?.folder === folder;
    if (wasOpen) {
      await this.stop();
      await this.#release();
    }
    try {
      await change();
    } finally {
      if (wasOpen) await this.#reopenFirst();
      this.#changed();
    }
  }

  /** Stops and closes everything, with Node's file system alone: at a window's end no call of VS Code works. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort();
    this.#flush.cancel();
    await this.#work;
    await this.#open?.close();
    this.#open = undefined;
  }

  dispose(): void {
    this.#closed = true;
    this.#stop.abort();
    this.#gather.cancel();
    this.#flush.cancel();
    this.#didChange.dispose();
    this.#didOutput.dispose();
  }

  #reopenFirst(): Promise<void> {
    if (this.#restoring !== undefined) return this.#restoring;
    this.#restoring = this.#reopen(this.#known.first()).finally(() => {
      this.#restoring = undefined;
      this.#changed();
    });
    this.#changed();
    return this.#restoring;
  }

  async #reopen(place: RunPlace | undefined): Promise<void> {
    if (place === undefined || this.#open !== undefined || this.#closed) return;
    const { reopenRun } = await this.#loadRuns();
    const open = await reopenRun(place, this.host(), this.#sinks());
    if (open === undefined) return;
    if (this.#closed) await open.close();
    else this.#take(open);
  }

  /** Whatever is being restored is open, or could not be: whoever asked for it says so. */
  async #restored(): Promise<void> {
    await this.#restoring?.catch(() => undefined);
  }

  async #openRun(choice: RunChoice, stop: AbortSignal): Promise<Opened | undefined> {
    await this.#restored();
    const { prepareRun } = await this.#loadRuns();
    const prepared = await prepareRun(choice, this.host(), {
      sinks: this.#sinks(),
      stop,
      progress: (text) => {
        this.#progress = text;
        this.#changed();
      },
      changed: () => {
        if (this.#phase === "running") this.#gather.request();
      },
    });
    if (prepared === undefined || stop.aborted) return undefined;
    await this.#release();
    const open = await prepared.open();
    this.#take(open);
    return { open, leader: await open.run.leader() };
  }

  /** The feed from its start to its end; never rejects. */
  async #play(opening: Promise<Opened | undefined>, stop: AbortSignal): Promise<void> {
    let open: OpenRun | undefined;
    let lost = false;
    try {
      const opened = await opening;
      open = opened?.open;
      if (opened !== undefined && !stop.aborted) {
        this.#progress = undefined;
        this.#enter("running");
        const { leader } = opened;
        if (leader !== undefined) lost = (await this.#follow(opened.open, leader, stop)) === "lost";
        else if (opened.open.feed !== undefined) await this.#lead(opened.open, opened.open.feed, stop);
      }
    } catch (error) {
      this.#failure = oneLine(error);
      // A start that failed is told by the command that asked for it.
      if (open !== undefined) this.#tell(error);
    } finally {
      await this.#putBack().catch((error: unknown) => this.#tell(error));
      this.#progress = undefined;
      // The clock of the market stands still from here on: nothing that waits becomes late by it.
      this.#deadlines = new Map();
      this.#enter("idle");
    }
    if (lost && !stop.aborted && open?.market === "live") void this.#takeUp(open);
  }

  /** Runs a feed in this window. */
  async #lead(open: OpenRun, feed: Feed, stop: AbortSignal): Promise<void> {
    const end = await open.run.run(this.#watched(open, feed), stop);
    await open.run.flush();
    if (end === "ended") open.ended?.();
  }

  /** Shows what another window does until it ends or is lost. */
  async #follow(open: OpenRun, following: Following, stop: AbortSignal): Promise<"ended" | "lost"> {
    this.#leader = { following, who: who(following.lease), status: following.status };
    this.#known.take(open);
    this.log.info(`Follows the window that runs the feed: ${this.#leader.who}`);
    try {
      return await open.run.follow(following, stop, (status) => {
        if (this.#leader !== undefined) this.#leader.status = status;
        this.#setDeadlines();
        this.#gather.request();
      });
    } finally {
      this.#leader = undefined;
    }
  }

  /** Goes on with a live feed whose window was killed or hangs; of several windows one gets there first, the others follow it. */
  async #takeUp({ paper = false }: RunPlace): Promise<void> {
    this.log.warn("The window that ran the live feed is gone: this one goes on with it");
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 450));
    await this.start({ market: "live", paper }).catch((error: unknown) => this.#tell(error));
  }

  /** A run that is played by another window. */
  async #openToFollow(place: RunPlace): Promise<Opened | undefined> {
    const { reopenRun } = await this.#loadRuns();
    if (this.#open?.folder !== place.folder) await this.#release();
    const open = this.#open ?? (await reopenRun(place, this.host(), this.#sinks()));
    if (open === undefined) return undefined;
    if (open !== this.#open) this.#take(open);
    const leader = await open.run.leader();
    return leader && { open, leader };
  }

  #tell(error: unknown): void {
    this.log.error(oneLine(error));
    if (!this.#closed) void failed(error);
  }

  /** After a start of which nothing came: the run that was at hand before it, if there was one. */
  async #putBack(): Promise<void> {
    const before = this.#known.first();
    if (this.#closed) return;
    if (this.#open !== undefined && (before ?? this.#open).folder === this.#open.folder) {
      // Its feed may have had no time to tell the engine what was recorded.
      await this.#open.run.restore();
      return;
    }
    await this.#release();
    await this.#reopenFirst();
  }

  #watched(open: OpenRun, feed: Feed): Feed {
    const began = () => this.#known.take(open);
    const refresh = () => this.#refresh();
    return {
      async *events(stop) {
        let brought = false;
        for await (const events of feed.events(stop)) {
          if (!brought) began();
          brought = true;
          yield events;
          refresh();
        }
      },
    };
  }

  #sinks(): readonly ((output: EngineOutput) => void)[] {
    return [(output) => this.#onOutput(output)];
  }

  #onOutput(output: EngineOutput): void {
    const open = this.#open;
    if (open === undefined) return;
    if (output.type === "recommendation") this.#setDeadlines();
    this.#didOutput.fire(output);
    if (output.type === "exit" || output.type === "equity") this.#flush.request();
    this.#gather.request();
  }

  /** A window that follows hears of the market's time more often than of something that was recorded. */
  #marketTime({ time } = this.view()): Micros {
    return Math.max(time, this.#leader?.following.time ?? 0) as Micros;
  }

  #flushNow(): void {
    // The journal has everything: what fails here is made up for by the next flush.
    const open = this.#open;
    if (open !== undefined) void this.#saveAgain(open).catch((error: unknown) => this.log.warn(oneLine(error)));
  }

  async #saveAgain({ run }: OpenRun): Promise<void> {
    const before = run.unsaved;
    try {
      await run.flush();
    } catch (error) {
      if (run.unsaved > 0) throw error;
      this.log.warn(oneLine(error));
    } finally {
      if (run.unsaved !== before) this.#changed();
    }
  }

  /** Anew from the clock of the market, which may have gone on later than this machine's; live they are the same. */
  #setDeadlines(view = this.#open?.run.engine.view()): void {
    const open = this.#open;
    if (open === undefined || view === undefined || this.#phase !== "running") return;
    this.#followClock();
    const time = this.#marketTime(view);
    const now = Date.now();
    const deadline = ({ id, lateAfter }: Recommendation) =>
      open.market === "live"
        ? (this.#deadlines.get(id) ?? lateAfter / 1000)
        : now + Math.max(0, lateAfter - time) / 1000 / open.speed;
    this.#deadlines = new Map(view.pending.map((recommendation) => [recommendation.id, deadline(recommendation)]));
  }

  /** A clock that is set back prolongs no call: its deadline is set back as well. */
  #followClock(): void {
    const lead = clockLead();
    const back = this.#clockLead - lead;
    if (0 <= back && back < CLOCK_STEP_MS) return;
    this.#clockLead = lead;
    if (back < 0) return;
    for (const [id, deadline] of this.#deadlines) this.#deadlines.set(id, deadline - back);
  }

  #take(open: OpenRun): void {
    this.#open = open;
    this.#unsaved = [];
    this.#runNumber++;
    this.#deadlines = new Map();
    this.#changed();
  }

  /** What was left is saved, by whatever came next. */
  #tellSaved(): void {
    for (const { record, draft } of this.#unsaved) {
      this.log.info(`Saved: ${record}`);
      if (draft !== undefined) this.drafts.delete(draft);
    }
    this.#unsaved = [];
  }

  #theRun(): OpenRun {
    if (this.#open === undefined)
      throw new Error(say('There is no run to record into. Begin with "Volume Cluster: Start"'));
    return this.#open;
  }

  async #requireNotLedElsewhere(folder: string): Promise<void> {
    const isLedHere = this.#phase === "running" && this.#leader === undefined && this.#open?.folder === folder;
    if (isLedHere) return;
    const leader = await leaderOf(folder);
    if (leader === undefined) return;
    throw new Error(
      say(
        'Nothing was deleted in "{0}": another window runs it ({1}). Stop it there, or bring it here with "Volume Cluster: Take Over Here" first',
        folder,
        who(leader),
      ),
    );
  }

  /**
   * Makes room for another run.
   *
   * @throws when something could not be saved, and still cannot: it would be lost with the run
   */
  async #release(): Promise<void> {
    const open = this.#open;
    if (open !== undefined && open.run.unsaved > 0) {
      await this.#saveAgain(open).catch((error: unknown) => {
        throw new Error(
          say("NOT SAVED: {0} of the run at hand, which another one would lose. {1}", open.run.unsaved, oneLine(error)),
          { cause: error },
        );
      });
    }
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    this.#flush.cancel();
    const open = this.#open;
    if (open === undefined) return;
    this.#known.leave(open.folder, waitingTrades(open.run.engine.view()));
    this.#open = undefined;
    await open.close();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#changed();
  }

  #refresh(): void {
    if (performance.now() - this.#refreshed < REFRESH_MS) return;
    this.#setDeadlines();
    this.#changed();
  }

  #changed(): void {
    this.#gather.cancel();
    this.#refreshed = performance.now();
    if (this.#open?.run.unsaved === 0) this.#tellSaved();
    if (this.#phase === "running" && this.#leader === undefined)
      this.#open?.run.tell(inEnglish(() => watchSentence(this.standing())));
    if (!this.#closed) this.#didChange.fire();
  }
}

/** By how many milliseconds this machine's clock is ahead of one that nobody sets, and that stands still in its sleep. */
function clockLead(): number {
  return Date.now() - performance.now();
}
