import { concatBytes, metadata } from "./dbnBytes.js";
import type { HistoricalServer, Reply, SeenRequest } from "./historicalServer.js";
import { timeOf } from "./liveMarket.js";
import { zstdFrame } from "./zstdBytes.js";

/** What a market's history is made of. */
export interface History {
  readonly symbol: string;
  readonly id: number;
  /** Trades in order of time, received when they happened. */
  readonly records: readonly Uint8Array[];
  /** YYYYMMDD */
  readonly date: number;
  /** Nanoseconds; history ends before it. */
  readonly end: bigint;
}

/** Lets a server answer for ES.v.0 as Databento's does: cost, range and contracts of a market. */
export function serveHistory(server: HistoricalServer, { symbol, id, records, date, end }: History): void {
  server.usually("metadata.get_dataset_range", {
    body: { start: "2010-06-06", end: new Date(Number(end / 1_000_000n)).toISOString() },
  });
  server.usually("symbology.resolve", ({ fields }) => {
    const answer = fields.stype_in === "continuous" ? String(id) : symbol;
    const [d0, d1] = [fields.start_date ?? "", fields.end_date ?? ""];
    return { body: { result: { [fields.symbols ?? ""]: [{ d0, d1, s: answer }] }, partial: [], not_found: [] } };
  });
  server.usually("timeseries.get_range", ({ fields }: SeenRequest): Reply => {
    const [from, to] = [BigInt(fields.start ?? 0), BigInt(fields.end ?? 0)];
    const found = records.filter((record) => from <= timeOf(record) && timeOf(record) < to);
    const intervals = [{ start: date, end: date + 1, symbol: String(id) }];
    const head = metadata({
      start: from,
      end: to,
      symbols: [symbol],
      mappings: [{ requested: symbol, intervals }],
    });
    return { body: concatBytes(zstdFrame(head), zstdFrame(concatBytes(...found))) };
  });
}
