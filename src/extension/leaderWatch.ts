import { stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type * as vscode from "vscode";
import type { Lease } from "../store/lead/lease.js";
import type { KnownRun, RunPlace, RunsHost } from "./knownRuns.js";

/** Between two looks whether a window has begun to run a feed: others show what it does within 3 s. */
const LOOK_MS = 2000;

/** Notices windows that run the feed of a data folder of this user. It costs a look at a few files every two seconds. */
export class LeaderWatch implements vscode.Disposable {
  readonly #host: () => RunsHost;
  readonly #found: (place: RunPlace) => Promise<boolean>;
  readonly #timer: NodeJS.Timeout;
  /** The lease of each folder as it was when it was looked at last. */
  readonly #seen = new Map<string, string>();
  #looking: Promise<void> = Promise.resolve();

  /**
   * @param found called for each new leader; it resolves false when it could do nothing with it now, and is called again then
   * @param isFree nothing is looked for while this is false
   */
  constructor(host: () => RunsHost, isFree: () => boolean, found: (place: RunPlace) => Promise<boolean>) {
    this.#host = host;
    this.#found = found;
    const look = () => {
      if (isFree()) this.#looking = this.#looking.then(() => this.look()).catch(() => undefined);
    };
    this.#timer = setInterval(look, LOOK_MS);
    this.#timer.unref();
  }

  /** Looks now. */
  async look(): Promise<void> {
    for (const place of places(this.#host())) {
      const lease = await stat(join(place.folder, "lease")).catch(() => undefined);
      const identity = lease === undefined ? "" : `${lease.ino}:${lease.mtimeMs}`;
      if (identity === (this.#seen.get(place.folder) ?? "")) continue;
      this.#seen.set(place.folder, identity);
      if ((await leaderOf(place.folder)) !== undefined) {
        if (!(await this.#found(place))) this.#seen.delete(place.folder);
        return;
      }
    }
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}

/** The lease of the window that runs the feed of a folder now; undefined where none does. */
export async function leaderOf(folder: string): Promise<Lease | undefined> {
  const { findLeader } = await import("../store/lead/lead.js");
  const leader = await findLeader({ folder });
  leader?.close();
  return leader?.lease;
}

/** Where another window may run a feed: the live folder first. */
function places({ settings, storageFolder, runs }: RunsHost): readonly RunPlace[] {
  const named = settings["data.folder"];
  const root = typeof named === "string" && isAbsolute(named) ? named : storageFolder;
  const known = runs.get();
  const replays = Array.isArray(known) ? (known as readonly Partial<KnownRun>[]) : [];
  return [
    { market: "live", folder: root },
    { market: "demo", folder: join(root, "demo") },
    { market: "live", folder: join(root, "paper"), paper: true },
    { market: "demo", folder: join(root, "paper", "demo"), paper: true },
    ...replays.flatMap(({ market, folder, paper }) =>
      market === "replay" && typeof folder === "string" ? [{ market, folder, ...(paper === true && { paper }) }] : [],
    ),
  ];
}
