import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Alerts } from "../../../src/extension/alerts/alerts.js";
import { FeedAlarm } from "../../../src/extension/alerts/feedAlarm.js";
import { areQuiet } from "../../../src/extension/alerts/quietHours.js";
import type { Snooze } from "../../../src/extension/alerts/snooze.js";
import { snoozeAlerts } from "../../../src/extension/alerts/snoozeAlerts.js";
import { testAlerts } from "../../../src/extension/alerts/testAlerts.js";
import type { Standing } from "../../../src/extension/standing.js";
import type { Workbench } from "../../../src/extension/workbench.js";
import { EventEmitter, fake } from "../../support/fakeVscode.js";
import { alertsOf, engineView, feed, snoozeIn, standing } from "../support.js";

const NOON = new Date(2025, 5, 9, 12, 0);

let at: Standing;
let alerts: Alerts;
let snooze: Snooze;
let sounded: ReturnType<typeof alertsOf>["sounded"];

beforeEach(() => {
  fake.reset();
  vi.useFakeTimers({ now: NOON });
  at = standing();
  ({ alerts, snooze, sounded } = alertsOf({ standing: () => at }));
});

afterEach(() => {
  snooze.dispose();
  vi.useRealTimers();
});

describe("An alert", () => {
  it("sounds at the user's volume, and tells what may be told", () => {
    fake.settings["volumeCluster.alerts.sound.volume"] = { globalValue: 40 };
    alerts.sound("signal");
    expect(sounded).toEqual([{ name: "signal", volume: 40 }]);
    expect(alerts.allows("signal")).toBe(true);
  });

  it.each<[string, () => void, string]>([
    ["all sounds are off", () => set("sound.enabled", false), "sounds are switched off"],
    ["its sound is off", () => set("sound.signal", false), "this sound is switched off"],
    ["the volume is 0", () => set("sound.volume", 0), "the volume is 0"],
    ["it is quiet", () => set("sound.quietHours", "11:30-12:30"), "these are the quiet hours"],
    ["it is snoozed", () => snooze.begin(Date.now() + 60_000), "snoozed until 12:01"],
    [
      "another window runs the feed",
      () => {
        at = standing({ leader: { who: "process 1", status: "" } });
      },
      "the window that runs the feed sounds",
    ],
  ])("does not sound when %s", (_case, happens, why) => {
    happens();
    alerts.sound("signal");
    expect(sounded).toEqual([]);
    expect(alerts.whySilent("signal")).toBe(why);
  });

  it("takes the default where a setting is of another kind", () => {
    set("sound.enabled", "no");
    set("sound.volume", "loud");
    alerts.sound("signal");
    expect(sounded).toEqual([{ name: "signal", volume: 70 }]);
  });
});

describe("Quiet hours", () => {
  it.each([
    ["", NOON, false],
    ["nonsense", NOON, false],
    ["12:00-13:00", NOON, true],
    ["11:00-12:00", NOON, false],
    ["22:00-07:00", NOON, false],
    ["22:00-07:00", new Date(2025, 5, 9, 23, 59), true],
    ["22:00-07:00", new Date(2025, 5, 9, 6, 59), true],
    ["22:00-07:00", new Date(2025, 5, 9, 7, 0), false],
    ["08:00-08:00", new Date(2025, 5, 9, 8, 0), false],
  ])("%j at %s: %s", (hours, time, expected) => {
    expect(areQuiet(hours, time)).toBe(expected);
  });
});

describe("Snooze Alerts", () => {
  it("lasts as long as is wanted, and ends by itself", async () => {
    await choose("For 15 minutes");
    expect(snooze.words(at)).toBe("until 12:15");
    expect(alerts.allows("tradeClosed")).toBe(false);
    let changes = 0;
    snooze.onDidChange(() => changes++);
    vi.advanceTimersByTime(15 * 60_000);
    expect(changes).toBe(1);
    expect(snooze.words(at)).toBeUndefined();
  });

  it("holds in every window, and ends in each", async () => {
    const memory = {};
    const [here, there] = [snoozeIn(memory), snoozeIn(memory)];
    const asked = snoozeAlerts(at, here);
    (await fake.nextBox()).choose("For an hour");
    await asked;
    expect(there.words(at)).toBe("until 13:00");
    expect(alertsOf({ standing: () => at }, there).alerts.allows("signal")).toBe(false);
    there.end();
    expect(here.words(at)).toBeUndefined();
    here.dispose();
  });

  it.each([[null], ["soon"], [{ tradingDay: 5 }], [{}]])("is none where another version kept %j", (until) => {
    expect(snoozeIn({ until }).words(at)).toBeUndefined();
  });

  it("of a trading day ends with it", async () => {
    await choose("Until the trading day ends");
    expect(snooze.words(at)).toBe("until the trading day ends");
    at = standing({ view: engineView({ tradingDay: undefined }) });
    expect(snooze.words(at)).toBeUndefined();
  });

  it("can be ended, and offers no trading day where there is none", async () => {
    at = standing({ view: engineView({ tradingDay: undefined }) });
    await choose("For an hour");
    const asked = snoozeAlerts(at, snooze);
    const box = await fake.nextBox();
    expect(box.labels().join()).not.toContain("trading day");
    box.choose("End the snooze");
    await asked;
    expect(snooze.words(at)).toBeUndefined();
  });
});

describe("The alarm of a lost feed", () => {
  const changed = new EventEmitter<void>();
  const look = (state: Parameters<typeof feed>[0]) => {
    at = standing({ feed: feed(state) });
    changed.fire();
  };
  let alarm: FeedAlarm;

  beforeEach(() => {
    const workbench = { onDidChange: changed.event, standing: () => at, runNumber: 1 };
    alarm = new FeedAlarm(workbench as unknown as Workbench, alerts);
    return () => alarm.dispose();
  });

  it("sounds once for each loss, not for each attempt", () => {
    look({ state: "live" });
    look({ state: "stale" });
    look({ state: "backoff" });
    look({ state: "connecting", lastHeardAt: 1 as never });
    expect(sounded.map(({ name }) => name)).toEqual(["feedLost"]);
    look({ state: "live" });
    look({ state: "backoff" });
    expect(sounded).toHaveLength(2);
  });

  it("does not sound while the first connection is made, nor for a quiet or closed market", () => {
    look({ state: "connecting" });
    look({ state: "backoff" });
    look({ state: "live" });
    look({ state: "closedMarket" });
    expect(sounded).toEqual([]);
  });
});

describe("Test Alerts", () => {
  it("sounds and shows an alert, and says what works and what holds it back", async () => {
    const played: string[] = [];
    const sounds = {
      play: async (name: string) => void played.push(name),
      standing: async () => ({ works: true, words: "played by paplay" }),
    };
    snooze.begin(Date.now() + 60_000);
    const asked = testAlerts(alerts, sounds as never);
    const box = await fake.nextBox();
    expect(played).toEqual(["signal"]);
    expect(fake.progress).toMatchObject([{ title: "This is how a signal is told", ended: false }]);
    const said = box.items.map(({ label, description }) => `${label}: ${description}`);
    expect(said[0]).toBe("$(unmute) A new signal: played by paplay, but now silent: snoozed until 12:01");
    expect(said.at(-2)).toContain("switched off or snoozed");
    box.choose("The live feed is lost");
    (await fake.nextBox()).hide();
    await asked;
    expect(played).toEqual(["signal", "feedLost"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fake.progress[0]?.ended).toBe(true);
  });

  it("names Do Not Disturb, which an extension cannot see, and the missing player", async () => {
    const sounds = {
      play: async () => undefined,
      standing: async () => ({ works: false, words: "no player was found" }),
    };
    const asked = testAlerts(alerts, sounds as never);
    const box = await fake.nextBox();
    expect(box.items[0]?.description).toBe("no player was found");
    expect(box.items.some(({ description }) => description?.includes("Do Not Disturb"))).toBe(true);
    box.hide();
    await asked;
  });
});

function set(key: string, globalValue: unknown): void {
  fake.settings[`volumeCluster.alerts.${key}`] = { globalValue };
}

async function choose(label: string): Promise<void> {
  const asked = snoozeAlerts(at, snooze);
  (await fake.nextBox()).choose(label);
  await asked;
}
