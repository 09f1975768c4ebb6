import type { AccountReport, HostMessage, PerformanceReport, SignalEvidence, TradeRow } from "../src/core/protocol.js";
import type { AccountName } from "../src/core/sizing/recommendation.js";
import { shared } from "./shared.js";

/** What the panel shows beside the dashboard's state, each by a message of its own. It is not kept: the host tells it again. */
export interface Details {
  /** Closed trades, oldest first. */
  readonly trades: readonly TradeRow[];
  /** The same as far as the host has told it, while it tells many. */
  readonly coming: readonly TradeRow[] | undefined;
  /** Statistics of the period that the user chose. */
  readonly report: PerformanceReport | undefined;
  /** Of the signal that the user asked for. */
  readonly evidence: SignalEvidence | undefined;
}

/** Before the host has told any. */
export const NO_DETAILS: Details = { trades: [], coming: undefined, report: undefined, evidence: undefined };

/**
 * Folds a message of the host into the details. Never changes `details`.
 *
 * @returns the same object when the message says nothing of them
 */
export function reduceDetails(details: Details, message: HostMessage): Details {
  switch (message.type) {
    case "trades": {
      const had = details.coming ?? details.trades;
      // More than it has cannot be kept: it was told of another page.
      if (message.kept > had.length) return details;
      const trades = continued(had, message.kept, message.rows);
      return message.more ? { ...details, coming: trades } : { ...details, trades, coming: undefined };
    }
    case "report":
      return { ...details, report: joined(details.report, message) };
    case "evidence":
      return { ...details, evidence: message.evidence };
    case "snapshot":
    case "draw":
    case "sound":
    case "append":
      return details;
    default:
      message satisfies never;
      return details;
  }
}

const NO_LISTS: Pick<AccountReport, "multipliers" | "days"> = { multipliers: [], days: [] };

/** The report as a whole: with the entries that stay, and with what equals its part before in that one's place. */
function joined(
  before: PerformanceReport | undefined,
  { report, kept }: Extract<HostMessage, { readonly type: "report" }>,
): PerformanceReport | undefined {
  const had = (name: AccountName) => before?.accounts.find((account) => account.name === name) ?? NO_LISTS;
  const isOther = kept.some(
    ({ name, multipliers, days }) => multipliers > had(name).multipliers.length || days > had(name).days.length,
  );
  // As with the trades.
  if (isOther) return before;
  const accounts = report.accounts.map((account) => {
    const stays = kept.find(({ name }) => name === account.name);
    const { multipliers, days } = had(account.name);
    return {
      ...account,
      multipliers: continued(multipliers, stays?.multipliers ?? 0, account.multipliers),
      days: continued(days, stays?.days ?? 0, account.days),
    };
  });
  return shared(before, { ...report, accounts });
}

/** The first `kept` entries and what follows them; the same list where that is what it was. */
function continued<T>(before: readonly T[], kept: number, rows: readonly T[]): readonly T[] {
  return kept === before.length && rows.length === 0 ? before : [...before.slice(0, kept), ...rows];
}
