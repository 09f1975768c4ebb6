import { realisedBreakEven } from "../core/engineView.js";
import type { EngineOutput, EngineView, EquityRow, Exit, Shadow } from "../core/events.js";
import { calibration } from "../core/ledger/calibration.js";
import { cone } from "../core/ledger/cone.js";
import { chanceOfAtLeast } from "../core/ledger/metrics.js";
import { mean, sum } from "../core/ledger/moments.js";
import { expectedLongestRun, nullTest } from "../core/ledger/nullTests.js";
import { median, totalOf, ulcerIndex } from "../core/ledger/totals.js";
import { isOverride } from "../core/override.js";
import { presentPortfolios } from "../core/portfolio.js";
import type {
  AccountReport,
  BlindSpan,
  CalendarDay,
  CalibrationReport,
  CostLine,
  CoverageReport,
  NullReport,
  PerformanceReport,
  Period,
  ReportFigure,
  ReportGroup,
  ReportUnits,
  ShadowReport,
} from "../core/protocol.js";
import { say } from "../core/say.js";
import { winRateInterval } from "../core/sizing/posterior.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { countingExits, tradeRecords } from "../core/tradeRecords.js";
import { MICROS_PER_MINUTE, type Micros } from "../core/units.js";
import { latencyFigures, multipliersOf } from "./outlook.js";
import { type Within, within } from "./period.js";
import { type AccountStatistics, statisticsOf, TARGET_WIN_RATE } from "./statistics.js";
import { newYorkTime } from "./times.js";

/** What is known beside an account's own exits. */
interface Known {
  readonly outputs: readonly EngineOutput[];
  readonly recommendations: ReadonlyMap<string, Recommendation>;
  readonly shadows: ReadonlyMap<string, Shadow>;
  readonly isIn: Within;
}

/**
 * What closed trades tell of a period: each account apart, in dollars, ticks and R, with its calibration, its calendar and what
 * deciding otherwise than recommended has cost. Money is in dollars.
 *
 * @param now from which the period's days count back
 * @param options.haltingDrawdown the fall from the peak that halts, as a fraction
 * @param options.blind days of which nothing was seen, where it is known
 */
export function performanceReport(
  view: EngineView,
  outputs: readonly EngineOutput[],
  period: Period,
  now: Micros,
  { haltingDrawdown, blind = [] }: { readonly haltingDrawdown: number; readonly blind?: readonly BlindSpan[] },
): PerformanceReport {
  const isIn = within(period, now);
  const present = presentPortfolios(outputs);
  const exits = countingExits(present);
  const known: Known = {
    outputs: present,
    recommendations: new Map(outputs.flatMap((o) => (o.type === "recommendation" ? [[o.id, o] as const] : []))),
    shadows: new Map(outputs.flatMap((o) => (o.type === "shadow" ? [[o.recommendation, o] as const] : []))),
    isIn,
  };
  return {
    period,
    blind,
    accounts: statisticsOf(view, outputs, isIn).accounts.map((row) =>
      accountReport(
        row,
        exits.filter(({ account }) => account === row.account),
        known,
        haltingDrawdown,
      ),
    ),
  };
}

function accountReport(
  row: AccountStatistics,
  all: readonly Exit[],
  known: Known,
  haltingDrawdown: number,
): AccountReport {
  const exits = all.filter(known.isIn);
  const isManual = row.account === "manual";
  return {
    name: row.account,
    trades: row.trades,
    tooFew: row.tooFew,
    units: unitsOf(exits),
    figures: figuresOf(row, exits, known),
    groups: groupsOf(exits, known),
    coverage: isManual ? coverageOf(known) : undefined,
    shadow: isManual ? shadowOf(exits, known) : undefined,
    costs: isManual ? costsOf(exits, known) : [],
    multipliers: multipliersOf(all, known.recommendations),
    cone: cone(
      all.map(({ netPnl, balanceBefore }) => netPnl / balanceBefore),
      limitFall(lastEquity(known.outputs, row.account)),
      haltingDrawdown,
    ),
    calibration: calibrationOf(all, known),
    days: calendarOf(all),
  };
}

/** Of one contract. */
function ticksOf({ points, instrument }: Exit): number {
  return points / instrument.tickSize;
}

function unitsOf(exits: readonly Exit[]): readonly ReportUnits[] {
  const usd = (exit: Exit) => exit.netPnl / 100;
  const r = (exit: Exit) => exit.rMultiple;
  const won = exits.filter(({ win }) => win);
  const lost = exits.filter(({ win }) => !win);
  const row = (name: string, of: (values: readonly number[]) => number | undefined, from: readonly Exit[]) => ({
    name,
    usd: of(from.map(usd)),
    ticks: of(from.map(ticksOf)),
    r: of(from.map(r)),
  });
  const most = (values: readonly number[]) =>
    values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
  const least = (values: readonly number[]) =>
    values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
  return [
    row(say("Net result"), sum, exits),
    { name: say("Gross result"), usd: sum(exits.map(({ grossPnl }) => grossPnl)) / 100 },
    { name: say("Fees"), usd: -sum(exits.map(({ commission }) => commission)) / 100 + 0 },
    row(say("Expectancy"), mean, exits),
    row(say("Mean win"), mean, won),
    row(say("Median win"), median, won),
    row(say("Mean loss"), mean, lost),
    row(say("Median loss"), median, lost),
    row(say("Best"), most, exits),
    row(say("Worst"), least, exits),
  ];
}

function figuresOf(row: AccountStatistics, exits: readonly Exit[], known: Known): readonly ReportFigure[] {
  const { daily, excursions: moved } = row;
  const few = row.tooFew ? say("{0} trades: too few", row.trades) : undefined;
  const fewDays = row.fewDays ? say("{0} days: too few", daily.dailyReturns.length) : undefined;
  const fall = daily.maxDrawdownMoney;
  const minutes = exits.map((exit) => (exit.time - exit.entryTime) / MICROS_PER_MINUTE);
  const scratches = exits.filter(({ netPnl }) => netPnl === 0).length;
  const lossRate = row.winRate === undefined ? undefined : 1 - row.winRate;
  const streak = (rate: number | undefined) => {
    const expected = rate === undefined ? undefined : expectedLongestRun(row.trades, rate);
    return expected === undefined ? undefined : say("{0} by chance", expected.toFixed(1));
  };
  const now = lastEquity(known.outputs, row.account);
  return [
    { name: say("Win rate"), value: row.winRate, unit: "percent", note: intervalWords(row) },
    { name: say("Loss rate"), value: lossRate, unit: "percent", note: say("{0} scratched", scratches) },
    { name: say("Payoff"), value: row.payoff, unit: "ratio", note: few },
    { name: say("Profit factor"), value: row.profitFactor, unit: "ratio", note: few },
    { name: "SQN", value: row.systemQuality, unit: "ratio", note: few },
    { name: "Sharpe", value: daily.sharpe, unit: "ratio", note: fewDays },
    { name: "Sortino", value: daily.sortino, unit: "ratio", note: fewDays },
    { name: say("Annual return"), value: daily.annualReturn, unit: "percent", note: annualNote(row) },
    {
      name: "Calmar",
      value: daily.calmar,
      unit: "ratio",
      note: daily.calmar === undefined ? say("under 30 days") : fewDays,
    },
    { name: say("Drawdown now"), value: now?.drawdown, unit: "percent" },
    { name: say("Below the peak now"), value: now === undefined ? undefined : fallOf(now), unit: "usd" },
    { name: say("Largest drawdown"), value: row.maxDrawdown, unit: "percent", note: say("marked, of all time") },
    { name: say("Largest fall of the balance"), value: fall === undefined ? undefined : fall / 100, unit: "usd" },
    { name: say("Days under water"), value: daily.daysUnderWater, unit: "count" },
    { name: say("Recovery factor"), value: recovery(row.netPnl, fall), unit: "ratio", note: few },
    { name: say("Ulcer index"), value: ulcerIndex(daily.drawdowns), unit: "percent", note: fewDays },
    { name: say("Longest streak won"), value: row.longestWinningStreak, unit: "count", note: streak(row.winRate) },
    { name: say("Longest streak lost"), value: row.longestLosingStreak, unit: "count", note: streak(lossRate) },
    {
      name: say("Worst in between, R"),
      value: moved.maeR,
      unit: "ratio",
      note: say("{0} were watched", moved.watched),
    },
    { name: say("Best in between, R"), value: moved.mfeR, unit: "ratio" },
    { name: say("Best exits"), value: bestExits(exits), unit: "usd", note: say("each trade closed at its best price") },
    { name: say("Exit efficiency"), value: moved.exitEfficiency, unit: "percent" },
    { name: say("Slippage"), value: row.slippageTicks, unit: "ticks", note: say("above 0 is worse") },
    { name: say("Time held, median"), value: median(minutes), unit: "minutes" },
    { name: say("Sized by evidence"), value: row.utilisation, unit: "percent" },
    ...latencyFigures(row.account, known),
  ];
}

function annualNote({ daily, earlierAnnualReturn }: AccountStatistics): string | undefined {
  if (daily.annualReturn === undefined) return say("under 30 days");
  const earlier = earlierAnnualReturn === undefined ? undefined : `${(earlierAnnualReturn * 100).toFixed(1)} %`;
  return earlier === undefined ? undefined : say("the earlier system's way: {0}", earlier);
}

function lastEquity(outputs: readonly EngineOutput[], account: string): EquityRow | undefined {
  return outputs.findLast((o): o is EquityRow => o.type === "equity" && o.account === account);
}

/** From the emergency stop's own peak, which a reset of it puts to where the equity is. */
function limitFall(now: EquityRow | undefined): number {
  return now === undefined ? 0 : Math.max(0, 1 - ((1 - now.drawdown) * now.peak) / now.limitPeak);
}

/** In dollars, of marked equity. */
function fallOf({ drawdown, peak }: EquityRow): number {
  return (drawdown * peak) / 100;
}

/** What the trades that were watched would have brought after costs, each closed at its best price; undefined without one. */
function bestExits(exits: readonly Exit[]): number | undefined {
  const best = exits.flatMap(({ mfePoints, instrument, quantity, commission }) =>
    mfePoints === undefined ? [] : [mfePoints * instrument.pointValue * quantity - commission / 100],
  );
  return best.length === 0 ? undefined : sum(best);
}

function intervalWords({ trades, winRateInterval: [low, high] }: AccountStatistics): string | undefined {
  return trades === 0 ? undefined : say("90 %: {0} to {1} %", (low * 100).toFixed(0), (high * 100).toFixed(0));
}

function recovery(netPnl: number, fall: number | undefined): number | undefined {
  return fall === undefined || fall <= 0 ? undefined : netPnl / fall;
}

const WEEKDAYS = [
  say("Sunday"),
  say("Monday"),
  say("Tuesday"),
  say("Wednesday"),
  say("Thursday"),
  say("Friday"),
  say("Saturday"),
];

function groupsOf(exits: readonly Exit[], { recommendations }: Known): AccountReport["groups"] {
  const hour = ({ entryTime }: Exit) => `${newYorkTime(entryTime).slice(11, 13)}:00`;
  const by: readonly (readonly [by: string, of: (exit: Exit) => string])[] = [
    [say("Direction"), ({ direction }) => direction],
    [say("Exit by"), ({ reasonChecked }) => reasonChecked],
    [say("Hour of the entry, New York"), hour],
    [say("Weekday"), ({ tradingDay }) => WEEKDAYS[new Date(tradingDay).getUTCDay()] ?? tradingDay],
    [say("Contracts"), ({ quantity }) => `${quantity}`],
    [say("Order type"), ({ recommendation }) => recommendations.get(recommendation)?.orderType ?? "unknown"],
    [say("Contract"), ({ instrument }) => instrument.label],
  ];
  return by.map(([name, of]) => ({ by: name, rows: groups(exits, of) }));
}

function groups(exits: readonly Exit[], of: (exit: Exit) => string): readonly ReportGroup[] {
  const found = new Map<string, Exit[]>();
  for (const exit of exits) {
    const name = of(exit);
    const members = found.get(name);
    if (members === undefined) found.set(name, [exit]);
    else members.push(exit);
  }
  return [...found]
    .map(([name, members]) => ({
      name,
      trades: members.length,
      wins: members.filter(({ win }) => win).length,
      netPnl: sum(members.map(({ netPnl }) => netPnl)) / 100,
      meanR: mean(members.map(({ rMultiple }) => rMultiple)) ?? 0,
    }))
    .sort((a, b) => b.trades - a.trades || (a.name < b.name ? -1 : 1));
}

function coverageOf({ outputs, recommendations, isIn }: Known): CoverageReport {
  const records = tradeRecords(outputs);
  const own = [...recommendations.values()].filter((each) => each.account === "manual" && isIn(each));
  const states = own.map(({ id }) => records.get(id)?.state);
  return {
    issued: own.length,
    complete: states.filter((state) => state === "NOT_EXECUTED" || state === "CLOSED").length,
    filled: states.filter((state) => state === "OPEN" || state === "CLOSED").length,
  };
}

function shadowOf(exits: readonly Exit[], { shadows, recommendations, isIn }: Known): ShadowReport {
  const pairs = pairsOf(exits, shadows);
  const rate = (wins: readonly boolean[]) => mean(wins.map((win) => (win ? 1 : 0)));
  const filled = [...shadows.values()].filter(({ recommendation, entryTime }) => {
    const of = recommendations.get(recommendation);
    return of !== undefined && of.account === "manual" && isIn(of) && entryTime !== undefined;
  });
  return {
    trades: pairs.length,
    winRate: rate(pairs.map(({ exit }) => exit.win)),
    shadowWinRate: rate(pairs.map(({ shadow }) => shadow.netPnl > 0)),
    meanR: mean(pairs.map(({ exit }) => exit.rMultiple)),
    shadowMeanR: mean(pairs.map(({ shadow }) => shadow.rMultiple)),
    all: filled.length,
    allWinRate: rate(filled.map(({ netPnl }) => netPnl > 0)),
  };
}

interface Pair {
  readonly exit: Exit;
  readonly shadow: Shadow;
}

function pairsOf(exits: readonly Exit[], shadows: ReadonlyMap<string, Shadow>): readonly Pair[] {
  return exits.flatMap((exit) => {
    const shadow = shadows.get(exit.recommendation);
    return shadow === undefined ? [] : [{ exit, shadow }];
  });
}

// An override is an exit by hand that the user did not call planned, against what the bracket alone would have brought in the same size; a skip a recommendation that
// was not executed, against its own shadow.
function costsOf(exits: readonly Exit[], { outputs, shadows, recommendations, isIn }: Known): readonly CostLine[] {
  const overridden = pairsOf(exits, shadows).filter(({ exit }) => isOverride(exit));
  const size = (pair: Pair) =>
    pair.exit.quantity / (recommendations.get(pair.exit.recommendation)?.quantity ?? pair.exit.quantity);
  const records = tradeRecords(outputs);
  const skipped = [...recommendations.values()].flatMap((each) => {
    const isSkipped = each.account === "manual" && isIn(each) && records.get(each.id)?.state === "NOT_EXECUTED";
    const shadow = shadows.get(each.id);
    return isSkipped && shadow !== undefined ? [shadow] : [];
  });
  return [
    costLine(
      "Overrides",
      overridden.map((pair) => (pair.shadow.netPnl * size(pair) - pair.exit.netPnl) / 100),
      overridden.map(({ exit, shadow }) => shadow.rMultiple - exit.rMultiple),
    ),
    costLine(
      "Skips",
      skipped.map(({ netPnl }) => netPnl / 100),
      skipped.map(({ rMultiple }) => rMultiple),
    ),
  ];
}

function costLine(name: CostLine["name"], dollars: readonly number[], multiples: readonly number[]): CostLine {
  const [usd, r] = [totalOf(dollars), totalOf(multiples)];
  return {
    name,
    count: usd.count,
    usd: { total: usd.total, interval: usd.interval },
    r: { total: r.total, interval: r.interval },
  };
}

function calibrationOf(exits: readonly Exit[], { recommendations }: Known): CalibrationReport | undefined {
  const scores = calibration(exits);
  if (scores === undefined) return undefined;
  const wins = exits.map(({ win }) => win);
  const won = wins.filter(Boolean).length;
  const own = exits.flatMap(({ recommendation }) => recommendations.get(recommendation) ?? []);
  const planned = mean(own.map(({ breakEven }) => breakEven));
  // A price without a drift reaches the nearer of two levels first by their distances: stop / (stop + target).
  const random = mean(own.map(({ price, stop, target }) => Math.abs(price - stop) / Math.abs(target - stop)));
  const nulls: readonly (readonly [NullReport["name"], number | undefined])[] = [
    ["A coin", 0.5],
    ["Break-even", realisedBreakEven(exits) ?? planned],
    ["Random entry", random],
  ];
  return {
    forecasts: scores.forecasts,
    verdict: scores.verdict,
    brier: scores.brier,
    brierOfHalf: scores.brierOfHalf,
    brierOfRunningRate: scores.brierOfRunningRate,
    logLoss: scores.logLoss,
    logLossOfHalf: Math.LN2,
    inTheLarge: scores.inTheLarge,
    bins: scores.table.map(({ low, high, forecasts, meanConfidence, winRate }) => ({
      low,
      high,
      forecasts,
      meanConfidence,
      winRate,
      interval: winRateInterval(Math.round(winRate * forecasts), forecasts),
    })),
    winRate: won / wins.length,
    winRateInterval: winRateInterval(won, wins.length),
    nulls: nulls.flatMap(([name, rate]) => {
      const test = rate === undefined ? undefined : nullTest(wins, rate);
      return test === undefined ? [] : [{ name, ...test }];
    }),
    target: TARGET_WIN_RATE,
    chanceOfTarget: chanceOfAtLeast(TARGET_WIN_RATE, won, wins.length),
  };
}

function calendarOf(exits: readonly Exit[]): readonly CalendarDay[] {
  const days = new Map<string, Exit[]>();
  for (const exit of exits) {
    const day = days.get(exit.tradingDay);
    if (day === undefined) days.set(exit.tradingDay, [exit]);
    else day.push(exit);
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, members]) => ({
      date,
      trades: members.length,
      wins: members.filter(({ win }) => win).length,
      netPnl: sum(members.map(({ netPnl }) => netPnl)) / 100,
      r: sum(members.map(({ rMultiple }) => rMultiple)),
    }));
}
