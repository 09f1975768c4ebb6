import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Notifications } from "../../src/extension/notifications.js";
import type { Standing } from "../../src/extension/standing.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { EventEmitter, fake } from "../support/fakeVscode.js";
import { recommendation, ticks } from "../support/outputs.js";
import { engineView, standing } from "./support.js";

const changed = new EventEmitter<void>();
let at: Standing;
let runNumber = 1;
let notifications: Notifications;

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
  notifications = new Notifications(workbench as unknown as Workbench);
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

describe("A signal", () => {
  it("is announced once, with what can be done about it, and marked as simulated", async () => {
    await waiting({ a: 30 });
    await waiting({ a: 29 });
    const links = [
      "[Fill](command:volumeCluster.recordFill?%5B%22a%22%5D)",
      "[Skip](command:volumeCluster.recordFill?%5B%22a%22%2C%22skip%22%5D)",
    ];
    const title = `Simulated: BUY 2 ES JUN25 @ 6010.75, stop 5995.25, target 6041.25 · ${links.join(" · ")}`;
    expect(fake.progress).toMatchObject([{ title, ended: false }]);
    expect(fake.executed).toEqual([]);
  });

  it.each([
    { label: "MNQ DEC25", decimals: 2, orderType: "MARKET" as const, market: "demo" as const, atMost: 85 },
    { label: "MNQ DEC25", decimals: 2, orderType: "LIMIT" as const, market: "demo" as const, atMost: 75 },
    { label: "A".repeat(22), decimals: 8, orderType: "MARKET" as const, market: "live" as const, atMost: 105 },
  ])(
    "says all that an order needs in its first $atMost letters: $orderType $label",
    async ({ label, decimals, ...of }) => {
      const tickSize = 10 ** -decimals;
      const prices = {
        price: ticks(99_999 / tickSize),
        stop: ticks(98_888 / tickSize),
        target: ticks(97_777 / tickSize),
      };
      const base = recommendation({
        id: "a",
        account: "manual",
        action: "SHORT",
        quantity: 100,
        orderType: of.orderType,
      });
      const pending = { ...base, ...prices, instrument: { ...base.instrument, label, tickSize } };
      const deadlines = new Map([["a", Date.now() + 30_000]]);
      at = standing({ market: of.market, view: engineView({ pending: [pending] }), deadlines });
      changed.fire();
      const first = fake.progress[0]?.title.split(" · ")[0] ?? "";
      const zeros = "0".repeat(decimals);
      const entry = of.orderType === "MARKET" ? `market (99999.${zeros})` : `99999.${zeros}`;
      expect(first).toMatch(/^(Simulated: )?SHORT 100 /);
      expect(first).toContain(`SHORT 100 ${label} @ ${entry}, stop 98888.${zeros}, target 97777.${zeros}`);
      expect(first.length).toBeLessThanOrEqual(of.atMost);
    },
  );

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

  it("makes no link of a name from a file", async () => {
    const [pending] = [recommendation({ id: "a", account: "manual" })];
    const instrument = { ...pending.instrument, label: "[x](command:y)" };
    at = standing({
      view: engineView({ pending: [{ ...pending, instrument }] }),
      deadlines: new Map([["a", Date.now() + 30_000]]),
    });
    changed.fire();
    expect(fake.progress[0]?.title).toContain("[x] (command:y)");
  });
});
