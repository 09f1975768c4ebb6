import { existsSync } from "node:fs";

/** Where a run of the extension has its trades from. */
export type RunMarket = "demo" | "replay";

/** Where a run keeps what it does. */
export interface RunPlace {
  readonly market: RunMarket;
  readonly folder: string;
}

/** A run that was at hand once. */
export interface KnownRun extends RunPlace {
  /** Trades that waited for the user when it was left: recommendations without an answer and positions without an exit. */
  readonly waiting: number;
}

/** What outlasts a window. */
export interface RunMemory {
  get(): unknown;
  set(runs: readonly KnownRun[]): void;
}

/** The last run of each market, in this window or an earlier one; the one that is at hand is the first. */
export class KnownRuns {
  readonly #memory: () => RunMemory;
  #loaded: readonly KnownRun[] | undefined;

  /** @param memory asked when a run is first wanted */
  constructor(memory: () => RunMemory) {
    this.#memory = memory;
  }

  /** The run at hand, unless there never was one. */
  first(): RunPlace | undefined {
    return this.#runs()[0];
  }

  of(market: RunMarket): RunPlace | undefined {
    return this.#runs().find((run) => run.market === market);
  }

  /** Those beside the one in `folder` in which something waits; none before a run was wanted. */
  elsewhere(folder: string | undefined): readonly KnownRun[] {
    return (this.#loaded ?? []).filter((run) => run.folder !== folder && run.waiting > 0);
  }

  /** A run is at hand; it takes the place of the last one of its market. */
  take({ market, folder }: RunPlace): void {
    this.#keep([{ market, folder, waiting: 0 }, ...this.#runs().filter((run) => run.market !== market)]);
  }

  /** The run in `folder` has to make room. */
  leave(folder: string, waiting: number): void {
    this.#keep(this.#runs().map((run) => (run.folder === folder ? { ...run, waiting } : run)));
  }

  forget(market: RunMarket): void {
    this.#keep(this.#runs().filter((run) => run.market !== market));
  }

  #runs(): readonly KnownRun[] {
    this.#loaded ??= readRuns(this.#memory().get());
    return this.#loaded;
  }

  #keep(runs: readonly KnownRun[]): void {
    this.#loaded = runs;
    this.#memory().set(runs);
  }
}

/** What is not understood, such as what another version left, or whose folder is gone, is left out. */
function readRuns(stored: unknown): readonly KnownRun[] {
  return Array.isArray(stored) ? stored.filter(isKnownRun).filter(({ folder }) => existsSync(folder)) : [];
}

function isKnownRun(value: unknown): value is KnownRun {
  if (typeof value !== "object" || value === null) return false;
  const { market, folder, waiting } = value as Partial<Record<keyof KnownRun, unknown>>;
  return (market === "demo" || market === "replay") && typeof folder === "string" && Number.isSafeInteger(waiting);
}
