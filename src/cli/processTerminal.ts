import { readFile } from "node:fs/promises";
import { plainText } from "../app/plainText.js";
import type { Micros } from "../core/units.js";
import type { Terminal } from "./command.js";

/** Nobody reads standard output any more. */
export class OutputClosed extends Error {}

const PROGRESS_MS = 500;
const KEY = /db-[A-Za-z0-9]{29}/g;

/**
 * The terminal of this process. SIGINT and SIGTERM fire `stop` once, so that what is open is closed; the second SIGINT ends
 * the process. A reader that goes away (EPIPE) stops it, quietly.
 */
export function processTerminal(): Terminal {
  const stopping = new AbortController();
  const interrupt = () => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", () => stopping.abort());
  process.stdout.on("error", () => stopping.abort(new OutputClosed()));
  process.stderr.on("error", () => undefined);
  const people = new PeopleStream();
  return {
    out: (line) => {
      if (stopping.signal.reason instanceof OutputClosed) return;
      people.clearProgress();
      process.stdout.write(`${line}\n`);
    },
    log: {
      info: (message) => people.line(message),
      warn: (message) => people.line(message),
      error: (message) => people.line(message),
    },
    progress: (text) => people.progress(text),
    stop: stopping.signal,
    now: () => (Date.now() * 1000) as Micros,
    environment: (name) => process.env[name],
    // Beside this program once it is built.
    wasm: () => readFile(new URL("sql-wasm.wasm", import.meta.url)),
  };
}

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
    process.stderr.write(`\r\u001b[K${plainText(text)}`);
  }

  clearProgress(): void {
    if (!this.#shown) return;
    this.#shown = false;
    process.stderr.write("\r\u001b[K");
  }
}
