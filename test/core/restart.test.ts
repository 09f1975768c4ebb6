import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent, EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { restoredEvents } from "../../src/store/restore.js";
import { after, recommendation, SIGNAL_TIME, ticks } from "../support/outputs.js";
import { batchOf } from "../support/tape.js";

/*
 * A program that begins anew and is told only what was kept goes on as one that never ended.
 */

const PAPER = { leading: "paper", paperTrades: true, haltEndsWithSession: false } as const;
const LIVE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
type Mode = typeof PAPER | typeof LIVE;
/** The limit of the recommendation; its stop is 62 ticks below, its target 122 above. */
const LIMIT = 24_043;
const HOUR = 3600;
const NEXT_DAY = 19 * HOUR;

function fresh(mode: Mode): Engine {
  const engine = new Engine(parseSettings({}), mode, NO_HOLIDAYS);
  engine.process({ type: "contract", instrument: 42, symbol: "ESM5", time: SIGNAL_TIME });
  return engine;
}

const run = (engine: Engine, events: readonly EngineEvent[]) => events.flatMap((event) => [...engine.process(event)]);
const print = (seconds: number, price: number): EngineEvent =>
  batchOf([{ time: after(seconds), price, size: 1, side: 0, instrument: 42 }]);
const clock = (seconds: number): EngineEvent => ({ type: "clock", time: after(seconds) });

/** What comes `later` without and with a restart after what came `before`. */
function apart(
  issued: Partial<Recommendation>,
  before: readonly EngineEvent[],
  later: readonly EngineEvent[],
  mode: Mode,
) {
  const rows: EngineOutput[] = [recommendation({ account: mode.leading, ...issued })];
  const plain = fresh(mode);
  rows.push(...run(plain, restoredEvents(rows)), ...run(plain, before));
  const again = fresh(mode);
  run(again, restoredEvents(JSON.parse(JSON.stringify(rows)) as EngineOutput[]));
  const told = { plain: run(plain, later), again: run(again, later) };
  return { ...told, rows, view: { plain: plain.view().accounts, again: again.view().accounts } };
}

const typesOf = (outputs: readonly EngineOutput[]) => outputs.map(({ type }) => type).filter((type) => type !== "mark");

describe("A paper entry that is good till it is cancelled, after a night with a restart", () => {
  const stopLimit = { orderType: "STOP_LIMIT", trigger: ticks(LIMIT + 1), price: ticks(LIMIT + 2) } as const;
  it.each([
    ["a limit that the market opens through is filled at its limit", {}, LIMIT + 4, LIMIT - 20, "fill"],
    ["a limit is filled, and not stale, where the market opens beyond the stop", {}, LIMIT + 4, LIMIT - 70, "fill"],
    ["a stop limit that was armed stays armed", stopLimit, LIMIT + 6, LIMIT - 3, "fill"],
    ["a stop limit that was not armed stays so", stopLimit, LIMIT, LIMIT - 3, undefined],
  ])("%s", (_, issued, met, open, first) => {
    const later = [print(NEXT_DAY, open), print(NEXT_DAY + 1, open)];
    const { plain, again, view } = apart(
      { ...issued, validity: "GTC" },
      [print(25, met), clock(3 * HOUR)],
      later,
      PAPER,
    );
    expect(again).toEqual(plain);
    expect(view.again).toEqual(view.plain);
    expect(plain[0]?.type).toBe(first);
  });
});

describe("The paper account's open position, after a restart", () => {
  const wide = { stop: ticks(LIMIT - 62), target: ticks(LIMIT + 300) };
  it("is judged by the peak that was marked before", () => {
    const before = [print(21, LIMIT - 2), print(22, LIMIT + 60), print(23, LIMIT + 50)];
    const { plain, again, rows } = apart(wide, before, [print(30, LIMIT + 50), print(31, LIMIT + 20)], PAPER);
    expect(typesOf(plain)).toEqual(["halt"]);
    expect(again).toEqual(plain);
    expect(rows.filter(({ type }) => type === "mark").length).toBeLessThanOrEqual(before.length);
  });

  it("keeps its extremes of before, and a peak that began anew", () => {
    const reset = {
      type: "account",
      kind: "reset",
      id: "r",
      account: "paper",
      time: after(24),
      reason: "Seen",
    } as const;
    const before = [print(21, LIMIT - 2), print(22, LIMIT + 12), print(23, LIMIT - 9), reset, print(25, LIMIT)];
    const later = [print(30, LIMIT + 1), print(31, LIMIT - 62)];
    const { plain, again, view } = apart(wide, before, later, PAPER);
    expect(again).toEqual(plain);
    expect(view.again).toEqual(view.plain);
    expect(plain.find(({ type }) => type === "exit")).toMatchObject({ mfePoints: 3.25 });
  });

  it("keeps no more of a day than the ticks of its range", () => {
    const prices = Array.from({ length: 2000 }, (_, i) => LIMIT - 5 + ((i * 7) % 11));
    const { rows } = apart(wide, [print(21, LIMIT - 2), ...prices.map((price, i) => print(22 + i, price))], [], PAPER);
    expect(rows.filter(({ type }) => type === "mark").length).toBeLessThan(30);
  });
});

describe("A shadow, after a restart", () => {
  const days = { validity: "GTC" } as const;
  it("that waits for its entry goes on", () => {
    const later = [print(NEXT_DAY, LIMIT - 1), print(NEXT_DAY + 1, LIMIT + 124)];
    const { plain, again } = apart(days, [print(25, LIMIT + 4), clock(3 * HOUR)], later, LIVE);
    expect(typesOf(plain)).toEqual(["shadow"]);
    expect(again).toEqual(plain);
  });

  it("that is open goes on, with the extremes of before", () => {
    const before = [print(25, LIMIT + 4), print(26, LIMIT - 1), print(27, LIMIT - 9), print(28, LIMIT + 20)];
    const { plain, again } = apart({}, before, [print(40, LIMIT), print(41, LIMIT + 124)], LIVE);
    expect(plain.find(({ type }) => type === "shadow")).toMatchObject({ reason: "target", maePoints: -2.25 });
    expect(again).toEqual(plain);
  });

  it("that came to its end is over", () => {
    const before = [print(25, LIMIT - 1), print(26, LIMIT + 124)];
    const { again, rows } = apart({}, before, [print(40, LIMIT - 5), print(41, LIMIT - 90)], LIVE);
    expect(typesOf(rows)).toEqual(["recommendation", "shadow"]);
    expect(typesOf(again)).toEqual([]);
  });
});
