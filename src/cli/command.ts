import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Log } from "../app/log.js";
import type { Micros } from "../core/units.js";
import type { DemoClock } from "../feed/demoPace.js";
import { UsageError } from "./usageError.js";

/** What a command may touch of the machine it runs on. */
export interface Terminal {
  /** A line for programs, on standard output. */
  readonly out: (line: string) => void;
  /** A line for people, on standard error. */
  readonly log: Log;
  /** Shows how far it is on one line that the next replaces; nothing where nobody looks. */
  readonly progress: (text: string) => void;
  /** Resolves when standard output has taken the lines so far, after the turn of everything else. Rejects when it failed. */
  readonly drained: () => Promise<void>;
  /** Fires when the program is to stop. Until it is first asked for, a signal ends the program at once. */
  readonly stop: () => AbortSignal;
  readonly now: () => Micros;
  /** A variable of the environment. */
  readonly environment: (name: string) => string | undefined;
  /** The clock of the demo's pace; absent: the machine's. */
  readonly demoClock?: DemoClock;
  readonly wasm: () => Promise<Uint8Array>;
  /** Path of the program in which a query runs, and databases of many trades are made. */
  readonly queryWorker: () => Promise<string>;
}

/** One command of the program. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Arguments as they are written, such as `FILE [--limit N]`. */
  readonly usage: string;
  /** Each option by name: what it takes (empty: nothing) and what it does. */
  readonly options: Readonly<Record<string, readonly [value: string, text: string]>>;
  /** @throws UsageError and what the parts throw */
  run(args: Arguments, terminal: Terminal): Promise<void>;
}

/** The parsed arguments of a command. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  private constructor(positionals: readonly string[], values: Readonly<Record<string, unknown>>) {
    this.positionals = positionals;
    this.#values = values;
  }

  /**
   * Parses strictly: an unknown option, a missing value and a repeated option are wrong usage.
   *
   * @throws UsageError
   */
  static parse(name: string, command: Command, argv: readonly string[]): Arguments {
    const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
    for (const [option, [value]] of Object.entries(command.options)) {
      options[option] = { type: value === "" ? "boolean" : "string", multiple: true };
    }
    try {
      const { values, positionals } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
      const single = Object.entries(values).map(([option, given]) => {
        if (!Array.isArray(given)) return [option, given];
        if (given.length > 1) throw new UsageError(`"--${option}" is given twice`);
        return [option, given[0]];
      });
      return new Arguments(positionals, Object.fromEntries(single));
    } catch (error) {
      throw new UsageError(`${reasonOf(error, command)}. See "volume-cluster ${name} --help"`);
    }
  }

  has(option: string): boolean {
    return this.#values[option] !== undefined;
  }

  text(option: string): string | undefined {
    const value = this.#values[option];
    return typeof value === "string" ? value : undefined;
  }

  /** @throws UsageError when the option is absent or empty */
  required(option: string): string {
    const value = this.text(option);
    if (value === undefined || value === "") throw new UsageError(`"--${option}" is missing`);
    return value;
  }

  /** @throws UsageError unless it is a number of [min, max], whole if asked */
  number(option: string, range: { min: number; max: number; whole: boolean }): number | undefined {
    const text = this.text(option);
    if (text === undefined) return undefined;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    const fits = range.min <= value && value <= range.max && (!range.whole || Number.isInteger(value));
    if (fits) return value;
    const kind = range.whole ? "a whole number" : "a number";
    throw new UsageError(`"--${option} ${text}" must be ${kind} from ${range.min} to ${range.max}`);
  }

  /** @throws UsageError when there are positional arguments */
  noFiles(): void {
    if (this.positionals.length > 0) throw new UsageError(`"${this.positionals[0]}" is one argument too many`);
  }
}

function reasonOf(error: unknown, command: Command): string {
  if (error instanceof UsageError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const text = error instanceof Error ? error.message : String(error);
  const option = /'(?:-\w, )?(-[^' ]+)/.exec(text)?.[1] ?? "";
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `Unknown option "${option}"`;
  const value = command.options[option.replace(/^--/, "")]?.[0] ?? "";
  if (value === "") return `"${option}" takes no value`;
  const dashed = text.includes("ambiguous") ? `, or ${option}=${value} for one that begins with "-"` : "";
  return `"${option}" needs a value: ${option} ${value}${dashed}`;
}
