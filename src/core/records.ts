import type { Watched } from "./booking.js";
import type { RecordedExit, RecordedFill, TradeRecord } from "./events.js";
import { checkExitTime, checkLeft } from "./guards/typedFill.js";
import { refused } from "./guards/verdict.js";
import type { Account, RoundTrip } from "./ledger/account.js";
import { PricePath, type Prints } from "./ledger/pricePath.js";
import { type Life, UNANSWERED } from "./lifeCycle.js";
import type { Recommendation } from "./sizing/recommendation.js";

/** What moved the account, in order. */
type Fact =
  | { readonly kind: "fill"; readonly of: Recommendation; readonly fill: RecordedFill }
  | {
      readonly kind: "exit";
      readonly of: Recommendation;
      readonly exit: RecordedExit;
      /** The emergency stop's fraction when it was recorded. */
      readonly limit: number;
    }
  | { readonly kind: "reset"; readonly from: "equity" | "balance" }
  | {
      /** What a contract did, between two other facts, while a position of it was open. */
      readonly kind: "path";
      readonly symbol: string;
      readonly path: PricePath;
      /** The emergency stop's fraction at that time. */
      readonly limit: number;
    };

/**
 * What the user recorded, in the order in which he did, what his open positions met in between, and where each
 * recommendation stands by it. The manual account is a fold over these facts, so a correction is booked by changing a fact
 * and folding anew.
 */
export class Records {
  #facts: Fact[] = [];
  readonly #lives = new Map<string, Life>();
  readonly #notExecuted = new Map<string, string>();
  readonly #taken = new Map<string, number>();
  readonly #watched = new Map<string, Watched>();

  /** Where a recommendation stands. */
  life(id: string): Life {
    return this.#lives.get(id) ?? UNANSWERED;
  }

  /** Takes note of a step that was allowed. */
  lead(id: string, life: Life): void {
    this.#lives.set(id, life);
  }

  /** The recommendation's name in the ids of what is recorded: another one after each time that something was taken back. */
  nameOf(id: string): string {
    return recordName(id, this.#taken.get(id) ?? 0);
  }

  addFill(of: Recommendation, fill: RecordedFill): void {
    this.#facts.push({ kind: "fill", of, fill });
  }

  /** @param limit the emergency stop's fraction, in force now */
  addExit(of: Recommendation, exit: RecordedExit, limit: number): void {
    this.#facts.push({ kind: "exit", of, exit, limit });
  }

  /** How far prices went during a closed trade, where that was seen. */
  watched(id: string): Watched | undefined {
    return this.#watched.get(id);
  }

  setWatched(id: string, watched: Watched | undefined): void {
    if (watched === undefined) this.#watched.delete(id);
    else this.#watched.set(id, watched);
  }

  addReset(from: "equity" | "balance"): void {
    this.#facts.push({ kind: "reset", from });
  }

  /**
   * Takes note of what a contract did while a position of it was open.
   *
   * @param limit the emergency stop's fraction, in force now
   * @returns whether it matters for more than the last price
   */
  addPrints(symbol: string, prints: Prints, limit: number): boolean {
    const last = this.#facts.at(-1);
    if (last?.kind === "path" && last.symbol === symbol && last.limit === limit) return last.path.add(prints);
    const path = new PricePath();
    this.#facts.push({ kind: "path", symbol, path, limit });
    return path.add(prints);
  }

  addDecision(id: string, reason: string): void {
    this.#notExecuted.set(id, reason);
  }

  /** All that is recorded of a recommendation. */
  of(id: string): TradeRecord {
    const facts = this.#facts.filter((fact) => "of" in fact && fact.of.id === id);
    const exits = facts.flatMap((fact) => (fact.kind === "exit" ? [fact.exit] : []));
    return {
      state: this.life(id).state,
      fills: facts.flatMap((fact) => (fact.kind === "fill" ? [fact.fill] : [])),
      ...partialExitsOf(exits.filter(({ quantity }) => quantity !== undefined)),
      exit: exits.find(({ quantity }) => quantity === undefined),
      notExecuted: this.#notExecuted.get(id),
    };
  }

  /**
   * Puts a corrected record in the place of the old one, each fact in its own.
   *
   * @param without id of an exit that is in it no more
   */
  replace(id: string, record: TradeRecord, without?: string): void {
    this.#facts = this.#replaced(id, record, without);
    if (without !== undefined) this.#taken.set(id, (this.#taken.get(id) ?? 0) + 1);
  }

  /**
   * Why a corrected record cannot be, as one sentence: looked at in the order in which it was recorded, each partial exit leaves
   * something open, and no exit lies before a fill that was recorded before it.
   */
  impossible(id: string, record: TradeRecord): string | undefined {
    const fills: RecordedFill[] = [];
    let closed = 0;
    for (const fact of this.#replaced(id, record)) {
      if (!("of" in fact) || fact.of.id !== id) continue;
      if (fact.kind === "fill") {
        fills.push(fact.fill);
        continue;
      }
      const { quantity, time } = fact.exit;
      const open = fills.reduce((sum, fill) => sum + fill.quantity, 0) - closed;
      const wrong =
        (quantity === undefined ? undefined : refused(checkLeft({ open }, { quantity, of: id }))) ??
        refused(checkExitTime({ fills }, { time, of: id }));
      if (wrong !== undefined) return wrong;
      closed += quantity ?? open;
    }
    return undefined;
  }

  #replaced(id: string, { fills, partialExits = [], exit: last }: TradeRecord, without?: string): Fact[] {
    const exits = last === undefined ? partialExits : [...partialExits, last];
    let place = 0;
    return this.#facts.flatMap((fact): Fact[] => {
      if (!("of" in fact) || fact.of.id !== id) return [fact];
      if (fact.kind === "fill") return [{ ...fact, fill: fills.find((fill) => fill.id === fact.fill.id) ?? fact.fill }];
      if (fact.exit.id === without) return [];
      const exit = exits[place++];
      return exit === undefined ? [fact] : [{ ...fact, exit }];
    });
  }

  /** Takes back everything that is recorded of a recommendation. */
  takeBack(id: string): void {
    this.#facts = this.#facts.filter((fact) => !("of" in fact) || fact.of.id !== id);
    this.#notExecuted.delete(id);
    this.#watched.delete(id);
    this.#taken.set(id, (this.#taken.get(id) ?? 0) + 1);
  }

  /**
   * Books everything anew on the account, as if it had been told so from the start: by the limits of then, with all that was
   * marked. An account that is halted stays so.
   *
   * @returns the closed trades by their recommendation, in order
   */
  fold(account: Account): ReadonlyMap<string, RoundTrip> {
    const { halted: wasHalted, killed: wasKilled } = account;
    const trips = new Map<string, RoundTrip>();
    account.startAnew();
    for (const fact of this.#facts) {
      switch (fact.kind) {
        case "fill":
          account.fill(fact.of, fact.fill);
          break;
        case "exit": {
          const trip = closed(account, fact.of.id, fact.exit);
          if (trip !== undefined) trips.set(fact.of.id, trip);
          account.value();
          if (account.breaches(fact.limit)) account.halt();
          break;
        }
        case "reset":
          account.reset(fact.from);
          break;
        case "path":
          if (account.holds(fact)) walk(account, fact);
          break;
        default:
          fact satisfies never;
      }
    }
    if (wasHalted) account.halt();
    if (wasKilled) account.kill();
    return trips;
  }
}

/** @returns undefined after a partial exit */
function closed(account: Account, id: string, exit: RecordedExit): RoundTrip | undefined {
  const position = account.positions.get(id);
  if (position === undefined) throw new Error(`An exit of ${id} is recorded before its fill`);
  const { quantity, ...facts } = exit;
  if (quantity === undefined) return account.close(position, facts);
  account.closePart(position, { ...facts, quantity });
  return undefined;
}

function walk(account: Account, fact: Extract<Fact, { kind: "path" }>): void {
  for (const price of fact.path.prices(account.sideIn(fact))) {
    account.mark(price, fact);
    if (account.breaches(fact.limit)) account.halt();
  }
}

/** The partial exits of a record; absent where there is none. */
export function partialExitsOf(partialExits: readonly RecordedExit[]): Pick<TradeRecord, "partialExits"> {
  return partialExits.length === 0 ? {} : { partialExits };
}

/** A recommendation's name in the ids of its records, after they were taken back `times` times. */
export function recordName(recommendation: string, times: number): string {
  return times === 0 ? recommendation : `${recommendation}#${times + 1}`;
}
