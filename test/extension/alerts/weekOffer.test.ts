import { beforeEach, describe, expect, it } from "vitest";
import { endedWeek } from "../../../src/app/review/week.js";
import { newYorkTime } from "../../../src/app/times.js";
import type { EngineOutput } from "../../../src/core/events.js";
import type { Micros } from "../../../src/core/units.js";
import { WeekOffer } from "../../../src/extension/alerts/weekOffer.js";
import { dayAtHand } from "../../../src/extension/dayAtHand.js";
import type { Standing } from "../../../src/extension/standing.js";
import { Weeks } from "../../../src/extension/weeks.js";
import { fake, window } from "../../support/fakeVscode.js";
import { recommendation } from "../../support/outputs.js";
import { hostIn, standing } from "../support.js";

const WEEK = { monday: "2025-06-09", sunday: "2025-06-15" };
const NEXT = { monday: "2025-06-16", sunday: "2025-06-22" };

let kept: Map<string, string>;
let allowed: boolean;
const weeks = () =>
  new Weeks({
    get: (key: string) => kept.get(key),
    update: async (key: string, value: string) => void kept.set(key, value),
  } as never);
const offer = () => new WeekOffer({ allows: (name) => allowed && name === "weeklyReview" }, weeks());
const texts = () => fake.messages.map(({ text }) => text);

beforeEach(() => {
  fake.reset();
  window.state.focused = true;
  kept = new Map();
  allowed = true;
});

describe("The offer of a week's review", () => {
  it("comes once a week, in whatever window, and opens the review of that week", async () => {
    fake.answers.push("Open Weekly Review");
    const here = offer();
    here.look(WEEK);
    here.look(WEEK);
    offer().look(WEEK);
    expect(fake.messages).toMatchObject([
      { severity: "information", modal: false, text: "The week of 2025-06-09 is over: its review is ready" },
    ]);
    await expect.poll(() => fake.executed).toContainEqual(["volumeCluster.weeklyReview", "2025-06-09"]);
    here.look(NEXT);
    here.look(WEEK);
    expect(texts()).toHaveLength(2);
  });

  it("comes in the window in which the user is, of several that see the week end", () => {
    window.state.focused = false;
    offer().look(WEEK);
    expect(texts()).toEqual([]);
    window.state.focused = true;
    offer().look(WEEK);
    expect(texts()).toHaveLength(1);
  });

  it("does not come for a week that was reviewed, nor where there is nothing to review", () => {
    weeks().review(WEEK);
    offer().look(WEEK);
    offer().look(undefined);
    expect(texts()).toEqual([]);
    expect(weeks().isReviewed(NEXT)).toBe(false);
  });

  it("waits while messages rest, and leads to its setting", async () => {
    allowed = false;
    offer().look(WEEK);
    expect(texts()).toEqual([]);
    allowed = true;
    fake.answers.push("Settings");
    offer().look(WEEK);
    await expect.poll(() => fake.executed.map(([name]) => name)).toContain("workbench.action.openSettings");
  });
});

describe("The week to review", () => {
  it.each([
    ["2025-06-13", "2025-06-02"],
    ["2025-06-14", "2025-06-09"],
    ["2025-06-15", "2025-06-09"],
    ["2025-06-16", "2025-06-09"],
  ])("on %s is that of %s", (date, monday) => expect(endedWeek(date).monday).toBe(monday));

  it("is one of live in which something was recommended", () => {
    const { monday, sunday } = endedWeek(newYorkTime((Date.now() * 1000) as Micros).slice(0, 10));
    const of = (tradingDay: string, changes: Partial<Standing> = {}) => {
      const outputs: readonly EngineOutput[] = [
        recommendation({ tradingDay }),
        recommendation({ tradingDay: "9999-01-01" }),
      ];
      const workbench = {
        standing: () => standing({ market: "live", ...changes }),
        host: () => hostIn(""),
        outputs: () => outputs,
      };
      return dayAtHand(workbench).weekToReview?.monday;
    };
    expect([of(monday), of(sunday)]).toEqual([monday, monday]);
    expect([of("2020-01-06"), of(monday, { market: "demo" })]).toEqual([undefined, undefined]);
  });
});
