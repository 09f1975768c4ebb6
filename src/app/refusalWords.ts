import { t } from "@vscode/l10n";
import type { RefusalReason } from "../core/sizing/recommendation.js";

/** Why no recommendation came of a signal, in words that go on after a colon. */
export function refusalWords(reason: RefusalReason): string {
  switch (reason) {
    case "HALTED":
      return t("the account is halted");
    case "UNKNOWN_INSTRUMENT":
      return t("what a point of it is worth is not known: name it in the setting instruments");
    case "SESSION":
      return t("outside the session");
    case "CUTOFF":
      return t("too near the session's end");
    case "STALE":
      return t("the data are not up to date");
    case "DAILY_LIMIT":
      return t("the session's trades are used up");
    case "LOSS_PAUSE":
      return t("too many losses in a row");
    case "OPEN_POSITION":
      return t("a position is open");
    case "NO_VOLATILITY":
      return t("the volatility is not known yet");
    case "NEGATIVE_CONTEXT":
      return t("its context loses by its own record");
    case "RISK_CAP_10PCT":
      return t("one contract would risk more than the cap");
    case "RISK_BUDGET":
      return t("one contract would risk more than the budget");
    case "MAX_POSITION":
      return t("the position is at its limit");
    case "EXPIRED":
      return t("the price did not come back in time");
    default:
      return reason satisfies never;
  }
}
