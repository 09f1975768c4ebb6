import { readFile } from "node:fs/promises";
import type { Log } from "../../src/app/log.js";
import type { Sink } from "../../src/app/pipeline.js";
import { Run, type RunKind } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import type { RunMode } from "../../src/core/settings.js";

/** The user answers, nobody else trades. */
export const MANUAL: RunMode = { leading: "manual", paperTrades: false, haltEndsWithSession: true };

/** A log that keeps its lines. */
export function linesLog(lines: string[] = []): Log {
  const add = (line: string) => void lines.push(line);
  return { info: add, warn: add, error: add };
}

export const wasm = () => readFile(new URL("../../node_modules/sql.js/dist/sql-wasm.wasm", import.meta.url));

/** A run that keeps nothing beyond itself. */
export function memoryRun(kind: RunKind, mode: RunMode = MANUAL, sinks: readonly Sink[] = []): Promise<Run> {
  return Run.open({ settings: parseSettings({}), mode, kind, folder: undefined, sinks, log: linesLog(), wasm });
}

/** A run over a data folder. */
export function folderRun(
  kind: RunKind,
  folder: string,
  mode: RunMode = MANUAL,
  sinks: readonly Sink[] = [],
): Promise<Run> {
  return Run.open({ settings: parseSettings({}), mode, kind, folder, sinks, log: linesLog(), wasm });
}
