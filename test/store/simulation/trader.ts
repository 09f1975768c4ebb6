import { amendEvent, exitsOf, voidEvent } from "../../../src/app/amendments.js";
import { AnswerError, EXIT_REASONS, exitEvent, fillEvent, RepeatedError } from "../../../src/app/answers.js";
import { parseSettings } from "../../../src/app/settings.js";
import { Engine } from "../../../src/core/engine.js";
import type { AccountEvent, EngineOutput, TradeRecord, VoidRecorded } from "../../../src/core/events.js";
import { NO_HOLIDAYS } from "../../../src/core/session.js";
import type { Recommendation } from "../../../src/core/sizing/recommendation.js";
import { moneySteps, tradeRecords } from "../../../src/core/tradeRecords.js";
import type { Micros } from "../../../src/core/units.js";
import { restoredEvents } from "../../../src/store/restore.js";
import { recommendation } from "../../support/outputs.js";
import { Broken } from "./broken.js";
import type { Random } from "./random.js";

/** No loss shall halt the account: what a halt does is no matter of the store. */
const SETTINGS = parseSettings({ "risk.emergencyStopLossPct": 1 });
const MODE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;

/** So few that windows often speak of the same. */
const ISSUED: readonly Recommendation[] = ["ESM5-1-BUY", "ESM5-2-BUY"].map((id) =>
  recommendation({ id, account: "manual", quantity: 4 }),
);

/**
 * A person at one window, who closes positions in parts, corrects them and takes them back, as the program's own answers have it.
 * His engine knows what his window does, in the order in which it came to know it.
 */
export class Trader {
  readonly #engine = newEngine();

  /**
   * What his window holds or has found.
   *
   * @returns what his engine makes of it, to be kept as well where it is not yet
   */
  tell(found: readonly EngineOutput[]): readonly EngineOutput[] {
    const others = found.filter(({ type }) => type !== "equity");
    return counted(restoredEvents(others).flatMap((event) => this.#engine.process(event)));
  }

  /**
   * Says something of one of the positions.
   *
   * @param history what his window has kept
   * @returns what is to be kept of it; nothing where it cannot be
   */
  act(random: Random, history: readonly EngineOutput[], now: Micros): readonly EngineOutput[] {
    const issued = random.pick(ISSUED);
    const isKnown = history.some((output) => output.type === "recommendation" && output.id === issued.id);
    if (!isKnown) this.tell([issued]);
    const known = isKnown ? history : [...history, issued];
    const made = counted(this.#answer(issued, random, known, now));
    return isKnown ? made : [issued, ...made];
  }

  #answer({ id }: Recommendation, random: Random, history: readonly EngineOutput[], now: Micros) {
    const record = tradeRecords(history).get(id);
    try {
      const event = this.#said(id, record, random, history, now);
      return event === undefined ? [] : this.#dispatch(event);
    } catch (error) {
      // What the program refuses to take is not recorded.
      if (error instanceof AnswerError) return [];
      throw error;
    }
  }

  #said(
    recommended: string,
    record: TradeRecord | undefined,
    random: Random,
    history: readonly EngineOutput[],
    now: Micros,
  ): AccountEvent | undefined {
    const view = this.#engine.view();
    const price = String(6000 + random.below(12) / 4);
    const quantity = String(1 + random.below(2));
    const about = { recommendation: recommended, price };
    const draw = random.next();
    if (record === undefined || record.state === "ISSUED" || draw < 0.06) {
      const said = { ...about, quantity: String(2 + random.below(3)) };
      return anew(fillEvent(view, said, now, history));
    }
    const exits = exitsOf(record);
    const exit = exits.length === 0 ? undefined : random.pick(exits).id;
    if (draw < 0.22 && exit !== undefined) {
      const what = random.chance(0.5) ? { quantity } : { price };
      const said = { recommendation: recommended, of: "exit", exit, ...what, why: "Misread" } as const;
      return anew(amendEvent(view, said, now, history));
    }
    if (draw < 0.26) {
      const said = { recommendation: recommended, of: "fill", price, why: "Misread" } as const;
      return anew(amendEvent(view, said, now, history));
    }
    if (draw < 0.38) {
      // Seldom everything.
      const target = exit === undefined || random.chance(0.15) ? {} : { exit };
      return anew(voidEvent(view, { recommendation: recommended, ...target, why: "Not closed" }, now, history));
    }
    const reason = random.pick(EXIT_REASONS);
    const said = { ...about, reason, ...(random.chance(0.8) && { quantity }) };
    try {
      return anew(exitEvent(view, said, now, history));
    } catch (error) {
      if (!(error instanceof RepeatedError)) throw error;
      return anew(exitEvent(view, { ...said, again: error.again }, now, history));
    }
  }

  /** What comes of it must be what was said: one exit more or less, and no other. */
  #dispatch(event: AccountEvent): readonly EngineOutput[] {
    const before = this.#contracts();
    const made = this.#engine.process(event);
    // What could not be kept he may say again: his engine knows it.
    const isRefused = made.length === 0 || made.some(({ type }) => type === "illegal");
    const expected = isRefused ? 0 : opens(event, before);
    if (expected !== undefined && expected !== this.#contracts().total - before.total)
      throw new Broken(`${event.id} makes ${this.#contracts().total} open contracts of ${before.total}`);
    if (event.kind === "void" && !isRefused) checkVoid(event, made);
    return made;
  }

  #contracts() {
    const { open } = this.#engine.view();
    const total = open.reduce((sum, { quantity }) => sum + quantity, 0);
    const of = (id: string) => open.find((position) => position.recommendation.id === id)?.quantity ?? 0;
    return { total, of };
  }
}

/** One exit is taken back, or all of them. */
function checkVoid({ id, target }: VoidRecorded, made: readonly EngineOutput[]): void {
  const told = made.find((output) => output.type === "void");
  const left = told && exitsOf(told.after).length;
  const expected = told && target !== undefined ? exitsOf(told.before).length - 1 : 0;
  if (left !== expected) throw new Broken(`${id} leaves ${left} exits, not ${expected}`);
}

/** How many contracts more are open by it; undefined where the trade's own record says it. */
function opens(event: AccountEvent, open: { of(id: string): number }): number | undefined {
  if (event.kind === "fill") return event.quantity;
  if (event.kind === "exit") return -(event.quantity ?? open.of(event.recommendation));
  return undefined;
}

function counted(made: readonly EngineOutput[]): readonly EngineOutput[] {
  return made.filter(({ type }) => type !== "illegal");
}

/** @returns undefined where the same was recorded already */
function anew<Event extends AccountEvent>({ event, stored }: { event: Event; stored: unknown }): Event | undefined {
  return stored === undefined ? event : undefined;
}

function newEngine(): Engine {
  return new Engine(SETTINGS, MODE, NO_HOLIDAYS);
}

/**
 * The books that a new engine makes of all that was recorded: each exit closes contracts that are open, what is open is what no exit
 * closed, and the balance is what all of them made.
 */
export function checkBooks(kept: readonly EngineOutput[], isSpoiled: boolean): void {
  const engine = newEngine();
  const booked = restoredEvents(kept).flatMap((event) => engine.process(event));
  // What rests on a record that is lost is refused, and that it is, is all that there is to say.
  if (isSpoiled) return;
  const { open } = engine.view();
  for (const [id, record] of tradeRecords(booked)) {
    const filled = count(record.fills);
    const closed = count(record.partialExits ?? []);
    const left = record.state === "OPEN" ? filled - closed : 0;
    const held = open.find((position) => position.recommendation.id === id)?.quantity ?? 0;
    if (held !== left) throw new Broken(`Of ${id} ${held} are open in the books and ${left} by the records`);
    if (closed > filled || (record.state === "CLOSED" && closed >= filled))
      throw new Broken(`${closed} of ${filled} contracts of ${id} were closed in part`);
  }
  const made = moneySteps(booked).reduce((sum, { netPnl }) => sum + netPnl, 0);
  const { balance } = engine.summary();
  const start = Math.round(SETTINGS.paper.startBalance * 100);
  if (balance !== start + made) throw new Broken(`The balance is ${balance}, and the exits made ${made} of ${start}`);
}

function count(parts: readonly { readonly quantity?: number }[]): number {
  return parts.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
}
