import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { plainText } from "../app/plainText.js";
import type { Micros } from "../core/units.js";
import type { Terminal } from "./command.js";
import { OutputStream } from "./outputStream.js";
import { CommandError } from "./usageError.js";

const PROGRESS_MS = 500;
/** What a reader has to take the last lines, after a signal. */
const LAST_LINES_MS = 500;
const KEY = /db-[A-Za-z0-9]{29}/g;

/** The terminal of this process. */
export interface ProcessTerminal extends Terminal {
  /** Waits until all is written. Resolves with the exit code: `code`, unless writing failed or a signal ended the command. */
  end(code: number): Promise<number>;
}

/**
 * Makes the terminal of this process. Once `stop` was asked for, SIGHUP, SIGINT and SIGTERM fire it, so that what is open is closed;
 * the second one ends the process, before that the first does. Standard output that fails fires it too; a reader that went
 * away (EPIPE) is no failure.
 */
export function processTerminal(): ProcessTerminal {
  const stopping = new AbortController();
  const people = new PeopleStream();
  const output = new OutputStream(process.stdout, () => stopping.abort());
  let exitCode: number | undefined;
  const interrupt = (code: number) => {
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    stopping.abort();
  };
  let listening = false;
  const listen = () => {
    listening = true;
    for (const [name, code] of SIGNALS) process.on(name, () => interrupt(code));
  };
  process.stderr.on("error", () => undefined);
  return {
    out: (line) => {
      people.clearProgress();
      output.line(line);
    },
    log: {
      info: (message) => people.line(message),
      warn: (message) => people.line(message),
      error: (message) => people.line(message),
    },
    progress: (text) => people.progress(text),
    drained: () => output.drained(stopping.signal),
    stop: () => {
      if (!listening) listen();
      return stopping.signal;
    },
    now: () => (Date.now() * 1000) as Micros,
    environment: (name) => process.env[name],
    // Beside this program once it is built.
    wasm: () => readFile(new URL("sql-wasm.wasm", import.meta.url)),
    queryWorker: async () => fileURLToPath(new URL("queryWorker.cjs", import.meta.url)),
    async end(code) {
      people.clearProgress();
      await output.flushed(exitCode === undefined ? stopping.signal : AbortSignal.timeout(LAST_LINES_MS));
      if (code !== 0) return code;
      if (output.failure instanceof CommandError) {
        people.line(output.failure.message);
        return 1;
      }
      return exitCode ?? 0;
    },
  };
}

/** With the exit codes by which shells know them. */
const SIGNALS = [
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

/** Standard error: one line a message, and where a person looks on, one line that is overwritten. */
class PeopleStream {
  #shown = false;
  #next = 0;

  line(message: string): void {
    this.clearProgress();
    process.stderr.write(`${plainText(message).replace(KEY, "db-***")}\n`);
  }

  progress(text: string): void {
    if (!process.stderr.isTTY || performance.now() < this.#next) return;
    this.#next = performance.now() + PROGRESS_MS;
    this.#shown = true;
    // A line that wraps would not be overwritten.
    process.stderr.write(`\r\u001b[K${plainText(text).slice(0, Math.max(0, process.stderr.columns - 1))}`);
  }

  clearProgress(): void {
    if (!this.#shown) return;
    this.#shown = false;
    process.stderr.write("\r\u001b[K");
  }
}
