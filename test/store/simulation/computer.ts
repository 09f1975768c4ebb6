import type { Fs, OpenFile } from "../../../src/store/files.js";
import { systemError } from "../support.js";
import type { Disk, FileNode } from "./disk.js";
import type { Random } from "./random.js";

/** Of a hundred calls, so many fail or end in a crash. */
export interface Rates {
  readonly kill: number;
  readonly powerCut: number;
  readonly diskError: number;
  readonly shortWrite: number;
}

export const NO_FAULTS: Rates = { kill: 0, powerCut: 0, diskError: 0, shortWrite: 0 };

type Outcome = "done" | "failed" | "half";

/** Has a call carried out when its turn comes. */
type Wait = <T>(what: string, effect: (outcome: Outcome) => T) => Promise<T>;

interface Call {
  readonly process: Process;
  readonly what: string;
  /** @param outcome `half`: a crash comes in the middle */
  carryOut(outcome: Outcome): void;
}

/** A running program: when it is killed, none of its calls ever returns. */
export class Process {
  readonly id: number;
  alive = true;
  /** What it is doing: it is never idle in between without a call that waits. */
  tasks = 0;

  constructor(id: number) {
    this.id = id;
  }
}

/**
 * Processes on one disk. Every call to the file system waits until it is picked; which one goes on, whether it succeeds and
 * whether the process or the power ends there, follows from the random numbers.
 */
export class Computer {
  readonly disk: Disk;
  readonly random: Random;
  readonly trace: string[] = [];
  rates = NO_FAULTS;
  /** Milliseconds of wall time. */
  now = Date.UTC(2025, 5, 9, 13, 30);
  steps = 0;
  powerCuts = 0;
  kills = 0;
  #waiting: Call[] = [];
  readonly #running = new Map<number, Process>();
  #processes = 100;

  constructor(disk: Disk, random: Random) {
    this.disk = disk;
    this.random = random;
  }

  start(): Process {
    this.#processes += 1;
    const process = new Process(this.#processes);
    this.#running.set(process.id, process);
    return process;
  }

  kill(process: Process, why = "killed"): void {
    if (!process.alive) return;
    process.alive = false;
    this.#running.delete(process.id);
    this.#waiting = this.#waiting.filter((call) => call.process !== process);
    this.kills += 1;
    this.say(`${process.id} ${why}`);
  }

  cutPower(): void {
    for (const process of [...this.#running.values()]) this.kill(process, "dies with the power");
    this.disk.cutPower(this.random);
    this.powerCuts += 1;
    this.say("power cut");
  }

  say(line: string): void {
    this.trace.push(line);
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Lets the processes run until each of them waits for a call or does nothing. */
  async settle(): Promise<void> {
    for (let turns = 0; ; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const waiting = new Set(this.#waiting.map(({ process }) => process));
      if ([...this.#running.values()].every((process) => process.tasks === 0 || waiting.has(process))) return;
      if (turns > 20_000) throw new Error("A process waits for nothing");
    }
  }

  /** Carries out one of the calls that wait. */
  step(): void {
    const at = this.random.below(this.#waiting.length);
    const [call] = this.#waiting.splice(at, 1);
    if (call === undefined) return;
    this.steps += 1;
    this.now += this.random.below(3);
    const draw = 100 * this.random.next();
    const { kill, powerCut, diskError } = this.rates;
    if (draw < kill + powerCut) {
      this.#crash(call, draw < powerCut);
      return;
    }
    const outcome = draw < kill + powerCut + diskError ? "failed" : "done";
    this.say(`${call.process.id} ${call.what}${outcome === "failed" ? " fails" : ""}`);
    call.carryOut(outcome);
  }

  /** The file system as one process has it. */
  fs(process: Process): Fs {
    return this.#fs(process, (what, effect) => this.#call(process, what, effect));
  }

  /** The same without waiting and without faults. */
  instantFs(process: Process): Fs {
    return this.#fs(process, async (_what, effect) => effect("done"));
  }

  #fs(process: Process, wait: Wait): Fs {
    const { disk } = this;
    const call = <T>(what: string, effect: () => T) =>
      wait(what, (outcome) => {
        if (outcome === "failed") throw systemError("EIO");
        return effect();
      });
    return {
      processId: process.id,
      isRunning: (id) => this.#running.has(id),
      open: (path, mode) => call(`open ${path}`, () => this.#handle(wait, path, disk.open(path, mode, this.now))),
      readFile: (path) => call(`read ${path}`, () => Uint8Array.from(disk.file(path).cache)),
      readdir: (path) =>
        call(`readdir ${path}`, () => (disk.stat(path) === undefined ? [] : [...disk.folder(path).names.keys()])),
      stat: (path) => call(`stat ${path}`, () => disk.stat(path)),
      room: (path) => call(`room ${path}`, () => disk.free),
      realPath: (path) => call(`realPath ${path}`, () => path),
      mkdir: (path) => call(`mkdir ${path}`, () => disk.mkdir(path)),
      syncFolder: (path) => call(`syncFolder ${path}`, () => disk.folder(path).sync()),
      rename: (from, to) => call(`rename ${from} ${to}`, () => disk.rename(from, to)),
      remove: (path) => call(`remove ${path}`, () => (disk.stat(path) === undefined ? undefined : disk.remove(path))),
    };
  }

  /** Resolves when its time has come; meanwhile others go on. */
  pause(process: Process, milliseconds: number): Promise<void> {
    const until = this.now + milliseconds;
    return this.#call(process, "pause", () => {
      this.now = Math.max(this.now, until);
    });
  }

  #handle(wait: Wait, path: string, node: FileNode): OpenFile {
    const { disk, random } = this;
    const call = <T>(what: string, effect: (outcome: Outcome) => T) => wait(`${what} ${path}`, effect);
    return {
      append: (bytes) =>
        call("append", (outcome) => {
          const isShort = outcome !== "done" || 100 * random.next() < this.rates.shortWrite;
          const part = isShort ? bytes.subarray(0, random.below(bytes.length)) : bytes;
          const written = part.length === 0 ? 0 : disk.write(node, part, this.now);
          if (outcome === "failed") throw systemError("EIO");
          return written;
        }),
      sync: () =>
        call("sync", (outcome) => {
          if (outcome === "done") return node.sync();
          node.failSync(random);
          throw systemError("EIO");
        }),
      truncate: (length) =>
        call("truncate", (outcome) => {
          if (outcome === "failed") throw systemError("EIO");
          disk.truncate(node, length);
        }),
      identity: () => call("identity", () => String(node.id)),
      close: () => call("close", () => undefined),
    };
  }

  #call<T>(process: Process, what: string, effect: (outcome: Outcome) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      // A dead process comes no further.
      if (!process.alive) return;
      const carryOut = (outcome: Outcome) => {
        try {
          resolve(effect(outcome));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ process, what, carryOut });
    });
  }

  /** Before the call, in its middle or behind it. */
  #crash(call: Call, isPowerCut: boolean): void {
    const moment = this.random.pick(["before", "in", "after"] as const);
    this.say(`crash ${moment} ${call.process.id} ${call.what}`);
    call.process.alive = false;
    if (moment !== "before") call.carryOut(moment === "in" ? "half" : "done");
    call.process.alive = true;
    if (isPowerCut) this.cutPower();
    else this.kill(call.process);
  }
}
