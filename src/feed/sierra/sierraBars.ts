import type { EngineEvent } from "../../core/events.js";
import type { TradeRejection } from "../../core/market.js";
import type { Micros, Ticks } from "../../core/units.js";
import type { Contract, ContractBook } from "../databento/dbn/contractBook.js";
import { rejectionOf } from "../databento/dbn/marketRecords.js";
import { isPossible } from "../databento/dbn/numbers.js";
import { type SierraRow, SierraRows } from "./sierraRows.js";

/** Whose bars a file holds, and how long each is. */
export interface SierraSource {
  /** The id under which its contract is known here. */
  readonly instrument: number;
  /** Raw symbol such as ESH5. */
  readonly symbol: string;
  /** Micros. */
  readonly length: number;
}

/**
 * Turns the text of Sierra Chart bars into events: the contract at the first bar, then a bar or a rejection per row. Bid volume
 * is what sell aggressors traded, ask volume what buy aggressors did (`ENGINE.md` 3.6). Throws `FeedError` for damage.
 */
export class SierraBars {
  readonly #source: SierraSource;
  readonly #contracts: ContractBook;
  readonly #rows = new SierraRows();
  #time = 0 as Micros;
  #isTold = false;

  constructor(source: SierraSource, contracts: ContractBook) {
    this.#source = source;
    this.#contracts = contracts;
  }

  /** Where the file stands: the end of its last bar so far; 0 before one. */
  get lastTime(): Micros {
    return this.#time;
  }

  push(bytes: Uint8Array): readonly EngineEvent[] {
    return this.#events(this.#rows.push(bytes));
  }

  /** The rest, when the file is over. */
  end(): readonly EngineEvent[] {
    return this.#events(this.#rows.end());
  }

  #events(rows: readonly SierraRow[]): readonly EngineEvent[] {
    const events: EngineEvent[] = [];
    let unknown = 0;
    for (const row of rows) {
      if (!isPossible(row.time)) {
        const { time, volume: size } = row;
        events.push({
          type: "rejected",
          isBar: true,
          instrument: this.#source.instrument,
          time,
          reason: "bad_time",
          size,
        });
        continue;
      }
      if (!this.#isTold) events.push(...this.#tell(row.time));
      const { contract } = this.#contracts.find(this.#source.instrument, row.time);
      if (contract.tickNanos === 0) {
        this.#contracts.countUnknown(contract);
        unknown += 1;
      } else {
        events.push(this.#event(row, contract));
      }
      this.#time = Math.max(this.#time, row.time + this.#source.length) as Micros;
    }
    if (unknown > 0) events.push({ type: "skipped", reason: "unknown_instrument", count: unknown });
    return events;
  }

  #tell(time: Micros): readonly EngineEvent[] {
    this.#isTold = true;
    const change = this.#contracts.map(this.#source.instrument, this.#source.symbol, time);
    return change === undefined ? [] : [change];
  }

  #event({ time, prices, close, volume, bidVolume, askVolume }: SierraRow, contract: Contract): EngineEvent {
    const { instrument, length } = this.#source;
    contract.seen += 1;
    const nanos = { open: prices?.open, high: prices?.high, low: prices?.low, close };
    const reason = rejectionAmong(Object.values(nanos), time, contract);
    if (reason !== undefined) {
      if (reason === "off_tick") this.#contracts.countOffTick(contract);
      return { type: "rejected", isBar: true, instrument, time, reason, size: volume };
    }
    const ticks = (price: number | undefined) => ((price ?? 0) / contract.tickNanos) as Ticks;
    return {
      type: "bar",
      instrument,
      start: time,
      end: (time + length) as Micros,
      open: ticks(nanos.open),
      high: ticks(nanos.high),
      low: ticks(nanos.low),
      close: ticks(nanos.close),
      volume,
      buyVolume: askVolume,
      sellVolume: bidVolume,
      profile: undefined,
      dirty: false,
    };
  }
}

function rejectionAmong(
  prices: readonly (number | undefined)[],
  time: number,
  { tickNanos }: Contract,
): TradeRejection | undefined {
  for (const price of prices) {
    if (price === undefined) return "bad_price";
    const reason = rejectionOf({ price, size: 1, time }, tickNanos);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
