import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineEvent, EngineOutput, ExitReason } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import type { RunMode } from "../../src/core/settings.js";
import type { Micros, Ticks } from "../../src/core/units.js";

const OPEN = Temporal.Instant.from("2025-06-09T13:30:00Z").epochMilliseconds * 1000;
const SECOND = 1_000_000;
const ES = { type: "contract", instrument: 1, symbol: "ESM5", time: OPEN as Micros } as const;
const LIVE: RunMode = { leading: "manual", paperTrades: false, haltEndsWithSession: false };
const PAPER: RunMode = { leading: "paper", paperTrades: true, haltEndsWithSession: true };

type Print = readonly [second: number, price: number, size?: number, side?: 1 | -1 | 0, instrument?: number];

/** Trades by seconds from the open and prices in ticks. */
function trades(...prints: readonly Print[]): EngineEvent {
  return {
    type: "trades",
    count: prints.length,
    time: Float64Array.from(prints, ([second]) => OPEN + second * SECOND),
    price: Int32Array.from(prints, ([, price]) => price),
    size: Uint32Array.from(prints, ([, , size = 1]) => size),
    side: Int8Array.from(prints, ([, , , side = 0]) => side),
    instrument: Uint32Array.from(prints, ([, , , , instrument = 1]) => instrument),
  };
}

const clock = (second: number): EngineEvent => ({ type: "clock", time: (OPEN + second * SECOND) as Micros });

/** Minutes of 100 contracts that step between 24000 and 24004 ticks. */
function quiet(from: number, to: number): EngineEvent {
  const prints: Print[] = [];
  for (let minute = from; minute < to; minute++) {
    prints.push([minute * 60 + 5, 24000 + 4 * (minute % 2), 50], [minute * 60 + 30, 24002, 50]);
  }
  return trades(...prints);
}

/** A minute of 500 contracts whose volume lies at its low: a BUY of 5.0x at 24000 ticks. */
const spike = (minute: number): EngineEvent =>
  trades([minute * 60 + 5, 24010, 50], [minute * 60 + 20, 24000, 400], [minute * 60 + 50, 24000, 50]);

// The bars around a signal have tests of their own.
const run = (engine: Engine, ...events: readonly EngineEvent[]): EngineOutput[] =>
  events.flatMap((event) => engine.process(event).filter(({ type }) => type !== "footprint"));

const engineOf = (mode: RunMode = LIVE, settings: object = {}) =>
  new Engine(parseSettings(settings), mode, NO_HOLIDAYS);

const types = (outputs: readonly EngineOutput[]) =>
  outputs.map((output) => output.type).filter((type) => type !== "shadow");

const ID = "ESM5-20250609T135700Z-BUY";
const base = { type: "account", account: "manual", recommendation: ID } as const;
const fill = (price: number, quantity = 1, id = `fill ${price}`, second = 1640): AccountEvent => ({
  ...base,
  kind: "fill",
  id,
  time: (OPEN + second * SECOND) as Micros,
  price: price as Ticks,
  quantity,
});
const exit = (price: number, reason: ExitReason, id = `exit ${price}`, second = 1800): AccountEvent => ({
  ...base,
  kind: "exit",
  id,
  time: (OPEN + second * SECOND) as Micros,
  price: price as Ticks,
  reason,
});
const skip: AccountEvent = {
  ...base,
  kind: "decision",
  id: "skip",
  time: (OPEN + 1640 * SECOND) as Micros,
  answer: "not_executed",
  reason: "too slow",
};

/** An engine that has just recommended to buy at 24000 ticks, at 13:57. */
function recommended(mode: RunMode = LIVE, settings: object = {}): { engine: Engine; outputs: EngineOutput[] } {
  const engine = engineOf(mode, settings);
  return { engine, outputs: run(engine, ES, quiet(0, 26), spike(26), clock(1620)) };
}

describe("a cluster becomes a recommendation", () => {
  it("at the end of its bar, with what the rules say", () => {
    const { outputs } = recommended();
    expect(types(outputs)).toEqual(["signal", "recommendation"]);
    expect(outputs[1]).toMatchObject({ id: ID, action: "BUY", price: 24000, quantity: 1, context: "BUY|open|4-6x" });
    expect(outputs[1]).toMatchObject({ riskBudget: 22_500, riskActual: 100_000, confidence: 0.5, multiplier: 1 });
  });

  it("whose entry ends no earlier than it came, where positions are closed before the last entries", () => {
    // Flat from 13:50 on; the signal comes in a bar of 13:56.
    const settings = { "paper.eodFlatMinutes": 370, "detector.trigger": "intrabar" };
    const { engine, outputs } = recommended(PAPER, settings);
    const made = [...outputs, ...run(engine, clock(1621))];
    expect(made.map(({ type }) => type)).toEqual(["signal", "recommendation", "cancel", "shadow"]);
    const [, issued, ...ended] = made.map((output) => "time" in output && output.time);
    expect(issued).toBe(OPEN + 1580 * SECOND);
    expect(ended).toEqual([issued, issued]);
  });

  it("not before the bar has ended", () => {
    const engine = engineOf();
    expect(run(engine, ES, quiet(0, 26), spike(26), clock(1619))).toEqual([]);
  });

  it("not of an instrument of which nobody knows what a point is worth", () => {
    const signal = (known: object) => {
      const engine = new Engine(
        { ...parseSettings({}), contract: { instrument: "CL", pin: "", session: "rth" } },
        LIVE,
        NO_HOLIDAYS,
      );
      const contract = { ...ES, symbol: "CLN5", tickSize: 0.01, ...known };
      return run(engine, contract, quiet(0, 26), spike(26), clock(1620)).map((output) =>
        output.type === "refusal" ? output.reason : output.type,
      );
    };
    expect(signal({})).toEqual(["signal", "UNKNOWN_INSTRUMENT"]);
    expect(signal({ pointValue: 1000 })).toEqual(["signal", "recommendation"]);
  });

  it("not while the feed is behind", () => {
    const engine = engineOf();
    const down = { type: "connection", time: (OPEN + 1561 * SECOND) as Micros, state: "down" } as const;
    expect(run(engine, ES, quiet(0, 26), down, spike(26), trades([1620, 24000])).at(-1)).toMatchObject({
      reason: "STALE",
    });
  });

  it("and refuses no call of an earlier run that it sees again while it catches up", () => {
    const day = [ES, quiet(0, 26), spike(26)];
    const [made] = run(engineOf(), ...day, trades([1620, 24000])).filter(({ type }) => type === "recommendation");
    if (made?.type !== "recommendation") return expect.fail("no recommendation");
    const restored = {
      type: "account",
      kind: "recommendation",
      id: made.id,
      account: "manual",
      at: made.time,
      recommendation: made,
    } as const;
    const up = { type: "connection", time: OPEN as Micros, state: "up" } as const;
    expect(types(run(engineOf(), up, ...day, restored, trades([1620, 24000])))).toEqual(["connection", "signal"]);
    expect(types(run(engineOf(), up, ...day, trades([1620, 24000])))).toEqual(["connection", "signal", "refusal"]);
  });

  it("not from a bar that a gap touches, whose volume then leaves the baseline", () => {
    const engine = engineOf();
    const at = (second: number) => (OPEN + second * SECOND) as Micros;
    const gap = { type: "connection", time: at(1600), state: "gap", from: at(1590), to: at(1600) } as const;
    expect(types(run(engine, ES, quiet(0, 26), spike(26), gap, clock(1620)))).toEqual(["connection", "gap"]);
  });

  it("nor under the intrabar trigger, within the bar that a gap has touched already, or that one touches that began before", () => {
    const settings = { "detector.trigger": "intrabar" };
    const at = (second: number) => (OPEN + second * SECOND) as Micros;
    const gap = (from: number, to: number) =>
      ({ type: "connection", time: at(from), state: "gap", from: at(from), to: at(to) }) as const;
    for (const missing of [gap(1562, 1564), gap(1562, 1562), gap(1560, 1560), gap(1540, 1564)]) {
      const outputs = run(engineOf(LIVE, settings), ES, quiet(0, 26), missing, spike(26), clock(1680));
      expect(types(outputs)).toEqual(missing.from < missing.to ? ["connection", "gap"] : ["connection"]);
    }
    const over = run(engineOf(LIVE, settings), ES, quiet(0, 26), gap(1540, 1560), spike(26), clock(1680));
    expect(types(over)).toEqual(["connection", "gap", "signal", "recommendation", "mark"]);
  });

  it("nor from the first of two bars whose gaps were announced together", () => {
    const at = (second: number) => (OPEN + second * SECOND) as Micros;
    const gap = (from: number, to: number, instrument?: number) => {
      const of = instrument === undefined ? {} : { instrument };
      return { type: "connection", time: at(1561), state: "gap", from: at(from), to: at(to), ...of } as const;
    };
    const gaps = [gap(1561, 1562, 1), gap(1650, 1655, 2), gap(1690, 1700)];
    const outputs = run(engineOf(), ES, quiet(0, 26), ...gaps, spike(26), quiet(27, 28), spike(28), clock(1740));
    expect(types(outputs)).toEqual(["connection", "gap", "connection", "connection", "gap"]);
  });

  it("also where the gap is of another contract, whose trades alone are missing", () => {
    const at = (second: number) => (OPEN + second * SECOND) as Micros;
    const gap = { type: "connection", time: at(1600), state: "gap", from: at(1590), to: at(1600) } as const;
    const outputs = (instrument: number) =>
      types(run(engineOf(), ES, quiet(0, 26), spike(26), { ...gap, instrument }, clock(1620)));
    expect(outputs(1)).toEqual(["connection", "gap"]);
    expect(outputs(2)).toContain("signal");
    expect(outputs(2)).not.toContain("gap");
  });

  it("not from a bar in which a trade was off the tick", () => {
    const engine = engineOf();
    const rejected = {
      type: "rejected",
      instrument: 1,
      time: (OPEN + 1600 * SECOND) as Micros,
      reason: "off_tick",
      size: 3,
    } as const;
    expect(run(engine, ES, quiet(0, 26), spike(26), rejected, clock(1620))).toEqual([]);
    expect(engine.summary()).toMatchObject({ skipped: { off_tick: 1 } });
  });

  it("at the first trade that reaches the threshold under the intrabar trigger, once", () => {
    const engine = engineOf(LIVE, { "detector.trigger": "intrabar" });
    const outputs = run(engine, ES, quiet(0, 26), spike(26), clock(1620));
    expect(types(outputs)).toEqual(["signal", "recommendation", "mark"]);
    expect(outputs[0]).toMatchObject({ partial: true, volume: 450, time: OPEN + (26 * 60 + 20) * SECOND });
  });

  it("waits for the price to come back under the retest mode, and expires after 30 minutes", () => {
    const retest = { "detector.entryMode": "retest" };
    const back = engineOf(LIVE, retest);
    run(back, ES, quiet(0, 26), spike(26));
    expect(types(run(back, trades([1620, 24004], [1630, 24003], [1631, 24003])))).toEqual(["signal", "recommendation"]);
    const away = engineOf(LIVE, retest);
    run(away, ES, quiet(0, 26), spike(26));
    expect(run(away, trades([1620, 24004], [3421, 24000])).at(-1)).toMatchObject({
      type: "refusal",
      reason: "EXPIRED",
    });
  });
});

describe("the tape", () => {
  it("tells of the bar that forms how many times its baseline it has traded, and when it closes", () => {
    const engine = engineOf();
    run(engine, ES, quiet(0, 19), clock(19 * 60));
    expect(engine.view().forming).toBeUndefined();
    run(engine, quiet(19, 26), clock(26 * 60), trades([26 * 60 + 5, 24000, 130]));
    expect(engine.view().forming).toEqual({ ratio: 1.3, end: OPEN + 27 * 60 * SECOND });
    run(engine, clock(27 * 60));
    expect(engine.view().forming).toEqual({ ratio: 0, end: OPEN + 28 * 60 * SECOND });
    const [from, time] = [OPEN + 1620 * SECOND, OPEN + 1650 * SECOND] as Micros[];
    if (from === undefined || time === undefined) throw new Error("No times");
    run(engine, { type: "connection", time, state: "gap", from, to: time });
    expect(engine.view().forming).toBeUndefined();
  });

  it("leaves out and counts what cannot be", () => {
    const engine = engineOf();
    run(engine, ES, trades([1, 24000], [2, 24000, 1, 0, 9], [3, 0], [4, 24000, 0], [5, 30000]));
    expect(engine.summary()).toMatchObject({
      trades: 5,
      skipped: { foreign: 1, bad_price: 1, bad_size: 1, quarantined: 1 },
    });
  });

  it("takes five quarantined prints near each other for the new level", () => {
    const engine = engineOf();
    run(engine, ES, trades([1, 24000], ...[2, 3, 4, 5, 6, 7].map((second): Print => [second, 30000])));
    expect(engine.summary().skipped).toEqual({ quarantined: 4 });
    expect(engine.view().lastPrice).toBe(30000);
  });

  it("drops a trade of a bar that has closed", () => {
    const engine = engineOf();
    run(engine, ES, trades([1, 24000]), clock(60), trades([59, 24000]));
    expect(engine.summary().skipped).toEqual({ late: 1 });
  });
});

describe("the user's account", () => {
  it("books a fill and an exit, learns, and shows both", () => {
    const { engine } = recommended();
    expect(engine.view().pending.map(({ id }) => id)).toEqual([ID]);
    expect(types(run(engine, fill(24000, 2)))).toEqual(["fill"]);
    expect(engine.view()).toMatchObject({ pending: [], open: [{ quantity: 2, entryPrice: 24000 }] });
    const [closed, equity] = run(engine, exit(24061, "target"));
    expect(closed).toMatchObject({ grossPnl: 152_500, commission: 1_000, netPnl: 151_500, points: 15.25, win: true });
    expect(closed).toMatchObject({ learned: { context: "BUY|open|4-6x", trades: 1, wins: 1, multiplier: 1 } });
    expect(equity).toMatchObject({ balance: 1_651_500 });
    expect(engine.view()).toMatchObject({ open: [], contexts: [{ trades: 1, wins: 1 }] });
  });

  it("weighs several fills of one recommendation by their quantities", () => {
    const { engine } = recommended();
    const [closed] = run(engine, fill(24000, 1), fill(24003, 2), exit(24012, "manual")).filter(
      ({ type }) => type === "exit",
    );
    expect(closed).toMatchObject({
      entryPrice: 24002,
      quantity: 3,
      grossPnl: 1250 * 12 + 2 * 1250 * 9,
      commission: 1_500,
    });
  });

  it("keeps a claimed target that the price contradicts, and says what it was", () => {
    const { engine } = recommended();
    run(engine, fill(24000));
    const target = engine.view().open[0]?.recommendation.target ?? 0;
    expect(run(engine, exit(target - 3, "target"))[0]).toMatchObject({ reason: "target", reasonChecked: "manual" });
  });

  it("counts an event once, however often it comes", () => {
    const { engine } = recommended();
    expect(types(run(engine, fill(24000), fill(24000), exit(24010, "manual"), exit(24010, "manual")))).toEqual([
      "fill",
      "exit",
      "equity",
    ]);
  });

  it.each<[string, readonly AccountEvent[], string]>([
    ["a fill of nothing", [{ ...fill(24000), recommendation: "X" } as AccountEvent], "No recommendation is called X"],
    ["an exit of nothing", [exit(24000, "stop")], "has no recorded fill"],
    ["a fill after the exit", [fill(24000), exit(24010, "manual"), fill(24001)], "closed already"],
    ["a second exit", [fill(24000), exit(24010, "manual"), exit(24011, "manual")], "closed already"],
    ["a fill after it was not executed", [skip, fill(24000)], "recorded as not executed"],
    ["a decision after a fill", [fill(24000), skip], "has an answer already"],
    ["half a contract", [fill(24000, 0.5)], "whole contract"],
    ["a fill at no moment", [fill(24000, 1, "never", Number.NaN)], "is no moment"],
    ["an exit at no moment", [fill(24000), exit(24010, "manual", "never", Number.POSITIVE_INFINITY)], "is no moment"],
    ["a fill at an infinite price", [fill(Number.POSITIVE_INFINITY)], "positive whole number of ticks"],
    ["a fill at no number", [fill(Number.NaN)], "positive whole number of ticks"],
    ["a fill of infinitely many", [fill(24000, Number.POSITIVE_INFINITY)], "whole contract"],
    ["an exit before its entry", [fill(24000), exit(24010, "manual", "early", 1000)], "before its last fill"],
    [
      "an exit between two fills",
      [fill(24000), fill(24000, 1, "second", 1900), exit(24010, "manual", "early", 1800)],
      "before its last fill",
    ],
  ])("refuses %s with a sentence, and nothing changes", (_, events, sentence) => {
    const { engine } = recommended();
    const before = run(engine, ...events.slice(0, -1));
    const view = JSON.stringify(engine.view());
    const last = run(engine, ...events.slice(-1));
    expect(before.every(({ type }) => type !== "illegal")).toBe(true);
    expect(types(last)).toEqual(["illegal"]);
    expect(JSON.stringify(last)).toContain(sentence);
    expect(JSON.stringify(engine.view())).toBe(view);
  });

  it("takes what was refused when it has become possible", () => {
    const { engine } = recommended();
    expect(types(run(engine, exit(24010, "manual"), fill(24000), exit(24010, "manual")))).toEqual([
      "illegal",
      "fill",
      "exit",
      "equity",
    ]);
  });

  it("blocks the next signal while a position is open, and trusts the context less after a loss", () => {
    const settings = { "detector.cooldownMinutes": 0, "detector.rankWindowHours": 0 };
    const { engine } = recommended(LIVE, settings);
    run(engine, fill(24000));
    const open = run(engine, quiet(27, 40), spike(40), clock(41 * 60));
    expect(open.at(-1)).toMatchObject({ type: "refusal", reason: "OPEN_POSITION" });
    run(engine, exit(23990, "stop"));
    const again = run(engine, quiet(41, 70), spike(70), clock(71 * 60));
    expect(again.at(-1)).toMatchObject({ type: "recommendation", confidence: expect.closeTo(1 / 3, 3) });
  });

  it("halts at 5 % below the peak and stays so over the session's end until it is reset", () => {
    const { engine } = recommended();
    run(engine, fill(24000));
    expect(types(run(engine, trades([1700, 23941])))).toEqual(["mark"]);
    expect(types(run(engine, trades([1701, 23940])))).toContain("halt");
    run(engine, clock(7 * 3600));
    expect(engine.view().accounts[0]).toMatchObject({ halted: true });
    run(engine, {
      type: "account",
      kind: "reset",
      id: "reset",
      account: "manual",
      time: OPEN as Micros,
      reason: "checked",
    });
    expect(engine.view().accounts[0]).toMatchObject({ halted: false });
  });
});

describe("a restart", () => {
  const answers = [fill(24000), exit(24020, "manual")];
  const later = [quiet(27, 90), spike(90), clock(91 * 60), clock(7 * 3600)];

  it("from the journal and today's trades is the run that was never interrupted", () => {
    const whole = recommended(PAPER).engine;
    const outputs = run(whole, ...later);
    const again = recommended(PAPER).engine;
    const recorded = restoredFrom(outputs, OPEN + 7 * 3600 * SECOND);
    run(again, ...later, ...recorded);
    expect(again.view()).toEqual(whole.view());
  });

  it("without any trades keeps balances, positions, learning and answers", () => {
    const { engine, outputs } = recommended();
    const done = [...outputs, ...run(engine, ...answers)];
    const again = engineOf();
    run(again, ...restoredFrom(done, 0));
    const { accounts, contexts, open, pending } = engine.view();
    expect(again.view()).toMatchObject({ accounts, contexts, open, pending });
  });

  it("keeps both accounts' trades of one recommendation", () => {
    const beside: RunMode = { leading: "manual", paperTrades: true, haltEndsWithSession: true };
    const { engine, outputs } = recommended(beside);
    const done = [...outputs, ...run(engine, fill(24000), trades([1650, 23999]), exit(24010, "manual"))];
    expect(types(done).filter((type) => type === "fill")).toHaveLength(2);
    const again = engineOf(beside);
    const restored = run(again, ES, ...restoredFrom(done, OPEN + 1651 * SECOND));
    expect(types(restored)).not.toContain("illegal");
    expect(again.view().open).toMatchObject([{ account: "paper" }]);
  });

  it("takes over an open paper position and closes it at its stop", () => {
    const { engine, outputs } = recommended(PAPER);
    const filled = [...outputs, ...run(engine, trades([1650, 23999]))];
    expect(types(filled)).toContain("fill");
    const again = engineOf(PAPER);
    run(again, ES, ...restoredFrom(filled, OPEN + 1651 * SECOND));
    const closed = run(again, trades([1700, 23900]));
    expect(closed.find(({ type }) => type === "exit")).toMatchObject({ reason: "stop", account: "paper" });
  });

  it("takes over a paper order at work", () => {
    const { outputs } = recommended(PAPER);
    const again = engineOf(PAPER);
    run(again, ES, ...restoredFrom(outputs, OPEN + 1620 * SECOND));
    expect(types(run(again, trades([1650, 23999])))).toEqual(["fill"]);
  });
});

/** What the journal gives back, as the store's own mapping does. */
function restoredFrom(outputs: readonly EngineOutput[], at: number): AccountEvent[] {
  const stamp = { type: "account", at: at as Micros } as const;
  return outputs.flatMap((output): AccountEvent[] => {
    switch (output.type) {
      case "recommendation":
        return [{ ...stamp, kind: "recommendation", id: output.id, account: output.account, recommendation: output }];
      case "fill":
        return [{ ...stamp, ...output, type: "account", kind: "fill", notes: undefined } as AccountEvent];
      case "exit":
        return [{ ...stamp, ...output, type: "account", kind: "exit", price: output.price as Ticks } as AccountEvent];
      case "equity":
        return [{ ...stamp, ...output, type: "account", kind: "equity" } as AccountEvent];
      default:
        return [];
    }
  });
}
