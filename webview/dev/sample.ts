import { t } from "@vscode/l10n";
import type {
  ContextRow,
  DashboardAccount,
  DashboardPosition,
  DashboardRecommendation,
  DashboardState,
  EquityPoint,
  TradeRow,
  Verdict,
} from "../../src/core/protocol.js";
import type { AccountName } from "../../src/core/sizing/recommendation.js";

/** Sample data for looking at the panel outside VS Code: a seeded coin flip, no market and no result of anyone. */
export const SAMPLES = [
  "buy",
  "short",
  "wait",
  "overnight",
  "idle",
  "stopped",
  "starting",
  "stopping",
  "stale",
  "late",
  "first",
  "few",
  "losses",
  "empty",
  "long",
  "large",
  "discreet",
] as const;

/** The name of a sample. */
export type SampleName = (typeof SAMPLES)[number];

const SEED = 7;
const START_BALANCE = 15_000;
const RISK = 130;
/** Of a contract, both ways. */
const COSTS = 5;
const CONTRACT = "MES SEP25";
const TICK_VALUE = 1.25;
const BREAK_EVEN = (RISK + COSTS) / (3 * RISK);
/** Monday 2025-06-02, 11:00 in New York. */
const FIRST_EXIT = 1_748_876_400;
const SECONDS_PER_DAY = 86_400;
const SECONDS_BETWEEN_EXITS = 1_080;
/** Over so many trading days the trades are spread, two of which nobody saw: the fifth week begins late. */
const TRADING_DAYS = 140;
const UNSEEN = { after: 20, days: 2 };
const TIME_ZONE = "America/New_York";
const CONTEXTS = ["BUY", "SHORT"].flatMap((action) =>
  ["open", "mid", "close"].flatMap((phase) => ["4-6x", "6x+"].map((volume) => `${action}|${phase}|${volume}`)),
);

/**
 * A state of the panel to look at.
 *
 * @param now wall clock, seconds since the epoch: the countdown starts from it
 */
export function sampleState(name: SampleName, now: number): DashboardState {
  const paper = walk({ name: "paper", seed: SEED, trades: 420, winChance: 0.46 });
  const manual = walk({ name: "manual", seed: SEED + 1, trades: 24, winChance: 0.5 });
  const running: DashboardState = {
    instrument: CONTRACT,
    mode: "demo",
    phase: "running",
    status: t("Watching {0}, the last bar had {1} times its usual volume", CONTRACT, 1.8),
    simulated: true,
    timeZone: TIME_ZONE,
    // 16:00 in New York, of the day of the walls' clock.
    trust: { closesAt: Math.floor(now / SECONDS_PER_DAY) * SECONDS_PER_DAY + 21 * 3_600, fallen: 0.012, haltsAt: 0.05 },
    accounts: [paper, manual],
    selected: "paper",
    recommendation: undefined,
    unanswered: 0,
    open: [],
  };
  switch (name) {
    case "buy":
      return { ...running, recommendation: sampleCall("BUY", now + 24), open: [position("manual", "SHORT", now)] };
    case "short":
      return { ...running, mode: "replay", simulated: false, recommendation: sampleCall("SHORT", now + 9) };
    case "late":
      return {
        ...running,
        mode: "live",
        simulated: false,
        trust: { ...running.trust, lastTradeAt: Math.floor(now) - 3 },
        recommendation: sampleCall("BUY", now - 42),
      };
    case "wait":
      return { ...running, open: [position("paper", "BUY", now), position("manual", "SHORT", now)] };
    case "overnight":
      return { ...running, mode: "replay", simulated: false, unanswered: 3 };
    case "idle":
      return {
        ...running,
        mode: "idle",
        phase: "idle",
        trust: undefined,
        simulated: false,
        status: t("Stopped: no signal comes until you start"),
      };
    case "stopped":
      return {
        ...running,
        mode: "idle",
        phase: "idle",
        trust: undefined,
        status: t("Stopped: no signal comes until you start"),
        recommendation: sampleCall("SHORT", 0),
        unanswered: 1,
      };
    case "starting":
      return {
        ...running,
        instrument: "",
        phase: "starting",
        trust: undefined,
        mode: "idle",
        status: t("Simulated day {0} of {1}", 12, 60),
        accounts: [],
      };
    case "stopping":
      return { ...running, phase: "stopping", trust: undefined, mode: "idle", status: t("Stopping") };
    case "stale":
      return {
        ...running,
        mode: "live",
        simulated: false,
        status: t("No data come from the live feed: no call until they do"),
        noCall: { lastHeardAt: Math.floor(now) - 14 },
        unanswered: 1,
      };
    case "few":
      return { ...running, accounts: [manual], selected: "manual" };
    case "large":
      return { ...running, accounts: [enlarged(paper), enlarged(manual)], open: [position("manual", "BUY", now)] };
    case "discreet":
      return {
        ...running,
        recommendation: { ...sampleCall("BUY", now + 24), unit: "R", riskBudget: 1, riskActual: 0.9 },
        accounts: [inR(paper), inR(manual)],
      };
    case "first":
      return { ...running, accounts: [walk({ name: "paper", seed: SEED, trades: 1, winChance: 1 })] };
    case "losses":
      return {
        ...running,
        status: t('Halted: no signal is taken until "Volume Cluster: Reset Emergency Stop"'),
        accounts: [{ ...walk({ name: "paper", seed: 3, trades: 9, winChance: 0 }), halted: true }],
      };
    case "empty":
      return { ...running, instrument: "", accounts: [walk({ name: "paper", seed: 1, trades: 0, winChance: 0 })] };
    case "long":
      return { ...running, accounts: [walk({ name: "paper", seed: SEED, trades: 2_000, winChance: 0.4 })] };
    default:
      return name satisfies never;
  }
}

/** The closed trades of a sample, one for each point of its curves, oldest first. */
export function sampleTrades(state: DashboardState): readonly TradeRow[] {
  const rows = state.accounts.flatMap((account) =>
    account.equity.map((point, index) => {
      const dollars = account.unit === "R" ? RISK : 1;
      const netPnl =
        Math.round(100 * dollars * (point.balance - (account.equity[index - 1]?.balance ?? account.startBalance))) /
        100;
      const context = contextOf(index);
      const action = context.startsWith("BUY") ? ("BUY" as const) : ("SHORT" as const);
      const riskedMore = Math.max(1, account.startBalance / START_BALANCE);
      // Of two contracts, closed one by one.
      const isInParts = account.name === "manual" && index % 8 === 7;
      const quantity = isInParts ? 2 : 1;
      const gross = netPnl / riskedMore + COSTS * quantity;
      const ticks = Math.round(gross / TICK_VALUE / quantity);
      const entry = 6_000 + (index % 97);
      const exit = entry + ((action === "BUY" ? 1 : -1) * ticks) / 4;
      return {
        id: `exit:${account.name}:${index}`,
        recommendation: `ESU5-${index}`,
        account: account.name,
        time: point.time,
        contract: CONTRACT,
        action,
        quantity: riskedMore * quantity,
        entry: entry.toFixed(2),
        exit: exit.toFixed(2),
        ...(isInParts && { exits: [-0.5, 0.5].map((away) => `${riskedMore} @ ${(exit + away).toFixed(2)}`) }),
        reason: netPnl > 0 ? "target" : "stop",
        ticks,
        ...(index % 11 > 0 && {
          maeTicks: Math.min(0, ticks) - (index % 7),
          mfeTicks: Math.max(0, ticks) + (index % 5),
        }),
        rMultiple: gross / RISK,
        netPnl,
        context,
        notes: "",
        unverified: false,
      };
    }),
  );
  return rows.toSorted((a, b) => a.time - b.time);
}

function sampleCall(action: "BUY" | "SHORT", lateAt: number): DashboardRecommendation {
  const sign = action === "BUY" ? 1 : -1;
  return {
    id: `ESU5-20250609T183200Z-${action}`,
    time: Math.max(lateAt - 30, FIRST_EXIT),
    contract: CONTRACT,
    action,
    quantity: 2,
    orderType: "LIMIT",
    price: "6027.25",
    stop: (6027.25 - sign * 15.5).toFixed(2),
    target: (6027.25 + sign * 31).toFixed(2),
    confidence: 0.57,
    interval: [0.47, 0.67],
    breakEven: BREAK_EVEN,
    evidence: 64,
    multiplier: 1.42,
    context: `${action}|open|4-6x`,
    riskBudget: 225,
    riskActual: 200,
    lateAt,
  };
}

function position(account: AccountName, action: "BUY" | "SHORT", now: number): DashboardPosition {
  return {
    recommendation: `ESU5-20250609T143100Z-${account}`,
    account,
    contract: CONTRACT,
    action,
    held: action === "BUY" ? "LONG 1" : "SHORT 1",
    entry: "6021.50",
    stop: action === "BUY" ? "6006.00" : "6037.00",
    target: action === "BUY" ? "6052.50" : "5990.50",
    since: now - 1_260,
  };
}

interface Walk {
  readonly name: AccountName;
  readonly seed: number;
  readonly trades: number;
  readonly winChance: number;
}

/** One account after so many flips, each in a context of its own luck: a win pays twice what a loss costs. */
function walk({ name, seed, trades, winChance }: Walk): DashboardAccount {
  const random = mulberry32(seed);
  const contexts = CONTEXTS.map((context) => ({ context, luck: 0.6 + 0.9 * random(), trades: 0, wins: 0 }));
  const equity: EquityPoint[] = [];
  let balance = START_BALANCE;
  let peak = balance;
  let worst = 0;
  for (let trade = 0; trade < trades; trade++) {
    const context = contexts.find((each) => each.context === contextOf(trade));
    if (context === undefined) break;
    const won = random() < winChance * context.luck;
    context.trades++;
    context.wins += won ? 1 : 0;
    balance += (won ? 2 : -1) * RISK - COSTS;
    peak = Math.max(peak, balance);
    const drawdown = (peak - balance) / peak;
    worst = Math.max(worst, drawdown);
    equity.push({ time: timeOf(trade, Math.ceil(trades / TRADING_DAYS)), balance, drawdown });
  }
  const wins = contexts.reduce((sum, context) => sum + context.wins, 0);
  return {
    name,
    startBalance: START_BALANCE,
    balance,
    totalReturn: balance / START_BALANCE - 1,
    drawdown: equity.at(-1)?.drawdown ?? 0,
    maxDrawdown: worst,
    halted: false,
    trades,
    wins,
    winRateInterval: interval(wins, trades),
    expectancy: trades === 0 ? undefined : (balance - START_BALANCE) / trades,
    expectancyR: trades === 0 ? undefined : ((balance - START_BALANCE) / trades + COSTS) / RISK,
    netPnl: balance - START_BALANCE,
    equity,
    contexts: contexts.filter((row) => row.trades > 0).map((row) => contextRow(row.context, row.trades, row.wins)),
  };
}

/** Of a trade by its number: some contexts are common and others rare. */
function contextOf(trade: number): string {
  return CONTEXTS[Math.floor(mulberry32(trade)() ** 2 * CONTEXTS.length)] ?? "";
}

/** When a trade was closed: in trading hours of a weekday. */
function timeOf(trade: number, ofADay: number): number {
  const seen = Math.floor(trade / ofADay);
  const day = seen < UNSEEN.after ? seen : seen + UNSEEN.days;
  const date = 7 * Math.floor(day / 5) + (day % 5);
  return FIRST_EXIT + date * SECONDS_PER_DAY + (trade % ofADay) * SECONDS_BETWEEN_EXITS;
}

/** A hundred times the money. */
function enlarged(account: DashboardAccount): DashboardAccount {
  const times = (amount: number) => 100 * amount;
  return {
    ...account,
    startBalance: times(account.startBalance),
    balance: times(account.balance),
    netPnl: times(account.netPnl),
    expectancy: account.expectancy === undefined ? undefined : times(account.expectancy),
    equity: account.equity.map((point) => ({ ...point, balance: times(point.balance) })),
    contexts: account.contexts.map((row) => ({ ...row, trades: times(row.trades), wins: times(row.wins) })),
  };
}

/** What the host sends where money is counted in R. */
function inR(account: DashboardAccount): DashboardAccount {
  const r = (balance: number) => (balance - START_BALANCE) / RISK;
  return {
    ...account,
    unit: "R",
    startBalance: 0,
    balance: r(account.balance),
    netPnl: r(account.balance),
    equity: account.equity.map((point) => ({ ...point, balance: r(point.balance) })),
  };
}

function contextRow(context: string, trades: number, wins: number): ContextRow {
  const posterior = (wins + 5) / (trades + 10);
  const posteriorInterval = interval(wins + 5, trades + 10);
  return {
    context,
    verdict: verdict(trades, posteriorInterval),
    trades,
    wins,
    winRateInterval: interval(wins, trades),
    meanR: (3 * wins) / trades - 1,
    breakEven: BREAK_EVEN,
    posterior,
    posteriorInterval,
    multiplier: Math.min(3, Math.max(1, 1 + (posterior - 0.5) * 6)),
  };
}

function verdict(trades: number, [low, high]: readonly [low: number, high: number]): Verdict {
  if (trades < 30) return "Too few";
  if (low > 0.5) return "Edge";
  return high < BREAK_EVEN ? "Avoid" : "Unproven";
}

/** The 90 % interval of Wilson (1927), near enough to the real one for a picture. */
export function interval(wins: number, trades: number): readonly [low: number, high: number] {
  if (trades === 0) return [0.05, 0.95];
  const z = 1.645;
  const rate = wins / trades;
  const middle = (rate + (z * z) / (2 * trades)) / (1 + (z * z) / trades);
  const half = (z / (1 + (z * z) / trades)) * Math.sqrt((rate * (1 - rate)) / trades + (z * z) / (4 * trades * trades));
  return [middle - half, middle + half];
}

/** A small random number generator in [0, 1): the same numbers for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
