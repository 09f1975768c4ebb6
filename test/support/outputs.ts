import type { DiscardedCluster, Signal } from "../../src/core/detector/cluster.js";
import type { Footprint } from "../../src/core/detector/footprint.js";
import type {
  Amendment,
  Cancel,
  Decision,
  EngineOutput,
  EquityRow,
  Exit,
  Fill,
  GapOutput,
  Halt,
  HaltEnded,
  Imported,
  Kill,
  LimitsOutput,
  Mark,
  PaperOrder,
  PaperReset,
  PartialExit,
  RecordAndBalance,
  Shadow,
  Voiding,
} from "../../src/core/events.js";
import type { RiskLimits } from "../../src/core/guards/looserLimits.js";
import type { Instrument } from "../../src/core/instrument.js";
import type { Recommendation, Refusal } from "../../src/core/sizing/recommendation.js";
import type { Cents, Micros, Ticks } from "../../src/core/units.js";

/** Builders of engine outputs: the workflow's own example, a BUY of 2 ES JUN25 at 6010.75 filled at 6010.50. */

export const ticks = (value: number) => value as Ticks;
export const cents = (value: number) => value as Cents;
export const micros = (value: number) => value as Micros;
/** `at("2025-06-09T18:32:15Z")` */
export const at = (iso: string) => (Date.parse(iso) * 1000) as Micros;

const SECOND = 1_000_000;
/** 14:32:15 in New York. */
export const SIGNAL_TIME = at("2025-06-09T18:32:15Z");
export const after = (seconds: number) => micros(SIGNAL_TIME + seconds * SECOND);

export const ES: Instrument = {
  id: 42,
  symbol: "ESM5",
  label: "ES JUN25",
  root: "ES",
  tickSize: 0.25,
  pointValue: 50,
  sizeUnit: 1,
  commission: 2.5,
  riskPerContract: 1000,
  minStopTicks: 4,
};

export const RECOMMENDATION_ID = "ESM5-20250609T183215Z-BUY";

export function recommendation(changes: Partial<Recommendation> = {}): Recommendation {
  return {
    type: "recommendation",
    id: RECOMMENDATION_ID,
    time: SIGNAL_TIME,
    tradingDay: "2025-06-09",
    account: "paper",
    instrument: ES,
    action: "BUY",
    quantity: 2,
    orderType: "LIMIT",
    validity: "DAY",
    price: ticks(24043),
    trigger: undefined,
    stop: ticks(23981),
    target: ticks(24165),
    signalPrice: ticks(24043),
    confidence: 0.625,
    interval: [0.41, 0.81],
    evidence: 6,
    multiplier: 1.75,
    conservativeMultiplier: 1,
    breakEven: 0.36,
    chanceAboveBreakEven: 0.97,
    context: "BUY|mid|4-6x",
    sizing: {
      riskFraction: 0.01875,
      budget: cents(28_125),
      riskPerContract: cents(101_500),
      base: 1,
      raw: 1,
      cap: 2,
      quantity: 2,
      refusal: undefined,
    },
    riskBudget: cents(28_125),
    riskActual: cents(203_000),
    riskPerContract: cents(101_500),
    volatility: 0.0004,
    ratio: 4.8,
    strength: 0.72,
    lateAfter: after(30),
    expires: at("2025-06-09T20:00:00Z"),
    flatTime: at("2025-06-09T19:59:00Z"),
    ...changes,
  };
}

export function fill(changes: Partial<Fill> = {}): Fill {
  return {
    type: "fill",
    id: `fill:paper:${RECOMMENDATION_ID}`,
    recommendation: RECOMMENDATION_ID,
    account: "paper",
    instrument: ES,
    direction: "BUY",
    time: after(20),
    price: ticks(24042),
    quantity: 2,
    late: false,
    notes: undefined,
    at: after(20),
    ...changes,
  };
}

/** One of three that were filled at 6010.50, at the target of 6041.25: 123 ticks of $12.50 less $5. */
export function partialExit(changes: Partial<PartialExit> = {}): PartialExit {
  return {
    type: "partialExit",
    id: `exit:manual:${RECOMMENDATION_ID}:1@24165:target`,
    recommendation: RECOMMENDATION_ID,
    account: "manual",
    instrument: ES,
    direction: "BUY",
    tradingDay: "2025-06-09",
    time: after(600),
    price: ticks(24165),
    quantity: 1,
    reason: "target",
    reasonChecked: "target",
    entryPrice: 24042,
    filled: 3,
    open: 2,
    grossPnl: cents(153_750),
    commission: cents(500),
    netPnl: cents(153_250),
    balanceBefore: cents(1_500_000),
    balanceAfter: cents(1_653_250),
    notes: undefined,
    at: after(600),
    ...changes,
  };
}

export function exit(changes: Partial<Exit> = {}): Exit {
  return {
    type: "exit",
    id: `exit:paper:${RECOMMENDATION_ID}`,
    recommendation: RECOMMENDATION_ID,
    account: "paper",
    instrument: ES,
    direction: "BUY",
    tradingDay: "2025-06-09",
    time: after(600),
    price: ticks(24103),
    quantity: 2,
    reason: "target",
    reasonChecked: "target",
    entryTime: after(20),
    entryPrice: 24042,
    signalPrice: ticks(24043),
    grossPnl: cents(152_500),
    commission: cents(1_000),
    netPnl: cents(151_500),
    points: 15.25,
    returnFraction: 15.25 / 6010.5,
    rMultiple: 1,
    win: true,
    maePoints: -2.5,
    mfePoints: 15.25,
    balanceBefore: cents(1_500_000),
    balanceAfter: cents(1_651_500),
    context: "BUY|mid|4-6x",
    confidence: 0.625,
    multiplier: 1.75,
    ratio: 4.8,
    strength: 0.72,
    learned: { context: "BUY|mid|4-6x", trades: 7, wins: 5, confidence: 0.65, multiplier: 1.9 },
    notes: undefined,
    at: after(600),
    ...changes,
  };
}

export function equity(changes: Partial<EquityRow> = {}): EquityRow {
  return {
    type: "equity",
    id: "equity:paper:2025-06-09",
    account: "paper",
    time: at("2025-06-09T20:00:00Z"),
    tradingDay: "2025-06-09",
    balance: cents(1_651_500),
    drawdown: 0.0125,
    maxDrawdown: 0.0234,
    peak: 1_672_406.25,
    limitPeak: 1_672_406.25,
    pnlToday: cents(151_500),
    tradesToday: 1,
    at: at("2025-06-09T20:00:00Z"),
    ...changes,
  };
}

export function gap(changes: Partial<GapOutput> = {}): GapOutput {
  const [from, to] = [after(60), after(90)];
  return { type: "gap", id: `gap:${from}:${to}`, from, to, ...changes };
}

export function footprint(changes: Partial<Footprint> = {}): Footprint {
  const bar = { start: micros(SIGNAL_TIME - 60 * SECOND), end: SIGNAL_TIME, low: ticks(24_040), high: ticks(24_046) };
  return {
    type: "footprint",
    id: `footprint:ESM5:${SIGNAL_TIME}:before`,
    signal: SIGNAL_TIME,
    instrument: ES,
    part: "before",
    bars: [
      {
        ...bar,
        close: ticks(24_043),
        volume: 900,
        levels: [
          [ticks(24_040), 500, 320, 180],
          [ticks(24_046), 400, 100, 290],
        ],
      },
    ],
    ...changes,
  };
}

export function mark(changes: Partial<Mark> = {}): Mark {
  return {
    type: "mark",
    id: `mark:manual:ESM5:${after(60)}:0`,
    account: "manual",
    symbol: "ESM5",
    tickSize: 0.25,
    start: after(60),
    time: after(60),
    open: 24_050,
    high: 24_050,
    low: 24_050,
    close: 24_050,
    at: after(60),
    ...changes,
  };
}

export function order(changes: Partial<PaperOrder> = {}): PaperOrder {
  const id = `order:${RECOMMENDATION_ID}`;
  return {
    type: "order",
    id,
    recommendation: RECOMMENDATION_ID,
    account: "paper",
    time: after(0),
    quantity: 1,
    at: after(0),
    ...changes,
  };
}

export function cancel(changes: Partial<Cancel> = {}): Cancel {
  return {
    type: "cancel",
    id: `cancel:paper:${RECOMMENDATION_ID}`,
    recommendation: RECOMMENDATION_ID,
    account: "paper",
    instrument: ES,
    time: after(25),
    reason: "CANCELLED_STALE",
    at: after(26),
    ...changes,
  };
}

export function decision(changes: Partial<Decision> = {}): Decision {
  return {
    type: "decision",
    id: `decision:manual:${RECOMMENDATION_ID}`,
    recommendation: RECOMMENDATION_ID,
    account: "manual",
    time: after(12),
    answer: "not_executed",
    reason: "Missed it",
    at: after(13),
    ...changes,
  };
}

/** A trade of the user's account, closed as in the example. */
export function tradeRecord(changes: Partial<RecordAndBalance> = {}): RecordAndBalance {
  const name = `manual:${RECOMMENDATION_ID}`;
  return {
    state: "CLOSED",
    fills: [{ id: `fill:${name}`, time: after(20), price: ticks(24042), quantity: 2, notes: undefined }],
    exit: { id: `exit:${name}`, time: after(600), price: ticks(24103), reason: "target", notes: undefined },
    notExecuted: undefined,
    netPnl: cents(151_500),
    balance: cents(1_651_500),
    ...changes,
  };
}

export function amendment(changes: Partial<Amendment> = {}): Amendment {
  const before = tradeRecord();
  const exit = before.exit && { ...before.exit, id: "exit:amendment:manual:1", price: ticks(24102) };
  return {
    type: "amendment",
    id: "amendment:manual:1",
    recommendation: RECOMMENDATION_ID,
    account: "manual",
    instrument: ES,
    time: after(1000),
    target: `exit:manual:${RECOMMENDATION_ID}`,
    correction: { price: ticks(24102) },
    why: "Misread the ticket",
    before,
    after: tradeRecord({ exit, netPnl: cents(149_000), balance: cents(1_649_000) }),
    at: after(1001),
    ...changes,
  };
}

export function voiding(changes: Partial<Voiding> = {}): Voiding {
  const nothing = { state: "ISSUED", fills: [], exit: undefined, netPnl: undefined } as const;
  return {
    type: "void",
    id: "void:manual:1",
    recommendation: RECOMMENDATION_ID,
    account: "manual",
    instrument: ES,
    time: after(1100),
    why: "It was the other account",
    before: tradeRecord(),
    after: tradeRecord({ ...nothing, balance: cents(1_500_000) }),
    at: after(1101),
    ...changes,
  };
}

export function halt(changes: Partial<Halt> = {}): Halt {
  const id = "halt:paper:1";
  return {
    type: "halt",
    id,
    account: "paper",
    time: after(700),
    equity: 1_425_000,
    peak: 1_500_000.5,
    at: after(700),
    ...changes,
  };
}

export function haltEnded(changes: Partial<HaltEnded> = {}): HaltEnded {
  const id = "haltEnded:paper:1";
  return {
    type: "haltEnded",
    id,
    account: "paper",
    time: after(900),
    reason: "Checked the feed",
    at: after(901),
    ...changes,
  };
}

export function kill(changes: Partial<Kill> = {}): Kill {
  return { type: "kill", id: "kill:1", time: after(950), reason: "The news", at: after(950), ...changes };
}

const LIMITS: RiskLimits = {
  maxRiskPerTrade: 0.02,
  maxPositionSize: 3,
  maxDailyTrades: 10,
  maxConsecutiveLosses: 3,
  maxDailyLossPct: 0,
  emergencyStopLossPct: 0.05,
  hardRiskCap: 0.1,
  riskPerContractUsd: 1000,
  enforceRiskBudget: false,
};

export function paperReset(changes: Partial<PaperReset> = {}): PaperReset {
  return {
    type: "paperReset",
    id: "paperReset:1",
    account: "paper",
    time: after(955),
    reason: "A new month",
    startBalance: cents(1_500_000),
    before: { balance: cents(1_651_500), closedTrades: 1, wins: 1, maxDrawdown: 0.0234, abandoned: 0 },
    at: after(955),
    ...changes,
  };
}

export function imported(changes: Partial<Imported> = {}): Imported {
  return {
    type: "imported",
    id: "imported:1",
    source: "paper_trades",
    time: at("2025-06-08T18:32:15Z"),
    contract: "ESM5",
    direction: "SHORT",
    quantity: 2,
    entryPrice: 6010.5,
    exitPrice: 6000.5,
    returnFraction: 10 / 6010.5,
    win: true,
    netPnl: cents(97_625),
    balance: undefined,
    simulated: true,
    remarks: ["CONTRACT_YEAR"],
    row: { contract: "ESM6", notes: null, quantity: 2 },
    at: after(956),
    ...changes,
  };
}

export function limits(changes: Partial<LimitsOutput> = {}): LimitsOutput {
  return {
    type: "limits",
    id: "limits:1",
    time: after(960),
    limits: LIMITS,
    before: { ...LIMITS, maxDailyTrades: 8 },
    from: "2025-06-10",
    at: after(960),
    ...changes,
  };
}

export function signal(changes: Partial<Signal> = {}): Signal {
  return {
    type: "signal",
    time: SIGNAL_TIME,
    instrument: ES,
    direction: "BUY",
    ratio: 4.8,
    volume: 4800,
    baseline: 1000,
    pointOfControl: ticks(24041),
    low: ticks(24040),
    high: ticks(24060),
    close: ticks(24043),
    modalPosition: 0.05,
    deltaFraction: undefined,
    strength: 0.72,
    directions: { modal: "BUY", delta: undefined, absorption: undefined, modal_and_delta: undefined },
    basis: "poc",
    partial: false,
    robustZ: undefined,
    ...changes,
  };
}

export function discarded(changes: Partial<DiscardedCluster> = {}): DiscardedCluster {
  return { ...signal(), type: "cluster", direction: undefined, reason: "NO_DIRECTION", ...changes };
}

export function refusal(changes: Partial<Refusal> = {}): Refusal {
  return { type: "refusal", time: SIGNAL_TIME, instrument: ES, direction: "BUY", reason: "CUTOFF", ...changes };
}

export function shadow(changes: Partial<Shadow> = {}): Shadow {
  return {
    type: "shadow",
    id: `shadow:${RECOMMENDATION_ID}`,
    recommendation: RECOMMENDATION_ID,
    instrument: ES,
    entryTime: after(20),
    entryPrice: ticks(24042),
    time: after(600),
    price: ticks(24165),
    reason: "target",
    netPnl: cents(151_500),
    rMultiple: 2,
    maePoints: -2.5,
    mfePoints: 30.5,
    ...changes,
  };
}

/** One of each kind that lasts, in the order in which a day would bring them. */
export function oneOfEach(): readonly EngineOutput[] {
  const earlier = micros(SIGNAL_TIME - 60 * SECOND);
  return [
    imported({ at: earlier }),
    paperReset({ time: earlier, at: earlier }),
    discarded({ time: earlier }),
    signal(),
    refusal({ time: earlier }),
    recommendation(),
    order(),
    decision(),
    fill(),
    partialExit(),
    cancel(),
    exit(),
    amendment(),
    voiding(),
    shadow(),
    halt(),
    haltEnded(),
    kill(),
    limits(),
    mark(),
    gap(),
    equity(),
    footprint(),
  ];
}

/** A closed trade of the paper account and what came before it; `number` keeps trades apart. */
export function paperTrade(number: number, changes: Partial<Exit> = {}): readonly EngineOutput[] {
  const time = micros(SIGNAL_TIME + number * 3600 * SECOND);
  const id = `ESM5-trade-${number}-BUY`;
  const later = (seconds: number) => micros(time + seconds * SECOND);
  return [
    recommendation({ id, time }),
    fill({ id: `fill:paper:${id}`, recommendation: id, time: later(20), at: later(20) }),
    exit({
      id: `exit:paper:${id}`,
      recommendation: id,
      entryTime: later(20),
      time: later(600),
      at: later(600),
      ...changes,
    }),
  ];
}
