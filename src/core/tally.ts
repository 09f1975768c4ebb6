import type { EngineOutput, RunSummary } from "./events.js";
import type { AccountName } from "./sizing/recommendation.js";
import type { Cents } from "./units.js";

type Counts = Omit<RunSummary, "startBalance" | "balance" | "maxDrawdown" | "workingEntries" | "openPositions">;

/** Counts what a run read and what came of it. */
export class Tally {
  trades = 0;
  bars = 0;
  batches = 0;
  inSession = 0;
  readonly #skipped = new Map<string, number>();
  readonly #outputs = new Map<string, number>();
  readonly #closed = new Map<AccountName, { trades: number; wins: number; netPnl: number }>();

  /** Counts what was left out, by reason. */
  skip(reason: string, count = 1): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + count);
  }

  count(output: EngineOutput): void {
    this.#outputs.set(output.type, this.#of(output.type) + 1);
    if (output.type !== "exit") return;
    const closed = this.closed(output.account);
    this.#closed.set(output.account, {
      trades: closed.trades + 1,
      wins: closed.wins + (output.win ? 1 : 0),
      netPnl: closed.netPnl + output.netPnl,
    });
  }

  /** Closed trades of an account. */
  closed(account: AccountName): { readonly trades: number; readonly wins: number; readonly netPnl: number } {
    return this.#closed.get(account) ?? { trades: 0, wins: 0, netPnl: 0 };
  }

  counts(account: AccountName): Counts {
    const closed = this.closed(account);
    return {
      trades: this.trades,
      bars: this.bars,
      batches: this.batches,
      signals: this.#of("signal"),
      recommendations: this.#of("recommendation"),
      closedTrades: closed.trades,
      wins: closed.wins,
      netPnl: closed.netPnl as Cents,
      skipped: Object.fromEntries([...this.#skipped].sort(([a], [b]) => (a < b ? -1 : 1))),
      clusters: this.#of("signal") + this.#of("cluster"),
      halts: this.#of("halt"),
      inSession: this.inSession,
    };
  }

  #of(type: string): number {
    return this.#outputs.get(type) ?? 0;
  }
}
