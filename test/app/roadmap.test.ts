import { expect, it } from "vitest";
import { EVER } from "../../src/app/period.js";
import { roadmapOf } from "../../src/app/report/roadmap.js";
import type { EngineOutput } from "../../src/core/events.js";
import { countingExits } from "../../src/core/tradeRecords.js";
import { decision, exit, fill, micros, recommendation, SIGNAL_TIME } from "../support/outputs.js";

const DAY = 86_400_000_000;
const on = (day: number) => micros(SIGNAL_TIME + day * DAY);

/** A recommendation of that day, and what the user made of it. */
function called(day: number, multiplier: number, answer: "win" | "loss" | "skip" | "none"): readonly EngineOutput[] {
  const id = `r${day}`;
  const own = { recommendation: id, account: "manual" } as const;
  const of = recommendation({ id, account: "manual", time: on(day), multiplier, conservativeMultiplier: 1 });
  if (answer === "none") return [of];
  if (answer === "skip") return [of, decision({ ...own, id: `d${day}`, time: on(day) })];
  const closed = exit({ ...own, id: `e${day}`, time: on(day), multiplier, win: answer === "win" });
  return [of, fill({ ...own, id: `f${day}`, time: on(day) }), closed];
}

function roadmap(outputs: readonly EngineOutput[], today: number) {
  const recommendations = new Map(outputs.flatMap((o) => (o.type === "recommendation" ? [[o.id, o] as const] : [])));
  const known = { outputs, recommendations, shadows: new Map(), isIn: EVER };
  return roadmapOf("manual", countingExits(outputs), known, on(today));
}

const OUTPUTS = [
  ...called(0, 1, "win"),
  ...called(29, 1, "none"),
  ...called(30, 1.2, "loss"),
  ...called(59, 1.8, "win"),
  ...called(95, 2, "skip"),
  ...called(300, 2.5, "win"),
];

it("cuts an account's life into three months of 30 days and what came later, by when a trade was recommended", () => {
  const [first, second, third, later, ...others] = roadmap(OUTPUTS, 301);
  expect(first).toMatchObject({ issued: 2, complete: 1, trades: 1, wins: 1, multiplier: { mean: 1, low: 1, high: 1 } });
  expect(second).toMatchObject({ issued: 2, complete: 2, trades: 2, wins: 1, multiplier: { low: 1.2, high: 1.8 } });
  expect(second?.multiplier?.mean).toBeCloseTo(1.5, 12);
  // Beta(2, 2).
  expect(second?.winRateInterval[0]).toBeCloseTo(0.1354, 4);
  expect(third).toMatchObject({ issued: 0, complete: 0, trades: 0, multiplier: undefined, conservative: undefined });
  expect(later).toMatchObject({ issued: 2, complete: 2, trades: 1, multiplier: { mean: 2.5 }, conservative: 1 });
  expect(others).toEqual([]);
});

it("has no month that is not reached, and none of an account without a recommendation", () => {
  expect(roadmap(OUTPUTS.slice(0, 3), 1)).toHaveLength(1);
  expect(roadmap(OUTPUTS.slice(0, 3), 30)).toHaveLength(2);
  expect(roadmap([], 300)).toEqual([]);
});
