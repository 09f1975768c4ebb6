import { describe, expect, it } from "vitest";
import { knownSignals, signalEvidence } from "../../src/app/evidence.js";
import type { EngineOutput } from "../../src/core/events.js";
import {
  amendment,
  decision,
  exit,
  fill,
  footprint,
  micros,
  partialExit,
  recommendation,
  refusal,
  SIGNAL_TIME,
  after as secondsAfter,
  shadow,
  signal,
  ticks,
  voiding,
} from "../support/outputs.js";

const kept: readonly EngineOutput[] = [signal(), recommendation(), footprint(), fill(), exit(), shadow()];
const id = recommendation().id;

function evidenceOf(outputs: readonly EngineOutput[], of: string) {
  const footprints = (time: number) =>
    outputs.flatMap((output) => (output.type === "footprint" && output.signal === time ? [output] : []));
  return signalEvidence({ outputs, footprints }, of);
}

describe("The evidence of a signal, from what was kept", () => {
  it("has what was seen, what each rule said, and the bars around it in points", () => {
    const evidence = evidenceOf(kept, id);
    expect(evidence?.footprint).toEqual([
      {
        time: (SIGNAL_TIME - 60_000_000) / 1e6,
        low: 6010,
        high: 6011.5,
        close: 6010.75,
        volume: 900,
        levels: [
          { price: 6010, volume: 500, bid: 320, ask: 180 },
          { price: 6011.5, volume: 400, bid: 100, ask: 290 },
        ],
      },
    ]);
    expect(evidence?.cluster).toMatchObject({
      ratio: signal().ratio,
      volume: signal().volume,
      baseline: signal().baseline,
    });
    expect(evidence?.answers.map(({ rule }) => rule)).toEqual(["modal", "delta", "absorption", "modal_and_delta"]);
  });

  it("has why the size was so, and how it ended on every account and by the paper rules alone", () => {
    const evidence = evidenceOf(kept, id);
    expect(evidence?.call?.sizing).toMatchObject({ quantity: recommendation().sizing.quantity });
    expect(evidence?.results.map(({ of, rMultiple }) => [of, rMultiple])).toEqual([
      [exit().account, exit().rMultiple],
      ["shadow", shadow().rMultiple],
    ]);
  });

  it("counts the results before the call alone, in its context and in the others", () => {
    const { context, account, time } = recommendation();
    const before = micros(time - 1);
    const results = [
      exit({ id: "a", recommendation: "A", account, context, win: true, at: before }),
      exit({ id: "b", recommendation: "B", account, context: "SHORT|mid|6x+", win: false, at: before }),
      exit({ id: "c", recommendation: "C", account, context, win: false, at: secondsAfter(60) }),
    ];
    const call = evidenceOf([...results, ...kept], id)?.call;
    expect([call?.own, call?.others]).toEqual([
      { wins: 1, losses: 0 },
      { wins: 0, losses: 1 },
    ]);
  });

  it("counts the results of both accounts where the call rests on both, a trade that both made once", () => {
    const { context, time } = recommendation();
    const of = { context, at: micros(time - 1) };
    const results = [
      exit({ ...of, id: "a", recommendation: "A", account: "paper", win: true }),
      exit({ ...of, id: "b", recommendation: "B", account: "paper", win: true }),
      exit({ ...of, id: "c", recommendation: "B", account: "manual", win: false }),
    ];
    const posterior = { alpha: 2, beta: 2, lambda: 0, contextTrades: 2, otherTrades: 0 };
    const call = recommendation({ account: "manual", posterior });
    const evidence = evidenceOf([...results, signal(), call], call.id);
    expect(evidence?.call?.own).toEqual({ wins: 1, losses: 1 });
    expect(evidence?.call?.rows.map(({ win }) => win)).toEqual([true, false]);
  });

  it.each([
    { action: "BUY" as const, stop: 24_000, expected: { low: -0.5, high: 1, close: 0.25 } },
    { action: "SHORT" as const, stop: 24_080, expected: { low: -1, high: 0.5, close: -0.25 } },
  ])("measures the path of a $action in R, the worst of a bar as its low", ({ action, stop, expected }) => {
    const bar = {
      start: secondsAfter(0),
      end: secondsAfter(60),
      low: ticks(24_020),
      high: ticks(24_080),
      close: ticks(24_050),
      volume: 9,
      levels: [],
    };
    const called = recommendation({ action, price: ticks(24_040), stop: ticks(stop) });
    const path = footprint({ id: "path", part: "path", bars: [bar] });
    expect(evidenceOf([signal({ direction: action }), called, path], called.id)?.path).toEqual([
      { time: secondsAfter(60) / 1e6, ...expected },
    ]);
  });

  it("rests on what was known at the call, whatever was corrected or taken back later", () => {
    const { context, time } = recommendation();
    const of = { account: "manual", recommendation: "A" } as const;
    const known = exit({ ...of, id: "a", context, win: true, at: micros(time - 1) });
    const call = recommendation({ account: "manual" });
    const corrected = exit({ ...of, id: "b", replaces: "a", context, win: false, at: secondsAfter(90) });
    const later = [amendment({ ...of, at: secondsAfter(90) }), corrected, voiding({ ...of, at: secondsAfter(95) })];
    for (const outputs of [[], later.slice(0, 2), later]) {
      const evidence = evidenceOf([known, signal(), call, ...outputs], id);
      expect(evidence?.call?.own).toEqual({ wins: 1, losses: 0 });
    }
  });

  it("says that bars were not recorded by an earlier version, and shows the rest", () => {
    const { posterior: _, ...earlier } = recommendation();
    const evidence = evidenceOf([signal(), earlier as ReturnType<typeof recommendation>], id);
    expect([evidence?.footprint, evidence?.path, evidence?.call?.posterior]).toEqual([[], [], undefined]);
  });

  it("says what the user answered", () => {
    const of = (...outputs: EngineOutput[]) =>
      evidenceOf([signal(), recommendation({ account: "manual" }), ...outputs], id)?.answer;
    expect(of()).toBe("No answer is recorded");
    expect(of(fill({ account: "manual" }))).toBe("Filled 2 at 6010.50");
    expect(of(decision({ account: "manual", reason: "too late" }))).toBe("Not executed: too late");
  });

  it("says of a trade in parts what each exit closed, the last one too, whose price is not the mean of the result", () => {
    const part = partialExit();
    const last = {
      ...part,
      id: "exit:1",
      quantity: 2,
      price: ticks(23_981),
      reason: "stop",
      reasonChecked: "stop",
    } as const;
    const open = [signal(), recommendation({ account: "manual" }), fill({ account: "manual", quantity: 3 }), part];
    expect(evidenceOf(open, id)).toMatchObject({
      answer: "Filled 3 at 6010.50, 1 closed at 6041.25 (target)",
      results: [],
    });
    const mean = (24_165 + 2 * 23_981) / 3;
    const closed = exit({ account: "manual", quantity: 3, price: mean, reason: "stop", parts: [part, last] });
    expect(evidenceOf([...open, closed], id)).toMatchObject({
      answer: "Filled 3 at 6010.50, 1 closed at 6041.25 (target), 2 closed at 5995.25 (stop)",
      results: [{ of: "manual", exit: expect.closeTo(mean / 4, 9) }],
    });
  });

  it("is found by the signal too, where it was refused, newest first", () => {
    const later = signal({ time: secondsAfter(600) });
    const outputs = [
      ...kept,
      later,
      refusal({ time: secondsAfter(600), direction: later.direction, reason: "CUTOFF" }),
    ];
    expect(knownSignals(outputs).map(({ signal: { time }, refusal: no }) => [time, no?.reason])).toEqual([
      [secondsAfter(600), "CUTOFF"],
      [SIGNAL_TIME, undefined],
    ]);
    const expired = refusal({ time: secondsAfter(600), direction: later.direction, reason: "EXPIRED" });
    const [newer, older] = knownSignals([signal(), later, expired]);
    expect([newer?.refusal, older?.refusal?.reason]).toEqual([undefined, "EXPIRED"]);
    const evidence = evidenceOf(outputs, `cluster:ESM5:${secondsAfter(600)}`);
    expect([evidence?.refused, evidence?.call]).toEqual(["too near the session's end", undefined]);
    expect(evidenceOf(outputs, "nothing")).toBeUndefined();
  });
});
