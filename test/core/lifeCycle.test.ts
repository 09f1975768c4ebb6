import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type LifeEventKind,
  type LifeState,
  led,
  refusalOf,
  standingOf,
  UNANSWERED,
} from "../../src/core/lifeCycle.js";
import { after, recommendation } from "../support/outputs.js";

const KINDS = [
  "fill",
  "partialExit",
  "exit",
  "decision",
  "amendment",
  "reopening",
  "void",
] as const satisfies readonly LifeEventKind[];

/** Where each kind of event leads, in the order of `KINDS`; "-" where it cannot be. */
const TABLE: Readonly<Record<LifeState, readonly (LifeState | "-")[]>> = {
  ISSUED: ["OPEN", "-", "-", "NOT_EXECUTED", "-", "-", "-"],
  NOT_EXECUTED: ["-", "-", "-", "-", "-", "-", "ISSUED"],
  OPEN: ["OPEN", "OPEN", "CLOSED", "-", "OPEN", "OPEN", "ISSUED"],
  CLOSED: ["-", "-", "-", "-", "CLOSED", "OPEN", "ISSUED"],
};

const kinds = fc.array(fc.constantFrom(...KINDS), { maxLength: 12 });

/** Leads a life through events with ids of their own; what cannot be changes nothing. */
function lived(events: readonly LifeEventKind[]) {
  return events.reduce((life, kind, index) => {
    const next = led(life, { id: `${index}`, kind }, "R");
    return typeof next === "string" ? life : next;
  }, UNANSWERED);
}

describe("The life cycle of a recommendation", () => {
  it.each(
    Object.entries(TABLE).flatMap(([state, row]) => row.map((to, i) => [state as LifeState, KINDS[i] ?? "void", to])),
  )("leads from %s by %s to %s", (state, kind, to) => {
    const next = led({ state: state as LifeState, events: [] }, { id: "e", kind: kind as LifeEventKind }, "R");
    const refusal = refusalOf(state as LifeState, kind as LifeEventKind, "R");
    if (to === "-") expect([next, refusal]).toEqual([expect.stringMatching(/^R (has|was|is) /), next]);
    else expect([next, refusal]).toEqual([{ state: to, events: ["e"] }, undefined]);
  });

  it("counts an event once, however late it comes again", () => {
    fc.assert(
      fc.property(kinds, fc.nat(), fc.constantFrom(...KINDS), (events, pick, kind) => {
        const life = lived(events);
        fc.pre(life.events.length > 0);
        const id = life.events[pick % life.events.length] ?? "";
        expect(led(life, { id, kind }, "R")).toBe(life);
      }),
    );
  });

  it("begins anew after everything was taken back, but for the ids that it knows", () => {
    fc.assert(
      fc.property(kinds, kinds, (before, then) => {
        const life = lived([...before, "fill", "void"]);
        fc.pre(life.state === "ISSUED");
        const again = then.reduce((at, kind, index) => {
          const next = led(at, { id: `again ${index}`, kind }, "R");
          return typeof next === "string" ? at : next;
        }, life);
        expect(again.state).toBe(lived(then).state);
      }),
    );
  });
});

describe("Where a recommendation stands", () => {
  const { lateAfter, expires } = recommendation();
  const before = (time: number) => (time - 1) as typeof expires;

  it.each([
    ["ISSUED", lateAfter],
    ["LATE", (lateAfter + 1) as typeof lateAfter],
    ["LATE", before(expires)],
    ["EXPIRED", expires],
  ])("is %s at its time while nobody answered", (standing, now) => {
    expect(standingOf(recommendation(), "ISSUED", now)).toBe(standing);
  });

  it.each(["NOT_EXECUTED", "OPEN", "CLOSED"] as const)("is %s whatever the time, once that was recorded", (state) => {
    expect([after(0), expires].map((now) => standingOf(recommendation(), state, now))).toEqual([state, state]);
  });

  it("does not expire with its session where the order is good till it is cancelled", () => {
    expect(standingOf(recommendation({ validity: "GTC" }), "ISSUED", expires)).toBe("LATE");
  });
});
