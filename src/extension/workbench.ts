import * as vscode from "vscode";
import type { Log } from "../app/log.js";
import type { AccountEvent, EngineOutput, EngineView } from "../core/events.js";
import type { Micros } from "../core/units.js";
import type { Feed } from "../feed/feed.js";
import { failed, oneLine } from "./notices.js";
import type { OpenRun, RunChoice, RunHost } from "./openRun.js";
import { Soon } from "./soon.js";
import { AT_REST, type Phase, type Standing } from "./standing.js";

/** Between two looks at a feed that only brings trades. */
const REFRESH_MS = 1000;

/** Outputs that come closer upon each other are shown together. */
const GATHER_MS = 50;

/** From a result to the databases that the user reads; the journal has it at once. */
const FLUSH_MS = 2000;

/** What opens runs: everything that is too heavy for activation. */
export type Runs = Pick<typeof import("./runs.js"), "openRun" | "openLast">;

/**
 * Owns the run at hand. Its feed is started and stopped; the run itself stays open after a stop, so that fills and exits can
 * still be recorded, until another takes its place.
 */
export class Workbench implements vscode.Disposable {
  readonly log: Log;
  /** Read anew at every start, so that changed settings hold. */
  readonly host: () => RunHost;
  /** What was typed about a recommendation and not yet recorded. */
  readonly drafts = new Map<string, string>();
  readonly #loadRuns: () => Promise<Runs>;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #didOutput = new vscode.EventEmitter<EngineOutput>();
  #phase: Phase = "idle";
  #progress: string | undefined;
  #failure: string | undefined;
  #open: OpenRun | undefined;
  #runNumber = 0;
  #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #deadlines = new Map<string, number>();
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
    this.log = log;
    this.#loadRuns = loadRuns;
  }

  /** All that the surfaces show. */
  standing(): Standing {
    return {
      ...AT_REST,
      phase: this.#phase,
      market: this.#open?.market,
      progress: this.#progress,
      failure: this.#failure,
      view: this.#open?.run.engine.view(),
      volumeThreshold: this.#open?.run.settings.detector.volumeThreshold ?? AT_REST.volumeThreshold,
      deadlines: this.#deadlines,
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

  /** The moment at which an answer is given now: the clock of the market, which in a demo or a replay is simulated. */
  answerTime(): Micros {
    return this.view().time;
  }

  /** What the run at hand has kept, oldest first. */
  outputs(): readonly EngineOutput[] {
    return this.#open?.run.outputs ?? [];
  }

  /** The zone in which its times are shown. */
  timeZone(): string {
    return this.#open?.timeZone ?? "America/New_York";
  }

  /** Counts the runs; another number means another history. */
  get runNumber(): number {
    return this.#runNumber;
  }

  /**
   * Opens a run and starts its feed. Does nothing while another is starting, running or stopping.
   *
   * @returns resolves when the feed runs, or the start was stopped; rejects when it could not start
   */
  async start(choice: RunChoice): Promise<void> {
    if (this.#phase !== "idle" || this.#closed) return;
    this.#stop = new AbortController();
    this.#failure = undefined;
    this.#enter("starting");
    const opening = this.#openRun(choice, this.#stop.signal);
    this.#work = this.#play(opening, this.#stop.signal);
    await opening;
  }

  /** Stops the feed, or the start of it, and waits until it has stopped. Harmless when nothing runs. */
  async stop(): Promise<void> {
    if (this.#phase === "idle") return;
    this.#stop.abort();
    if (this.#phase !== "stopping") this.#enter("stopping");
    await this.#work;
  }

  /**
   * Opens what an earlier window left, without a feed: its pending trades can be answered. Does nothing when a run is open or
   * nothing was left.
   */
  restore(): Promise<void> {
    this.#restoring ??= this.#restore().finally(() => {
      this.#restoring = undefined;
    });
    return this.#restoring;
  }

  /**
   * Records what the user did. Resolves when it is durable.
   *
   * @throws when there is no run, or it could not be kept
   */
  async record(event: AccountEvent): Promise<readonly EngineOutput[]> {
    const outputs = await this.#theRun().run.dispatch(event);
    this.#changed();
    return outputs;
  }

  /** Lets `change` work on the files of a market: a run of it is stopped and closed first. */
  async without(market: RunChoice["market"], change: () => Promise<void>): Promise<void> {
    if (this.#phase === "starting" || this.#open?.market === market) {
      await this.stop();
      await this.#release();
    }
    await change();
    this.#changed();
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

  async #restore(): Promise<void> {
    const isFree = () => this.#phase === "idle" && this.#open === undefined && !this.#closed;
    if (!isFree()) return;
    const { openLast } = await this.#loadRuns();
    const open = await openLast(this.host(), this.#sinks());
    if (open === undefined) return;
    if (isFree()) this.#take(open);
    else await open.close();
  }

  async #openRun(choice: RunChoice, stop: AbortSignal): Promise<OpenRun | undefined> {
    await this.#release();
    const { openRun } = await this.#loadRuns();
    const open = await openRun(choice, this.host(), {
      sinks: this.#sinks(),
      stop,
      progress: (text) => {
        this.#progress = text;
        this.#changed();
      },
    });
    if (open !== undefined) this.#take(open);
    return open;
  }

  /** The feed from its start to its end; never rejects. */
  async #play(opening: Promise<OpenRun | undefined>, stop: AbortSignal): Promise<void> {
    let started = false;
    try {
      const open = await opening;
      if (open?.feed !== undefined && !stop.aborted) {
        started = true;
        this.#progress = undefined;
        this.#enter("running");
        await open.run.run(this.#watched(open.feed), stop);
        await open.run.flush();
        if (!stop.aborted) open.ended?.();
      }
    } catch (error) {
      this.#failure = oneLine(error);
      this.log.error(this.#failure);
      // A start that failed is told by the command that asked for it.
      if (started && !this.#closed) void failed(error);
    } finally {
      this.#progress = undefined;
      this.#enter("idle");
    }
  }

  #watched(feed: Feed): Feed {
    const refresh = () => this.#refresh();
    return {
      async *events(stop) {
        for await (const events of feed.events(stop)) {
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
    if (output.type === "recommendation" && this.#phase === "running") {
      const window = (output.lateAfter - output.time) / 1000 / open.speed;
      this.#deadlines.set(output.id, Date.now() + window);
    }
    this.#didOutput.fire(output);
    if (output.type === "exit" || output.type === "equity") this.#flush.request();
    this.#gather.request();
  }

  #flushNow(): void {
    // The journal has everything: what fails here is made up for by the next flush.
    this.#open?.run.flush().catch((error: unknown) => this.log.warn(oneLine(error)));
  }

  #take(open: OpenRun): void {
    this.#open = open;
    this.#runNumber++;
    this.#deadlines = new Map();
    this.#changed();
  }

  #theRun(): OpenRun {
    if (this.#open === undefined) throw new Error('There is no run to record into. Begin with "Volume Cluster: Start"');
    return this.#open;
  }

  async #release(): Promise<void> {
    this.#flush.cancel();
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#changed();
  }

  #refresh(): void {
    if (Date.now() - this.#refreshed >= REFRESH_MS) this.#changed();
  }

  #changed(): void {
    this.#gather.cancel();
    this.#refreshed = Date.now();
    if (!this.#closed) this.#didChange.fire();
  }
}
