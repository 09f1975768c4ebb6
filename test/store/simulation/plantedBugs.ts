import type { Fs } from "../../../src/store/files.js";
import type { Store } from "../../../src/store/store.js";
import type { Process } from "./computer.js";

/** A mistake that the store could have: the simulation must notice it. */
export interface PlantedBug {
  readonly name: string;
  fs?(fs: Fs, process: Process): Fs;
  store?(store: Store): Store;
  random?(): number;
}
