import { Random } from "../random.js";

/** Trades that a simulated future has. */
const TRADES_AHEAD = 500;

/** Simulated futures: the share that touches a level is known to 3 percentage points, twice its standard error at most. */
const PATHS = 1_000;

/** Trades after which the futures are looked at. */
const STEP = 20;

/** Under so many trades a cone would be drawn from almost nothing. */
const ENOUGH_TRADES = 30;

/** Where futures may lead: after so many trades, balances as multiples of today's. */
export interface ConeStep {
  readonly trades: number;
  /** The 5th, 25th, 50th, 75th and 95th percentile. */
  readonly low: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly high: number;
}

/** Simulated futures of an account that goes on trading as it did. */
export interface Cone {
  readonly paths: number;
  readonly steps: readonly ConeStep[];
  /** Share of the futures that fall so far from their peak that the emergency stop would halt them. */
  readonly halted: number;
  /** Share of the futures that end below today's balance. */
  readonly losing: number;
}

/**
 * Draws what the closed trades could make of the balance. Each future first draws as many trades as there are, with replacement, and
 * then its own from those: so the cone is wide where few trades tell little, and not only because the order of trades is chance. It
 * takes trades for independent and sizes for what they were; it is a simulation, never a forecast. The same trades give the same cone.
 *
 * @param returns of each trade, as a fraction of the balance before it, above -1
 * @param drawdown of the account now, as a fraction of its peak
 * @param limit the fall from the peak that halts, as a fraction
 * @returns undefined under 30 trades, and where one of them lost all that there was
 * @see B. Efron 1979, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1)
 */
export function cone(returns: readonly number[], drawdown: number, limit: number): Cone | undefined {
  if (returns.length < ENOUGH_TRADES || drawdown >= 1) return undefined;
  // What lost all that there was, or was traded with nothing, cannot go on.
  if (!returns.every((each) => each > -1 && Number.isFinite(each))) return undefined;
  const random = new Random(returns.length, PATHS, TRADES_AHEAD);
  const balances = Array.from({ length: TRADES_AHEAD / STEP }, () => new Float64Array(PATHS));
  let halted = 0;
  const believed = new Float64Array(returns.length);
  const drawnFor = new Int32Array(returns.length).fill(-1);
  // Those of the believed trades that the future meets are drawn when it does: of thousands it meets few.
  const draw = (path: number) => {
    const trade = random.whole(0, returns.length);
    if (drawnFor[trade] !== path) {
      drawnFor[trade] = path;
      believed[trade] = returns[random.whole(0, returns.length)] ?? 0;
    }
    return believed[trade] ?? 0;
  };
  for (let path = 0; path < PATHS; path++) {
    let balance = 1;
    let peak = 1 / (1 - drawdown);
    let lowest = 1 - drawdown;
    for (const after of balances) {
      for (let trade = 0; trade < STEP; trade++) {
        balance *= 1 + draw(path);
        peak = Math.max(peak, balance);
        lowest = Math.min(lowest, balance / peak);
      }
      after[path] = balance;
    }
    if (lowest <= 1 - limit) halted++;
  }
  const last = balances.at(-1) ?? new Float64Array();
  const losing = last.reduce((count, balance) => (balance < 1 ? count + 1 : count), 0);
  return { paths: PATHS, steps: [TODAY, ...balances.map(stepOf)], halted: halted / PATHS, losing: losing / PATHS };
}

const TODAY: ConeStep = { trades: 0, low: 1, lowerQuartile: 1, median: 1, upperQuartile: 1, high: 1 };

function stepOf(balances: Float64Array, index: number): ConeStep {
  const sorted = balances.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 1;
  return {
    trades: (index + 1) * STEP,
    low: at(0.05),
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
    high: at(0.95),
  };
}
