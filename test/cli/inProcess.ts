import { readFile } from "node:fs/promises";
import type { Terminal } from "../../src/cli/command.js";
import { runCommandLine } from "../../src/cli/commandLine.js";
import type { Micros } from "../../src/core/units.js";
import { builtQueryWorker } from "../support/queryWorker.js";
import type { Finished, Line } from "./program.js";

/** Runs a command line in this process, which is many times as fast as a process of its own. */
export function inProcess(...args: readonly string[]): Promise<Finished> {
  return inTerminal({}, ...args);
}

/** The same in a terminal that is in part a test's own. */
export async function inTerminal(own: Partial<Terminal>, ...args: readonly string[]): Promise<Finished> {
  const out: string[] = [];
  const err: string[] = [];
  const say = (line: string) => void err.push(line);
  const terminal: Terminal = {
    log: { info: say, warn: say, error: say },
    progress: () => undefined,
    drained: async () => undefined,
    stop: () => new AbortController().signal,
    environment: () => undefined,
    now: () => (Date.parse("2026-01-02T15:00:00Z") * 1000) as Micros,
    wasm: () => readFile(new URL("../../node_modules/sql.js/dist/sql-wasm.wasm", import.meta.url)),
    queryWorker: builtQueryWorker,
    ...own,
    out: (line) => {
      out.push(line);
      own.out?.(line);
    },
  };
  const code = await runCommandLine(args, terminal);
  const lines = out.filter((line) => line.startsWith("{")).map((line): Line => JSON.parse(line));
  const text = (of: readonly string[]) => of.map((line) => `${line}\n`).join("");
  return { code, out: text(out), err: text(err), lines };
}
