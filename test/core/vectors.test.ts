import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { flatTime } from "../../src/core/adviser.js";
import { PaperTrade } from "../../src/core/broker/paperTrade.js";
import { BarBuilder, type ClosedBar } from "../../src/core/detector/barBuilder.js";
import { TimeOfDay } from "../../src/core/detector/baseline.js";
import type { DiscardedCluster, Signal } from "../../src/core/detector/cluster.js";
import { ClusterDetector } from "../../src/core/detector/detector.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, Exit } from "../../src/core/events.js";
import { toPoints, toTicks } from "../../src/core/instrument.js";
import { labelOf, symbolOf } from "../../src/core/instruments.js";
import { Account, type RoundTrip } from "../../src/core/ledger/account.js";
import { calibration } from "../../src/core/ledger/calibration.js";
import { compoundAnnualReturn, equityMetrics, linearAnnualReturn } from "../../src/core/ledger/equityMetrics.js";
import { chanceOfAtLeast, tradeMetrics } from "../../src/core/ledger/metrics.js";
import {
  backtestOverfitting,
  deflatedSharpe,
  luckySharpe,
  minimumTrackRecord,
  probabilisticSharpe,
} from "../../src/core/ledger/overfitting.js";
import { funFacts } from "../../src/core/ledger/saturday.js";
import { Random } from "../../src/core/random.js";
import { NO_HOLIDAYS, phaseAt, TradingHours } from "../../src/core/session.js";
import type { BayesSettings } from "../../src/core/settings.js";
import { bracket, stopDistance } from "../../src/core/sizing/bracket.js";
import { expectancy } from "../../src/core/sizing/expectancy.js";
import { breakEven, kellyFraction, quarterKelly } from "../../src/core/sizing/kelly.js";
import {
  betaQuantile,
  interval,
  LearningRows,
  multiplier,
  type Outcome,
  posterior,
} from "../../src/core/sizing/posterior.js";
import { riskFraction, riskPerContract, size } from "../../src/core/sizing/sizing.js";
import {
  type Cents,
  MICROS_PER_DAY,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  type Micros,
  type Ticks,
} from "../../src/core/units.js";
import {
  allClose,
  close,
  type DetectionCase,
  type ExpectedCluster,
  number,
  type PaperCase,
  QUANTILE,
  readEngineVectors,
} from "../support/engineVectors.js";
import { ES, recommendation } from "../support/outputs.js";
import { eventsOf, TAPE_INSTRUMENT, type TapeTrade } from "../support/tape.js";

const vectors = readEngineVectors();
const { bayes, order, risk } = parseSettings({});
/** The open of Monday, 9 June 2025, in New York. */
const OPEN = Temporal.Instant.from("2025-06-09T13:30:00Z").epochMilliseconds * 1000;
const FOREVER = Number.MAX_SAFE_INTEGER as Micros;

const cents = (dollars: number) => Math.round(dollars * 100) as Cents;
const micros = (seconds: number) => Math.round(seconds * MICROS_PER_SECOND) as Micros;

function ticks(points: number): Ticks {
  const whole = toTicks(points, ES);
  if (whole === undefined) throw new Error(`${points} is off the grid`);
  return whole;
}

function row(context: string, win: boolean, exitTime: number): Outcome {
  return {
    recommendation: `${context} ${exitTime}`,
    account: "paper",
    context,
    win,
    rMultiple: win ? 2 : -1,
    netPnl: (win ? 100 : -50) as Cents,
    exitTime: exitTime as Micros,
  };
}

/** What `wins` of `trades` in one context say. */
function believe(wins: number, trades: number, settings: BayesSettings) {
  const rows = Array.from({ length: trades }, (_, i) => row("here", i < wins, i));
  return posterior(new LearningRows("paper", "account", rows), "here", 0 as Micros, settings);
}

const classic = { ...bayes, pooledKappa: 0, halfLifeDays: 0, evidenceLadder: false };
const conservative = { ...bayes, halfLifeDays: 0, multiplierStatistic: "lower20" } as const;

describe("beta_posterior", () => {
  it.each(vectors.beta_posterior.map((vector) => [`${vector.w} wins, ${vector.l} losses`, vector] as const))(
    "%s",
    (_, vector) => {
      const [w, l] = [number(vector, "w"), number(vector, "l")];
      const belief = believe(w, w + l, classic);
      close(belief.alpha, number(vector, "alpha"));
      close(belief.beta, number(vector, "beta"));
      close(belief.mean, number(vector, "mean"));
      allClose(interval(belief, 0.9), vector.ci90, QUANTILE);
      allClose(interval(belief, 0.95), vector.ci95, QUANTILE);
      close(betaQuantile(0.2, belief), number(vector, "lower20"), QUANTILE);
      close(chanceOfAtLeast(0.5, w, w + l), number(vector, "p_gt_half"), QUANTILE);
      close(chanceOfAtLeast(1 / 3, w, w + l), number(vector, "p_gt_third"), QUANTILE);
      close(chanceOfAtLeast(0.647, w, w + l), number(vector, "p_ge_0647"), QUANTILE);
    },
  );
});

describe("multiplier_classic", () => {
  it.each(vectors.multiplier_classic.map((vector) => [`${vector.w} of ${vector.n}`, vector] as const))(
    "%s",
    (_, vector) => {
      const belief = believe(number(vector, "w"), number(vector, "n"), classic);
      close(belief.mean, number(vector, "p"));
      close(multiplier(belief, classic), number(vector, "m"));
    },
  );
});

describe("multiplier_default_single_context", () => {
  it.each(vectors.multiplier_default_single_context.map((vector) => [`${vector.w} of ${vector.n}`, vector] as const))(
    "%s",
    (_, vector) => {
      const [w, n] = [number(vector, "w"), number(vector, "n")];
      const belief = believe(w, n, { ...bayes, halfLifeDays: 0 });
      close(belief.mean, number(vector, "p"));
      close(betaQuantile(0.2, belief), number(vector, "lower20"), QUANTILE);
      close(multiplier(belief, bayes), number(vector, "m"));
      close(multiplier(belief, conservative), number(vector, "m_lower20"), QUANTILE);
      expect(multiplier(believe(n, n, conservative), bayes)).toBeLessThanOrEqual(number(vector, "cap"));
    },
  );
});

describe("pooled", () => {
  it.each(vectors.pooled.map((vector, i) => [`${i + 1}: ${vector.ctx}`, vector] as const))("%s", (_, vector) => {
    const settings = { ...bayes, pooledKappa: vector.kappa, halfLifeDays: vector.half_life };
    const rows = vector.rows.map(([context, win, day]) => row(context, win === 1, day * MICROS_PER_DAY));
    const belief = posterior(
      new LearningRows("paper", "account", rows),
      vector.ctx,
      (vector.now_day * MICROS_PER_DAY) as Micros,
      settings,
    );
    const want = vector.expected;
    close(belief.alpha, number(want, "alpha"));
    close(belief.beta, number(want, "beta"));
    close(belief.lambda, number(want, "lam"));
    close(belief.mean, number(want, "p"));
    expect(belief.contextTrades).toBe(want.n_ctx);
    expect(belief.otherTrades).toBe(want.n_other);
    expect(belief.evidence).toBe(want.n_evidence);
    close(multiplier(belief, settings), number(want, "m"));
    close(betaQuantile(0.2, belief), number(want, "lower20"), QUANTILE);
    close(multiplier(belief, { ...settings, multiplierStatistic: "lower20" }), number(want, "m_lower20"), QUANTILE);
    allClose(interval(belief, 0.9), want.ci90, QUANTILE);
  });
});

describe("nig", () => {
  it.each(vectors.nig.map((vector) => [`results ${JSON.stringify(vector.rs)}`, vector] as const))("%s", (_, vector) => {
    const got = expectancy(vector.rs);
    const want = vector.expected;
    for (const field of ["mu", "kappa", "a", "b", "scale", "dof"] as const) close(got[field], number(want, field));
    close(got.lower20, number(want, "lower20"), QUANTILE);
    allClose(got.interval, want.ci90, QUANTILE);
    close(got.positive, number(want, "p_gt0"), QUANTILE);
  });
});

describe("kelly", () => {
  it.each(vectors.kelly.map((vector) => [`p ${vector.p}, payoff ${vector.b}`, vector] as const))("%s", (_, vector) => {
    close(kellyFraction(number(vector, "p"), number(vector, "b")), number(vector, "f"));
    close(quarterKelly(number(vector, "p"), number(vector, "b")), number(vector, "quarter"));
  });
});

describe("breakeven", () => {
  it.each(vectors.breakeven.map((vector) => [`payoff ${vector.b}, costs ${vector.c}`, vector] as const))(
    "%s",
    (_, vector) => close(breakEven(number(vector, "b"), number(vector, "c")), number(vector, "p")),
  );
});

describe("risk_fraction", () => {
  it.each(vectors.risk_fraction.map((vector) => [`p ${vector.p}`, vector] as const))("%s", (_, vector) =>
    close(riskFraction(number(vector, "p"), risk.maxRiskPerTrade), number(vector, "r")),
  );
});

describe("sizing", () => {
  it.each(vectors.sizing.map((vector) => [vector.name, vector] as const))("%s", (_, { inputs, expected: want }) => {
    // A stated fraction is that of the confidence, and the costs are those of one ES contract.
    if (inputs.risk_pct !== undefined) close(riskFraction(number(inputs, "p"), 0.02), inputs.risk_pct);
    if (inputs.cost_per_contract !== undefined)
      close(riskPerContract(100, ES, 1) / 100 - 1250, inputs.cost_per_contract);
    const trace = size(
      {
        balance: cents(number(inputs, "balance")),
        confidence: number(inputs, "p"),
        multiplier: number(inputs, "m"),
        riskPerContract: riskPerContract(ticks(inputs.stop_points ?? 0), ES, 1),
        open: 0,
        kellyShare: undefined,
      },
      { ...risk, enforceRiskBudget: inputs.enforce_budget ?? false },
    );
    const { balance } = inputs;
    close(trace.riskFraction, number(want, "risk_pct"));
    close(trace.budget / 100, number(want, "risk_budget"));
    close(trace.riskPerContract / 100, number(want, "risk_per_contract"));
    expect(trace.base).toBe(want.base);
    expect(trace.raw).toBe(want.raw);
    expect(trace.cap).toBe(want.cap_hard);
    expect(trace.quantity).toBe(want.contracts);
    close((trace.quantity * trace.riskPerContract) / 100, number(want, "actual_risk"));
    // The file rounds this one to six decimals.
    const share = (trace.quantity * trace.riskPerContract) / 100 / (balance ?? 1);
    expect(Math.abs(share - number(want, "actual_risk_pct"))).toBeLessThanOrEqual(5.0001e-7);
    expect(trace.refusal ?? null).toBe(want.blocked);
  });
});

describe("bracket", () => {
  it.each(vectors.bracket.map((vector) => [JSON.stringify(vector.inputs), vector] as const))(
    "%s",
    (_, { inputs, expected: want }) => {
      expect(inputs.mode).toBe("conservative");
      const settings = { ...order, limitOffsetTicks: number(inputs, "offset") };
      const distance = number(inputs, "d") / ES.tickSize;
      const got = bracket(inputs.direction, ticks(number(inputs, "limit")), distance, "LIMIT", settings);
      expect(toPoints(got.price, ES)).toBe(want.limit);
      expect(toPoints(got.stop, ES)).toBe(want.stop);
      expect(toPoints(got.target, ES)).toBe(want.target);
      expect(got.stopTicks).toBe(want.stop_ticks);
      expect(got.targetTicks).toBe(want.target_ticks);
      close(got.targetTicks / got.stopTicks, number(want, "rr"));
    },
  );
});

describe("stop_distance", () => {
  it.each(vectors.stop_distance.map((vector) => [`sigma ${vector.sigma_1m}`, vector] as const))("%s", (_, vector) => {
    const distance = stopDistance(ticks(number(vector, "price")), number(vector, "sigma_1m"), 16, order.stopSigmaMult);
    close(distance * ES.tickSize, number(vector, "d"));
  });
});

describe("trade_result", () => {
  it.each(vectors.trade_result.map((vector) => [JSON.stringify(vector.inputs), vector] as const))(
    "%s",
    (_, { inputs, expected: want }) => {
      const issued = recommendation({
        account: "manual",
        action: inputs.direction,
        stop: ticks(number(inputs, "stop")),
        quantity: number(inputs, "qty"),
      });
      const booked = recordTrade(issued, ticks(number(inputs, "fill")), ticks(number(inputs, "exit")));
      close(booked.points, number(want, "points"));
      close(booked.returnFraction, number(want, "return_pct"));
      expect(booked.grossPnl).toBe(cents(number(want, "gross")));
      expect(booked.commission).toBe(cents(number(want, "fees")));
      expect(booked.netPnl).toBe(cents(number(want, "net")));
      expect(booked.win).toBe(want.win === 1);
      close(booked.rMultiple, number(want, "R"));
    },
  );
});

/** The exit that the engine books when the user records a fill and an exit. */
function recordTrade(issued: ReturnType<typeof recommendation>, fill: Ticks, exit: Ticks): Exit {
  const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
  const engine = new Engine(parseSettings({}), mode, NO_HOLIDAYS);
  const said = { type: "account", account: "manual", time: issued.time } as const;
  const of = { ...said, recommendation: issued.id };
  const events: readonly EngineEvent[] = [
    { ...said, id: "1", kind: "recommendation", recommendation: issued },
    { ...of, id: "2", kind: "fill", price: fill, quantity: issued.quantity },
    { ...of, id: "3", kind: "exit", price: exit, reason: "manual" },
  ];
  const booked = events.flatMap((event) => engine.process(event)).find((output) => output.type === "exit");
  if (booked === undefined) throw new Error("No exit was booked");
  return booked;
}

describe("detection, by the bar builder and the detector", () => {
  it.each(vectors.detection.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    const { bars, clusters } = detect(vector);
    expect(bars.map((bar) => bar.volume)).toEqual(vector.expected.bar_volumes);
    expect(clusters).toHaveLength(vector.expected.clusters.length);
    for (const [i, want] of vector.expected.clusters.entries()) {
      const bar = bars[want.bar];
      expectCluster(clusters[i], want);
      close(bar?.vwap, want.vwap);
      expect(bar?.delta).toBe(want.delta);
      expect(bar?.end).toBe(OPEN + micros(want.t_close_s));
    }
  });
});

describe("detection, by the whole engine", () => {
  it.each(vectors.detection.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    const { window: baselineBars, threshold: volumeThreshold, bar_s: barSeconds, baseline } = vector.cfg;
    const settings = parseSettings({
      "detector.baselineBars": baselineBars,
      "detector.volumeThreshold": volumeThreshold,
      "detector.barSeconds": barSeconds,
      ...(baseline === undefined ? {} : { "detector.baseline": baseline }),
    });
    const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
    const engine = new Engine(settings, mode, NO_HOLIDAYS);
    const end = vector.end_s === null ? undefined : OPEN + micros(vector.end_s);
    const outputs = eventsOf(tapeOf(vector), end).flatMap((event) => engine.process(event));
    const clusters = outputs.filter((output) => output.type === "signal" || output.type === "cluster");
    expect(clusters).toHaveLength(vector.expected.clusters.length);
    for (const [i, want] of vector.expected.clusters.entries()) expectCluster(clusters[i], want);
  });
});

function tapeOf(vector: DetectionCase): readonly TapeTrade[] {
  return vector.trades.map(([second, price, size, letter]) => ({
    time: OPEN + micros(second),
    price: ticks(price),
    size,
    side: ({ A: -1, B: 1, N: 0 } as const)[letter],
    instrument: TAPE_INSTRUMENT,
  }));
}

/** Drives the two stages as a caller does that knows nothing but trades and the end of time. */
function detect(vector: DetectionCase) {
  const { window, threshold, bar_s, baseline } = vector.cfg;
  const settings = { ...parseSettings({}).detector, baselineBars: window, volumeThreshold: threshold };
  const builder = new BarBuilder(bar_s);
  const detector = new ClusterDetector(
    ES,
    baseline === "rolling_median" ? { ...settings, baseline: "rolling_median" } : settings,
  );
  const bars: { volume: number; vwap: number; delta: number; end: number }[] = [];
  const clusters: (Signal | DiscardedCluster)[] = [];
  const closeUntil = (time: number) => {
    while (builder.end <= time) {
      const bar = builder.close();
      const cluster = detector.judge(bar);
      detector.add(bar);
      bars.push({
        volume: bar.volume,
        vwap: vwap(bar),
        delta: (bar.buyVolume ?? 0) - (bar.sellVolume ?? 0),
        end: bar.end,
      });
      if (cluster !== undefined) clusters.push(cluster);
      builder.next();
    }
  };
  builder.beginDay(OPEN as Micros, (OPEN + 390 * MICROS_PER_MINUTE) as Micros, OPEN as Micros);
  for (const trade of tapeOf(vector)) {
    closeUntil(trade.time);
    builder.add(trade.price, trade.size, trade.side);
  }
  if (vector.end_s !== null) closeUntil(OPEN + micros(vector.end_s));
  return { bars, clusters };
}

function vwap({ profile, low, high, volume }: ClosedBar): number {
  let weighted = 0;
  for (let price = low as number; price <= high; price++) weighted += price * (profile?.at(price) ?? 0);
  return (weighted / volume) * ES.tickSize;
}

function expectCluster(got: Signal | DiscardedCluster | undefined, want: ExpectedCluster): void {
  if (got === undefined) throw new Error("The cluster is missing");
  expect(got.time).toBe(OPEN + micros(want.t_close_s));
  expect(got.volume).toBe(want.volume);
  close(got.baseline, want.baseline);
  close(got.ratio, want.ratio);
  expect(got.pointOfControl).toBe(ticks(want.poc));
  expect(got.low).toBe(ticks(want.low));
  expect(got.high).toBe(ticks(want.high));
  expect(got.close).toBe(ticks(want.last));
  close(got.modalPosition, want.modal_position);
  expect(got.direction ?? null).toBe(want.direction);
  close(got.strength, want.strength);
  if (want.delta_frac === null) expect(got.deltaFraction).toBeUndefined();
  else close(got.deltaFraction, want.delta_frac);
  expect(got.type === "signal" ? "SIGNAL" : got.reason).toBe(want.status);
}

describe("paper", () => {
  it.each(vectors.paper.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    const { trade, fill, exit } = takeThrough(vector);
    // That a stop-limit was armed is seen in its later fill alone.
    const events = vector.expected.events.filter((event) => event.e !== "TRIGGERED");
    const [wantFill, wantExit] = [events.find(({ e }) => e === "FILL"), events.find(({ e }) => e === "EXIT")];
    expect(trade.state).toBe({ WORKING: "working", DONE: "done" }[vector.expected.state]);
    expect([fill !== undefined, exit !== undefined]).toEqual([wantFill !== undefined, wantExit !== undefined]);
    if (fill !== undefined && wantFill !== undefined) {
      expect(fill.time).toBe(micros(number(wantFill, "t")));
      expect(toPoints(fill.price, ES)).toBe(wantFill.price);
    }
    if (exit === undefined || wantExit === undefined) return;
    const { trip, mae, mfe } = exit;
    const side = vector.order.direction === "BUY" ? 1 : -1;
    expect(trip.exitTime).toBe(micros(number(wantExit, "t")));
    expect(toPoints(trip.exitPrice, ES)).toBe(wantExit.price);
    expect(trip.last.reason).toBe(wantExit.reason);
    expect(toPoints(mae, ES)).toBe(wantExit.mae_points);
    expect(toPoints(mfe, ES)).toBe(wantExit.mfe_points);
    expect(toPoints(side * (trip.exitPrice - trip.entryPrice), ES)).toBe(wantExit.points);
    close((side * (trip.exitPrice - trip.entryPrice)) / trip.entryPrice, number(wantExit, "return_pct"));
    expect(trip.grossPnl).toBe(cents(number(wantExit, "gross")));
    expect(trip.commission).toBe(cents(number(wantExit, "fees")));
    expect(trip.netPnl).toBe(cents(number(wantExit, "net")));
    expect(trip.netPnl > 0 ? 1 : 0).toBe(wantExit.win);
    close(trip.rMultiple, number(wantExit, "R"));
  });
});

/** Takes an order through its prints, and books what comes of it. */
function takeThrough({ order: given, trades, cfg }: PaperCase) {
  const flat = cfg.eod === undefined ? FOREVER : micros(cfg.eod);
  const issued = recommendation({
    instrument: { ...ES, commission: cfg.comm },
    time: micros(given.t0),
    action: given.direction,
    orderType: given.type,
    validity: given.tif,
    quantity: given.qty,
    price: ticks(given.limit),
    trigger: given.trigger === undefined ? undefined : ticks(given.trigger),
    stop: ticks(given.stop),
    target: ticks(given.target),
    flatTime: flat,
  });
  const trade = new PaperTrade(issued, given.qty, {
    slippageTicks: cfg.slip,
    latency: micros(cfg.latency),
    maxHold: 0,
  });
  const account = new Account("paper", cents(15_000));
  let fill: { time: Micros; price: Ticks } | undefined;
  let exit: { trip: RoundTrip; mae: number; mfe: number } | undefined;
  for (const [second, price] of trades) {
    const time = micros(second);
    if (trade.expires <= time) trade.cancel(time, "EXPIRED");
    const report = trade.onTrade(time, ticks(price), { tradable: time < flat, flatTime: flat });
    if (report?.type === "filled") {
      fill = report;
      account.fill(issued, { time: report.time, price: report.price, quantity: given.qty });
    } else if (report?.type === "closed") {
      const position = account.positions.get(issued.id);
      if (position === undefined) throw new Error("Closed without a position");
      const { mae, mfe } = report;
      exit = { trip: account.close(position, { ...report, id: "exit" }), mae, mfe };
    }
  }
  return { trade, fill, exit };
}

describe("equity_metrics", () => {
  const { equity, calendar_days: days, expected: want } = vectors.equity_metrics;
  const got = equityMetrics(equity, days);

  it("gives returns, ratios and drawdowns", () => {
    close(got.totalReturn, number(want, "total_return"));
    close(got.netPnl, number(want, "pnl"));
    allClose(got.dailyReturns, want.daily_returns);
    close(got.meanReturn, number(want, "mean"));
    close(got.deviation, number(want, "sd"));
    close(got.dailySharpe, number(want, "sharpe_daily"));
    close(got.sharpe, number(want, "sharpe"));
    close(got.downsideDeviation, number(want, "downside_dev"));
    close(got.sortino, number(want, "sortino"));
    close(got.maxDrawdown, number(want, "max_drawdown"));
    close(got.maxDrawdownMoney, number(want, "max_drawdown_usd"));
    allClose(got.drawdowns, want.drawdown_series);
    close(got.skewness, number(want, "skew"));
    close(got.kurtosis, number(want, "kurt"));
    close(got.sharpeAboveZero, number(want, "psr0"), QUANTILE);
    close(got.minimumTrackRecord, number(want, "min_trl_95"), QUANTILE);
  });

  it("knows the annual figures by formula, and withholds those of so few days", () => {
    const annual = compoundAnnualReturn(number(want, "total_return"), days);
    close(annual, number(want, "cagr"));
    close((annual ?? 0) / number(want, "max_drawdown"), number(want, "calmar"));
    close(linearAnnualReturn(number(want, "total_return"), days), number(want, "annualised_linear_252"));
    expect(got.annualReturn).toBeUndefined();
    expect(got.calmar).toBeUndefined();
  });
});

describe("trade_metrics", () => {
  const { pnl, R, expected: want } = vectors.trade_metrics;

  it("summarises closed trades", () => {
    const got = tradeMetrics(pnl.map((netPnl, i) => ({ netPnl, rMultiple: R[i] ?? Number.NaN })));
    expect([got.trades, got.wins, got.losses]).toEqual([want.n, want.wins, want.losses]);
    close(got.winRate, number(want, "win_rate"));
    close(got.netPnl, number(want, "total"));
    close(got.expectancy, number(want, "expectancy_usd"));
    close(got.averageWin, number(want, "avg_win"));
    close(got.averageLoss, number(want, "avg_loss"));
    close(got.payoff, number(want, "payoff"));
    close(got.profitFactor, number(want, "profit_factor"));
    close(got.expectancyR, number(want, "expectancy_R"));
    close(got.deviationR, number(want, "sd_R"));
    close(got.systemQuality, number(want, "sqn"));
    expect(got.longestWinningStreak).toBe(want.max_consec_wins);
    expect(got.longestLosingStreak).toBe(want.max_consec_losses);
  });
});

describe("calibration", () => {
  const { p, y, bins, expected: want } = vectors.calibration;

  it("scores forecasts against outcomes", () => {
    const got = calibration(
      p.map((confidence, i) => ({ confidence, win: y[i] === 1 })),
      bins,
    );
    close(got?.brier, number(want, "brier"));
    close(got?.brierOfHalf, number(want, "brier_ref_05"));
    close(got?.brierOfBaseRate, number(want, "brier_ref_base"));
    close(got?.skillAgainstHalf, number(want, "bss_vs_half"));
    close(got?.logLoss, number(want, "log_loss"));
    close(got?.reliability, number(want, "reliability"));
    close(got?.resolution, number(want, "resolution"));
    close(got?.uncertainty, number(want, "uncertainty"));
    close(got?.inTheLarge, number(want, "calibration_in_the_large"));
    close(got?.expectedError, number(want, "ece"));
    close(got?.spiegelhalterZ, number(want, "spiegelhalter_z"));
    expect(got?.table).toHaveLength(want.table.length);
    for (const [i, line] of want.table.entries()) {
      expect(got?.table[i]?.bin).toBe(line.bin);
      expect(got?.table[i]?.forecasts).toBe(line.n);
      close(got?.table[i]?.meanConfidence, number(line, "mean_p"));
      close(got?.table[i]?.winRate, number(line, "freq"));
    }
  });
});

describe("psr_dsr", () => {
  const vector = vectors.psr_dsr;
  const record = recordOf(vector);

  it("gives the probabilistic and the deflated Sharpe ratio and the minimum track record", () => {
    close(probabilisticSharpe(record, 0), number(vector, "psr0"), QUANTILE);
    close(minimumTrackRecord(record, 0, 0.95), number(vector, "min_trl"), QUANTILE);
    close(luckySharpe(number(vector, "n_trials"), number(vector, "var_sr")), number(vector, "sr_star"), QUANTILE);
    close(
      deflatedSharpe(record, number(vector, "n_trials"), number(vector, "var_sr")),
      number(vector, "dsr"),
      QUANTILE,
    );
  });
});

describe("dsr_published_example", () => {
  const vector = vectors.dsr_published_example;

  it("gives the paper's numbers to the four digits that it prints", () => {
    const lucky = luckySharpe(number(vector, "n_trials"), number(vector, "var_sr"));
    const deflated = deflatedSharpe(recordOf(vector), number(vector, "n_trials"), number(vector, "var_sr"));
    close(lucky, number(vector, "sr_star"), QUANTILE);
    close(deflated, number(vector, "dsr"), QUANTILE);
    expect(lucky?.toFixed(4)).toBe(number(vector, "paper_sr_star").toFixed(4));
    expect(deflated?.toFixed(4)).toBe(number(vector, "paper_dsr").toFixed(4));
  });
});

function recordOf(vector: Readonly<Record<string, number>>) {
  return {
    sharpe: number(vector, "sr"),
    returns: number(vector, "T"),
    skewness: number(vector, "skew"),
    kurtosis: number(vector, "kurt"),
  };
}

describe("null_walk", () => {
  const want = vectors.null_walk;

  it("wins as often as a walk without drift must, and loses the costs (3,000 trades, 4 standard errors)", () => {
    const results = Array.from({ length: 3000 }, (_, i) => walk(new Random(1, i)));
    const n = results.length;
    const targets = results.filter(({ reason }) => reason === "target").length / n;
    const chance = number(want, "p_target");
    close(chance, 61 / 185);
    expect(Math.abs(targets - chance)).toBeLessThanOrEqual(4 * Math.sqrt((chance * (1 - chance)) / n));
    const metrics = tradeMetrics(results.map(({ netR }) => ({ netPnl: netR, rMultiple: netR })));
    const error = (metrics.deviationR ?? 0) / Math.sqrt(n);
    expect(Math.abs((metrics.expectancyR ?? 0) - number(want, "mean_R_net"))).toBeLessThanOrEqual(4 * error);
  });
});

/** A resting limit order for one ES: prints at the limit and a tick through it, then steps of a tick until it is closed. */
function walk(random: Random): { readonly reason: string; readonly netR: number } {
  const issued = recommendation({ quantity: 1, time: 0 as Micros, flatTime: FOREVER });
  const trade = new PaperTrade(issued, 1, { slippageTicks: 1, latency: 0, maxHold: 0 });
  const account = new Account("paper", cents(15_000));
  const hours = { tradable: true, flatTime: FOREVER };
  trade.onTrade(0 as Micros, issued.price, hours);
  const fill = trade.onTrade(1 as Micros, issued.price - 1, hours);
  if (fill?.type !== "filled") throw new Error("A print through the limit must fill it");
  expect(fill.price).toBe(issued.price);
  const position = account.fill(issued, { ...fill, quantity: 1 });
  const risked = Math.abs(issued.price - issued.stop) * 12.5 * 100;
  for (let [time, price] = [2, issued.price - 1]; ; time++) {
    price += random.bits() & 1 ? 1 : -1;
    const report = trade.onTrade(time as Micros, price, hours);
    if (report?.type !== "closed") continue;
    const { netPnl } = account.close(position, { ...report, id: "exit" });
    return { reason: report.reason, netR: netPnl / risked };
  }
}

describe("pbo", () => {
  it("splits time in halves, in order, and ranks the best of each half in the other", () => {
    const { returns, S, expected: want } = vectors.pbo;
    const got = backtestOverfitting(returns, S);
    close(got?.probability, want.pbo);
    allClose(got?.logits, want.logits);
  });
});

describe("contracts", () => {
  it.each(Object.entries(vectors.contracts))("%s is %s, and back", (label, symbol) => {
    expect(symbolOf(label)).toBe(symbol);
    expect(labelOf(symbol, OPEN as Micros)).toBe(label);
  });
});

describe("saturday", () => {
  const want = vectors.saturday;
  const facts = funFacts(cents(number(want, "start")), cents(number(want, "end")));
  const total = number(want, "total_return");

  it("turns the profit into lattes and growth", () => {
    close(facts.growth, total);
    expect(facts.netPnl).toBe(cents(number(want, "pnl")));
    expect(facts.lattes).toBe(want.lattes);
  });

  it("annualises by the days it is told", () => {
    close(compoundAnnualReturn(total, 7), number(want, "cagr_7d"));
    close(compoundAnnualReturn(total, 30), number(want, "cagr_30d"));
    close(compoundAnnualReturn(total, 75), number(want, "cagr_75d"));
    close(linearAnnualReturn(total, 44), number(want, "linear252_44"));
  });

  it("finds no whole number of days that gives the 47.2 % of the user's example", () => {
    const days = want.days_giving_47_2pct;
    close(compoundAnnualReturn(total, number(days, "cagr365")), 0.472);
    close(compoundAnnualReturn(total, number(days, "cagr252"), 252), 0.472);
    close(linearAnnualReturn(total, number(days, "linear252")), 0.472);
    close(linearAnnualReturn(total, number(days, "linear365"), 365), 0.472);
  });
});

describe("time_of_day", () => {
  it.each(vectors.time_of_day.map((vector) => [`slot ${vector.slot}, reach ${vector.k}`, vector] as const))(
    "%s",
    (_, vector) => {
      const baseline = new TimeOfDay(vector.k, vector.min_sessions);
      for (const day of vector.history) {
        for (const [slot, volume] of day.entries()) baseline.add(volume, slot);
        baseline.endDay();
      }
      const level = baseline.level(vector.slot);
      if (vector.baseline === null) expect(level).toBeUndefined();
      else close(level === undefined ? undefined : level.sum / level.count, vector.baseline);
    },
  );
});

describe("session", () => {
  const hours = new TradingHours("rth", NO_HOLIDAYS);
  const settings = parseSettings({});

  it.each(Object.entries(vectors.session))("%s", (stamp, want) => {
    const instant = Temporal.Instant.from(stamp);
    const time = (instant.epochMilliseconds * 1000) as Micros;
    const day = hours.dayEndingAfter(time);
    if (day === undefined) throw new Error("No trading day within a month");
    const inDay = day.open <= time;
    const minutesLeft = settings.detector.entryCutoffMinutes * MICROS_PER_MINUTE;
    expect(inDay).toBe(want.in_session);
    expect(inDay ? Math.floor((time - day.open) / MICROS_PER_MINUTE) : null).toBe(want.slot);
    expect(inDay ? phaseAt(time, day) : null).toBe(want.phase);
    expect(inDay && time < day.close - minutesLeft).toBe(want.entry_allowed);
    expect(inDay && flatTime(day, settings) <= time).toBe(want.flat_due);
    if (inDay) expect(want.et.startsWith(day.date)).toBe(true);
  });
});

describe("emergency", () => {
  // One contract whose tick is one cent, so that a price is an equity.
  const instrument = { ...ES, tickSize: 0.01, pointValue: 1, commission: 0 };

  it.each(vectors.emergency.map((vector) => [`${vector.equity} of ${vector.peak}`, vector] as const))(
    "%s",
    (_, vector) => {
      const account = new Account("paper", cents(15_000));
      const issued = recommendation({ instrument, quantity: 1 });
      account.fill(issued, { time: 0 as Micros, price: cents(15_000) as number as Ticks, quantity: 1 });
      for (const equity of [vector.peak, vector.equity]) account.mark(cents(equity), instrument);
      close(account.equity / 100, vector.equity);
      close(account.drawdown, vector.drawdown);
      expect(account.breaches(risk.emergencyStopLossPct)).toBe(vector.halted);
    },
  );
});
