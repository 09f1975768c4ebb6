import type { Doubt } from "./doubt.js";
import type { Learned } from "./events.js";
import type { RoundTrip } from "./ledger/account.js";
import type { BayesSettings } from "./settings.js";
import { learningRows, multiplier, type Outcome, posterior } from "./sizing/posterior.js";
import type { AccountName } from "./sizing/recommendation.js";
import type { Micros } from "./units.js";

/** A round trip as a learning row. */
export function outcomeOf(trip: RoundTrip, account: AccountName, doubt: Doubt): Outcome {
  const { rMultiple, netPnl, exitTime } = trip;
  const { id, context } = trip.recommendation;
  return { recommendation: id, account, context, win: netPnl > 0, rMultiple, netPnl, exitTime, ...doubt };
}

/** What an account knows of a context, with all that has been closed. */
export function learnedAbout(
  context: string,
  account: AccountName,
  outcomes: readonly Outcome[],
  now: Micros,
  settings: BayesSettings,
): Learned {
  const rows = learningRows(outcomes, account, settings.learnFrom);
  const belief = posterior(rows, context, now, settings);
  const own = rows.filter((row) => row.context === context);
  const wins = own.filter((row) => row.win).length;
  return { context, trades: own.length, wins, confidence: belief.mean, multiplier: multiplier(belief, settings) };
}
