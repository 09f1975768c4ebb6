import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** Where a run of the extension has its trades from. */
export type RunMarket = "demo" | "replay" | "live";

/** Where a run keeps what it does. */
export interface RunPlace {
  readonly market: RunMarket;
  readonly folder: string;
  /** Paper auto: the engine takes its own signals, and nobody is asked. */
  readonly paper?: boolean;
}

/** A run that was at hand once. */
export interface KnownRun extends RunPlace {
  /** Trades that waited for the user when it was left: recommendations without an answer and positions without an exit. */
  readonly waiting: number;
}

/** The runs of this user, for the next window. */
export interface RunMemory {
  get(): unknown;
  set(runs: readonly KnownRun[]): void;
}

/** Where runs are remembered, and where the demo's folder lies. */
export interface RunsHost {
  /** The user's settings by keys without the prefix, not yet checked. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The extension's own folder for data, where no setting names another. */
  readonly storageFolder: string;
  readonly runs: RunMemory;
}

/** The last run of each market, in this window or an earlier one, and of each in paper auto; the one that is at hand is the first. */
export class KnownRuns {
  readonly #host: () => RunsHost;
  #loaded: readonly KnownRun[] | undefined;

  /** @param host asked when a run is first wanted */
  constructor(host: () => RunsHost) {
    this.#host = host;
  }

  /** The run at hand, unless there never was one. */
  first(): RunPlace | undefined {
    return this.#runs()[0];
  }

  /** All of them, the one at hand first. */
  all(): readonly RunPlace[] {
    return this.#runs();
  }

  /** The last run of a market that the user answered. */
  of(market: RunMarket): RunPlace | undefined {
    return this.#runs().find((run) => isAlike(run, { market }));
  }

  /** Those beside the one in `folder` in which something waits; none before a run was wanted. */
  elsewhere(folder: string | undefined): readonly KnownRun[] {
    return (this.#loaded ?? []).filter((run) => run.folder !== folder && run.waiting > 0);
  }

  /** A run is at hand; it takes the place of the last one of its market. */
  take({ market, folder, paper = false }: RunPlace): void {
    const others = this.#runs().filter((run) => !isAlike(run, { market, paper }));
    this.#keep([{ market, folder, ...(paper && { paper }), waiting: 0 }, ...others]);
  }

  /** The run in `folder` has to make room. */
  leave(folder: string, waiting: number): void {
    this.#keep(this.#runs().map((run) => (run.folder === folder ? { ...run, waiting } : run)));
  }

  forget(market: RunMarket): void {
    this.#keep(this.#runs().filter((run) => run.market !== market));
  }

  #runs(): readonly KnownRun[] {
    this.#loaded ??= readRuns(this.#host());
    return this.#loaded;
  }

  #keep(runs: readonly KnownRun[]): void {
    this.#loaded = runs;
    this.#host().runs.set(runs);
  }
}

/**
 * What is not understood, such as what another version left, or whose folder is gone, is left out. Where nothing remains live and
 * demo are found by their folders: a browser forgets, the disk does not.
 */
function readRuns(host: RunsHost): readonly KnownRun[] {
  const stored = host.runs.get();
  const runs = Array.isArray(stored) ? stored.filter(isKnownRun) : [];
  const existing = runs.filter(({ folder }) => existsSync(folder));
  return existing.length > 0 ? existing : usualRuns(host);
}

function usualRuns({ settings, storageFolder }: RunsHost): readonly KnownRun[] {
  const named = settings["data.folder"];
  // Whether the setting is right is told by the next start.
  const data = typeof named === "string" && isAbsolute(named) ? named : storageFolder;
  const usual: readonly KnownRun[] = [
    { market: "live", folder: data, waiting: 0 },
    { market: "demo", folder: join(data, "demo"), waiting: 0 },
    { market: "live", folder: join(data, "paper"), paper: true, waiting: 0 },
    { market: "demo", folder: join(data, "paper", "demo"), paper: true, waiting: 0 },
  ];
  // A start that was stopped early leaves a folder in which nothing was kept.
  return usual.filter(({ folder }) => existsSync(join(folder, "journal")));
}

function isKnownRun(value: unknown): value is KnownRun {
  if (typeof value !== "object" || value === null) return false;
  const { market, folder, waiting, paper } = value as Partial<Record<keyof KnownRun, unknown>>;
  const isMarket = market === "demo" || market === "replay" || market === "live";
  const isPaper = paper === undefined || typeof paper === "boolean";
  return isMarket && isPaper && typeof folder === "string" && Number.isSafeInteger(waiting);
}

/** Whether one takes the place of the other. */
function isAlike(a: Pick<RunPlace, "market" | "paper">, b: Pick<RunPlace, "market" | "paper">): boolean {
  return a.market === b.market && (a.paper ?? false) === (b.paper ?? false);
}
