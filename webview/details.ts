import type { HostMessage, PerformanceReport, SignalEvidence, TradeRow } from "../src/core/protocol.js";

/** What the panel shows beside the dashboard's state, each by a message of its own. It is not kept: the host tells it again. */
export interface Details {
  /** Closed trades, oldest first. */
  readonly trades: readonly TradeRow[];
  /** Statistics of the period that the user chose. */
  readonly report: PerformanceReport | undefined;
  /** Of the signal that the user asked for. */
  readonly evidence: SignalEvidence | undefined;
}

/** Before the host has told any. */
export const NO_DETAILS: Details = { trades: [], report: undefined, evidence: undefined };

/**
 * Folds a message of the host into the details. Never changes `details`.
 *
 * @returns the same object when the message says nothing of them
 */
export function reduceDetails(details: Details, message: HostMessage): Details {
  switch (message.type) {
    case "trades":
      // More than it has cannot be kept: it was told of another page.
      if (message.kept > details.trades.length) return details;
      return { ...details, trades: [...details.trades.slice(0, message.kept), ...message.rows] };
    case "report":
      return { ...details, report: message.report };
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
