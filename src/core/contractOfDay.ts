import type { Instrument } from "./instrument.js";
import { canBeSame, expiryOf, isContractOf } from "./instruments.js";
import type { ContractSettings } from "./settings.js";
import type { Micros } from "./units.js";

interface Candidate {
  readonly instrument: Instrument;
  /** YYYY-MM-DD; "" for what does not expire. */
  readonly expiry: string;
  /** Contracts traded since a trading day began or ended last. */
  volume: number;
  /** Whether it ever traded. */
  hasTraded: boolean;
}

/**
 * Which contract is followed: the pinned one; else the one with the highest volume in the last completed trading day, and
 * before there is one the nearest that has not expired (`ENGINE.md` 2.3). Spreads are never candidates. A continuous symbol
 * such as ES.v.0 is followed to the contract that it stands for when a trading day begins.
 */
export class ContractOfDay {
  readonly #settings: ContractSettings;
  readonly #candidates = new Map<number, Candidate>();
  /** What a known symbol was given a new id for, or the feed named. */
  #successor: Instrument | undefined;

  constructor(settings: ContractSettings) {
    this.#settings = settings;
  }

  /** Whether volumes have to be counted. */
  get isOpen(): boolean {
    return this.#candidates.size > 1;
  }

  /**
   * The contract to change to as a trading day begins: the one that the followed symbol stands for now, or where the
   * followed contract was silent since the last day, the one that was not, else the one that took its id. The count starts
   * anew.
   */
  beginDay(followed: Instrument | undefined): Instrument | undefined {
    const isSilent = (this.#candidateOf(followed)?.volume ?? 0) === 0;
    const heir = this.#candidates.get(followed?.id ?? -1)?.instrument;
    const most = this.endDay();
    const next = this.#successor ?? (isSilent ? (most ?? heir) : undefined);
    this.#successor = undefined;
    return next;
  }

  /** Whether a contract may be followed at all: of a pin that names its decade, ESM5 of that one alone. */
  admits({ symbol, label }: Instrument): boolean {
    const { pin, pinLabel = label, instrument } = this.#settings;
    return pin === "" ? isContractOf(symbol, instrument) : symbol === pin && label === pinLabel;
  }

  /**
   * An id that is given another contract is the one that it was no more.
   *
   * @param leads the feed says that it is the contract of the day
   */
  add(instrument: Instrument, time: Micros, leads = false): void {
    const named = this.#candidates.get(instrument.id)?.instrument.symbol;
    if (named !== undefined && !canBeSame(named, instrument.symbol)) this.remove(instrument.id);
    if (!this.admits(instrument)) return;
    const expiry = expiryOf(instrument.symbol, time)?.toString() ?? "";
    const before = [...this.#candidates.values()].find((known) => known.instrument.symbol === instrument.symbol);
    if (before !== undefined && before.instrument.id !== instrument.id) {
      this.#candidates.delete(before.instrument.id);
      this.#successor = instrument;
    }
    if (leads) this.lead(instrument);
    this.#candidates.set(instrument.id, { instrument, expiry, volume: 0, hasTraded: false });
  }

  /** Forgets the contract that an id stood for. */
  remove(id: number): void {
    this.#candidates.delete(id);
    if (this.#successor?.id === id) this.#successor = undefined;
  }

  /** The feed says of a known contract that it is the one of the day. */
  lead(instrument: Instrument): void {
    if (this.admits(instrument)) this.#successor = instrument;
  }

  /** Counts a trade, whichever contract it is of. */
  count(instrument: number, size: number): void {
    const candidate = this.#candidates.get(instrument);
    if (candidate === undefined) return;
    candidate.volume += size;
    candidate.hasTraded = true;
  }

  /** Whether a contract has traded at all, as far as it was counted. */
  hasTraded(instrument: number): boolean {
    return this.#candidates.get(instrument)?.hasTraded === true;
  }

  /** The nearest contract, while no day is complete. */
  nearest(): Instrument | undefined {
    return [...this.#candidates.values()].sort((a, b) => (a.expiry < b.expiry ? -1 : 1))[0]?.instrument;
  }

  /** Whether a contract trades no more after the day of that date. */
  isOver(contract: Instrument, date: string): boolean {
    const expiry = this.#candidateOf(contract)?.expiry ?? "";
    return expiry !== "" && expiry <= date;
  }

  /** The contract with the highest volume of the day that ends; undefined when nothing traded. The count starts anew. */
  endDay(): Instrument | undefined {
    let most: Candidate | undefined;
    for (const candidate of this.#candidates.values()) {
      if (candidate.volume > (most?.volume ?? 0)) most = { ...candidate };
      candidate.volume = 0;
    }
    return most?.instrument;
  }

  #candidateOf(contract: Instrument | undefined): Candidate | undefined {
    const candidate = this.#candidates.get(contract?.id ?? -1);
    const isSame = contract !== undefined && canBeSame(candidate?.instrument.symbol ?? "", contract.symbol);
    return isSame ? candidate : undefined;
  }
}
