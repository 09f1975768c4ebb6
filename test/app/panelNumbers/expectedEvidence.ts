import { belief, knownAt, lower20 } from "./expectedState.js";
import { betaCdf, ninety } from "./formulas.js";
import type { Known, Raw, Sources } from "./sources.js";

const TICK = 0.25;
const POINT = 5;
const seconds = (micros: number) => Math.floor(micros / 1e6);

/** All that the panel tells of a signal, recomputed; `id` of its recommendation, which was issued for the user's account. */
export function expectedEvidence(sources: Sources, id: string): unknown {
  const { journal, calls } = sources;
  const call = calls.find((each) => each.id === id);
  const record = journal.find(({ type, id: own }) => type === "recommendation" && own === id);
  const signal = journal.find(({ type, time }) => type === "signal" && time === record.time);
  const bars = barsOf(sources, record.time);
  const at = (ticks: number) => ticks * TICK;
  return {
    time: seconds(signal.time),
    tickSize: TICK,
    cluster: {
      ratio: signal.volume / signal.baseline,
      volume: signal.volume,
      baseline: signal.baseline,
      pointOfControl: at(signal.pointOfControl),
      low: at(signal.low),
      high: at(signal.high),
      close: call.signal_price,
      modalPosition: (signal.pointOfControl - signal.low) / (signal.high - signal.low),
      deltaFraction: signal.deltaFraction,
      strength: strength(signal),
    },
    footprint: bars(["before", "after"]).map(({ start, low, high, close, volume, levels }) => ({
      ...{ time: seconds(start), low: at(low), high: at(high), close: at(close), volume },
      levels: levels.map(([price, traded, bid, ask]: number[]) => ({
        price: at(price ?? 0),
        volume: traded,
        bid,
        ask,
      })),
    })),
    call: callOf(call, record, sources),
    path: bars(["after", "path"]).map(({ end, low, high, close }) => {
      const side = call.action === "BUY" ? 1 : -1;
      const r = (ticks: number) => (side * (at(ticks) - call.price)) / Math.abs(call.price - call.stop_loss);
      const [worst, best] = side === 1 ? [low, high] : [high, low];
      return { time: seconds(end), low: r(worst), high: r(best), close: r(close) };
    }),
    results: results(id, sources),
  };
}

/** `ENGINE.md` 4 */
function strength({ modalPosition: m, direction, ratio }: Raw): number {
  const place = direction === "BUY" ? 1 - m / 0.15 : (m - 0.85) / 0.15;
  return 0.7 * place + 0.3 * Math.min(ratio / 10, 1);
}

function barsOf({ journal }: Sources, signal: number) {
  const all = journal.filter((record) => record.type === "footprint" && record.signal === signal);
  return (parts: readonly string[]): readonly Raw[] => {
    const bars = all.filter(({ part }) => parts.includes(part)).flatMap((record) => record.bars);
    return [...new Map(bars.map((bar) => [bar.start, bar])).values()].sort((a, b) => a.start - b.start);
  };
}

/** What was known at the issue: a correction that came later changes nothing of it. */
function callOf(call: Raw, record: Raw, sources: Sources) {
  const known = knownAt(sources, record.time);
  const { rows, alpha, beta, lambda, p, evidence, contextTrades, otherTrades, scaled } = belief(
    known,
    call.context,
    record.time,
  );
  const tally = (of: readonly Known[]) => ({
    wins: of.filter(({ win }) => win).length,
    losses: of.filter(({ win }) => !win).length,
  });
  const own = rows.filter(({ context }) => context === call.context);
  return {
    quantity: call.quantity,
    confidence: p,
    interval: ninety(alpha, beta),
    breakEven: breakEven(call),
    chanceAboveBreakEven: 1 - betaCdf(breakEven(call), alpha, beta),
    multiplier: scaled(p),
    conservativeMultiplier: scaled(lower20(alpha, beta)),
    evidence,
    posterior: { alpha, beta, lambda, contextTrades, otherTrades },
    own: tally(own),
    others: tally(rows.filter(({ context }) => context !== call.context)),
    rows: own.slice(-10).map(({ exitTime, r }) => ({ time: seconds(exitTime), rMultiple: r })),
    sizing: sizing(call, p, scaled(p), record.time, sources),
  };
}

/** `ENGINE.md` 6.7: (1 + c) / (1 + b), c the costs and b the target, both over the stop. */
function breakEven({ price, stop_loss: stop, profit_target: target }: Raw): number {
  const risk = Math.abs(price - stop);
  return (1 + COSTS / POINT / risk) / (1 + Math.abs(target - price) / risk);
}

/** Of one MES: two commissions of $2.50 and two ticks of $1.25. */
const COSTS = 2 * 2.5 + 2 * TICK * POINT;

/** `ENGINE.md` 7 */
function sizing(call: Raw, p: number, m: number, time: number, { journal }: Pick<Sources, "journal">) {
  const riskFraction = Math.min(0.02, Math.max(0.01, 0.01 + 0.03 * (p - 1 / 3)));
  const balance =
    journal.findLast(({ type, account, at }) => type === "equity" && account === "manual" && at <= time)?.balance / 100;
  const budget = Math.floor(balance * 100 * riskFraction + 0.5) / 100;
  const riskPerContract = Math.max(100, Math.abs(call.price - call.stop_loss) * POINT + COSTS);
  const base = Math.max(1, Math.floor(budget / riskPerContract));
  const [raw, cap] = [Math.floor(base * m + 1e-9), Math.floor((0.1 * balance) / riskPerContract)];
  const quantity = Math.min(raw, 3, cap);
  return { riskFraction, budget, riskPerContract, base, raw, cap, quantity, riskActual: quantity * riskPerContract };
}

function results(id: string, { trades, journal }: Sources) {
  const own = trades
    .filter(({ recommendation }) => recommendation === id)
    .map(({ entry, exit, r, net, mae, mfe }) => ({
      ...{ entry, exit, rMultiple: r, netPnl: net },
      ...{ maePoints: mae, mfePoints: mfe },
    }));
  const shadows = journal
    .filter(({ type, recommendation }) => type === "shadow" && recommendation === id)
    .map(({ entryPrice, price, netPnl, rMultiple, maePoints, mfePoints }) => ({
      ...{ entry: entryPrice && entryPrice * TICK, exit: price && price * TICK, rMultiple },
      ...{ netPnl: netPnl / 100, maePoints, mfePoints },
    }));
  return [...own, ...shadows];
}
