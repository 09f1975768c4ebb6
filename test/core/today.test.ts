import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineEvent, EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { recommendation, after as signalPlus, ticks } from "../support/outputs.js";

const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
const DAY = 86_400;
const HOUR = 3600;

const engineOf = () => new Engine(parseSettings({}), LIVE, NO_HOLIDAYS);
const run = (engine: Engine, events: readonly EngineEvent[]) => events.flatMap((event) => [...engine.process(event)]);

/** One contract bought at 24043 and sold at 24060, `day` days after a Monday's 14:32: 17 x $12.50 less $5 = $207.50. */
function trade(day: number, exitSecond = 600, id = `ESM5-${day}-BUY`): AccountEvent[] {
  const issued = recommendation({ id, time: signalPlus(day * DAY), account: "manual", quantity: 1 });
  const of = { type: "account", account: "manual", recommendation: id } as const;
  const [filled, left] = [signalPlus(day * DAY + 30), signalPlus(day * DAY + exitSecond)];
  return [
    { type: "account", account: "manual", kind: "recommendation", id: `issued ${id}`, recommendation: issued },
    { ...of, kind: "fill", id: `fill ${id}`, time: filled, price: ticks(24_043), quantity: 1 },
    { ...of, kind: "exit", id: `exit ${id}`, time: left, price: ticks(24_060), reason: "manual" },
  ];
}

const today = (outputs: readonly EngineOutput[]) =>
  outputs.flatMap((row) => (row.type === "equity" ? [`${row.pnlToday} of ${row.tradesToday}`] : []));

describe("Today, in an equity row without a feed,", () => {
  it("is the trading day of what was recorded, not the account's whole life", () => {
    const engine = engineOf();
    expect(
      today(
        run(
          engine,
          [0, 1, 2, 3].flatMap((day) => trade(day)),
        ),
      ),
    ).toEqual(Array(4).fill("20750 of 1"));
  });

  it("holds all that was recorded of the same trading day", () => {
    const engine = engineOf();
    expect(today(run(engine, [...trade(0), ...trade(1), ...trade(1, 900, "again")])).at(-1)).toBe("41500 of 2");
  });

  it("lasts over its evening and the weekend until the next one begins", () => {
    // The exit is told at 02:32 in New York, the open of the next day is at 09:30: still the day of the fill.
    expect(today(run(engineOf(), trade(0, 12 * HOUR)))).toEqual(["20750 of 1"]);
    // Friday's trade, closed on Sunday.
    expect(today(run(engineOf(), [...trade(3), ...trade(4, 2 * DAY)])).at(-1)).toBe("20750 of 1");
  });

  it("begins with the exit where that comes on a later day: the fill was no trade of today", () => {
    expect(today(run(engineOf(), [...trade(0), ...trade(1, DAY)])).at(-1)).toBe("20750 of 0");
  });

  it("is that of a correction, too", () => {
    const engine = engineOf();
    const why = "Misread";
    const correction = { price: ticks(24_061) };
    const about = {
      type: "account",
      account: "manual",
      recommendation: "ESM5-1-BUY",
      target: "exit:manual:ESM5-1-BUY",
    };
    const amendment = {
      ...about,
      kind: "amendment",
      id: "a",
      time: signalPlus(DAY + 900),
      correction,
      why,
    } as EngineEvent;
    // One tick more: $220.00.
    expect(today(run(engine, [...trade(0), ...trade(1), amendment])).at(-1)).toBe("22000 of 1");
  });

  it("stays the market's own where a trading day is open", () => {
    const engine = engineOf();
    run(engine, [...trade(0), { type: "clock", time: signalPlus(DAY) }]);
    // Yesterday's trade, recorded today.
    expect(today(run(engine, trade(0, 700, "late")))).toEqual(["0 of 0"]);
  });
});
