import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Notifications } from "../../src/extension/notifications.js";
import type { Standing } from "../../src/extension/standing.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { EventEmitter, fake } from "../support/fakeVscode.js";
import { recommendation, ticks } from "../support/outputs.js";
import { alertsOf, engineView, standing } from "./support.js";

const changed = new EventEmitter<void>();
let at: Standing;
let runNumber = 1;
let notifications: Notifications;
let sounded: ReturnType<typeof alertsOf>["sounded"];
let snooze: ReturnType<typeof alertsOf>["snooze"];

beforeEach(() => {
  fake.reset();
  vi.useFakeTimers();
  at = standing({ market: "demo" });
  runNumber = 1;
  const workbench = {
    onDidChange: changed.event,
    standing: () => at,
    get runNumber() {
      return runNumber;
    },
  };
  const window = alertsOf(workbench);
  ({ sounded, snooze } = window);
  notifications = new Notifications(workbench as unknown as Workbench, window.alerts);
});

afterEach(() => {
  notifications.dispose();
  vi.useRealTimers();
});

/** Signals wait for an answer, the newest last, each with its seconds left. */
async function waiting(signals: Readonly<Record<string, number>>, changes: Partial<Standing> = {}): Promise<void> {
  const pending = Object.keys(signals).map((id) => recommendation({ id, account: "manual" }));
  const deadlines = new Map(Object.entries(signals).map(([id, seconds]) => [id, Date.now() + seconds * 1000]));
  at = standing({ market: "demo", view: engineView({ pending }), deadlines, ...changes });
  changed.fire();
  await vi.advanceTimersByTimeAsync(0);
}

const shown = () => fake.progress.filter(({ ended }) => !ended).length;

const sounds = () => sounded.map(({ name }) => name);

describe("A signal", () => {
  it("is announced once, with what can be done about it, and marked as simulated", async () => {
    await waiting({ a: 30 });
    await waiting({ a: 29 });
    const fill = "(command:volumeCluster.recordFill?%5B%22a%22%2C%22call%22%5D)";
    const skip = "(command:volumeCluster.recordFill?%5B%22a%22%2C%22skip%22%5D)";
    const order = `[BUY 2 ES JUN25 @ 6010.75]${fill}`;
    const title = `Demo: ${order}, stop 5995.25, target 6041.25 · [Fill]${fill} · [Skip]${skip}`;
    expect(fake.progress).toMatchObject([{ title, ended: false }]);
    expect(fake.executed).toEqual([]);
  });

  it.each([
    { label: "MNQ DEC25", decimals: 2, orderType: "MARKET" as const, market: "live" as const, atMost: 60 },
    { label: "MNQ DEC25", decimals: 2, orderType: "LIMIT" as const, market: "live" as const, atMost: 62 },
    { label: "MES DEC25", decimals: 2, orderType: "LIMIT" as const, market: "demo" as const, atMost: 68 },
    { label: "A".repeat(22), decimals: 8, orderType: "LIMIT" as const, market: "live" as const, atMost: 95 },
  ])("says all that an order needs in its first $atMost letters: $market $orderType $label", async (of) => {
    const { label, decimals, orderType, market, atMost } = of;
    const tickSize = 10 ** -decimals;
    const [price, stop, target] = [99_999, 98_888, 97_777].map((points) => ticks(Math.round(points / tickSize)));
    const base = recommendation({ id: "a", account: "manual", action: "SHORT", quantity: 10, orderType });
    const pending = { ...base, price, stop, target, instrument: { ...base.instrument, label, tickSize } };
    const deadlines = new Map([["a", Date.now() + 30_000]]);
    at = standing({ market, view: engineView({ pending: [pending as never] }), deadlines });
    changed.fire();
    const seen = (fake.progress[0]?.title ?? "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const zeros = "0".repeat(decimals);
    const entry = orderType === "MARKET" ? "MARKET" : `99999.${zeros}`;
    const first = `${market === "demo" ? "Demo: " : ""}SHORT 10 ${label} @ ${entry}, stop 98888.${zeros}, target 97777.${zeros}`;
    expect(seen).toBe(`${first} · Fill · Skip`);
    expect(first.length).toBeLessThanOrEqual(atMost);
  });

  it.each([
    ["is answered", () => waiting({})],
    ["is of a feed that is being stopped", () => waiting({ a: 20 }, { phase: "stopping" })],
    ["is late", () => vi.advanceTimersByTimeAsync(30_000)],
    ["is of another run", () => waiting({}, { view: undefined })],
  ])("takes its message back when it %s", async (_case, happens: () => Promise<unknown>) => {
    await waiting({ a: 30 });
    expect(shown()).toBe(1);
    await happens();
    expect(shown()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("makes room for the next: there is one message at most", async () => {
    await waiting({ a: 30 });
    await waiting({ a: 20, b: 30 });
    expect(shown()).toBe(1);
    expect(fake.progress).toHaveLength(2);
    expect(fake.progress[1]?.title).toContain("%22b%22");
  });

  it("gets its message back, without a sound, when it can be answered again", async () => {
    await waiting({ a: 30 });
    await waiting({});
    expect(shown()).toBe(0);
    await waiting({ a: 25 });
    expect(shown()).toBe(1);
    await waiting({ a: 20, b: 30 });
    await waiting({ a: 15 });
    expect(fake.progress.filter(({ ended }) => !ended)).toMatchObject([{ title: expect.stringContaining("%22a%22") }]);
    expect(sounds()).toEqual(["signal", "signal"]);
    await waiting({});
    await waiting({ a: 5 });
    expect(shown()).toBe(1);
    expect(sounds()).toEqual(["signal", "signal", "lastSeconds"]);
  });

  it("is announced again in another run, where it is another signal", async () => {
    await waiting({ a: 30 });
    await waiting({});
    runNumber = 2;
    await waiting({ a: 30 });
    expect(fake.progress).toHaveLength(2);
    expect(shown()).toBe(1);
  });

  it("is not announced when nobody could answer in time, as in a replay at full speed", async () => {
    await waiting({ a: 0 });
    await waiting({ b: 0.8 });
    expect(fake.progress).toEqual([]);
  });

  it("sounds once when it comes, and once more when 10 seconds are left", async () => {
    await waiting({ a: 30 });
    await waiting({ a: 29 });
    expect(sounds()).toEqual(["signal"]);
    await vi.advanceTimersByTimeAsync(18_999);
    expect(sounds()).toEqual(["signal"]);
    await vi.advanceTimersByTimeAsync(1);
    await waiting({ a: 10 });
    await waiting({ a: 5 });
    expect(sounds()).toEqual(["signal", "lastSeconds"]);
  });

  it("that is answered in time does not sound again, nor one that comes with few seconds", async () => {
    await waiting({ a: 30 });
    await waiting({});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sounds()).toEqual(["signal"]);
    await waiting({ b: 8 });
    await vi.advanceTimersByTimeAsync(4000);
    expect(sounds()).toEqual(["signal", "signal"]);
  });

  it("neither sounds nor pops up while alerts are snoozed, and the next one after it does", async () => {
    snooze.begin(Date.now() + 60_000);
    await waiting({ a: 30 });
    expect([sounds(), fake.progress]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(61_000);
    await waiting({ b: 30 });
    expect([sounds(), shown()]).toEqual([["signal"], 1]);
  });

  it("is told by its sound alone where its message is switched off", async () => {
    fake.settings["volumeCluster.alerts.message.signal"] = { globalValue: false };
    await waiting({ a: 30 });
    expect([sounds(), fake.progress]).toEqual([["signal"], []]);
  });

  it("makes no link of a name from a file", async () => {
    const [pending] = [recommendation({ id: "a", account: "manual" })];
    const instrument = { ...pending.instrument, label: "[x](command:y)" };
    at = standing({
      view: engineView({ pending: [{ ...pending, instrument }] }),
      deadlines: new Map([["a", Date.now() + 30_000]]),
    });
    changed.fire();
    const links = [...(fake.progress[0]?.title ?? "").matchAll(/\]\(command:([^?)]*)/g)].map(([, command]) => command);
    expect(links).toEqual(Array.from({ length: 3 }, () => "volumeCluster.recordFill"));
  });
});
