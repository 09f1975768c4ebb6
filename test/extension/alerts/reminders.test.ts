import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Reminders } from "../../../src/extension/alerts/reminders.js";
import type { Standing } from "../../../src/extension/standing.js";
import type { Workbench } from "../../../src/extension/workbench.js";
import { EventEmitter, fake } from "../../support/fakeVscode.js";
import { recommendation } from "../../support/outputs.js";
import { alertsOf, engineView, standing } from "../support.js";

const changed = new EventEmitter<void>();
let at: Standing;
let runNumber = 1;
let told: string | undefined;
let reminders: Reminders;
let sounded: ReturnType<typeof alertsOf>["sounded"];

beforeEach(() => {
  fake.reset();
  vi.useFakeTimers({ now: new Date("2025-06-09T19:00:00Z") });
  at = standing({ market: "demo" });
  runNumber = 1;
  told = undefined;
  const workbench = {
    onDidChange: changed.event,
    standing: () => at,
    get runNumber() {
      return runNumber;
    },
  };
  const window = alertsOf(workbench);
  sounded = window.sounded;
  reminders = new Reminders(workbench as unknown as Workbench, window.alerts, {
    get: () => told,
    set: (day) => {
      told = day;
    },
  });
});

afterEach(() => {
  reminders.dispose();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** Signals wait for an answer, each with its seconds left; one without seconds is late. */
function waiting(signals: Readonly<Record<string, number>>, changes: Partial<Standing> = {}): void {
  const pending = Object.keys(signals).map((id) => recommendation({ id, account: "manual" }));
  const deadlines = new Map(Object.entries(signals).map(([id, seconds]) => [id, Date.now() + seconds * 1000]));
  at = standing({ market: "demo", view: engineView({ pending }), deadlines, ...changes });
  changed.fire();
}

const texts = () => fake.messages.map(({ text }) => text);
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

describe("The reminder of a signal without an answer", () => {
  it("comes once, two minutes after the signal, with what can be done", async () => {
    waiting({ a: 30 });
    await minutes(1.99);
    expect(texts()).toEqual([]);
    await minutes(0.02);
    expect(fake.messages).toMatchObject([
      {
        severity: "information",
        text: "BUY 2 ES JUN25 @ 6010.75 has no answer: was it filled?",
        actions: ["Record Fill", "Not Executed", "Settings"],
      },
    ]);
    waiting({ a: -100 });
    await minutes(60);
    expect(fake.messages).toHaveLength(1);
    expect(sounded.map(({ name }) => name)).toEqual(["fillReminder"]);
  });

  it.each([
    ["Record Fill", ["volumeCluster.recordFill", "a"]],
    ["Not Executed", ["volumeCluster.skipSignal", "a"]],
    ["Settings", ["workbench.action.openSettings", "volumeCluster.alerts"]],
  ])("leads on with %s", async (action, command) => {
    fake.answers.push(action);
    waiting({ a: 30 });
    await minutes(2);
    expect(fake.executed).toEqual([command]);
  });

  it("does not come for one that was answered, of another run, or that nobody could act on", async () => {
    waiting({ a: 30 });
    waiting({});
    await minutes(3);
    waiting({ b: 30 });
    runNumber = 2;
    waiting({ b: -1 });
    await minutes(3);
    waiting({ c: -5 });
    await minutes(3);
    expect(texts()).toEqual([]);
  });

  it("comes at the first look after the computer slept", async () => {
    waiting({ a: 30 });
    vi.setSystemTime(Date.now() + 600_000);
    waiting({ a: -570 });
    await minutes(0.01);
    expect(texts()).toEqual(["BUY 2 ES JUN25 @ 6010.75 has no answer: was it filled?"]);
  });

  it("combines those that are due together, and adds none while one is open", async () => {
    waiting({ a: 30 });
    waiting({ a: 29, b: 30 });
    await minutes(2);
    expect(texts()).toEqual(["2 signals have no answer: were they filled?"]);
    waiting({ a: -1, b: -1, c: 30 });
    await minutes(3);
    expect(fake.messages).toHaveLength(1);
    expect(sounded).toHaveLength(1);
  });

  it("comes again although one is open, once what that one speaks of has an answer", async () => {
    waiting({ a: 30 });
    await minutes(2);
    expect(fake.messages).toHaveLength(1);
    waiting({ b: 30 });
    await minutes(2);
    expect(fake.messages).toHaveLength(2);
    expect(sounded).toHaveLength(2);
    waiting({ b: -1, c: 30 });
    await minutes(2);
    expect(fake.messages).toHaveLength(2);
  });

  it("sounds without a message where that is switched off", async () => {
    fake.settings["volumeCluster.alerts.message.fillReminder"] = { globalValue: false };
    waiting({ a: 30 });
    await minutes(2);
    expect([texts(), sounded.length]).toEqual([[], 1]);
  });
});

describe("The reminder of the day's end", () => {
  const CLOSE = Date.parse("2025-06-09T20:00:00Z") * 1000;
  const day = (pending: readonly string[], changes: Partial<Standing> = {}) => {
    const signals = Object.fromEntries(pending.map((id) => [id, -1]));
    waiting(signals, { market: "live", ...changes });
    const view = engineView({ ...at.view, sessionClose: CLOSE as never });
    at = { ...at, view };
    changed.fire();
  };

  it("comes once at the close, 16:00 New York, with what waits", async () => {
    fake.answers.push("Show Pending Trades");
    day(["a"]);
    await minutes(59.9);
    expect(texts()).toEqual([]);
    await minutes(0.2);
    expect(texts()).toEqual(["The trading day is over: 1 trade waits to be recorded"]);
    expect(fake.executed).toEqual([["volumeCluster.showPendingTrades"]]);
    day(["a"]);
    await minutes(600);
    expect(fake.messages).toHaveLength(1);
    expect(told).toBe("2025-06-09");
  });

  it("comes at the first look after the computer slept over the close, once", async () => {
    day(["a"]);
    vi.setSystemTime(new Date("2025-06-09T20:30:00Z"));
    for (let look = 0; look < 3; look++) {
      day(["a"]);
      await minutes(0.01);
    }
    expect(texts()).toEqual(["The trading day is over: 1 trade waits to be recorded"]);
  });

  it("does not come for what is left open only after the close", async () => {
    day([]);
    await minutes(61);
    day(["a"]);
    await minutes(1);
    expect(texts()).toEqual([]);
  });

  it("does not come where all is recorded, where it was told before, or in a simulated market", async () => {
    day([]);
    await minutes(61);
    told = "2025-06-09";
    day(["a"]);
    await minutes(61);
    told = undefined;
    day(["a"], { market: "demo" });
    await minutes(61);
    expect(texts()).toEqual([]);
  });
});
