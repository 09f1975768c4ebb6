import { beforeEach, describe, expect, it } from "vitest";
import type { DayPhase, Moment } from "../../../src/app/dayPhase.js";
import { LeftOver } from "../../../src/extension/alerts/leftOver.js";
import type { Standing } from "../../../src/extension/standing.js";
import { fake, window } from "../../support/fakeVscode.js";
import { at, recommendation } from "../../support/outputs.js";
import { engineView, position, standing } from "../support.js";

const EARLIER = recommendation({ tradingDay: "2025-06-06", account: "manual" });

/** A moment of the trader's day, of or before that trading day. */
function on(date: string, phase: DayPhase = "pre-market"): Moment {
  const noon = at(`${date}T16:00:00Z`);
  return { phase, day: { date, open: noon, close: noon } };
}

const TODAY = on("2025-06-09");

let told: string | undefined;
let allowed: boolean;
const leftOver = () =>
  new LeftOver(
    { allows: (name) => allowed && name === "endOfDay" },
    {
      get: () => told,
      set: (day) => {
        told = day;
      },
    },
  );
const waiting = (changes: Partial<Standing> = {}) =>
  standing({ market: "live", phase: "idle", view: engineView({ pending: [EARLIER] }), ...changes });
const texts = () => fake.messages.map(({ text }) => text);

beforeEach(() => {
  fake.reset();
  told = undefined;
  allowed = true;
  window.state.focused = true;
});

describe("What an earlier day has left to be recorded", () => {
  it("is told once a day, in whatever window, and leads to the trades that wait", async () => {
    fake.answers.push("Show Pending Trades");
    leftOver().look(waiting(), TODAY);
    leftOver().look(waiting(), TODAY);
    expect(fake.messages).toMatchObject([
      { severity: "information", modal: false, text: "1 trade of an earlier day waits to be recorded" },
    ]);
    await expect.poll(() => fake.executed).toContainEqual(["volumeCluster.showPendingTrades"]);
    leftOver().look(waiting(), on("2025-06-10"));
    expect(texts()).toHaveLength(2);
  });

  it("counts calls without an answer and positions of the user without an exit", () => {
    const open = [
      position({ recommendation: recommendation({ id: "other", tradingDay: "2025-06-05" }) }),
      position({ account: "paper", recommendation: EARLIER }),
    ];
    leftOver().look(waiting({ view: engineView({ pending: [EARLIER], open }) }), TODAY);
    expect(texts()).toEqual(["2 trades of earlier days wait to be recorded"]);
  });

  it.each([
    ["of a demo, whose days are made up", () => leftOver().look(waiting({ market: "demo" }), TODAY)],
    ["of the day itself", () => leftOver().look(waiting(), on("2025-06-06"))],
    [
      "at the end of a day, which has a reminder of its own",
      () => leftOver().look(waiting(), on("2025-06-09", "end of day")),
    ],
    ["where nobody knows the day", () => leftOver().look(waiting(), undefined)],
    ["where nothing waits", () => leftOver().look(waiting({ view: engineView() }), TODAY)],
  ])("is not told %s", (_case, look) => {
    look();
    expect(texts()).toEqual([]);
    expect(told).toBeUndefined();
  });

  it("waits until the user is in this window, and while messages rest", () => {
    window.state.focused = false;
    leftOver().look(waiting(), TODAY);
    window.state.focused = true;
    allowed = false;
    leftOver().look(waiting(), TODAY);
    expect(texts()).toEqual([]);
    allowed = true;
    leftOver().look(waiting(), TODAY);
    expect(texts()).toHaveLength(1);
  });
});
