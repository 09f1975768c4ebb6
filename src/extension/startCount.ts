import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../store/atomicFile.js";
import { nodeFs } from "../store/files.js";
import { fileFailure } from "../store/storeError.js";

/** What VS Code, too, takes for a crash loop. */
const WINDOW_MS = 5 * 60_000;

/** So long a start may take; then its process's number may be another's by now. */
const STARTING_MS = 2 * 60_000;

/** Starts that did not get through, after which nothing is opened by itself. */
export const MAX_UNFINISHED = 2;

interface Start {
  readonly id: string;
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
 * read would do so for ever: VS Code starts a host anew that has crashed. The count lives in a file, since nothing else outlasts a
 * crash. A start of another process that still runs may yet get through, so it is none of them for two minutes.
 */
export class StartCount {
  readonly #folder: string;
  readonly #warn: (sentence: string) => void;
  readonly #now: () => number;
  readonly #processId: number;
  readonly #id = randomUUID();
  #isNoted = false;

  /**
   * @param folder the extension's own; made if there is none
   * @param warn told when this start could not be counted: that is no reason not to go on
   */
  constructor(folder: string, warn: (sentence: string) => void, options: StartOptions = {}) {
    this.#folder = folder;
    this.#warn = warn;
    this.#now = options.now ?? Date.now;
    this.#processId = options.processId ?? process.pid;
  }

  /** Notes a start. Returns how many of the last minutes did not get through. */
  async begin(): Promise<number> {
    const unfinished = await this.#unfinished();
    this.#isNoted = await this.#write([...unfinished, { id: this.#id, time: this.#now(), pid: this.#processId }]);
    return unfinished.filter((start) => !this.#isStarting(start)).length;
  }

  /** This one got through, or its window closes as it should. Harmless when that was said already. */
  async end(): Promise<void> {
    if (!this.#isNoted) return;
    this.#isNoted = false;
    await this.#write((await this.#unfinished()).filter(({ id }) => id !== this.#id));
  }

  #isStarting({ pid, time }: Start): boolean {
    return pid !== this.#processId && this.#now() - time < STARTING_MS && nodeFs.isRunning(pid);
  }

  get #file(): string {
    return join(this.#folder, "starts.json");
  }

  async #unfinished(): Promise<readonly Start[]> {
    const text = await readFile(this.#file, "utf8").catch(() => "[]");
    const now = this.#now();
    return starts(text).filter(({ time }) => time <= now && now - time < WINDOW_MS);
  }

  /** Whether it could be written. */
  async #write(unfinished: readonly Start[]): Promise<boolean> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await replaceFile(nodeFs, this.#file, Buffer.from(`${JSON.stringify(unfinished)}\n`));
      return true;
    } catch (error) {
      const what = `Could not count this start in "${this.#file}", so a start that crashes again and again may not be noticed`;
      this.#warn(fileFailure(what, error).message);
      return false;
    }
  }
}

/** What the file holds; what is no start is left out. */
function starts(text: string): readonly Start[] {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found.filter(isStart) : [];
  } catch {
    return [];
  }
}

function isStart(value: unknown): value is Start {
  if (typeof value !== "object" || value === null) return false;
  const { id, time, pid } = value as Partial<Record<keyof Start, unknown>>;
  // A number that is none, or 0 or less, names no process or a whole group of them.
  return typeof id === "string" && typeof time === "number" && Number.isSafeInteger(pid) && Number(pid) > 0;
}
