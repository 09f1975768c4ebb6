import { t } from "@vscode/l10n";
import type { RefusalReason } from "../core/sizing/recommendation.js";

/** Why no recommendation came of a signal, in words that go on after a colon. */
export const REFUSAL_WORDS: Readonly<Record<RefusalReason, string>> = {
  HALTED: "the account is halted",
  UNKNOWN_INSTRUMENT: "what a point of it is worth is not known: name it in the setting instruments",
  SESSION: "outside the session",
  CUTOFF: "too near the session's end",
  STALE: "the data are not up to date",
  DAILY_LIMIT: "the session's trades are used up",
  LOSS_PAUSE: "too many losses in a row",
  OPEN_POSITION: "a position is open",
  NO_VOLATILITY: "the volatility is not known yet",
  NEGATIVE_CONTEXT: "its context loses by its own record",
  RISK_CAP_10PCT: "one contract would risk more than the cap",
  RISK_BUDGET: "one contract would risk more than the budget",
  MAX_POSITION: "the position is at its limit",
  EXPIRED: "the price did not come back in time",
};

/** The same for people who look at a window, in their language. */
export function refusalWords(reason: RefusalReason): string {
  return t(REFUSAL_WORDS[reason]);
}
