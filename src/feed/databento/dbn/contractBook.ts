import type { ContractChange } from "../../../core/market.js";
import { say } from "../../../core/say.js";
import { MICROS_PER_HOUR, type Micros } from "../../../core/units.js";
import { FeedError } from "../../feedError.js";
import type { TickSizes } from "../../tickSizes.js";
import { isContinuous } from "./gatewayMessage.js";
import type { Metadata } from "./metadata.js";
import { NANOS_LIMIT } from "./numbers.js";
import type { PlainRecord } from "./record.js";

/** What the decoder knows of the contract behind an instrument_id. */
export interface Contract {
  readonly id: number;
  readonly symbol: string;
  /** Units of 1e-9 per tick; 0 where the tick size is not known. */
  readonly tickNanos: number;
  /** Trades so far; not counted where the tick size is not known. */
  seen: number;
  /** Trades off the grid among the first `PROBATION`. */
  offTick: number;
}

/** What a definition record says of a contract. */
export interface Definition {
  readonly symbol: string;
  readonly tickNanos: number | undefined;
  readonly pointValue: number | undefined;
}

/** From when on an id is a symbol. */
export interface Announcement {
  readonly id: number;
  readonly symbol: string;
  readonly start: Micros;
}

/** How many trades of a contract are watched for a wrong tick size, and how many off the grid prove one. */
export const PROBATION = 100;
const PROOF = 50;

/** The pause before a trade date begins at 22:00 UTC at the earliest, and trades end at 22:00 UTC at the latest. */
const BEFORE_MIDNIGHT = 2 * MICROS_PER_HOUR;

/**
 * Knows which contract an instrument_id stands for at a time: from the metadata's dated mappings, mapping records and
 * definitions. An id is reused over the years, so a mapping counts from its date on (`MARKET-DATA.md` a).
 *
 * One book may serve the files of a replay one after the other; files that are read at the same time need one each, `beside`
 * the first.
 */
export class ContractBook {
  readonly #tickNanos: TickSizes;
  #contracts = new Map<number, Contract>();
  #definitions = new Map<number, Definition>();
  #announced: Announcement[] = [];
  /** What files say that come later. */
  #coming: readonly Announcement[] = [];
  /** How long before it holds a mapping is told. */
  #early = 0;
  #unknown = new Map<string, number>();
  /** Contracts with trades whose id is another's by now. */
  #former = new Set<Contract>();

  constructor(tickNanos: TickSizes) {
    this.#tickNanos = tickNanos;
  }

  /** A book that knows and learns the same, with mappings of its own that are still to come. */
  beside(): ContractBook {
    const book = new ContractBook(this.#tickNanos);
    book.#contracts = this.#contracts;
    book.#definitions = this.#definitions;
    book.#unknown = this.#unknown;
    book.#former = this.#former;
    book.#coming = this.#coming;
    return book;
  }

  /**
   * Learns what all files of a recording that is cut by date say of its continuous symbols: a change at midnight is told in the
   * file before, as within one file.
   */
  foresee(rolls: readonly Announcement[]): void {
    this.#coming = rolls;
  }

  /** The time at which the next mapping of the metadata is to be told. */
  get nextStart(): number {
    return (this.#announced[0]?.start ?? Number.POSITIVE_INFINITY) - this.#early;
  }

  /**
   * Takes the mappings of a stream in the place of those of the stream before. A continuous symbol changes its contract at
   * midnight UTC, an hour or two after the open in Chicago: it is told in the pause before, so that the day that opens is the
   * next contract's from its first trade on. From midnight on such a stream holds nothing else, so whoever waited for the
   * mapping to hold would lose the day. What is known too early is that the old contract is left, no price of the next one.
   *
   * A live session has mapping records in the place of dated ones, and its recording too: both count from where they stand.
   */
  load(metadata: Metadata): void {
    const own = announcementsOf(metadata);
    const rolling = new Set(rollsOf(metadata).map(({ symbol }) => symbol));
    this.#early = rolling.size > 0 ? BEFORE_MIDNIGHT : 0;
    const from = Number(metadata.start / 1000n);
    const coming = this.#coming.filter(({ symbol, start }) => start > from && rolling.has(symbol));
    this.#announced = [...own, ...coming].sort((a, b) => a.start - b.start);
  }

  /** The contracts whose mapping holds by `time` and was not told yet. */
  due(time: number): readonly ContractChange[] {
    const count = this.#announced.findIndex((announcement) => announcement.start - this.#early > time);
    const due = this.#announced.splice(0, count < 0 ? this.#announced.length : count);
    return due.flatMap(({ id, symbol, start }) => this.map(id, symbol, start) ?? []);
  }

  /** The contract behind `id`, with the change to tell where it was not known until now. */
  find(id: number, time: Micros): { contract: Contract; change: ContractChange | undefined } {
    const known = this.#contracts.get(id);
    if (known !== undefined) return { contract: known, change: undefined };
    const later = this.#announced.find((announcement) => announcement.id === id);
    const change = this.map(id, later?.symbol ?? String(id), time);
    return { contract: this.#contracts.get(id) ?? this.#add(id, String(id)), change };
  }

  /** Learns that `id` is `symbol` from `time` on; undefined where that is no news. */
  map(id: number, symbol: string, time: Micros): ContractChange | undefined {
    const definition = this.#definitions.get(id);
    const name = definition?.symbol ?? symbol;
    if (this.#contracts.get(id)?.symbol === name) return undefined;
    const contract = this.#add(id, name, symbol);
    return changeOf(contract, definition, time);
  }

  /** Learns from a definition record; undefined where that is no news. */
  define(id: number, definition: Definition, time: Micros): ContractChange | undefined {
    const before = this.#definitions.get(id);
    if (
      before?.symbol === definition.symbol &&
      before.tickNanos === definition.tickNanos &&
      before.pointValue === definition.pointValue
    ) {
      return undefined;
    }
    this.#definitions.set(id, definition);
    return changeOf(this.#add(id, definition.symbol), definition, time);
  }

  /** Counts a trade or bar that cannot be used because its contract's tick size is not known. */
  countUnknown(contract: Contract): void {
    this.#unknown.set(contract.symbol, (this.#unknown.get(contract.symbol) ?? 0) + 1);
  }

  /**
   * Counts a trade off the grid. Throws `FeedError` when so many of the contract's first trades are off it that the tick
   * size must be wrong (`ENGINE.md` 2).
   */
  countOffTick(contract: Contract): void {
    if (contract.seen > PROBATION) return;
    contract.offTick += 1;
    if (contract.offTick < PROOF) return;
    throw new FeedError(
      say(
        'the tick size {0} of {1} looks wrong: {2} of its first {3} trades are not on it; correct the setting "instruments"',
        contract.tickNanos / 1e9,
        contract.symbol,
        contract.offTick,
        contract.seen,
      ),
      { retriable: false },
    );
  }

  /** Throws `FeedError` when there was something to use, and no tick size to use any of it. */
  requireKnown(): void {
    if (this.#unknown.size === 0) return;
    if ([...this.#former, ...this.#contracts.values()].some((contract) => contract.seen > 0)) return;
    const symbols = [...this.#unknown.keys()];
    const first = symbols.slice(0, 3).map((symbol) => `"${symbol}"`);
    const named = first.join(", ");
    const left = symbols.length - first.length;
    const names = left > 0 ? say("{0} and {1} more", named, left) : named;
    throw new FeedError(
      say('No tick size is known for {0}; describe the instrument in the setting "instruments"', names),
      {
        retriable: false,
      },
    );
  }

  #add(id: number, name: string, requested = name): Contract {
    const known = this.#tickNanos(name) ?? this.#tickNanos(requested);
    const tickNanos = known ?? this.#definitions.get(id)?.tickNanos ?? 0;
    const before = this.#contracts.get(id);
    const isSame = before?.symbol === name && before.tickNanos === tickNanos;
    const contract = isSame ? before : { id, symbol: name, tickNanos, seen: 0, offTick: 0 };
    if (before !== undefined && !isSame && before.seen > 0) this.#former.add(before);
    this.#contracts.set(id, contract);
    return contract;
  }
}

/** What a definition record says of its contract, undefined prices left out. */
export function definitionOf(record: PlainRecord): Definition {
  const tick = Number(record.min_price_increment);
  const quantity = Number(record.unit_of_measure_qty);
  return {
    symbol: String(record.raw_symbol),
    tickNanos: tick > 0 && tick < NANOS_LIMIT ? tick : undefined,
    pointValue: quantity > 0 && quantity < NANOS_LIMIT ? quantity / 1e9 : undefined,
  };
}

function changeOf(contract: Contract, definition: Definition | undefined, time: Micros): ContractChange {
  const { tickNanos, pointValue } = definition ?? {};
  return {
    type: "contract",
    instrument: contract.id,
    symbol: contract.symbol,
    time,
    ...(tickNanos === undefined ? {} : { tickSize: tickNanos / 1e9 }),
    ...(pointValue === undefined ? {} : { pointValue }),
  };
}

/**
 * Which id is which symbol from when on. A requested symbol names the contract where it is a venue's own; a continuous
 * one names the product at least; a parent stands for many contracts, so that only the id is left.
 */
export function announcementsOf(metadata: Metadata): Announcement[] {
  const announcements: Announcement[] = [];
  for (const { requested, intervals } of metadata.mappings) {
    for (const { start, symbol } of intervals) {
      const byId = metadata.stypeOut === "instrument_id";
      const id = byId ? toId(symbol) : toId(requested);
      if (id === undefined) continue;
      const name = metadata.stypeIn === "parent" && byId ? symbol : byId ? requested : symbol;
      announcements.push({ id, symbol: name, start: dateToMicros(start) });
    }
  }
  return announcements;
}

/** The announcements of a stream of continuous symbols, which mean another contract from some date on; of any other, none. */
export function rollsOf(metadata: Metadata): readonly Announcement[] {
  return metadata.mappings.some(({ requested }) => isContinuous(requested)) ? announcementsOf(metadata) : [];
}

function toId(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : undefined;
}

/** Midnight UTC of a date written YYYYMMDD. */
function dateToMicros(date: number): Micros {
  return (Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100) * 1000) as Micros;
}
