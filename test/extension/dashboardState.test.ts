import { describe, expect, it } from "vitest";
import type { ContextView } from "../../src/core/events.js";
import { winRateInterval } from "../../src/core/sizing/posterior.js";
import type { Micros } from "../../src/core/units.js";
import { dashboardChange, dashboardState, verdict } from "../../src/extension/dashboardState.js";
import { PresentExits } from "../../src/extension/presentExits.js";
import {
  amendment,
  cents,
  equity,
  exit,
  fill,
  RECOMMENDATION_ID,
  recommendation,
  after as secondsAfter,
  ticks,
} from "../support/outputs.js";
import { accountView, engineView, feed, position, standing } from "./support.js";

function context(changes: Partial<ContextView> = {}): ContextView {
  return {
    context: "BUY|mid|4-6x",
    account: "manual",
    trades: 40,
    wins: 25,
    winRateInterval: [0.5, 0.74],
    meanR: 0.2,
    netPnl: cents(10_000),
    breakEven: undefined,
    confidence: 0.61,
    interval: [0.51, 0.71],
    conservativeMultiplier: 1,
    multiplier: 1.5,
    evidence: 50,
    ...changes,
  };
}

const source = (outputs: Parameters<typeof dashboardState>[0]["outputs"], changes = {}) => ({
  standing: standing(changes),
  outputs,
  exits: new PresentExits().of(outputs),
  timeZone: "America/New_York",
  winRateInterval,
});

describe("The state of the panel", () => {
  it("has each account in dollars and fractions", () => {
    const [account] = dashboardState(source([])).accounts;
    expect(account).toMatchObject({
      name: "manual",
      startBalance: 15_000,
      balance: 15_847.5,
      drawdown: 0.01,
      maxDrawdown: 0.0234,
      trades: 3,
      wins: 2,
      netPnl: 847.5,
      expectancyR: undefined,
    });
    expect(account?.totalReturn).toBeCloseTo(0.0565, 10);
    // Beta(3, 2): the 5 % and 95 % points.
    expect(account?.winRateInterval[0]).toBeCloseTo(0.2486, 4);
    expect(account?.winRateInterval[1]).toBeCloseTo(0.9024, 4);
  });

  it("says by what a call can be trusted while a feed runs: its age, the day's end and the risk that is used", () => {
    const view = engineView({
      accounts: [accountView({ name: "paper", limitDrawdown: 0.04 }), accountView({ limitDrawdown: 0.0125 })],
      haltingDrawdown: 0.05,
      tradingDay: "2025-06-09",
      sessionClose: secondsAfter(60),
    });
    const of = (changes: object) => dashboardState(source([], { view, ...changes })).trust;
    const live = feed({}, { lastTradeAt: secondsAfter(-3) });
    expect(of({ phase: "running", feed: live })).toEqual({
      lastTradeAt: Math.floor(secondsAfter(-3) / 1e6),
      closesAt: Math.floor(secondsAfter(60) / 1e6),
      fallen: 0.0125,
      haltsAt: 0.05,
    });
    expect(of({ phase: "idle" })).toBeUndefined();
    expect(of({ phase: "running", leader: { who: "another", status: "" } })).toBeUndefined();
    const off = { ...view, haltingDrawdown: 0, tradingDay: undefined };
    expect(of({ phase: "running", view: off })).toEqual({});
  });

  it("means the R-multiples of the account's own exits", () => {
    const outputs = [
      exit({ account: "manual", rMultiple: 2 }),
      exit({ account: "manual", id: "second", rMultiple: -1 }),
      exit({ account: "paper", rMultiple: 9 }),
    ];
    expect(dashboardState(source(outputs)).accounts[0]?.expectancyR).toBe(0.5);
  });

  it("means the results after costs beside R, which is before them: one may be a gain and the other a loss", () => {
    const outputs = [
      exit({ account: "manual", rMultiple: 0.12, netPnl: cents(1000) }),
      exit({ account: "manual", id: "second", rMultiple: -0.04, netPnl: cents(-1500) }),
    ];
    const [account] = dashboardState(source(outputs)).accounts;
    expect(account?.expectancy).toBe(-2.5);
    expect(account?.expectancyR).toBeCloseTo(0.04, 12);
  });

  it("means a corrected exit once", () => {
    const outputs = [
      exit({ account: "manual", rMultiple: 2 }),
      amendment(),
      exit({ account: "manual", id: "corrected", replaces: exit().id, rMultiple: -1 }),
    ];
    expect(dashboardState(source(outputs)).accounts[0]?.expectancyR).toBe(-1);
  });

  it.each([
    ["Edge", context()],
    ["Unproven", context({ interval: [0.5, 0.7] })],
    ["Unproven", context({ interval: [0.2, 0.49], meanR: 0.3 })],
    ["Unproven", context({ interval: [0.2, 0.35] })],
    ["Avoid", context({ interval: [0.2, 0.34] })],
    ["Avoid", context({ interval: [0.3, 0.44], breakEven: 0.45 })],
    ["Unproven", context({ interval: [0.2, 0.34], breakEven: 0.3 })],
    ["Edge", context({ interval: [0.51, 0.6], breakEven: 0.7 })],
    ["Too few", context({ trades: 29 })],
    ["Too few", context({ trades: 29, interval: [0.1, 0.2] })],
  ])("judges a context: %s", (word, view) => {
    expect(verdict(view)).toBe(word);
  });

  it("gives a context the break-even of its own payoffs, else the one of the usual bracket", () => {
    const contexts = [
      context({ context: "known", breakEven: 0.31 }),
      context({ context: "young", interval: [0.1, 0.9], breakEven: undefined }),
    ];
    const [account] = dashboardState(source([], { view: engineView({ contexts }) })).accounts;
    expect(account?.contexts.map((row) => row.breakEven)).toEqual([0.31, 0.35]);
  });

  it("sorts contexts by the low end of their interval, best first, and shows each account its own", () => {
    const contexts = [
      context({ context: "low", interval: [0.2, 0.9] }),
      context({ context: "high", interval: [0.4, 0.5] }),
      context({ context: "foreign", account: "paper" }),
    ];
    const [account] = dashboardState(source([], { view: engineView({ contexts }) })).accounts;
    expect(account?.contexts.map((row) => row.context)).toEqual(["high", "low"]);
  });

  it("says what is open of a position as the status bar does", () => {
    const closed = { quantity: 1, price: ticks(24_050), netPnl: cents(9_500) };
    const open = [position(), position({ quantity: 1, closed })];
    expect(dashboardState(source([], { view: engineView({ open }) })).open).toMatchObject([
      { held: "LONG 2" },
      { held: "LONG 1/2", closed: { count: "1/2", price: "6012.50" } },
    ]);
  });

  it("opens on the account that traded last", () => {
    const accounts = [accountView(), accountView({ name: "paper" })];
    const selected = (outputs: Parameters<typeof source>[0]) =>
      dashboardState(source(outputs, { view: engineView({ accounts }) })).selected;
    expect(selected([])).toBe("manual");
    expect(selected([exit({ account: "manual" }), fill({ account: "paper" })])).toBe("paper");
    expect(selected([fill({ account: "paper" }), fill({ account: "manual", id: "later" })])).toBe("manual");
  });

  it("shows the newest recommendation with its prices as text and the moment at which it is late", () => {
    const pending = [recommendation({ account: "manual", orderType: "MARKET" })];
    const deadlines = new Map([[RECOMMENDATION_ID, 1_749_494_000_500]]);
    expect(dashboardState(source([], { view: engineView({ pending }), deadlines })).recommendation).toMatchObject({
      id: RECOMMENDATION_ID,
      contract: "ES JUN25",
      price: "6010.75",
      stop: "5995.25",
      target: "6041.25",
      riskBudget: 281.25,
      lateAt: 1_749_494_000,
    });
  });

  describe("with a recommendation that has no answer", () => {
    const [old, newest] = [recommendation({ id: "old" }), recommendation({ id: "newest" })];
    const deadlines = new Map([["newest", 1_749_494_000_500]]);
    const shown = (today: string | undefined, phase: "idle" | "running", pending = [old, newest]) => {
      const view = engineView({ pending, tradingDay: today });
      const { recommendation: call, unanswered } = dashboardState(source([], { view, phase, deadlines }));
      return { call: call?.id, lateAt: call?.lateAt, unanswered };
    };
    const { tradingDay } = newest;

    it("of today calls for it, and counts the others", () => {
      expect(shown(tradingDay, "running")).toEqual({ call: "newest", lateAt: 1_749_494_000, unanswered: 1 });
      expect(shown(tradingDay, "running", [newest])).toMatchObject({ call: "newest", unanswered: 0 });
    });

    it("of an earlier day calls for nothing, and counts it", () => {
      expect(shown("2030-01-02", "running")).toEqual({ call: undefined, lateAt: undefined, unanswered: 2 });
      expect(shown("2030-01-02", "idle")).toEqual({ call: undefined, lateAt: undefined, unanswered: 2 });
    });

    it("calls for nothing while its live feed brings nothing of now, says why, and counts it", () => {
      const view = engineView({ pending: [newest], tradingDay });
      const dead = feed({ state: "stale", lastHeardAt: 0 as Micros });
      const state = dashboardState(source([], { view, feed: dead, deadlines: new Map() }));
      expect(state).toMatchObject({ recommendation: undefined, unanswered: 1 });
      expect(state.status).toBe("No data come from the live feed: no call until they do");
      expect(state.noCall).toEqual({ lastHeardAt: 0 });
      const unheard = dashboardState(source([], { view, feed: feed({ state: "connecting", lastHeardAt: undefined }) }));
      expect(unheard.noCall).toEqual({});
      expect(dashboardState(source([], { view, feed: feed() }))).not.toHaveProperty("noCall");
      expect(dashboardState(source([], { view, feed: dead, phase: "idle" }))).not.toHaveProperty("noCall");
      expect(dashboardState(source([], { view, feed: feed(), deadlines })).recommendation?.id).toBe("newest");
    });

    it("calls for nothing between two days", () => {
      expect(shown(undefined, "running")).toMatchObject({ call: undefined, unanswered: 2 });
    });

    it("calls for none of an earlier day in the window after the one in which it came", () => {
      const view = engineView({ pending: [newest], tradingDay: undefined });
      const later = recommendation({ id: "later", tradingDay: "2030-01-02" });
      const state = dashboardState(source([newest, later], { view, phase: "idle" }));
      expect(state).toMatchObject({ recommendation: undefined, unanswered: 1 });
    });

    it("shows it as late when nothing runs, also in the window after the one in which it came", () => {
      expect(shown(tradingDay, "idle")).toMatchObject({ call: "newest", lateAt: 0 });
      expect(shown(undefined, "idle")).toMatchObject({ call: "newest", lateAt: 0 });
    });
  });

  it.each([
    { phase: "starting", market: "replay", mode: "replay", status: "Starting" },
    { phase: "starting", market: undefined, mode: "idle", status: "Starting" },
    { phase: "running", market: "live", mode: "live", status: expect.stringMatching(/^Watching/) },
    { phase: "stopping", market: "live", mode: "idle", status: "Stopping" },
    { phase: "idle", market: "demo", mode: "idle", status: "Stopped: no signal comes until you start" },
    {
      phase: "idle",
      market: undefined,
      mode: "idle",
      status: "Nothing has been started: no signal comes until you start",
    },
  ])("is $mode while $phase with the market $market", ({ mode, status, ...given }) => {
    const { phase } = given;
    expect(dashboardState(source([], given))).toMatchObject({ phase, mode, status });
  });

  it("says how to trade again while the user's account is halted, and watches on when the paper account is", () => {
    const halted = (name: "manual" | "paper") =>
      engineView({
        accounts: (["manual", "paper"] as const).map((each) => accountView({ name: each, halted: each === name })),
      });
    expect(dashboardState(source([], { view: halted("manual") })).status).toBe(
      'Halted: no signal is taken until "Volume Cluster: Reset Emergency Stop"',
    );
    expect(dashboardState(source([], { view: halted("paper") })).status).toMatch(/^Watching/);
  });

  it("names the contract of the last recommendation before a feed says which it follows", () => {
    const view = engineView({ instrument: undefined });
    expect(dashboardState(source([recommendation()], { view })).instrument).toBe("ES JUN25");
    expect(dashboardState(source([], { view })).instrument).toBe("");
  });

  it("keeps the badge of a simulated market after a stop", () => {
    expect(dashboardState(source([], { phase: "idle", market: "demo" })).simulated).toBe(true);
  });

  it("marks a simulated market, and no other", () => {
    expect(dashboardState(source([], { market: "demo" })).simulated).toBe(true);
    expect(dashboardState(source([], { market: "replay" })).simulated).toBe(false);
  });

  it("says in one sentence what the workbench does", () => {
    expect(dashboardState(source([])).status).toBe(
      "Watching, highest spike today 3.2x (needs 4.0x), 14,212 trades seen",
    );
    expect(dashboardState(source([], { phase: "idle", failure: "The disk is full" })).status).toBe("The disk is full");
  });

  it("says how near the bar that forms is to a signal, while one may come of it", () => {
    const view = engineView({ forming: { ratio: 1.25, end: secondsAfter(60) } });
    const of = (changes: object = {}) => dashboardState(source([], { view, ...changes })).nearest;
    expect(of()).toEqual({ ratio: 1.25, needs: 4, closesAt: Math.floor(secondsAfter(60) / 1e6) });
    expect(of({ phase: "stopping" })).toBeUndefined();
    expect(of({ view: engineView() })).toBeUndefined();
    expect(of({ view: { ...view, accounts: [accountView({ name: "manual", halted: true })] } })).toBeUndefined();
  });

  it("adds only the new points to the curves", () => {
    const added = [
      equity({ account: "manual", time: secondsAfter(60), balance: cents(1_500_100) }),
      fill({ account: "manual" }),
    ];
    const { state, equity: points } = dashboardChange(source([...added]), added);
    expect(points).toEqual([
      {
        account: "manual",
        points: [expect.objectContaining({ balance: 15_001, time: Math.floor(secondsAfter(60) / 1e6) })],
      },
    ]);
    expect(state.accounts[0]).not.toHaveProperty("equity");
  });
});
