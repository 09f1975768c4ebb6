import type { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { CommandError } from "./usageError.js";

/** Nobody reads standard output any more. */
export class OutputClosed extends Error {}

/** Work between two turns of the event loop, so that signals and timers are served. */
const TURN_MS = 20;

/** Standard output: lines for programs, as fast as their reader takes them. */
export class OutputStream {
  readonly #stream: Writable;
  #failure: Error | undefined;
  #lastTurn = performance.now();

  /** @param failed called once, when nothing can be written any more */
  constructor(stream: Writable, failed: () => void) {
    this.#stream = stream;
    stream.on("error", (error) => {
      if (this.#failure !== undefined) return;
      this.#failure = failureOf(error);
      failed();
    });
  }

  line(text: string): void {
    if (this.#failure === undefined) this.#stream.write(`${text}\n`);
  }

  /**
   * Resolves when the reader is not behind, or `stop` fires; gives everything else its turn.
   *
   * @throws OutputClosed, CommandError once writing has failed
   */
  async drained(stop: AbortSignal): Promise<void> {
    if (performance.now() - this.#lastTurn > TURN_MS) {
      await setImmediate();
      this.#lastTurn = performance.now();
    }
    if (this.#stream.writableNeedDrain && this.#failure === undefined) await this.#when("drain", stop);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when all lines are written, when that failed, or when `stop` fires. */
  async flushed(stop: AbortSignal): Promise<void> {
    if (this.#stream.writableLength > 0 && this.#failure === undefined) {
      const written = new Promise<void>((resolve) => this.#stream.write("", () => resolve()));
      await Promise.race([written, this.#when("error", stop)]);
    }
    // A failed write is told a turn later.
    await setImmediate();
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  #when(event: "drain" | "error", stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const names = [event, "error"] as const;
      const done = () => {
        for (const name of names) this.#stream.off(name, done);
        stop.removeEventListener("abort", done);
        resolve();
      };
      for (const name of names) this.#stream.on(name, done);
      stop.addEventListener("abort", done);
      if (stop.aborted) done();
    });
  }
}

function failureOf(error: Error): Error {
  const code = "code" in error ? error.code : undefined;
  if (code === "EPIPE") return new OutputClosed();
  const reason = code === "ENOSPC" ? "the disk is full" : String(code ?? error.message);
  const advice = "Free some space or write them elsewhere; what was recorded stays recorded";
  return new CommandError(`Could not write the results: ${reason}. ${advice}`, { cause: error });
}
