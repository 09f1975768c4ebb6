import type { Doubt } from "./doubt.js";
import type { Learned } from "./events.js";
import type { RoundTrip } from "./ledger/account.js";
import type { BayesSettings } from "./settings.js";
import { type LearningRows, multiplier, type Outcome, posterior } from "./sizing/posterior.js";
import type { AccountName } from "./sizing/recommendation.js";
import type { Micros } from "./units.js";

/** A round trip as a learning row. */
export function outcomeOf(trip: RoundTrip, account: AccountName, doubt: Doubt): Outcome {
  const { rMultiple, netPnl, exitTime } = trip;
  const { id, context } = trip.recommendation;
  return { recommendation: id, account, context, win: netPnl > 0, rMultiple, netPnl, exitTime, ...doubt };
}

/** What an account knows of a context, with all that has been closed. */
export function learnedAbout(context: string, learning: LearningRows, now: Micros, settings: BayesSettings): Learned {
  const belief = posterior(learning, context, now, settings);
  return {
    context,
    trades: belief.contextTrades,
    wins: learning.of(context).wins,
    confidence: belief.mean,
    multiplier: multiplier(belief, settings),
  };
}
