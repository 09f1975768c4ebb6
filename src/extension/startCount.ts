import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeFs } from "../store/files.js";
import { fileFailure } from "../store/storeError.js";

/** What VS Code, too, takes for a crash loop. */
const WINDOW_MS = 5 * 60_000;

/** So long a start may take; then its process's number may be another's by now. */
const STARTING_MS = 2 * 60_000;

/** Starts that did not get through, after which nothing is opened by itself. */
export const MAX_UNFINISHED = 2;

interface Start {
  /** Of its file. */
  readonly name: string;
  /** Milliseconds of wall time. */
  readonly time: number;
  readonly pid: number;
}

/** What a test gives instead of its own. */
interface StartOptions {
  /** Wall time in milliseconds. */
  readonly now?: () => number;
  readonly processId?: number;
}

/**
 * Counts the starts of all windows that have not got through what a start does by itself. A file that crashes the host when it is
 * read would do so for ever: VS Code starts a host anew that has crashed. Each start is a file, since nothing else outlasts a crash;
 * one of its own, so that windows that start at once do not overwrite each other's, and an empty one, so that none is half
 * written: its name says all. A start of another process that still runs may yet get through, so it is none of them for two minutes.
 */
export class StartCount {
  readonly #folder: string;
  readonly #warn: (sentence: string) => void;
  readonly #now: () => number;
  readonly #processId: number;
  /** Of this start's file, while there is one. */
  #name: string | undefined;

  /**
   * @param folder the extension's own; the starts are in its folder `starts`, which is made if there is none
   * @param warn told when this start could not be counted: that is no reason not to go on
   */
  constructor(folder: string, warn: (sentence: string) => void, options: StartOptions = {}) {
    this.#folder = join(folder, "starts");
    this.#warn = warn;
    this.#now = options.now ?? Date.now;
    this.#processId = options.processId ?? process.pid;
  }

  /** Notes a start. Returns how many of the last minutes did not get through. */
  async begin(): Promise<number> {
    const name = `${this.#now()}-${this.#processId}-${randomUUID()}`;
    await this.#counting(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(join(this.#folder, name), "", { flag: "wx", mode: 0o600 });
      this.#name = name;
    });
    const unfinished = await this.#unfinished();
    return unfinished.filter((start) => start.name !== name && !this.#isStarting(start)).length;
  }

  /** This one got through, or its window closes as it should. Harmless when that was said already. */
  async end(): Promise<void> {
    const name = this.#name;
    if (name === undefined) return;
    this.#name = undefined;
    await this.#counting(() => rm(join(this.#folder, name), { force: true }));
  }

  #isStarting({ pid, time }: Start): boolean {
    return pid !== this.#processId && this.#now() - time < STARTING_MS && nodeFs.isRunning(pid);
  }

  /** The starts of the last minutes; those that count no more are removed. */
  async #unfinished(): Promise<readonly Start[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const starts = names.map(startOf).filter((start) => start !== undefined);
    const now = this.#now();
    for (const { name } of starts.filter(({ time }) => Math.abs(now - time) >= WINDOW_MS)) {
      await rm(join(this.#folder, name), { force: true }).catch(() => undefined);
    }
    // A clock that was ahead is not waited for.
    return starts.filter(({ time }) => time <= now && now - time < WINDOW_MS);
  }

  async #counting(change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      const what = `Could not count this start in "${this.#folder}", so a start that crashes again and again may not be noticed`;
      this.#warn(fileFailure(what, error).message);
    }
  }
}

/** What the name of a file says; undefined for one that is no start's. A process has a number of 1 or more. */
function startOf(name: string): Start | undefined {
  const [, time, pid] = /^(\d{1,16})-([1-9]\d{0,14})-[0-9a-f-]{36}$/.exec(name) ?? [];
  return time === undefined || pid === undefined ? undefined : { name, time: Number(time), pid: Number(pid) };
}
