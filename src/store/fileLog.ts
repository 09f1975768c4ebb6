import { type Clock, systemClock } from "./clock.js";
import { appendAll, type Fs, nodeFs } from "./files.js";
import { newYorkTime } from "./newYork.js";

export interface FileLogOptions {
  /** Such as `<data folder>/trading_system.log`. */
  readonly path: string;
  readonly fs?: Fs;
  readonly clock?: Clock;
  /** The file is put aside as `.1` before it grows beyond this many bytes. */
  readonly maxBytes?: number;
  /** How many of those put aside are kept. */
  readonly keep?: number;
}

/** A log in a file that `tail -f` may follow. */
export interface FileLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Resolves when all lines so far are in the file, or were given up. */
  flush(): Promise<void>;
}

/**
 * Writes one line per message: New York's time, level, text. A log must not stop what it tells of, so a line that cannot be
 * written is dropped, and the next that can says how many were.
 */
export function fileLog(options: FileLogOptions): FileLog {
  const { clock = systemClock } = options;
  const writer = new LogWriter(options);
  const at = (level: string) => (message: string) => {
    writer.add(`${newYorkTime(clock.wall())} ${level} ${oneLine(message)}\n`);
  };
  return { info: at("INFO"), warn: at("WARNING"), error: at("ERROR"), flush: () => writer.flush() };
}

const MAX_BYTES = 5_000_000;
const KEEP = 3;

class LogWriter {
  readonly #fs: Fs;
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #waiting: string[] = [];
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor({ path, fs = nodeFs, maxBytes = MAX_BYTES, keep = KEEP }: FileLogOptions) {
    this.#fs = fs;
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
  }

  add(line: string): void {
    this.#waiting.push(line);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      const missing = this.#dropped === 0 ? "" : `${this.#dropped} lines could not be written here\n`;
      try {
        await this.#write(Buffer.from(missing + lines.join("")));
        this.#dropped = 0;
      } catch {
        this.#dropped += lines.length;
      }
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const size = (await this.#fs.stat(this.#path))?.size ?? 0;
    if (size > 0 && size + bytes.length > this.#maxBytes) await this.#rotate();
    const file = await this.#fs.open(this.#path, "append");
    try {
      await appendAll(file, bytes);
    } finally {
      await file.close();
    }
  }

  async #rotate(): Promise<void> {
    await this.#fs.remove(`${this.#path}.${this.#keep}`);
    for (let number = this.#keep - 1; number >= 1; number -= 1) {
      const exists = (await this.#fs.stat(`${this.#path}.${number}`)) !== undefined;
      if (exists) await this.#fs.rename(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    }
    await this.#fs.rename(this.#path, `${this.#path}.1`);
  }
}

/** Escape sequences, line ends and marks that turn the direction of writing could make a line say what it does not. */
function oneLine(message: string): string {
  return message
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, "")
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}
