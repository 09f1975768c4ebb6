import { createHash } from "node:crypto";
import { type EngineOutput, outputId } from "../../../src/core/events.js";
import type { Clock } from "../../../src/store/clock.js";
import { contradicts } from "../../../src/store/contradiction.js";
import type { Fs } from "../../../src/store/files.js";
import { RESERVE_BYTES } from "../../../src/store/reserve.js";
import { Store } from "../../../src/store/store.js";
import { StoreError } from "../../../src/store/storeError.js";
import {
  after,
  amendment,
  cents,
  exit,
  fill,
  micros,
  paperTrade,
  recommendation,
  ticks,
  voiding,
} from "../../support/outputs.js";
import { Broken, FOLDER, JOURNALS, oneLine } from "./broken.js";
import { Computer, NO_FAULTS, type Process, type Rates } from "./computer.js";
import { Disk, type FolderNode } from "./disk.js";
import { APP, checkDatabases, checkSnapshot, checkTold, isCertainDamage, WASM } from "./nextWindow.js";
import type { PlantedBug } from "./plantedBugs.js";
import { Random } from "./random.js";
import { checkBooks, Trader } from "./trader.js";
import { checkUnion, journalsOf, type Spoiled, Witness } from "./witness.js";

/** What a run that kept the promise went through. */
export interface Simulated {
  readonly acknowledged: number;
  readonly steps: number;
  readonly powerCuts: number;
  readonly kills: number;
  /** Of what the windows were asked to do. */
  readonly failures: number;
  readonly rotten: number;
  /** Journals that somebody deleted or cut while they were in use. */
  readonly tampered: number;
  /** Tells one run from another. */
  readonly hash: string;
}

/**
 * Runs one to four windows on one simulated machine, with everything that can go wrong as the seed has it, and checks after
 * every step what must hold (`RELIABILITY.md` 4).
 *
 * @throws Broken, with the seed, what does not hold and the last steps before it
 */
export async function simulate(seed: number, bug?: PlantedBug, hasTraders = bug?.needsTraders): Promise<Simulated> {
  const world = new World(seed, bug, hasTraders);
  const mend = bug?.plant?.();
  try {
    return await world.run();
  } catch (error) {
    const said = error instanceof Broken ? error.message : error instanceof Error ? error.stack : String(error);
    throw new Broken(
      `seed ${seed}${hasTraders ? " with traders" : ""}: ${said}\n${world.trace.slice(-60).join("\n")}`,
      {
        cause: error,
      },
    );
  } finally {
    mend?.();
  }
}

/** What the user put there himself. */
const NOTES = [`${FOLDER}/notes.txt`, `${FOLDER}/mine.tmp`, `${JOURNALS}/before.jl.bak`];
const LOG = `${FOLDER}/recommendations_log.jsonl`;
const RESERVE_FILE = `${FOLDER}/reserve.bin`;
const RESERVE = Buffer.alloc(RESERVE_BYTES);
const OWN_LINE = "a line of my own\n";

/** A running window: its store, and what it has applied. */
interface Window {
  readonly process: Process;
  readonly fs: Fs;
  store: Store | undefined;
  /** Each output that the store gave out, as JSON. */
  readonly applied: Set<string>;
  /** Who sits at it; undefined while nobody does. */
  trader: Trader | undefined;
  /** What it could not keep goes before the next, as a pipeline has it. */
  unsaved: readonly EngineOutput[];
}

class World {
  readonly #computer: Computer;
  readonly #random: Random;
  readonly #bug: PlantedBug | undefined;
  readonly #witness: Witness;
  readonly #windows: (Window | undefined)[];
  readonly #rates: Rates;
  readonly #canFill: boolean;
  readonly #hasNotes: boolean;
  readonly #canRot: boolean;
  readonly #snapshotAfter: number;
  readonly #canTamper: boolean;
  readonly #hasDatabases: boolean;
  readonly #hasTraders: boolean;
  #tampered = 0;
  #journals: readonly string[] = [];
  #count = 0;
  #failures = 0;
  #broken: unknown;

  constructor(seed: number, bug: PlantedBug | undefined, hasTraders = false) {
    this.#random = new Random(seed);
    this.#bug = bug;
    this.#witness = new Witness(bug);
    this.#windows = Array.from({ length: 1 + this.#random.below(4) }, () => undefined);
    this.#hasNotes = this.#random.chance(0.5);
    this.#computer = new Computer(diskOfUser(this.#hasNotes), this.#random);
    const some = (rate: number) => (this.#random.chance(0.5) ? rate : 0);
    this.#rates = {
      kill: some(2),
      powerCut: some(1),
      diskError: this.#random.pick([0, 0, 1.5, 5]),
      shortWrite: some(20),
    };
    this.#canFill = this.#random.chance(0.3);
    this.#canRot = this.#random.chance(0.3);
    this.#snapshotAfter = this.#random.pick([2, 5_000]);
    this.#hasDatabases = this.#random.chance(0.25);
    this.#canTamper = this.#random.chance(0.2);
    this.#computer.disk.needsRoomToCut = this.#canFill && this.#random.chance(0.5);
    this.#hasTraders = hasTraders;
  }

  get trace(): readonly string[] {
    return this.#computer.trace;
  }

  async run(): Promise<Simulated> {
    this.#computer.rates = this.#rates;
    await this.#live(6 + this.#random.below(this.#hasTraders ? 40 : 20));
    await this.#heal();
    const { acknowledged, rotten } = this.#witness;
    const { steps, powerCuts, kills } = this.#computer;
    const trace = this.trace.join("\n").replace(/\d+\.tmp/g, "tmp");
    const hash = createHash("sha256").update(trace).digest("hex");
    return { acknowledged, steps, powerCuts, kills, failures: this.#failures, rotten, tampered: this.#tampered, hash };
  }

  /** So many things happen, and the machine goes on between them. */
  async #live(actions: number): Promise<void> {
    await this.#computer.settle();
    for (let left = actions; left > 0 || this.#computer.isWaiting; ) {
      if (left > 0 && (!this.#computer.isWaiting || this.#random.chance(0.2))) {
        left -= 1;
        await this.#act();
      } else await this.#step();
      await this.#computer.settle();
      if (this.#broken !== undefined) throw this.#broken;
    }
  }

  async #step(): Promise<void> {
    const { powerCuts } = this.#computer;
    this.#computer.step();
    const { disk } = this.#computer;
    if (this.#computer.powerCuts > powerCuts) {
      this.#journals = filledJournalsOf(disk);
      await this.#witness.checkDisk(disk.copy());
    } else if (this.#random.chance(0.008)) {
      await this.#checkPowerCut();
    }
    this.#checkJournals();
  }

  /** What would be left if the power went now? */
  async #checkPowerCut(): Promise<void> {
    const disk = this.#computer.disk.copy();
    disk.cutPower(this.#random);
    await this.#witness.checkDisk(disk);
  }

  #checkJournals(): void {
    const names = journalsOf(this.#computer.disk);
    const gone = this.#journals.filter((name) => !names.includes(name));
    if (gone.length > 0) throw new Broken(`A journal was removed: ${gone.join(", ")}`);
    this.#journals = filledJournalsOf(this.#computer.disk);
  }

  /** Something that a person, another program or time does. */
  async #act(): Promise<void> {
    const draw = this.#random.next();
    const slot = this.#random.below(this.#windows.length);
    const window = this.#windows[slot];
    const store = window?.store;
    if (draw < 0.12) await this.#actOfWorld(draw);
    else if (window?.process.alive !== true) this.#open(slot);
    else if (store === undefined) return;
    else if (draw < 0.14) this.#close(window, store);
    else if (draw < 0.27) this.#refresh(window, store);
    else if (draw < 0.31) this.#flush(window, store);
    else this.#record(window, store);
  }

  /** One thing after the other: who trades waits until it is recorded. */
  #record(window: Window, store: Store): void {
    const { trader, process } = window;
    if (trader === undefined || this.#random.chance(0.2)) this.#keep(window, store, this.#outputs());
    else if (process.tasks === 0) this.#keep(window, store, this.#trade(trader, store));
  }

  /** What it makes of it is kept with the next. */
  #tell(window: Window, trader: Trader, outputs: readonly EngineOutput[]): void {
    const made = trader.tell(outputs);
    for (const output of made) this.#witness.give(output);
    window.unsaved = [...window.unsaved, ...made];
  }

  #trade(trader: Trader, store: Store): readonly EngineOutput[] {
    const now = after(1000 + this.#computer.steps);
    return trader.act(this.#random, store.outputs, now);
  }

  async #actOfWorld(draw: number): Promise<void> {
    const { disk } = this.#computer;
    if (draw < 0.02 && this.#canFill) {
      disk.free = this.#random.below(2500);
      this.#computer.say(`room for ${disk.free} bytes`);
    } else if (draw < 0.04) {
      disk.free = Number.POSITIVE_INFINITY;
      this.#computer.say("all the room there is");
    } else if (draw < 0.07 && this.#canRot) {
      await this.#spoiled(this.#witness.rot(disk, this.#random));
    } else if (draw < 0.09 && this.#canTamper) await this.#tamper();
    else {
      this.#computer.now += Math.round((this.#random.next() - 0.5) * 7_200_000);
      this.#computer.say("the clock is set");
    }
  }

  async #tamper(): Promise<void> {
    const { disk } = this.#computer;
    const done = this.#witness.tamper(disk, this.#random);
    if (done !== undefined) this.#tampered += 1;
    this.#journals = filledJournalsOf(disk);
    await this.#spoiled(done);
  }

  /** What cannot be a crash is told by whoever begins next, whatever else happens. */
  async #spoiled(done: Spoiled | undefined): Promise<void> {
    this.#computer.say(done?.what ?? "nothing is there to be spoiled");
    if (done?.damaged !== undefined) await checkTold(this.#computer.disk.copy(), done.damaged, this.#bug);
  }

  #open(slot: number): void {
    const process = this.#computer.start();
    const plain = this.#computer.fs(process);
    const fs = this.#bug?.fs?.(plain, process) ?? plain;
    const window: Window = { process, fs, store: undefined, applied: new Set(), trader: undefined, unsaved: [] };
    this.#windows[slot] = window;
    const mustSee = this.#witness.promised();
    this.#task(window, "open", async () => {
      const opened = await Store.open(this.#storeOptions(window));
      if (!process.alive) return;
      window.store = this.#bug?.store?.(opened) ?? opened;
      this.#apply(window, opened.outputs);
      this.#witness.sees(opened.outputs, mustSee);
      if (!this.#hasTraders) return;
      window.trader = new Trader();
      this.#tell(window, window.trader, [...window.store.forRestart()]);
    });
  }

  #storeOptions({ fs, process }: Window) {
    const computer = this.#computer;
    let looks = 0;
    const clock: Clock = {
      wall: () => micros(computer.now * 1000),
      monotonic: () => {
        looks += 1;
        return computer.steps + looks;
      },
      pause: (milliseconds) => computer.pause(process, milliseconds),
    };
    const say = (message: string) => {
      if (process.alive) computer.say(`${process.id} says: ${message}`);
      try {
        oneLine(message);
        // After a disk error nobody knows.
        const isCalm = this.#rates.kill + this.#rates.powerCut === 0;
        const isCertain = isCalm && this.#rates.diskError === 0 && this.#tampered === 0 && !this.#canRot;
        if (isCertain && message.includes("was deleted, replaced or changed"))
          throw new Broken(`Nobody touched a journal: ${message}`);
        if (this.#isUnspoiled && isCertainDamage(message)) throw new Broken(`Nothing is damaged: ${message}`);
      } catch (error) {
        this.#broken ??= error;
      }
    };
    const log = { info: say, warn: say, error: say };
    const random = this.#bug?.random ?? (() => this.#random.next());
    const wasm = () => (this.#hasDatabases ? Promise.resolve(WASM) : Promise.reject(new Error("no databases here")));
    const program = { kind: "live" as const, appVersion: APP, snapshotAfter: this.#snapshotAfter };
    return { folder: FOLDER, ...program, fs, clock, random, wasm, log };
  }

  /** Nothing happened to what was written. */
  get #isUnspoiled(): boolean {
    return this.#computer.powerCuts === 0 && !this.#witness.isSpoiled;
  }

  #close(window: Window, store: Store): void {
    window.store = undefined;
    this.#task(window, "close", async () => {
      await store.close();
      this.#computer.kill(window.process, "ends");
    });
  }

  #refresh(window: Window, store: Store): void {
    const mustSee = this.#witness.promised();
    this.#task(window, "refresh", async () => {
      const found = await store.refresh();
      if (!window.process.alive) return;
      this.#apply(window, found);
      this.#witness.sees(store.outputs, mustSee);
      if (window.trader !== undefined) this.#tell(window, window.trader, found);
    });
  }

  #flush(window: Window, store: Store): void {
    // Where there is no sql.js, it comes as far as the databases.
    this.#task(window, "flush", () =>
      store.flush().catch((error: unknown) => {
        if (error instanceof StoreError) throw error;
      }),
    );
  }

  #keep(window: Window, store: Store, made: readonly EngineOutput[]): void {
    for (const output of made) {
      this.#witness.give(output);
      if (!isAnswer(output)) this.#witness.follows(output, store.outputs);
    }
    const outputs = [...window.unsaved, ...made];
    window.unsaved = [];
    this.#task(window, `keep ${outputs.map(outputId).join(", ")}`, async () => {
      let fresh: readonly EngineOutput[] = [];
      const reserve = this.#computer.disk.stat(RESERVE_FILE)?.identity;
      try {
        fresh = await store.keep(outputs);
      } catch (error) {
        window.unsaved = [...window.unsaved, ...outputs];
        this.#checkReserve(error, reserve);
        throw error;
      }
      if (!window.process.alive) return;
      this.#witness.acknowledge(outputs);
      this.#apply(window, fresh);
    });
  }

  /** As long as there is room put aside, nothing fails for want of room. */
  #checkReserve(error: unknown, before: string | undefined): void {
    if (this.#rates.diskError > 0 || !String(error).includes("the disk is full")) return;
    const left = this.#computer.disk.stat(RESERVE_FILE);
    // Another window that begins may put the room aside again that this one has just given up: in another file.
    if (left === undefined || left.size < RESERVE_BYTES || left.identity !== before) return;
    this.#broken ??= new Broken(`There was room put aside: ${error}`);
  }

  /** New ones, or an answer that another window may be giving as well. */
  #outputs(): readonly EngineOutput[] {
    if (this.#random.chance(0.2)) {
      const id = `exit ${this.#random.below(6)}`;
      const reason = this.#random.pick(["target", "stop"] as const);
      return [exit({ account: "manual", id, recommendation: id, reason, reasonChecked: reason })];
    }
    if (this.#random.chance(0.15)) return this.#corrections();
    return Array.from({ length: 1 + this.#random.below(3) }, () => {
      this.#count += 1;
      if (this.#random.chance(0.2)) return recommendation({ id: `recommendation ${this.#count}` });
      const notes = "n".repeat(this.#random.below(600));
      return fill({ id: `fill ${this.#count}`, price: ticks(24_000 + this.#random.below(99)), notes });
    });
  }

  /** Of one of those answers, of whatever others think of it: what counts is a matter of the order. */
  #corrections(): readonly EngineOutput[] {
    this.#count += 1;
    const target = `exit ${this.#random.below(6)}`;
    if (this.#random.chance(0.3)) return [voiding({ id: `void ${this.#count}`, recommendation: target })];
    const id = `exit by amendment ${this.#count}`;
    const result = { win: this.#random.chance(0.5), netPnl: cents(this.#random.below(1000)) };
    return [
      amendment({ id: `amendment ${this.#count}`, recommendation: target, target }),
      exit({ account: "manual", id, recommendation: target, replaces: target, ...result }),
    ];
  }

  /** What a window shows and computes with: each once, and all of it promised from now on. */
  #apply(window: Window, outputs: readonly EngineOutput[]): void {
    this.#computer.say(`${window.process.id} shows ${outputs.map(outputId).join(", ")}`);
    for (const output of outputs) {
      const text = JSON.stringify(output);
      if (window.applied.has(text)) throw new Broken(`Applied twice: ${outputId(output)}`);
      window.applied.add(text);
    }
    this.#witness.shown(outputs);
  }

  #task(window: Window, name: string, run: () => Promise<void>): void {
    const { process } = window;
    this.#computer.say(`${process.id} begins: ${name}`);
    process.tasks += 1;
    const failed = (error: unknown) => {
      if (process.alive) this.#fails(process, name, error);
    };
    void run()
      .catch(failed)
      .finally(() => {
        process.tasks -= 1;
      });
  }

  /** A failure is told in one line; everything else is a bug. */
  #fails(process: Process, name: string, error: unknown): void {
    this.#failures += 1;
    const isSaid = error instanceof StoreError && !/[\r\n]/.test(error.message);
    if (!isSaid) this.#broken ??= error;
    else this.#computer.say(`${process.id} could not ${name}: ${error.message}`);
    if (name === "open") this.#computer.kill(process, "gives up");
  }

  /** All faults end: every window comes back, and all of them hold the same, which is what is on the disk. */
  async #heal(): Promise<void> {
    const computer = this.#computer;
    computer.say("all is well");
    computer.rates = NO_FAULTS;
    computer.disk.free = Number.POSITIVE_INFINITY;
    // Locks of the dead are old by then.
    computer.now += 60_000;
    if (this.#random.chance(0.5)) {
      computer.cutPower();
      this.#journals = filledJournalsOf(computer.disk);
      await this.#witness.checkDisk(computer.disk.copy());
    }
    for (const [slot, window] of this.#windows.entries()) if (window?.process.alive !== true) this.#open(slot);
    await this.#live(0);
    await this.#race();
    await this.#inEach((window, store) => this.#keep(window, store, []));
    await this.#compare();
    if (this.#canTamper) {
      // All of them know what is in it.
      await this.#tamper();
      await this.#compare();
    }
    await this.#inEach((window, store) => this.#close(window, store));
    await this.#checkPowerCut();
    this.#checkUsersFiles();
    await this.#checkCopies();
  }

  /** What is made of the journals says the same as they do. */
  async #checkCopies(): Promise<void> {
    // What rotted may be in them still.
    if (this.#witness.rotten > 0) return;
    const { disk } = this.#computer;
    if (this.#hasDatabases) await checkDatabases(disk.copy());
    await checkSnapshot(disk.copy(), this.#random, this.#bug);
  }

  /** All record a trade at once, each with a clock behind the one before: what comes late may have an old id. */
  async #race(): Promise<void> {
    for (const window of this.#windows) {
      if (window?.store === undefined) throw new Broken("A window did not come back");
      this.#count += 1;
      if (this.#hasTraders) this.#record(window, window.store);
      else this.#keep(window, window.store, paperTrade(this.#count));
      if (this.#random.chance(0.7)) this.#flush(window, window.store);
      await this.#computer.settle();
      this.#computer.now -= 3_600_000;
    }
    await this.#live(0);
  }

  async #inEach(task: (window: Window, store: Store) => void): Promise<void> {
    for (const window of this.#windows) {
      if (window?.store === undefined) throw new Broken("A window did not come back");
      task(window, window.store);
    }
    await this.#live(0);
  }

  async #compare(): Promise<void> {
    // A look that finds out what is gone writes it again, which the others see at their next.
    for (let round = 0; round < (this.#witness.isSpoiled ? 4 : 2); round += 1) {
      await this.#inEach((window, store) => this.#refresh(window, store));
    }
    const onDisk = await this.#witness.checkDisk(this.#computer.disk.copy());
    checkUnion(onDisk.outputs, this.#computer.disk);
    if (this.#hasTraders) checkBooks([...onDisk.forRestart()], this.#witness.isSpoiled);
    const expected = onDisk.outputs.map((output) => JSON.stringify(output));
    for (const window of this.#windows) {
      const held = (window?.store?.outputs ?? []).map((output) => JSON.stringify(output));
      const ids = new Set((window?.store?.outputs ?? []).map(outputId));
      // What rotted on the disk, a window may still know: also that it was the first of two answers.
      const differ =
        this.#witness.rotten > 0
          ? onDisk.outputs.some((output) => !ids.has(outputId(output)))
          : held.join() !== expected.join();
      if (differ) throw new Broken(`Window ${window?.process.id} holds something else than the journals`);
      const missed = held.filter((text) => window?.applied.has(text) !== true && !isTold(window, text));
      if (missed.length > 0) throw new Broken(`Window ${window?.process.id} was never told of ${missed[0]}`);
    }
    const damage = onDisk.warnings.filter(isCertainDamage);
    if (this.#isUnspoiled && damage.length > 0) throw new Broken(`Nothing is damaged: ${damage.join("; ")}`);
  }

  /** His own are as he left them, and his log has a whole line for each recommendation. */
  #checkUsersFiles(): void {
    const { disk } = this.#computer;
    if (!this.#hasNotes) return;
    for (const path of NOTES) {
      if (disk.stat(path)?.size !== 4) throw new Broken(`The user's own file is gone: ${path}`);
    }
    if (!disk.file(LOG).cache.toString().startsWith(OWN_LINE)) throw new Broken("The user's own line is gone");
  }
}

/** Whether it is one that several windows may give, each in its own words. */
function isAnswer(output: EngineOutput): boolean {
  return output.type === "exit" && output.replaces === undefined;
}

/** Without those whose window has taken back the first bytes that it wrote: it removes them. */
function filledJournalsOf(disk: Disk): readonly string[] {
  return journalsOf(disk).filter((name) => disk.file(`${JOURNALS}/${name}`).cache.length > 0);
}

/** A disk as a user has it: with files of his own in the data folder, or without a data folder. */
function diskOfUser(hasFolder: boolean): Disk {
  const disk = new Disk();
  disk.mkdir("/home");
  if (hasFolder) {
    for (const path of [FOLDER, JOURNALS]) disk.mkdir(path);
    for (const path of NOTES) disk.write(disk.open(path, "createNew", 0), Buffer.from("mine"), 0);
    disk.write(disk.open(LOG, "createNew", 0), Buffer.from(OWN_LINE), 0);
    disk.write(disk.open(RESERVE_FILE, "createNew", 0), RESERVE, 0);
  }
  syncAll(disk.root);
  return disk;
}

function syncAll(folder: FolderNode): void {
  folder.sync();
  for (const node of folder.names.values()) {
    if ("cache" in node) node.sync();
    else syncAll(node);
  }
}

/** Of what two traders say alike, such as the same fill a moment apart, each window knows its own record. */
function isTold(window: Window | undefined, text: string): boolean {
  if (window?.trader === undefined) return false;
  const output = JSON.parse(text) as EngineOutput;
  const own = [...window.applied].map((other) => JSON.parse(other) as EngineOutput);
  const told = own.filter((other) => outputId(other) === outputId(output));
  return told.length > 0 && told.every((other) => !contradicts(other, output));
}
