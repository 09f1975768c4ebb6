import type { Footprint } from "../core/detector/footprint.js";
import type { EngineOutput } from "../core/events.js";
import type { Micros } from "../core/units.js";
import type { HaltFile } from "../store/haltFile.js";
import { memoryStore } from "../store/memoryStore.js";
import type { Integrity, Store } from "../store/store.js";
import type { Keeper } from "./pipeline.js";

/** Where a run keeps its outputs. */
export interface Memory extends Keeper {
  /** All but footprints and marks. */
  readonly outputs: readonly EngineOutput[];
  /** `outputs` and the oldest of very many signals, clusters and refusals. */
  allOutputs(): readonly EngineOutput[];
  /** All but footprints, oldest first; to be gone through once. */
  everything(): Iterable<EngineOutput>;
  /** What an engine is told when it begins, oldest first: `outputs` and the marks; to be gone through once. */
  forRestart(): Iterable<EngineOutput>;
  /** The bars around the signals of a moment, oldest first. */
  footprints(signal: Micros): readonly Footprint[];
  /** What is wrong with what it holds, one sentence each. */
  readonly warnings: readonly string[];
  /** How whole its folder is; undefined without one. */
  integrity(): Promise<Integrity | undefined>;
  meta(key: string): unknown;
  setMeta(key: string, value: unknown): Promise<void>;
  /** What other windows have recorded since, oldest first. */
  refresh(): Promise<readonly EngineOutput[]>;
  /** The file by which another program stops everything. */
  haltFile(): Promise<HaltFile | undefined>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps everything until the run ends. */
export function inMemory(): Memory {
  const store = memoryStore();
  const outputs: EngineOutput[] = [];
  const footprints: Footprint[] = [];
  const told: EngineOutput[] = [];
  const facts = new Map<string, unknown>();
  return {
    outputs,
    allOutputs: () => outputs,
    everything: () => [...told],
    forRestart: () => [...told],
    footprints: (signal) => footprints.filter((footprint) => footprint.signal === signal),
    warnings: [],
    integrity: async () => undefined,
    keep: async (made) => {
      const fresh = await store.keep(made);
      for (const output of fresh) {
        if (output.type === "footprint") footprints.push(output);
        else told.push(output);
        if (output.type !== "footprint" && output.type !== "mark") outputs.push(output);
      }
      return fresh;
    },
    meta: (key) => facts.get(key),
    setMeta: async (key, value) => void facts.set(key, value),
    refresh: async () => [],
    haltFile: async () => undefined,
    flush: async () => undefined,
    close: async () => undefined,
  };
}

/** What a folder holds, without touching it: what an engine makes of it is shown and not kept. */
export function onlyReading(store: Store): Memory {
  return {
    get outputs() {
      return store.outputs;
    },
    allOutputs: () => store.allOutputs(),
    everything: () => store.everything(),
    forRestart: () => store.forRestart(),
    footprints: (signal) => store.footprints(signal),
    warnings: store.warnings,
    integrity: () => store.integrity(),
    keep: async (made) => made,
    meta: (key) => store.meta(key),
    setMeta: (key, value) => store.setMeta(key, value),
    refresh: () => store.refresh(),
    haltFile: () => store.haltFile(),
    flush: () => store.flush(),
    close: () => store.close(),
  };
}
