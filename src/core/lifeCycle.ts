import { say } from "./say.js";
import type { Recommendation } from "./sizing/recommendation.js";
import type { Micros } from "./units.js";

/** Where a recommendation stands on the user's account (`ENGINE.md` 9). */
export type LifeState = "ISSUED" | "NOT_EXECUTED" | "OPEN" | "CLOSED";

/** What may happen to it there; a reopening takes one exit back, a void everything. */
export type LifeEventKind = "fill" | "partialExit" | "exit" | "decision" | "amendment" | "reopening" | "void";

/** A state, and the ids of the events that led to it: each counts once. */
export interface Life {
  readonly state: LifeState;
  readonly events: readonly string[];
}

/** The next state, or what a person is told of the recommendation. */
type Cell = { readonly to: LifeState } | { readonly refusal: (name: string) => string };

const ISSUED: Cell = { to: "ISSUED" };
const OPEN: Cell = { to: "OPEN" };
const CLOSED: Cell = { to: "CLOSED" };
const NOTHING_TO_EXIT: Cell = { refusal: (name) => say("{0} has no recorded fill, so there is nothing to exit", name) };
const NO_EXIT: Cell = { refusal: (name) => say("{0} has no recorded exit that could be taken back", name) };
const CLOSED_ALREADY: Cell = { refusal: (name) => say("{0} is closed already", name) };
const ANSWERED: Cell = { refusal: (name) => say("{0} has an answer already", name) };

/** All transitions. Taking everything back leads to where it began, so that it can be recorded anew. */
const TRANSITIONS: Readonly<Record<LifeState, Readonly<Record<LifeEventKind, Cell>>>> = {
  ISSUED: {
    fill: OPEN,
    partialExit: NOTHING_TO_EXIT,
    exit: NOTHING_TO_EXIT,
    decision: { to: "NOT_EXECUTED" },
    amendment: { refusal: (name) => say("{0} has no recorded fill, so there is nothing to correct", name) },
    reopening: NO_EXIT,
    void: { refusal: (name) => say("{0} has no record that could be taken back", name) },
  },
  NOT_EXECUTED: {
    fill: { refusal: (name) => say("{0} was recorded as not executed", name) },
    partialExit: NOTHING_TO_EXIT,
    exit: NOTHING_TO_EXIT,
    decision: ANSWERED,
    amendment: { refusal: (name) => say("{0} was recorded as not executed: take that back and record it anew", name) },
    reopening: NO_EXIT,
    void: ISSUED,
  },
  OPEN: {
    fill: OPEN,
    partialExit: OPEN,
    exit: CLOSED,
    decision: ANSWERED,
    amendment: OPEN,
    reopening: OPEN,
    void: ISSUED,
  },
  CLOSED: {
    fill: { refusal: (name) => say("{0} is closed already, so no fill can be added", name) },
    partialExit: CLOSED_ALREADY,
    exit: CLOSED_ALREADY,
    decision: ANSWERED,
    amendment: CLOSED,
    reopening: OPEN,
    void: ISSUED,
  },
};

/** A life in which nothing has happened yet. */
export const UNANSWERED: Life = { state: "ISSUED", events: [] };

/**
 * Leads a life on by one event.
 *
 * @param name the recommendation's id, for the sentence
 * @returns the same life when it knows the event; one sentence when the event cannot be, and then nothing has changed
 */
export function led(
  life: Life,
  event: { readonly id: string; readonly kind: LifeEventKind },
  name: string,
): Life | string {
  if (life.events.includes(event.id)) return life;
  const cell = TRANSITIONS[life.state][event.kind];
  if ("refusal" in cell) return cell.refusal(name);
  return { state: cell.to, events: [...life.events, event.id] };
}

/** Why an event of that kind cannot be in a state, as one sentence; undefined when it can. */
export function refusalOf(state: LifeState, kind: LifeEventKind, name: string): string | undefined {
  const cell = TRANSITIONS[state][kind];
  return "refusal" in cell ? cell.refusal(name) : undefined;
}

/** A state as it is shown at a time: an unanswered recommendation grows late, then expires. */
export type LifeStanding = LifeState | "LATE" | "EXPIRED";

/**
 * Where a recommendation stands at `now`. Late and expired are answers of the clock, not events: a late answer is accepted.
 * GTC ends with its contract, which the recommendation does not know, so it does not expire here.
 */
export function standingOf(
  recommendation: Pick<Recommendation, "validity" | "lateAfter" | "expires">,
  state: LifeState,
  now: Micros,
): LifeStanding {
  if (state !== "ISSUED") return state;
  if (recommendation.validity !== "GTC" && now >= recommendation.expires) return "EXPIRED";
  return now > recommendation.lateAfter ? "LATE" : "ISSUED";
}
