import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../store/atomicFile.js";
import { nodeFs } from "../store/files.js";
import { fileFailure } from "../store/storeError.js";

/** What VS Code, too, takes for a crash loop. */
const WINDOW_MS = 5 * 60_000;

/** Starts that did not get through, after which nothing is opened by itself. */
export const MAX_UNFINISHED = 2;

interface Start {
  readonly id: string;
  /** Milliseconds of wall time. */
  readonly time: number;
}

/**
 * Counts the starts of all windows that have not got through what a start does by itself. A file that crashes the host when it is
 * read would do so for ever: VS Code starts a host anew that has crashed. The count lives in a file, since nothing else outlasts a
 * crash.
 */
export class StartCount {
  readonly #folder: string;
  readonly #warn: (sentence: string) => void;
  readonly #now: () => number;
  readonly #id = randomUUID();
  #isNoted = false;

  /**
   * @param folder the extension's own; made if there is none
   * @param warn told when this start could not be counted: that is no reason not to go on
   * @param now wall time in milliseconds
   */
  constructor(folder: string, warn: (sentence: string) => void, now: () => number = Date.now) {
    this.#folder = folder;
    this.#warn = warn;
    this.#now = now;
  }

  /** Notes a start. Returns how many of the last minutes did not get through. */
  async begin(): Promise<number> {
    const unfinished = await this.#unfinished();
    this.#isNoted = await this.#write([...unfinished, { id: this.#id, time: this.#now() }]);
    return unfinished.length;
  }

  /** This one got through. */
  async end(): Promise<void> {
    if (this.#isNoted) await this.#write((await this.#unfinished()).filter(({ id }) => id !== this.#id));
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
  const { id, time } = value as Partial<Record<keyof Start, unknown>>;
  return typeof id === "string" && typeof time === "number";
}
