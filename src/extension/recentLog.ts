import type { Log } from "../app/log.js";

/** Lines that are remembered. */
const LINES = 60;

/** Hands every line on to a log, and remembers the last ones. */
export class RecentLog implements Log {
  readonly #log: Log;
  #lines: readonly string[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Oldest first, each with its level. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  info(line: string): void {
    this.#keep("info", line);
  }

  warn(line: string): void {
    this.#keep("warn", line);
  }

  error(line: string): void {
    this.#keep("error", line);
  }

  #keep(level: keyof Log, line: string): void {
    this.#lines = [...this.#lines, `${level} ${line}`].slice(-LINES);
    this.#log[level](line);
  }
}
