import { expect, it } from "vitest";
import { outputId } from "../../src/core/events.js";
import { restoredEvents } from "../../src/store/restore.js";
import {
  after,
  amendment,
  decision,
  equity,
  exit,
  fill,
  oneOfEach,
  partialExit,
  recommendation,
  SIGNAL_TIME,
  ticks,
  voiding,
} from "../support/outputs.js";

it("gives the engine what changes an account, in order, each with its output's id and time", () => {
  expect(restoredEvents(oneOfEach()).map((event) => [event.kind, event.id, accountOf(event), event.at])).toEqual(
    oneOfEach().flatMap((output) => {
      const { type } = output;
      if (type === "signal") return [["signal", outputId(output), "all", output.time]];
      if (type === "shadow") return [["shadow", output.id, "paper", output.time]];
      if (!("id" in output) || type === "imported" || output.type === "footprint" || output.type === "gap") return [];
      const kind = { haltEnded: "reset", partialExit: "exit" }[type as string] ?? type;
      return [[kind, output.id, accountOf(output), output.type === "recommendation" ? SIGNAL_TIME : output.at]];
    }),
  );
});

function accountOf(of: object): unknown {
  return "account" in of ? of.account : "all";
}

it("says of a fill what was recorded, and nothing of what was not", () => {
  expect(restoredEvents([fill({ notes: "at once" }), fill({ id: "other" })])).toEqual([
    expect.objectContaining({
      type: "account",
      kind: "fill",
      price: 24042,
      quantity: 2,
      time: after(20),
      notes: "at once",
    }),
    expect.not.objectContaining({ notes: expect.anything() }),
  ]);
  expect(Object.keys(restoredEvents([fill()])[0] ?? {})).not.toContain("notes");
});

it("says what nobody could verify, and what the user said of his plan", () => {
  const [bought, sold] = restoredEvents([
    fill({ account: "manual", unverified: true }),
    exit({ account: "manual", unverified: true, override: true }),
  ]);
  expect(bought).toMatchObject({ kind: "fill", unverified: true });
  expect(sold).toMatchObject({ kind: "exit", unverified: true, override: true });
});

it("gives back the volatility with the equity of a day's end, and nothing where there was none", () => {
  const volatility = { symbol: "ESM5", value: 0.00033 };
  const [row, other] = restoredEvents([equity({ volatility }), equity({ id: "other" })]);
  expect(row).toMatchObject({ kind: "equity", volatility });
  expect(Object.keys(other ?? {})).not.toContain("volatility");
});

it("says how many an exit of a part closed, and of several the one that closed the rest at its own price", () => {
  const part = partialExit({ notes: "first" });
  const last = {
    ...part,
    id: "exit:manual:A",
    price: ticks(23_981),
    quantity: 2,
    reason: "stop",
    time: after(900),
  } as const;
  const closed = exit({ account: "manual", id: last.id, price: 24_042.3, time: after(900), parts: [part, last] });
  expect(restoredEvents([part, closed])).toMatchObject([
    { kind: "exit", id: part.id, quantity: 1, price: 24165, reason: "target", notes: "first" },
    { kind: "exit", id: last.id, price: 23_981, reason: "stop", time: after(900) },
  ]);
  expect(Object.keys(restoredEvents([closed])[0] ?? {})).not.toContain("quantity");
  // A corrected one is made again by its amendment.
  expect(restoredEvents([{ ...part, replaces: "another" }])).toEqual([]);
  expect(restoredEvents([voiding({ target: last.id })])).toMatchObject([{ kind: "void", target: last.id }]);
});

it("says of an exit the reason that was given and what was watched", () => {
  const given = exit({
    account: "manual",
    reason: "target",
    reasonChecked: "manual",
    maePoints: undefined,
    mfePoints: 3,
  });
  const [event] = restoredEvents([given]);
  expect(event).toMatchObject({ kind: "exit", reason: "target", price: 24103, time: after(600), mfePoints: 3 });
  expect(Object.keys(event ?? {})).not.toContain("maePoints");
});

it("gives back a recommendation whole, and an answer", () => {
  const issued = recommendation();
  expect(restoredEvents([issued, decision()])).toEqual([
    expect.objectContaining({ kind: "recommendation", recommendation: issued, id: issued.id, at: issued.time }),
    expect.objectContaining({
      kind: "decision",
      recommendation: issued.id,
      answer: "not_executed",
      reason: "Missed it",
      at: after(13),
    }),
  ]);
});

it("gives back peaks and drawdowns with each equity row, and the halt with its end", () => {
  const events = restoredEvents(oneOfEach());
  expect(events.find(({ kind }) => kind === "equity")).toMatchObject({
    peak: 1_672_406.25,
    limitPeak: 1_672_406.25,
    maxDrawdown: 0.0234,
  });
  expect(events.find(({ kind }) => kind === "halt")).toMatchObject({ time: after(700) });
  expect(events.find(({ kind }) => kind === "reset")).toMatchObject({ time: after(900), reason: "Checked the feed" });
});

it("gives back a correction as it was said, and leaves the exit that came of it to it", () => {
  const { recommendation: of, time, target, correction, why } = amendment();
  const corrected = exit({ account: "manual", id: "exit:amendment:manual:1", replaces: target });
  expect(restoredEvents([amendment(), corrected])).toEqual([
    {
      type: "account",
      kind: "amendment",
      id: amendment().id,
      account: "manual",
      at: amendment().at,
      recommendation: of,
      time,
      target,
      correction,
      why,
    },
  ]);
});

it("gives back that all was taken back, and why", () => {
  expect(restoredEvents([voiding()])).toEqual([
    expect.objectContaining({
      kind: "void",
      recommendation: recommendation().id,
      why: "It was the other account",
      at: after(1101),
    }),
  ]);
});
