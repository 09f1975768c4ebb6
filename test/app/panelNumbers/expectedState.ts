import { betaCdf, grouped, mean, ninety, sum, winInterval } from "./formulas.js";
import type { Known, Raw, Sources, Trade } from "./sources.js";

const DAY = 86_400_000_000;
const TICK = 0.25;
const seconds = (micros: number) => Math.floor(micros / 1e6);

/** The key figures, curves and contexts of the panel, recomputed; and what waits for an answer. */
export function expectedState(sources: Sources, now: number): unknown {
  const { calls, trades, skipped, open } = sources;
  const closed = new Set(trades.filter(({ account }) => account === "manual").map((trade) => trade.recommendation));
  const waiting = calls.filter(({ id }) => !skipped.has(id) && !open.has(id) && !closed.has(id));
  // The market was stopped within the day of its last call.
  const lastDay = calls.at(-1).trading_day;
  const call = waiting.at(-1)?.trading_day === lastDay ? waiting.at(-1) : undefined;
  return {
    accounts: ["manual", "paper"].map((name) => accountState(name, sources, now)),
    recommendation: call && currentCall(call, sources),
    unanswered: waiting.length - (call === undefined ? 0 : 1),
    open: openPositions(sources),
  };
}

function accountState(name: string, sources: Sources, now: number) {
  const { start, trades, journal } = sources;
  const own = trades.filter(({ account }) => account === name);
  const wins = own.filter(({ win }) => win).length;
  // What was closed of an open trade is booked.
  const booked =
    name === "manual" ? sources.parts.filter(({ recommendation }) => sources.open.has(recommendation)) : [];
  const net = sum([...own, ...booked].map((each) => each.net));
  const last = journal.findLast(({ type, account }) => type === "equity" && account === name);
  return {
    name,
    startBalance: start,
    balance: start + net,
    totalReturn: net / start,
    marked: marked(name, start + net, sources),
    drawdown: last.drawdown,
    maxDrawdown: last.maxDrawdown,
    trades: own.length,
    wins,
    winRateInterval: winInterval(wins, own.length),
    expectancy: mean(own.map((trade) => trade.net)),
    expectancyR: mean(own.map(({ r }) => r)),
    netPnl: net,
    equity: name === "paper" ? paperCurve(sources) : correctedCurve(own, sources),
    contexts: contexts(name, sources, now),
  };
}

/** The balance and what is open at the last price that was marked, after both commissions. */
function marked(name: string, balance: number, { journal, open, paper, calls, parts }: Sources): number {
  const ofPaper = [...paper.values()].filter(({ status }) => status === "OPEN").map((row) => String(row.trade_id));
  const held = new Set(name === "manual" ? open : ofPaper);
  const worth = journal
    .filter((record) => record.type === "fill" && record.account === name && held.has(record.recommendation))
    .map(({ recommendation, time, price, quantity }) => {
      // What was printed before it was opened does not value it; in a demo the marks of the paper account are not kept.
      const last = journal.findLast(
        (record) => record.type === "mark" && record.account === name && record.time > time,
      );
      if (last === undefined) return 0;
      const side = calls.find(({ id }) => id === recommendation).action === "BUY" ? 1 : -1;
      const ofIt = name === "manual" ? parts.filter((part) => part.recommendation === recommendation) : [];
      const held = quantity - sum(ofIt.map((part) => part.quantity));
      return side * (last.close - price) * held * 1.25 - 2 * 2.5 * held;
    });
  return balance + sum(worth);
}

/** `paper_trades` at each exit and `portfolio_equity` at each day's end; of one second the last. The falls are the ledger's marks. */
function paperCurve({ journal, paper, equity }: Sources) {
  const rows = journal.filter(({ type, account }) => type === "equity" && account === "paper");
  let days = 0;
  const points = rows.map(({ time, tradingDay, drawdown }) => {
    const trade = [...paper.values()].find(({ exit_time }) => epoch(String(exit_time)) === seconds(time));
    const day = tradingDay === undefined ? undefined : equity[days++];
    const balance = Number(day?.balance ?? trade?.portfolio_balance_after);
    return { time: seconds(time), balance, drawdown: day === undefined ? drawdown : Number(day.drawdown_pct) / 100 };
  });
  return points.filter((point, i) => point.time !== points[i + 1]?.time);
}

/** Seconds of a New York time of the winter in which the demo plays. */
function epoch(newYork: string): number {
  return Math.floor(Date.parse(`${newYork.replace(" ", "T")}-05:00`) / 1000);
}

/** What was corrected makes the ledger's rows untrue: balances after each exit, of a part too, and the falls of these. */
function correctedCurve(own: readonly Trade[], { start, parts }: Sources) {
  const last = own.map(({ recommendation, exitTime, net }) => {
    const before = parts.filter((part) => part.recommendation === recommendation);
    return { time: exitTime, net: net - sum(before.map((part) => part.net)) };
  });
  let [balance, peak] = [start, start];
  const points = [...last, ...parts]
    .sort((a, b) => a.time - b.time)
    .map(({ time, net }) => {
      balance += net;
      peak = Math.max(peak, balance);
      return { time: seconds(time), balance, drawdown: (peak - balance) / peak };
    });
  return points.filter((point, i) => point.time !== points[i + 1]?.time);
}

/** `ENGINE.md` 6.3 to 6.5 at its defaults; in the demo both accounts learn of all, the user's record replacing the paper one. */
export function belief(taught: readonly Known[], context: string, now: number) {
  const recorded = new Set(taught.filter(({ account }) => account === "manual").map((trade) => trade.recommendation));
  const rows = taught.filter(({ account, recommendation: id }) => account === "manual" || !recorded.has(id));
  const weight = ({ exitTime }: Known) => 2 ** (-Math.max(0, now - exitTime) / DAY / 180);
  const of = (isOwn: boolean, isWon: boolean) =>
    sum(rows.filter((row) => (row.context === context) === isOwn && row.win === isWon).map(weight));
  const others = of(false, true) + of(false, false);
  const lambda = others === 0 ? 0 : Math.min(1, 10 / others);
  const [alpha, beta] = [
    1 + of(true, true) + lambda * of(false, true),
    1 + of(true, false) + lambda * of(false, false),
  ];
  const contextTrades = rows.filter((row) => row.context === context).length;
  const evidence = contextTrades + Math.min(10, rows.length - contextTrades);
  const cap = evidence < 3 ? 1 : evidence < 10 ? 1.5 : evidence < 20 ? 2 : 3;
  const p = alpha / (alpha + beta);
  const scaled = (chance: number) => Math.max(1, Math.min(1 + 6 * (chance - 0.5), cap));
  return { rows, alpha, beta, lambda, p, evidence, contextTrades, otherTrades: rows.length - contextTrades, scaled };
}

/** What was booked by a moment, as it was known then. */
export function knownAt({ journal }: Sources, time: number): readonly Known[] {
  const found = new Map<string, Known>();
  for (const { type, at, account, recommendation, context, win, time: exitTime, rMultiple: r } of journal) {
    const key = `${account} ${recommendation}`;
    if (at > time) continue;
    if (type === "exit") found.set(key, { account, recommendation, context, win, exitTime, r });
    if (type === "void") found.delete(key);
  }
  return [...found.values()];
}

/** The 20 % quantile, for the conservative multiplier. */
export function lower20(alpha: number, beta: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 34; i++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, alpha, beta) < 0.2) low = middle;
    else high = middle;
  }
  return low;
}

function contexts(name: string, { trades }: Sources, now: number) {
  const own = trades.filter(({ account }) => account === name);
  return grouped(own, ({ context }) => context).map(([context, rows]) => {
    const nets = (win: boolean) => rows.filter((row) => row.win === win).map(({ net }) => net);
    const [won, lost] = [nets(true), nets(false)];
    const loss = -(mean(lost) ?? 0);
    const { alpha, beta, p, scaled } = belief(trades, context, now);
    return {
      context,
      trades: rows.length,
      wins: won.length,
      winRateInterval: winInterval(won.length, rows.length),
      meanR: mean(rows.map(({ r }) => r)),
      breakEven: won.length >= 5 && lost.length >= 5 ? loss / ((mean(won) ?? 0) + loss) : 0.35,
      posterior: p,
      posteriorInterval: ninety(alpha, beta),
      multiplier: scaled(p),
    };
  });
}

/** `recommendations_log.jsonl`, and what the log leaves out of the journal. */
function currentCall(call: Raw, sources: Sources) {
  const time = Date.parse(call.time) * 1000;
  const { alpha, beta, p, evidence, scaled } = belief(knownAt(sources, time), call.context, time);
  const { breakEven } = sources.journal.find(({ type, id }) => type === "recommendation" && id === call.id);
  return {
    time: seconds(time),
    quantity: call.quantity,
    confidence: p,
    interval: ninety(alpha, beta),
    breakEven,
    evidence,
    multiplier: scaled(p),
    riskBudget: call.risk_budget,
    riskActual: call.risk_actual,
    // No feed runs.
    lateAt: 0,
  };
}

function openPositions({ journal, open, paper }: Sources) {
  const fills = journal.filter(({ type }) => type === "fill");
  const held = [...open].map((id) => {
    const own = fills.filter(({ account, recommendation }) => account === "manual" && recommendation === id);
    const parts = journal.filter(({ type, recommendation }) => type === "partialExit" && recommendation === id);
    const closed = sum(parts.map(({ quantity }) => quantity));
    const filled = sum(own.map(({ quantity }) => quantity));
    return {
      recommendation: id,
      account: "manual",
      held: `${sideOf(id)} ${closed === 0 ? filled : `${filled - closed}/${filled}`}`,
      since: seconds(own[0].time),
    };
  });
  const paperHeld = [...paper.values()]
    .filter(({ status }) => status === "OPEN")
    .map(({ recommendation_id: recommendation, quantity, execution_time }) => ({
      recommendation,
      account: "paper",
      held: `${sideOf(String(recommendation))} ${quantity}`,
      since: epoch(String(execution_time)),
    }));
  return [...held, ...paperHeld];
}

/** By the recommendation's id, which ends with its side. */
function sideOf(recommendation: string): string {
  return recommendation.endsWith("-BUY") ? "LONG" : "SHORT";
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The rows of the list of trades. */
export function expectedTrades({ trades }: Sources): unknown {
  return trades.map(({ recommendation, account, exitTime, quantity, ticks, r, net, mae, mfe }) => ({
    ...{ recommendation, account, time: seconds(exitTime), quantity },
    ...{ ticks: hundredths(ticks), rMultiple: r, netPnl: net },
    ...(mae === undefined || mfe === undefined
      ? {}
      : { maeTicks: hundredths(mae / TICK), mfeTicks: hundredths(mfe / TICK) }),
  }));
}
