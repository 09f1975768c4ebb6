import { RTYPE } from "../databento/dbn/codes.js";
import { encodeMetadata, encodeRecord } from "../databento/dbn/encode.js";
import { LAYOUTS, offsetOf } from "../databento/dbn/layouts.js";
import { ACTION_TRADE, UNDEFINED_SIZE } from "../databento/dbn/marketRecords.js";
import { RecordBytes } from "../databento/dbn/recordBytes.js";
import type { SierraSource } from "./sierraBars.js";
import { type SierraRow, SierraRows } from "./sierraRows.js";

const UNDEFINED_PRICE = 0x7fff_ffff_ffff_ffffn;
const [TRADE] = LAYOUTS.get(RTYPE.trade) ?? [];

/**
 * Turns Sierra Chart's trades into DBN records, so that all after is the same for both: metadata, the contract, then one trade
 * per row. Its side is the aggressor where all of its volume met the bid or the ask. Throws `FeedError` for damage.
 */
export class SierraTrades {
  readonly #source: Omit<SierraSource, "length">;
  readonly #rows = new SierraRows();
  readonly #out = new RecordBytes();
  #begun = false;

  constructor(source: Omit<SierraSource, "length">) {
    this.#source = source;
  }

  /** Takes the next bytes of the file; gives DBN bytes that are valid until the next call. */
  push(bytes: Uint8Array): Uint8Array {
    return this.#records(this.#rows.push(bytes));
  }

  /** The rest, when the file is over. */
  end(): Uint8Array {
    return this.#records(this.#rows.end());
  }

  #records(rows: readonly SierraRow[]): Uint8Array {
    this.#out.clear();
    for (const row of rows) {
      if (!this.#begun) this.#begin(row);
      this.#add(row);
    }
    return this.#out.bytes();
  }

  #begin({ time }: SierraRow): void {
    this.#begun = true;
    const { instrument, symbol } = this.#source;
    const nanos = BigInt(time) * 1000n;
    this.#out.append(encodeMetadata({ schema: "trades", start: nanos, stypeIn: "raw_symbol" }));
    this.#out.append(
      encodeRecord({
        rtype: RTYPE.symbolMapping,
        instrument_id: instrument,
        ts_event: nanos.toString(),
        stype_in_symbol: symbol,
        stype_out_symbol: symbol,
      }),
    );
  }

  #add({ time, close, volume, bidVolume, askVolume }: SierraRow): void {
    if (TRADE === undefined) throw new Error("No layout of a trade");
    const view = this.#out.add(TRADE.size);
    const nanos = BigInt(time) * 1000n;
    const isExact = close !== undefined && Number.isSafeInteger(close);
    view.setUint8(1, RTYPE.trade);
    view.setUint32(4, this.#source.instrument, true);
    view.setBigUint64(8, nanos, true);
    view.setBigInt64(offsetOf(TRADE, "price"), isExact ? BigInt(close) : UNDEFINED_PRICE, true);
    view.setUint32(offsetOf(TRADE, "size"), Math.min(volume, UNDEFINED_SIZE), true);
    view.setUint8(offsetOf(TRADE, "action"), ACTION_TRADE);
    view.setUint8(offsetOf(TRADE, "side"), sideOf(bidVolume, askVolume).charCodeAt(0));
    view.setBigUint64(offsetOf(TRADE, "ts_recv"), nanos, true);
  }
}

/** `A`, a sell aggressor, where only the bid was met; `B` where only the ask was. */
function sideOf(bidVolume = 0, askVolume = 0): string {
  if (bidVolume > 0 && askVolume === 0) return "A";
  return askVolume > 0 && bidVolume === 0 ? "B" : "N";
}
