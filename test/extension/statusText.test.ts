import { describe, expect, it } from "vitest";
import type { OpenPosition } from "../../src/core/events.js";
import { statusLook } from "../../src/extension/statusText.js";
import { RECOMMENDATION_ID, recommendation, after as secondsAfter } from "../support/outputs.js";
import { accountView, engineView, standing } from "./support.js";

const ARRIVED = 1_000_000;
const SIGNAL = standing({
  view: engineView({ pending: [recommendation({ account: "manual" })] }),
  deadlines: new Map([[RECOMMENDATION_ID, ARRIVED + 30_000]]),
});
const POSITION: OpenPosition = {
  recommendation: recommendation({ account: "manual" }),
  account: "manual",
  quantity: 2,
  entryPrice: 24042,
  entryTime: secondsAfter(20),
  openPnl: 12_500,
};

/** `text | background | command` a number of seconds after a signal's arrival. */
function look(of: typeof SIGNAL, seconds = 0): string {
  const { text, background, command } = statusLook(of, ARRIVED + seconds * 1000);
  return `${text} | ${background ?? "plain"} | ${command.slice("volumeCluster.".length)}`;
}

describe("The status bar item", () => {
  it.each([
    [0, "$(bell-dot) BUY 2 ES JUN25 @ 6010.75 · 30 s | plain | recordFill"],
    [6, "$(bell-dot) BUY 2 ES JUN25 @ 6010.75 · 24 s | plain | recordFill"],
    [19.9, "$(bell-dot) BUY 2 ES JUN25 @ 6010.75 · 11 s | plain | recordFill"],
    [20, "$(bell-dot) BUY 2 ES JUN25 @ 6010.75 · 10 s | warning | recordFill"],
    [29.9, "$(bell-dot) BUY 2 ES JUN25 @ 6010.75 · 1 s | warning | recordFill"],
    [30, "$(history) BUY 2 ES JUN25 @ 6010.75 · late | plain | recordFill"],
    [7200, "$(history) BUY 2 ES JUN25 @ 6010.75 · late | plain | recordFill"],
  ])("counts a signal down: after %d s", (seconds, expected) => {
    expect(look(SIGNAL, seconds)).toBe(expected);
  });

  it("says beside a signal what is not saved, and alone where nothing wants an answer", () => {
    expect(look({ ...SIGNAL, unsaved: 2 })).toBe(
      "$(bell-dot) BUY 2 ES JUN25 @ 6010.75 · 30 s · not saved: 2 | error | recordFill",
    );
    expect(look({ ...SIGNAL, unsaved: 1 }, 30)).toBe(
      "$(history) BUY 2 ES JUN25 @ 6010.75 · late · not saved: 1 | error | recordFill",
    );
    const held = standing({ view: engineView({ open: [POSITION] }), unsaved: 1 });
    expect(look(held)).toBe("$(error) not saved: 1 | error | recordFill");
    expect(statusLook(held, ARRIVED).tooltip).toContain("Not saved: 1. Record Fill and Record Exit try it again first");
  });

  it("asks for another look in a second only while a signal's seconds run", () => {
    expect(statusLook(SIGNAL, ARRIVED).counting).toBe(true);
    expect(statusLook(SIGNAL, ARRIVED + 30_000).counting).toBe(false);
    expect(statusLook(standing(), ARRIVED).counting).toBe(false);
  });

  it.each([
    [
      "nothing was started",
      standing({ phase: "idle", market: undefined, view: undefined }),
      "$(graph) Volume Cluster | plain | start",
    ],
    [
      "the records are still being read",
      standing({ phase: "idle", market: undefined, view: undefined, restoring: true }),
      "$(sync~spin) Reading what was recorded | plain | showPendingTrades",
    ],
    ["nothing runs any more", standing({ phase: "idle", market: "demo" }), "$(graph) Demo stopped | plain | start"],
    ["a replay has ended", standing({ phase: "idle", market: "replay" }), "$(graph) Replay stopped | plain | start"],
    [
      "a start is busy",
      standing({ phase: "starting", market: undefined, progress: "Simulated day 12 of 60", view: undefined }),
      "$(sync~spin) Simulated day 12 of 60 | plain | stop",
    ],
    ["a stop is busy", standing({ phase: "stopping", market: "demo" }), "$(sync~spin) Demo: Stopping | plain | stop"],
    [
      "nothing has traded yet",
      standing({ view: engineView({ highestRatio: undefined }) }),
      "$(eye) Watching | plain | openPerformance",
    ],
    ["it watches", standing(), "$(eye) Watching · 3.2x of 4.0x | plain | openPerformance"],
    [
      "a position is open",
      standing({ view: engineView({ open: [POSITION] }) }),
      "$(briefcase) LONG 2 ES JUN25 @ 6010.50 +$125.00 | plain | openPerformance",
    ],
    [
      "a position is open and nothing runs",
      standing({ phase: "idle", market: "demo", view: engineView({ open: [POSITION] }) }),
      "$(briefcase) Demo stopped: LONG 2 ES JUN25 @ 6010.50 +$125.00 | plain | openPerformance",
    ],
    [
      "only the paper account holds a position",
      standing({ view: engineView({ open: [{ ...POSITION, account: "paper" }] }) }),
      "$(eye) Watching · 3.2x of 4.0x | plain | openPerformance",
    ],
    [
      "the run failed",
      standing({ phase: "idle", market: "demo", failure: "The disk is full" }),
      "$(error) Demo stopped: error | error | start",
    ],
    [
      "the first start failed",
      standing({ phase: "idle", market: undefined, view: undefined, failure: "The disk is full" }),
      "$(error) Volume Cluster: error | error | start",
    ],
    [
      "trades wait in another run",
      standing({ phase: "idle", market: "replay", elsewhere: [{ market: "demo", waiting: 2 }] }),
      "$(history) Replay stopped: 2 trades wait in the demo | plain | showPendingTrades",
    ],
    [
      "the market is simulated",
      standing({ market: "demo" }),
      "$(eye) Demo: Watching · 3.2x of 4.0x | plain | openPerformance",
    ],
  ])("says so when %s", (_case, of, expected) => {
    expect(look(of)).toBe(expected);
  });

  it("shows what waits before what failed, and tells both", () => {
    const failed = statusLook({ ...SIGNAL, phase: "idle", failure: "The disk is full" }, ARRIVED);
    expect(failed.text).toMatch(/^\$\(history\) Stopped: BUY 2 ES/);
    expect(failed.background).toBeUndefined();
    expect(failed.tooltip).toContain("The disk is full");
    expect(failed.spoken).toContain("The disk is full");
  });

  it("says that no signal is taken while the account that takes them is halted", () => {
    const view = engineView({ accounts: [accountView({ halted: true }), accountView({ name: "paper" })] });
    expect(look(standing({ view }))).toBe("$(error) HALTED | warning | resetEmergencyStop");
    const sentence = 'Halted: no signal is taken until "Volume Cluster: Reset Emergency Stop"';
    const halted = statusLook(standing({ view }), 0);
    expect(halted.spoken).toMatch(
      /^Halted: no signal is taken until "Volume Cluster: Reset Emergency Stop"\. Watching, /,
    );
    expect(halted.tooltip.filter((line) => line === sentence)).toEqual([halted.tooltip[0]]);
    const held = statusLook(standing({ view: { ...view, open: [POSITION] } }), 0);
    expect(held.text).toMatch(/LONG 2 ES/);
    expect(held.tooltip).toContain(sentence);
    const paper = engineView({ accounts: [accountView(), accountView({ name: "paper", halted: true })] });
    expect(look(standing({ view: paper }))).toMatch(/Watching/);
  });

  it("proves that it is alive: spike, threshold and trades seen", () => {
    const sentence = "Watching, highest spike today 3.2x (needs 4.0x), 14,212 trades seen";
    expect(statusLook(standing(), 0).tooltip).toContain(sentence);
    expect(statusLook(standing(), 0).spoken).toBe(sentence);
  });

  it("speaks in words and says when the market is simulated", () => {
    const { spoken } = statusLook({ ...SIGNAL, market: "demo" }, ARRIVED + 6000);
    expect(spoken).toBe(
      "Signal: buy 2 ES JUN25 at 6010.75, 24 seconds left to act. Simulated market: no real trades, no real money",
    );
  });

  it("says late only of a signal whose time is over by the clock of its market", () => {
    const left = { ...SIGNAL, market: "demo" as const, deadlines: new Map<string, number>() };
    const at = (seconds: number, phase: "idle" | "running") => {
      const view = engineView({ pending: [recommendation({ account: "manual" })], time: secondsAfter(seconds) });
      return look({ ...left, phase, view }, 7200).split(" | ")[0];
    };
    expect(at(6, "idle")).toBe("$(history) Demo stopped: BUY 2 ES JUN25 @ 6010.75 · unanswered");
    expect(at(30, "idle")).toBe("$(history) Demo stopped: BUY 2 ES JUN25 @ 6010.75 · late");
    expect(at(6, "running")).toBe("$(history) Demo: BUY 2 ES JUN25 @ 6010.75 · unanswered");
    expect(at(30, "running")).toBe("$(history) Demo: BUY 2 ES JUN25 @ 6010.75 · late");
  });
});
