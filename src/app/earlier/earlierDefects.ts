import { say } from "../../core/say.js";
/** What is known to be wrong with the earlier system's rows (`ENGINE.md` 0.2), by the code that stands with each. */
export const EARLIER_DEFECTS = {
  MONTHS_MIXED: say("its signals came from bars that mixed contract months; that cannot be corrected"),
  CONTEXT_LOST: say("its context was stored as a constant (5 or 0) and is lost"),
  SHORT_SIGN: say("a SHORT was stored with the sign of a BUY; result and win were corrected from its prices"),
  RETURN_DIFFERS: say("the stored return is not that of its prices; it was corrected from them"),
  CONTRACT_YEAR: say("its contract bore the next year's symbol (ESM6 for ESM5); corrected"),
  CONTRACT_UNKNOWN: say("its contract is not understood"),
  DIRECTION_UNKNOWN: say(
    "no recommendation says whether it was a BUY or a SHORT, so it is counted as neither win nor loss",
  ),
  PNL_DIFFERS: say("the stored profit is not that of its prices and costs; it was corrected from them"),
  RANDOM_FILL: say("its fill was simulated with a random spread"),
  ALSO_ON_PAPER: say("the same trade stands in paper_trades and is counted there"),
  STILL_OPEN: say("it was never closed"),
} as const;

export type EarlierDefect = keyof typeof EARLIER_DEFECTS;

/** The defects that were put right; the others stay with the row. */
export const CORRECTED: readonly EarlierDefect[] = ["SHORT_SIGN", "RETURN_DIFFERS", "CONTRACT_YEAR", "PNL_DIFFERS"];
