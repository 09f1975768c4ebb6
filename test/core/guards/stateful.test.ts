import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../src/app/settings.js";
import { Engine } from "../../../src/core/engine.js";
import type { AccountEvent, EngineEvent, EngineOutput } from "../../../src/core/events.js";
import { effectiveRisk, limitsOf, type RiskLimits } from "../../../src/core/guards/looserLimits.js";
import { NO_HOLIDAYS } from "../../../src/core/session.js";
import type { AccountName, Recommendation } from "../../../src/core/sizing/recommendation.js";
import type { Micros, Ticks } from "../../../src/core/units.js";
import { batchOf, eventsOf, randomTape, TAPE_HOURS } from "../../support/tape.js";

/** Loose detection, so that signals are frequent, and limits that a day reaches. */
const SETTINGS = parseSettings({
  "contract.session": TAPE_HOURS,
  "detector.volumeThreshold": 2.5,
  "detector.baselineBars": 5,
  "detector.minSignalStrength": 0.2,
  "detector.cooldownMinutes": 0,
  "detector.rankWindowHours": 0,
  "order.stopSigmaMult": 0.05,
  "risk.maxDailyTrades": 3,
  "risk.maxConsecutiveLosses": 100,
  "risk.maxPositionSize": 2,
  "risk.emergencyStopLossPct": 0.004,
  "paper.startBalance": 200_000,
});
const LIMITS = limitsOf(SETTINGS.risk);

/** What a user may do at any moment; `of` says on which of the recommendations so far. */
type Deed =
  | { readonly kind: "kill" }
  | { readonly kind: "reset"; readonly account: AccountName }
  | { readonly kind: "fill" | "exit"; readonly of: number; readonly away: number; readonly quantity: number }
  | { readonly kind: "limits"; readonly limits: RiskLimits };

const answer = fc.record({
  kind: fc.constantFrom("fill" as const, "exit" as const),
  of: fc.nat(1),
  away: fc.integer({ min: -12, max: 12 }),
  quantity: fc.integer({ min: 1, max: 2 }),
});
const change = fc.record({
  maxDailyTrades: fc.integer({ min: 1, max: 6 }),
  maxPositionSize: fc.integer({ min: 1, max: 3 }),
});
const account = fc.constantFrom("manual" as const, "paper" as const);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 12, arbitrary: answer },
  { weight: 1, arbitrary: fc.constant({ kind: "kill" } as const) },
  { weight: 3, arbitrary: account.map((name) => ({ kind: "reset", account: name }) as const) },
  { weight: 1, arbitrary: change.map((wanted) => ({ kind: "limits", limits: { ...LIMITS, ...wanted } }) as const) },
);
const LOOSEST: RiskLimits = { ...LIMITS, maxDailyTrades: 6, maxPositionSize: 3 };
const script = fc.array(fc.tuple(fc.nat(1700), deed), { maxLength: 60 });

function eventOf(done: Deed, id: string, time: Micros, issued: readonly Recommendation[]): AccountEvent | undefined {
  const stamp = { type: "account", id, time } as const;
  if (done.kind === "kill") return { ...stamp, kind: "kill", reason: "Stop" };
  if (done.kind === "reset") return { ...stamp, kind: "reset", account: done.account, reason: "Go on" };
  if (done.kind === "limits") return { ...stamp, kind: "limits", limits: done.limits };
  const recommendation = issued.at(-1 - done.of);
  if (recommendation === undefined) return undefined;
  const price = (recommendation.price + done.away) as Ticks;
  const booked = { ...stamp, account: "manual", recommendation: recommendation.id, price } as const;
  return done.kind === "fill"
    ? { ...booked, kind: "fill", quantity: done.quantity }
    : { ...booked, kind: "exit", reason: "manual" };
}

/** A model of one account, told what left the engine and never how it came about. */
class Model {
  readonly name: AccountName;
  halted = false;
  fillsToday = 0;
  limitPeak = 0;

  constructor(name: AccountName, balance: number) {
    this.name = name;
    this.limitPeak = balance;
  }

  hear(output: EngineOutput, equity: number): void {
    if (output.type === "kill") this.halted = true;
    if (!("account" in output) || output.account !== this.name) return;
    if (output.type === "halt") this.halted = true;
    if (output.type === "fill") this.fillsToday++;
    if (output.type === "equity" && output.tradingDay !== undefined) this.fillsToday = 0;
    if (output.type !== "haltEnded") return;
    this.halted = false;
    this.limitPeak = equity;
  }

  check(output: EngineOutput, limits: RiskLimits): void {
    if (!("account" in output) || output.account !== this.name) return;
    if (output.type === "recommendation") {
      expect(this.halted).toBe(false);
      expect(this.fillsToday).toBeLessThan(limits.maxDailyTrades);
      expect(output.quantity).toBeLessThanOrEqual(limits.maxPositionSize);
    }
    if (output.type === "fill" && output.account === "paper") expect(this.halted).toBe(false);
  }

  mark(equity: number, halted: boolean): void {
    expect(halted).toBe(this.halted);
    this.limitPeak = Math.max(this.limitPeak, equity);
    if ((this.limitPeak - equity) / this.limitPeak >= LIMITS.emergencyStopLossPct) expect(halted).toBe(true);
  }
}

/** Plays a tape and a user, and checks every output. Returns how often a guard had to act. */
function play(leading: AccountName, seed: number, deeds: readonly (readonly [number, Deed])[]) {
  const { trades, end } = randomTape(seed, 2);
  const engine = new Engine(SETTINGS, { leading, paperTrades: true, haltEndsWithSession: false }, NO_HOLIDAYS);
  const models = [new Model("manual", 20_000_000), new Model("paper", 20_000_000)];
  const issued: Recommendation[] = [];
  const reached = { limit: 0, halts: 0, kills: 0 };
  let limits = LIMITS;
  const tell = (event: EngineEvent) => {
    for (const output of engine.process(event)) {
      const equities = new Map(engine.view().accounts.map(({ name, equity }) => [name, equity]));
      for (const model of models) {
        model.check(output, limits);
        model.hear(output, equities.get(model.name) ?? model.limitPeak);
      }
      if (output.type === "recommendation") issued.push(output);
      if (output.type === "refusal" && output.reason === "DAILY_LIMIT") reached.limit++;
      if (output.type === "halt") reached.halts++;
      if (output.type === "kill") reached.kills++;
      if (output.type === "limits") limits = effectiveRisk(limits, output.limits);
      // On a new day looser limits may hold.
      if (output.type === "equity" && output.tradingDay !== undefined) limits = LOOSEST;
    }
  };
  const [contract, , clock] = eventsOf(trades, end);
  tell(contract as EngineEvent);
  trades.forEach((trade, index) => {
    tell(batchOf([trade]));
    for (const [at, [moment, done]] of deeds.entries()) {
      const event = moment === index ? eventOf(done, `${at}`, trade.time as Micros, issued) : undefined;
      if (event !== undefined) tell(event);
    }
    if (index % 20 !== 0) return;
    for (const { name, equity, halted } of engine.view().accounts) {
      models.find((model) => model.name === name)?.mark(equity, halted);
    }
  });
  tell(clock as EngineEvent);
  return reached;
}

describe.each(["paper", "manual"] as const)("whatever a user does, led by the %s account", (leading) => {
  it("R5, R6 and R7 are never broken", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), script, (seed, deeds) => void play(leading, seed, deeds)),
      { numRuns: 10 },
    );
  });

  it("they are put to the test: without that the property would say nothing", () => {
    const all = fc.sample(script, { seed: 1, numRuns: 8 }).map((deeds, seed) => play(leading, seed, deeds));
    expect(all.some(({ limit }) => limit > 0)).toBe(true);
    expect(all.some(({ halts }) => halts > 0)).toBe(true);
    expect(all.some(({ kills }) => kills > 0)).toBe(true);
  });
});
