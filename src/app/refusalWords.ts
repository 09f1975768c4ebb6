import { say } from "../core/say.js";
import type { RefusalReason } from "../core/sizing/recommendation.js";

/** Why no recommendation came of a signal, in words that go on after a colon. */
export const REFUSAL_WORDS: Readonly<Record<RefusalReason, string>> = {
  HALTED: say("the account is halted"),
  UNKNOWN_INSTRUMENT: say("what a point of it is worth is not known: name it in the setting instruments"),
  SESSION: say("outside the session"),
  CUTOFF: say("too near the session's end"),
  STALE: say("the data are not up to date"),
  DAILY_LIMIT: say("the session's trades are used up"),
  LOSS_PAUSE: say("too many losses in a row"),
  OPEN_POSITION: say("a position is open"),
  NO_VOLATILITY: say("the volatility is not known yet"),
  NEGATIVE_CONTEXT: say("its context loses by its own record"),
  RISK_CAP_10PCT: say("one contract would risk more than the cap"),
  RISK_BUDGET: say("one contract would risk more than the budget"),
  MAX_POSITION: say("the position is at its limit"),
  EXPIRED: say("the price did not come back in time"),
};
