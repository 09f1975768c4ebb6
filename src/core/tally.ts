import type { EngineOutput, Exit, RunSummary } from "./events.js";
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
  readonly #closed = new Map<AccountName, Map<string, Exit>>();

  /** Counts what was left out, by reason. */
  skip(reason: string, count = 1): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + count);
  }

  count(output: EngineOutput): void {
    this.#outputs.set(output.type, this.#of(output.type) + 1);
    if (output.type === "exit") this.#exitsOf(output.account).set(output.recommendation, output);
    if (output.type === "paperReset") this.#closed.delete(output.account);
    if (output.type === "void") this.#exitsOf(output.account).delete(output.recommendation);
  }

  /** Closed trades of an account, as corrected. */
  closed(account: AccountName): { readonly trades: number; readonly wins: number; readonly netPnl: number } {
    const exits = [...this.#exitsOf(account).values()];
    const netPnl = exits.reduce((sum, exit) => sum + exit.netPnl, 0);
    return { trades: exits.length, wins: exits.filter((exit) => exit.win).length, netPnl };
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

  #exitsOf(account: AccountName): Map<string, Exit> {
    const exits = this.#closed.get(account) ?? new Map<string, Exit>();
    this.#closed.set(account, exits);
    return exits;
  }

  #of(type: string): number {
    return this.#outputs.get(type) ?? 0;
  }
}
