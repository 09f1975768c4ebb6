import type { Period } from "../../../src/core/protocol.js";
import { expectedEvidence } from "./expectedEvidence.js";
import {
  betaCdf,
  deviation,
  evidence,
  falls,
  futures,
  grouped,
  longestRun,
  mean,
  median,
  sum,
  totalOf,
  winInterval,
} from "./formulas.js";
import type { Raw, Sources, Trade } from "./sources.js";

const DAY = 86_400_000_000;
const TICK = 0.25;
const POINT = 5;

type Within = (row: { readonly time: number; readonly day: string }) => boolean;

function within(period: Period, now: number): Within {
  if (period.kind === "days") return ({ time }) => time >= now - period.days * DAY;
  return period.kind === "all" ? () => true : ({ day }) => period.from <= day && day <= period.to;
}

/** The statistics of the panel, recomputed. */
export function expectedReport(sources: Sources, period: Period, now: number): unknown {
  const isIn = within(period, now);
  const gaps = sources.journal.filter(({ type }) => type === "gap");
  return {
    period,
    blind: gaps.map(({ from, to }) => ({ from: Math.floor(from / 1e6), to: Math.floor(to / 1e6), days: 0 })),
    accounts: ["manual", "paper"].map((name) => accountReport(name, sources, isIn, now)),
  };
}

function accountReport(name: string, sources: Sources, isIn: Within, now: number): unknown {
  const all = sources.trades.filter(({ account }) => account === name);
  const trades = all.filter(({ exitTime, day }) => isIn({ time: exitTime, day }));
  const isManual = name === "manual";
  return {
    name,
    trades: trades.length,
    units: units(trades),
    figures: figures(name, trades, all, sources, isIn),
    groups: groups(trades),
    ...(isManual && { coverage: coverage(sources, isIn), shadow: shadow(trades, sources, isIn) }),
    costs: isManual ? costs(trades, sources, isIn) : [],
    multipliers: [...all]
      .sort((a, b) => timeOf(a.call) - timeOf(b.call))
      .map(({ call, multiplier }) => ({ time: Math.floor(timeOf(call) / 1e6), multiplier })),
    roadmap: roadmap(name, all, sources, now),
    ...whateverThePeriod(name, all, sources),
    days: [...grouped(all, ({ day }) => day)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([date, of]) => ({
        date,
        ...tally(of),
        netPnl: sum(of.map(({ net }) => net)),
        r: sum(of.map(({ r }) => r)),
      })),
  };
}

const known = new WeakMap<Sources, Map<string, object>>();

/** What is of all trades is recomputed once: it takes its time. */
function whateverThePeriod(name: string, all: readonly Trade[], sources: Sources): object {
  const made = known.get(sources) ?? new Map<string, object>();
  known.set(sources, made);
  const found = made.get(name) ?? {
    cone: cone(all, lastEquity(name, sources)),
    calibration: calibration(all, sources),
  };
  made.set(name, found);
  return found;
}

const timeOf = (call: Raw) => Date.parse(call.time) * 1000;
const isCallIn = (isIn: Within) => (call: Raw) => isIn({ time: timeOf(call), day: call.trading_day });
const tally = (of: readonly Trade[]) => ({ trades: of.length, wins: of.filter(({ win }) => win).length });
const lastEquity = (name: string, { journal }: Sources) =>
  journal.findLast(({ type, account }) => type === "equity" && account === name);

/** Points that an entry was worse than its signal. */
const worse = ({ direction, entry, call }: Trade) => (direction === "BUY" ? 1 : -1) * (entry - call.signal_price);

function units(trades: readonly Trade[]) {
  const [won, lost] = [trades.filter(({ win }) => win), trades.filter(({ win }) => !win)];
  type Made = (values: readonly number[]) => number | undefined;
  const row = (name: string, of: Made, from: readonly Trade[] = trades) => ({
    name,
    usd: of(from.map(({ net }) => net)),
    ticks: of(from.map(({ ticks }) => ticks)),
    r: of(from.map(({ r }) => r)),
  });
  // Dollars of a trade in ticks of one contract, and in the distance of its stop.
  const inTicks = ({ quantity }: Trade, usd: number) => usd / quantity / (TICK * POINT);
  const inR = (trade: Trade, usd: number) =>
    (inTicks(trade, usd) * TICK) / Math.abs(trade.entry - trade.call.stop_loss);
  const total = (name: string, usd: (trade: Trade) => number) => ({
    name,
    usd: sum(trades.map(usd)),
    ticks: sum(trades.map((trade) => inTicks(trade, usd(trade)))),
    r: sum(trades.map((trade) => inR(trade, usd(trade)))),
  });
  const between = (name: string, of: Made, points: (trade: Trade) => number | undefined) => {
    const seen = trades.filter((trade) => points(trade) !== undefined);
    const usd = (trade: Trade) => (points(trade) ?? 0) * POINT * trade.quantity;
    return {
      name,
      usd: of(seen.map(usd)),
      ticks: of(seen.map((trade) => (points(trade) ?? 0) / TICK)),
      r: of(seen.map((trade) => inR(trade, usd(trade)))),
    };
  };
  const some = (of: (...values: number[]) => number) => (values: readonly number[]) =>
    values.length === 0 ? undefined : of(...values);
  return [
    total("Net result", ({ net }) => net),
    total("Gross result", ({ gross }) => gross),
    total("Fees", ({ gross, net }) => net - gross),
    total("Slippage, in the gross result", (trade) => -POINT * trade.quantity * worse(trade)),
    row("Expectancy", mean),
    row("Mean win", mean, won),
    row("Median win", median, won),
    row("Mean loss", mean, lost),
    row("Median loss", median, lost),
    row("Best", some(Math.max)),
    row("Worst", some(Math.min)),
    between("Worst in between, mean", mean, ({ mae }) => mae),
    between("Best in between, mean", mean, ({ mfe }) => mfe),
    between(
      "Best exits, in all",
      (values) => (values.length === 0 ? undefined : sum(values)),
      ({ mfe }) => mfe,
    ),
  ];
}

/** Balances at the end of trading days, from the day before the period on: the paper account's are in `portfolio_equity`. */
function dailyOf(name: string, all: readonly Trade[], { start, journal, equity }: Sources, isIn: Within) {
  const ends = journal.filter((r) => r.type === "equity" && r.account === name && r.tradingDay !== undefined);
  const balanceAt = (time: number) => start + sum(all.filter(({ exitTime }) => exitTime <= time).map(({ net }) => net));
  const days = ends.map(({ time, tradingDay: day }, i) => ({
    time,
    day,
    balance: name === "paper" ? Number(equity[i]?.balance) : balanceAt(time),
  }));
  const counted = days.filter(isIn);
  const before = days[days.indexOf(counted[0] as (typeof days)[number]) - 1];
  const [first, last] = [counted[0], counted.at(-1)];
  const calendar =
    first === undefined || last === undefined ? 0 : Math.round((last.time - (before?.time ?? first.time - DAY)) / DAY);
  return { balances: [before?.balance ?? start, ...counted.map(({ balance }) => balance)], calendar };
}

function figures(name: string, trades: readonly Trade[], all: readonly Trade[], sources: Sources, isIn: Within) {
  const { balances, calendar } = dailyOf(name, all, sources, isIn);
  const returns = balances.slice(1).map((balance, i) => balance / (balances[i] ?? 1) - 1);
  const down = Math.sqrt(mean(returns.map((r) => Math.min(r, 0) ** 2)) ?? 0);
  const { fractions } = falls(balances);
  const inTime = [...trades].sort((a, b) => a.exitTime - b.exitTime);
  const before = all.filter(({ exitTime }) => exitTime < (inTime[0]?.exitTime ?? 0));
  const opening = sources.start + sum(before.map(({ net }) => net));
  const closed = falls([0, ...inTime.keys()].map((_, i) => opening + sum(inTime.slice(0, i).map(({ net }) => net))));
  const growth = (balances.at(-1) ?? 1) / (balances[0] ?? 1) - 1;
  const annual = calendar < 30 ? undefined : (1 + growth) ** (365 / calendar) - 1;
  const nets = trades.map(({ net }) => net);
  const [gains, losses] = [nets.filter((net) => net > 0), nets.filter((net) => net <= 0)];
  const won = gains.length / nets.length;
  const rs = trades.map(({ r }) => r);
  const watched = trades.flatMap(({ ticks, mfe }) => (mfe === undefined ? [] : [{ ticks, mfe }]));
  const last = lastEquity(name, sources);
  const values: Readonly<Record<string, number | undefined>> = {
    "Win rate": won,
    "Loss rate": 1 - won,
    Payoff: (mean(gains) ?? Number.NaN) / -(mean(losses) ?? Number.NaN),
    "Profit factor": sum(gains) / -sum(losses),
    SQN: (Math.sqrt(rs.length) * (mean(rs) ?? 0)) / deviation(rs),
    Sharpe: ((mean(returns) ?? 0) / deviation(returns)) * Math.sqrt(252),
    Sortino: ((mean(returns) ?? 0) / down) * Math.sqrt(252),
    "Annual return": annual,
    Calmar: annual === undefined ? undefined : annual / Math.max(...fractions),
    "Drawdown now": last.drawdown,
    "Below the peak now": (last.drawdown * last.peak) / 100,
    "Largest drawdown": last.maxDrawdown,
    "Largest fall of the balance": closed.money,
    "Largest drawdown, closed": Math.max(...closed.fractions),
    "Days under water": fractions.filter((fall) => fall > 0).length,
    "Longest under water, days": longestRun(fractions.map((fall) => fall > 0)),
    "Under water now, days": fractions.length - 1 - fractions.lastIndexOf(0),
    "Recovery factor": sum(nets) / closed.money,
    "Ulcer index": Math.sqrt(mean(fractions.map((fall) => fall ** 2)) ?? 0),
    "Longest streak won": longestRun(nets.map((net) => net > 0)),
    "Longest streak lost": longestRun(nets.map((net) => net <= 0)),
    "Exit efficiency":
      watched.length === 0
        ? undefined
        : sum(watched.map(({ ticks }) => ticks * TICK)) / sum(watched.map(({ mfe }) => mfe)),
    Slippage: mean(trades.map((trade) => worse(trade) / TICK)),
    "Time held, median": median(trades.map(({ entryTime, exitTime }) => (exitTime - entryTime) / 60e6)),
    "Sized by evidence": mean(trades.map((trade) => (callRecord(trade, sources).evidence >= 3 ? 1 : 0))),
    ...(name === "manual" && latencies(sources, isIn)),
  };
  return Object.entries(values).map(([figure, value]) => ({ name: figure, value }));
}

const callRecord = ({ recommendation }: { readonly recommendation: string }, { journal }: Sources): Raw =>
  journal.find(({ type, id }) => type === "recommendation" && id === recommendation);

function latencies({ journal, calls }: Sources, isIn: Within) {
  const issued = new Map(calls.filter(isCallIn(isIn)).map((call) => [call.id, timeOf(call)]));
  const of = (kind: string) =>
    journal.filter(
      ({ type, account, recommendation }) => type === kind && account === "manual" && issued.has(recommendation),
    );
  const since = ({ recommendation }: Raw) => issued.get(recommendation) ?? 0;
  return {
    "Signal to fill, median": median(of("fill").map((fill) => (fill.time - since(fill)) / 1e6)),
    "Fill to record, median": median(of("fill").map((fill) => (fill.at - fill.time) / 1e6)),
    "Signal to skip, median": median(of("decision").map((skip) => (skip.at - since(skip)) / 1e6)),
  };
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function groups(trades: readonly Trade[]) {
  const hour = ({ entryTime }: Trade) =>
    `${new Date(entryTime / 1000).toLocaleTimeString("en-GB", { timeZone: "America/New_York", hour: "2-digit" }).slice(0, 2)}:00`;
  const by: Readonly<Record<string, (trade: Trade) => string>> = {
    Direction: ({ direction }) => direction,
    "Exit by": ({ reason }) => reason,
    "Hour of the entry, New York": hour,
    Weekday: ({ day }) => WEEKDAYS[new Date(`${day}T12:00:00Z`).getUTCDay()] ?? "",
    Contracts: ({ quantity }) => `${quantity}`,
    "Order type": ({ call }) => call.order_type,
    Contract: ({ call }) => call.contract,
    Context: ({ context }) => context,
  };
  return Object.entries(by).map(([name, of]) => ({
    by: name,
    rows: grouped(trades, of).map(([group, members]) => ({
      name: group,
      ...tally(members),
      netPnl: sum(members.map(({ net }) => net)),
      winRateInterval: winInterval(tally(members).wins, members.length),
      meanR: mean(members.map(({ r }) => r)),
      meanReturn: mean(members.map(({ returned }) => returned)),
    })),
  }));
}

/** By recommendation: no period changes them. */
const cautious = new WeakMap<Sources, Map<string, number>>();

function cautiousMultiplier(sources: Sources, id: string): number {
  const known = cautious.get(sources) ?? new Map<string, number>();
  cautious.set(sources, known);
  const found = known.get(id) ?? Number((expectedEvidence(sources, id) as Raw).call.conservativeMultiplier);
  known.set(id, found);
  return found;
}

/** Months of 30 days since the first recommendation, the fourth without an end. */
function roadmap(name: string, all: readonly Trade[], sources: Sources, now: number) {
  const { calls, skipped } = sources;
  const own = calls.filter(({ account }) => account === name);
  const times = [...own, ...all.map(({ call }) => call)].map(timeOf);
  const start = Math.min(...times);
  const month = (time: number) => [1, 2, 3].filter((end) => time - start >= end * 30 * 86_400e6).length;
  const closed = new Set(all.map(({ recommendation }) => recommendation));
  const months = [0, 1, 2, 3].slice(0, 1 + Math.max(month(now), ...times.map(month)));
  return months.map((at) => {
    const issued = name === "manual" ? own.filter((call) => month(timeOf(call)) === at) : [];
    const trades = all.filter(({ call }) => month(timeOf(call)) === at);
    const used = trades.map(({ multiplier }) => multiplier);
    const lower = trades.map(({ recommendation }) => cautiousMultiplier(sources, recommendation));
    const won = trades.filter(({ win }) => win).length;
    return {
      issued: issued.length,
      complete: issued.filter(({ id }) => skipped.has(id) || closed.has(id)).length,
      ...{ trades: trades.length, wins: won, winRateInterval: winInterval(won, trades.length) },
      ...(trades.length > 0 && {
        multiplier: { mean: mean(used), low: Math.min(...used), high: Math.max(...used) },
        conservative: mean(lower),
      }),
    };
  });
}

function coverage({ calls, trades, skipped, open }: Sources, isIn: Within) {
  const own = calls.filter(({ account }) => account === "manual").filter(isCallIn(isIn));
  const closed = new Set(trades.filter(({ account }) => account === "manual").map((trade) => trade.recommendation));
  return {
    issued: own.length,
    complete: own.filter(({ id }) => skipped.has(id) || closed.has(id)).length,
    filled: own.filter(({ id }) => open.has(id) || closed.has(id)).length,
  };
}

const shadowOf = ({ journal }: Sources, id: string): Raw =>
  journal.find(({ type, recommendation }) => type === "shadow" && recommendation === id);

function shadow(trades: readonly Trade[], sources: Sources, isIn: Within) {
  const pairs = trades.flatMap((trade) => {
    const of = shadowOf(sources, trade.recommendation);
    return of === undefined ? [] : [{ trade, of }];
  });
  const filled = sources.calls
    .filter(isCallIn(isIn))
    .map(({ id }) => shadowOf(sources, id))
    .filter((of) => of?.entryTime !== undefined);
  const rate = (of: readonly boolean[]) => mean(of.map(Number));
  const interval = (of: readonly boolean[]) =>
    of.length === 0 ? undefined : winInterval(of.filter((won) => won).length, of.length);
  return {
    trades: pairs.length,
    winRate: rate(pairs.map(({ trade }) => trade.win)),
    shadowWinRate: rate(pairs.map(({ of }) => of.netPnl > 0)),
    meanR: mean(pairs.map(({ trade }) => trade.r)),
    shadowMeanR: mean(pairs.map(({ of }) => of.rMultiple)),
    all: filled.length,
    allWinRate: rate(filled.map((of) => of.netPnl > 0)),
    winRateInterval: interval(pairs.map(({ trade }) => trade.win)),
    shadowWinRateInterval: interval(pairs.map(({ of }) => of.netPnl > 0)),
    allWinRateInterval: interval(filled.map((of) => of.netPnl > 0)),
  };
}

function costs(trades: readonly Trade[], sources: Sources, isIn: Within) {
  const overridden = trades
    .filter(({ reason, planned }) => reason === "manual" && !planned)
    .map((trade) => ({ trade, of: shadowOf(sources, trade.recommendation) }))
    .filter(({ of }) => of !== undefined);
  const skips = sources.calls
    .filter(isCallIn(isIn))
    .filter(({ id }) => sources.skipped.has(id))
    .map(({ id }) => shadowOf(sources, id))
    .filter((of) => of !== undefined);
  const line = (name: string, usd: readonly number[], r: readonly number[]) => ({
    name,
    count: usd.length,
    usd: totalOf(usd),
    r: totalOf(r),
  });
  return [
    line(
      "Overrides",
      overridden.map(({ trade, of }) => (of.netPnl / 100) * (trade.quantity / trade.call.quantity) - trade.net),
      overridden.map(({ trade, of }) => of.rMultiple - trade.r),
    ),
    line(
      "Skips",
      skips.map((of) => of.netPnl / 100),
      skips.map((of) => of.rMultiple),
    ),
  ];
}

/** The same simulation with another generator: equal as far as chance lets 1,000 paths be. */
function cone(all: readonly Trade[], last: Raw) {
  if (all.length < 30) return undefined;
  const returns = all.map(({ net }, i) => net / (15_000 + sum(all.slice(0, i).map((before) => before.net))));
  const paths = futures(returns, 3000, 500);
  const peakToday = 1 / Math.min(1, ((1 - last.drawdown) * last.peak) / last.limitPeak);
  const halted = paths.filter((path) => {
    let peak = peakToday;
    return path.some((balance) => {
      peak = Math.max(peak, balance);
      return balance <= peak * 0.95;
    });
  });
  const steps = Array.from({ length: 26 }, (_, i) => i * 20).map((trades) => {
    const sorted = paths.map((path) => path[trades] ?? 0).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
    return {
      ...{ trades, low: at(0.05), lowerQuartile: at(0.25), median: at(0.5) },
      ...{ upperQuartile: at(0.75), high: at(0.95) },
    };
  });
  const losing = paths.filter((path) => (path.at(-1) ?? 0) < 1);
  return { paths: 1000, steps, halted: halted.length / paths.length, losing: losing.length / paths.length };
}

function calibration(all: readonly Trade[], sources: Sources) {
  const n = all.length;
  const y = all.map(({ win }) => Number(win));
  const p = all.map(({ stated }) => stated);
  const wins = sum(y);
  const squares = (of: (i: number) => number) => sum(y.map((outcome, i) => (outcome - of(i)) ** 2)) / n;
  const bin = (stated: number) => Math.min(4, Math.floor(stated * 5));
  const binned = grouped(all, ({ stated }) => `${bin(stated)}`);
  return {
    forecasts: n,
    brier: squares((i) => p[i] ?? 0),
    brierOfHalf: squares(() => 0.5),
    brierOfRunningRate: squares((i) => (sum(y.slice(0, i)) + 1) / (i + 2)),
    logLoss: -sum(y.map((outcome, i) => Math.log(outcome === 1 ? (p[i] ?? 0) : 1 - (p[i] ?? 0)))) / n,
    logLossOfHalf: -Math.log(0.5),
    inTheLarge: wins / n - (mean(p) ?? 0),
    bins: [...binned]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([i, of]) => ({
        ...{ low: Number(i) / 5, high: (Number(i) + 1) / 5, forecasts: of.length },
        meanConfidence: mean(of.map(({ stated }) => stated)),
        winRate: mean(of.map(({ win }) => Number(win))),
        interval: winInterval(tally(of).wins, of.length),
      })),
    winRate: wins / n,
    winRateInterval: winInterval(wins, n),
    nulls: nulls(all, sources),
    target: 0.647,
    chanceOfTarget: 1 - betaCdf(0.647, 1 + wins, 1 + n - wins),
  };
}

function nulls(all: readonly Trade[], sources: Sources) {
  const [won, lost] = [all.filter(({ win }) => win), all.filter(({ win }) => !win)].map((of) =>
    of.map(({ net }) => net),
  );
  const loss = -(mean(lost ?? []) ?? 0);
  const realised = (won?.length ?? 0) >= 5 && (lost?.length ?? 0) >= 5;
  const rates = {
    "A coin": 0.5,
    "Break-even": realised
      ? loss / ((mean(won ?? []) ?? 0) + loss)
      : (mean(all.map((trade) => callRecord(trade, sources).breakEven)) ?? 0),
    "Random entry":
      mean(
        all.map(({ call }) => Math.abs(call.price - call.stop_loss) / Math.abs(call.profit_target - call.stop_loss)),
      ) ?? 0,
  };
  return Object.entries(rates).map(([name, rate]) => {
    let [wins, losses] = [0, 0];
    const bets = all.map(({ win }) => evidence(win ? ++wins : wins, win ? losses : ++losses, rate));
    const after = bets.findIndex((bet) => bet >= 20) + 1;
    const frequency = wins / all.length;
    const isEnough = (more: number) => evidence(wins + more * frequency, losses + more * (1 - frequency), rate) >= 20;
    const reachable = after === 0 && frequency > rate && isEnough(20_000);
    return {
      ...{ name, rate, highest: Math.max(1, ...bets) },
      ...(after > 0 && { rejectedAfter: after }),
      ...(reachable && { needed: firstOf(isEnough) }),
    };
  });
}

/** The first number from 1 on for which a rule holds that never ends to hold. */
function firstOf(holds: (value: number) => boolean): number {
  let value = 1;
  for (let step = 1024; step >= 1; step /= 2) while (!holds(value + step - 1)) value += step;
  return value;
}
