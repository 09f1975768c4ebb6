import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import type { RunMode } from "../../src/core/settings.js";
import type { Micros } from "../../src/core/units.js";
import type { Feed } from "../../src/feed/feed.js";
import { linesLog, wasm } from "./memoryRun.js";

/** The user's own account, and nobody but the user ends a halt. */
export const LIVE: RunMode = { leading: "manual", paperTrades: false, haltEndsWithSession: false };
/** The engine takes its own signals. */
export const PAPER_AUTO: RunMode = { leading: "paper", paperTrades: true, haltEndsWithSession: false };

export const never = new AbortController().signal;
const SECOND = 1_000_000;

/** A trading day of ES in New York, by its date in June 2025. */
export class LiveDay {
  readonly #open: number;

  constructor(date: string) {
    this.#open = Date.parse(`${date}T13:30:00Z`) * 1000;
  }

  /** So many seconds after the open. */
  at(second: number): Micros {
    return (this.#open + second * SECOND) as Micros;
  }

  clock(second: number): EngineEvent {
    return { type: "clock", time: this.at(second) };
  }

  trades(...prints: readonly (readonly [second: number, price: number, size?: number])[]): EngineEvent {
    return {
      type: "trades",
      count: prints.length,
      time: Float64Array.from(prints, ([second]) => this.at(second)),
      price: Int32Array.from(prints, ([, price]) => price),
      size: Uint32Array.from(prints, ([, , size = 1]) => size),
      side: Int8Array.from(prints, () => 0),
      instrument: Uint32Array.from(prints, () => 1),
    };
  }

  /** Quiet minutes, then one whose volume lies at its low: a BUY signal at its end. */
  signal(from: number, minute: number): readonly EngineEvent[] {
    const prints: [number, number, number][] = [];
    for (let quiet = from; quiet < minute; quiet++) {
      prints.push([quiet * 60 + 5, 24000 + 4 * (quiet % 2), 50], [quiet * 60 + 30, 24002, 50]);
    }
    const start = minute * 60;
    prints.push([start + 5, 24010, 50], [start + 20, 24000, 400], [start + 50, 24000, 50]);
    const contract = { type: "contract", instrument: 1, symbol: "ESM5", time: this.at(0) } as const;
    return [contract, this.trades(...prints), this.clock(start + 60)];
  }
}

/** The same events, one a turn; between two of them the test may act. */
export function feedOf(...steps: readonly (EngineEvent | (() => Promise<unknown>))[]): Feed {
  return {
    async *events() {
      for (const step of steps) {
        if (typeof step === "function") await step();
        else yield [step];
      }
    },
  };
}

/** A run over a live folder on the disk. */
export function liveRun(folder: string, mode: RunMode, settings: object = {}, now = 0): Promise<Run> {
  const given = parseSettings({ "detector.cooldownMinutes": 0, "detector.rankWindowHours": 0, ...settings });
  const options = { mode, kind: "live", folder, sinks: [], log: linesLog(), wasm, now: () => now as Micros } as const;
  return Run.open({ ...options, settings: given });
}

/** The types of outputs; shadows, clusters and what positions met are left out. */
export const typesOf = (outputs: readonly EngineOutput[]) =>
  outputs.flatMap(({ type }) => (["shadow", "cluster", "mark", "footprint"].includes(type) ? [] : [type]));

/** Why signals were refused, in their order. */
export const refusalsOf = (outputs: readonly EngineOutput[]) =>
  outputs.flatMap((output) => (output.type === "refusal" ? [output.reason] : []));
