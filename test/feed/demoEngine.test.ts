import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineOutput, Exit } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { type DemoOptions, demoFeed } from "../../src/feed/demo.js";
import { DemoPace } from "../../src/feed/demoPace.js";
import { VirtualClock } from "../support/demoClock.js";

function engine(settings: Record<string, unknown>): Engine {
  return new Engine(
    parseSettings(settings),
    { leading: "paper", paperTrades: true, haltEndsWithSession: true },
    NO_HOLIDAYS,
  );
}

async function* outputsOf(subject: Engine, options: DemoOptions): AsyncGenerator<EngineOutput> {
  const stop = new AbortController();
  try {
    for await (const events of demoFeed({ instrument: "ES", ...options }).events(stop.signal)) {
      for (const event of events) yield* subject.process(event);
    }
  } finally {
    stop.abort();
  }
}

/** An account that no limit stops, and a signal at every minute whose modal price lies at its edge. */
const UNLIMITED = {
  "paper.startBalance": 100_000_000,
  "risk.maxPositionSize": 1,
  "risk.maxDailyTrades": 100,
  "risk.maxConsecutiveLosses": 1000,
  "risk.emergencyStopLossPct": 1,
  "detector.volumeThreshold": 1,
  "detector.minSignalStrength": 0,
  "detector.cooldownMinutes": 0,
  "detector.rankWindowHours": 0,
};

/** Closed trades of `days` days, and the engine that made them. */
async function trade(seed: number, days: number, settings: Record<string, unknown>) {
  const subject = engine({ ...UNLIMITED, ...settings });
  const exits: Exit[] = [];
  for await (const output of outputsOf(subject, { seed, days })) if (output.type === "exit") exits.push(output);
  return { exits, view: subject.view() };
}

function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

describe("the engine on the demo market", () => {
  it("recommends within 60 s of real time, from 200 seeds and first days", async () => {
    const waits: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const clock = new VirtualClock();
      const options = { seed, firstDay: seed % 70, pace: new DemoPace({ clock }) };
      for await (const output of outputsOf(engine({}), options)) {
        if (output.type !== "recommendation") continue;
        // It is born on the microsecond, so its 30 seconds have just begun.
        expect(output.lateAfter - output.time).toBe(30e6);
        waits.push(clock.milliseconds);
        break;
      }
    }
    expect(waits).toHaveLength(200);
    expect(Math.max(...waits)).toBeLessThan(60_000);
  });

  it("recommends about twice a day and is silent on no two days in a row, for an account that can bear its losses", async () => {
    const days = new Map<string, number>();
    const subject = engine({ "paper.startBalance": 100_000 });
    for await (const output of outputsOf(subject, { seed: 1, days: 60 })) {
      if (output.type === "equity" && output.tradingDay !== undefined) {
        days.set(output.tradingDay, days.get(output.tradingDay) ?? 0);
      }
      if (output.type === "recommendation") days.set(output.tradingDay, (days.get(output.tradingDay) ?? 0) + 1);
    }
    const counts = [...days.values()];
    expect(counts).toHaveLength(60);
    const mean = counts.reduce((sum, count) => sum + count, 0) / 60;
    expect(mean).toBeGreaterThan(1.5);
    expect(mean).toBeLessThan(4);
    expect(counts.some((count, i) => count === 0 && counts[i + 1] === 0)).toBe(false);
  });
});

// Every fill and every exit is one tick worse than its print, and the print's price is a martingale: whatever rule ends a
// trade, two ticks of 12.50 and two commissions of 2.50 are lost in the mean.
const COSTS = 30;

describe("the null law: what a driftless walk gives, the engine gets", () => {
  it("reaches a target of 32 ticks before a stop of 16 in 15 of 49 cases, pays its costs and learns no multiplier, over 2,000 trades", async () => {
    const { exits, view } = await trade(22, 160, { "order.stopSigmaMult": 0 });
    const ended = exits.filter(({ reason }) => reason === "target" || reason === "stop");
    expect(ended.length).toBeGreaterThan(2000);
    expect(ended.length / exits.length).toBeGreaterThan(0.99);
    // A limit fills one tick through: 15 ticks from there to the stop, 34 to the print through the target.
    const law = 15 / 49;
    const share = ended.filter(({ reason }) => reason === "target").length / ended.length;
    expect(Math.abs(share - law)).toBeLessThan(4 * Math.sqrt((law * (1 - law)) / ended.length));
    const { mean, error } = meanAndError(exits.map(({ netPnl }) => netPnl / 100));
    expect(Math.abs(mean + COSTS)).toBeLessThan(4 * error);
    const proven = view.contexts.filter(({ account, trades }) => account === "paper" && trades >= 100);
    expect(proven.length).toBeGreaterThan(3);
    expect(proven.map(({ multiplier }) => multiplier)).toEqual(proven.map(() => 1));
  });

  it("pays its costs and nothing else with the default bracket, over 300 trades", async () => {
    const { exits } = await trade(21, 120, {});
    expect(exits.length).toBeGreaterThan(300);
    const { mean, error } = meanAndError(exits.map(({ netPnl }) => netPnl / 100));
    expect(Math.abs(mean + COSTS)).toBeLessThan(4 * error);
  });
});
