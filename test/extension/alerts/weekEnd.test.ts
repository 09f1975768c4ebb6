import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineOutput } from "../../../src/core/events.js";
import { endedWeek, WeekEnd } from "../../../src/extension/alerts/weekEnd.js";
import type { Standing } from "../../../src/extension/standing.js";
import type { Workbench } from "../../../src/extension/workbench.js";
import { changeSetting, EventEmitter, fake } from "../../support/fakeVscode.js";
import { exit } from "../../support/outputs.js";
import { alertsOf, engineView, standing } from "../support.js";

const changed = new EventEmitter<void>();
let at: Standing;
let outputs: readonly EngineOutput[];
let told: string | undefined;
let weekEnd: WeekEnd;

beforeEach(() => {
  fake.reset();
  // A Friday.
  vi.useFakeTimers({ now: new Date(2025, 5, 13, 20) });
  at = standing({ market: "live", view: engineView() });
  outputs = [exit({ tradingDay: "2025-06-10" }), exit({ id: "next", tradingDay: "2025-06-16" })];
  told = undefined;
  weekEnd = made();
});

afterEach(() => {
  weekEnd.dispose();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function made(): WeekEnd {
  const workbench = { onDidChange: changed.event, standing: () => at, runNumber: 1, outputs: () => outputs };
  return new WeekEnd(workbench as unknown as Workbench, alertsOf(workbench).alerts, {
    get: () => told,
    set: (day) => {
      told = day;
    },
  });
}

const texts = () => fake.messages.map(({ text }) => text);
const OFFER = "The week from 2025-06-09 is over: 1 trade was closed";

describe("The offer of the weekly review", () => {
  it("comes on Saturday morning, though no market says so, and once", async () => {
    changed.fire();
    await vi.advanceTimersByTimeAsync(12 * 3_600_000);
    expect(texts()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    expect(texts()).toEqual([OFFER]);
    expect(fake.messages[0]?.actions).toEqual(["Weekly Review", "Settings"]);
    await vi.advanceTimersByTimeAsync(48 * 3_600_000);
    expect(texts()).toEqual([OFFER]);
  });

  it("comes when the records are opened later, and in no other window", async () => {
    vi.setSystemTime(new Date(2025, 5, 17, 10));
    changed.fire();
    expect(texts()).toEqual([OFFER]);
    weekEnd.dispose();
    weekEnd = made();
    changed.fire();
    expect(texts()).toEqual([OFFER]);
  });

  it.each([
    ["of a demo", () => Object.assign(at, { market: "demo" })],
    ["of a window that follows another", () => Object.assign(at, { leader: { who: "1", status: "" } })],
    ["of a week without a closed trade", () => (outputs = outputs.slice(1))],
    ["where it is switched off", () => changeSetting("volumeCluster.alerts.message.weeklyReview", false)],
  ])("does not come %s", (_, change) => {
    change();
    vi.setSystemTime(new Date(2025, 5, 14, 10));
    changed.fire();
    expect(texts()).toEqual([]);
  });

  it.each([
    [new Date(2025, 5, 14, 8, 59), "2025-06-02"],
    [new Date(2025, 5, 14, 9), "2025-06-09"],
    [new Date(2025, 5, 15, 23), "2025-06-09"],
    [new Date(2025, 5, 20, 23), "2025-06-09"],
    [new Date(2025, 0, 4, 9), "2024-12-30"],
  ])("is at %s of the week from %s", (now, monday) => {
    expect(endedWeek(now).monday).toBe(monday);
  });
});
