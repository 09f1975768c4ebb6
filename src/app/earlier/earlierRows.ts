import { createHash } from "node:crypto";
import type { Imported, ImportSource } from "../../core/events.js";
import { BUILT_IN } from "../../core/instruments.js";
import { say } from "../../core/say.js";
import { type Cents, MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros, roundHalfAway } from "../../core/units.js";
import type { EarlierDefect } from "./earlierDefects.js";
import {
  contractOf,
  directionIn,
  moneyIn,
  needed,
  numberIn,
  priceIn,
  type RawRow,
  RowProblem,
  textIn,
  timeIn,
} from "./values.js";

/** What rows are read with. */
export interface Reading {
  /** IANA zone of times without an offset. */
  readonly zone: string;
  readonly now: Micros;
  /** Rows that were understood before. */
  readonly known: KnownTrades;
}

/** Recommendations and paper trades, which tell what a statistics row left out. */
export class KnownTrades {
  readonly #advised = new Map<number, Imported>();
  readonly #onPaper = new Map<string, Imported[]>();

  add(row: Imported): void {
    if (row.source === "recommendations_log") this.#advised.set(secondOf(row.time), row);
    if (row.source !== "paper_trades" || row.exitPrice === undefined) return;
    const key = `${row.entryPrice} ${row.exitPrice}`;
    const same = this.#onPaper.get(key);
    if (same === undefined) this.#onPaper.set(key, [row]);
    else same.push(row);
  }

  /** The recommendation of that second. */
  advised(time: Micros): Imported | undefined {
    return this.#advised.get(secondOf(time));
  }

  /** The paper trade of those prices within five minutes. */
  onPaper(time: Micros, entryPrice: number, exitPrice: number): Imported | undefined {
    const same = this.#onPaper.get(`${entryPrice} ${exitPrice}`) ?? [];
    return same.find((row) => Math.abs(row.time - time) <= 5 * MICROS_PER_MINUTE);
  }
}

function secondOf(time: Micros): number {
  return Math.floor(time / MICROS_PER_SECOND);
}

const QUANTITY = [0.001, 10_000] as const;

/** A row of one table, as history. @throws RowProblem */
export function importedRow(source: ImportSource, row: RawRow, reading: Reading): Imported {
  switch (source) {
    case "recommendations_log":
      return recommendation(row, reading);
    case "paper_trades":
      return paperTrade(row, reading);
    case "portfolio_equity":
      return equity(row, reading);
    case "context_performance":
      return statistic(row, reading);
    default:
      return source satisfies never;
  }
}

function recommendation(row: RawRow, reading: Reading): Imported {
  const time = needed(timeIn(row, "timestamp", reading.zone, reading.now), "timestamp");
  const remarks: EarlierDefect[] = ["MONTHS_MIXED"];
  return made("recommendations_log", row, reading, {
    time,
    contract: contractIn(row, time, remarks),
    direction: needed(directionIn(row, "action"), "action"),
    quantity: numberIn(row, "quantity", QUANTITY),
    entryPrice: needed(priceIn(row, "price"), "price"),
    remarks,
  });
}

function paperTrade(row: RawRow, reading: Reading): Imported {
  const { zone, now } = reading;
  const time = needed(
    timeIn(row, "execution_time", zone, now) ?? timeIn(row, "timestamp", zone, now),
    "execution_time",
  );
  const direction = needed(directionIn(row, "action"), "action");
  const quantity = needed(numberIn(row, "quantity", QUANTITY), "quantity");
  const entryPrice = needed(priceIn(row, "execution_price"), "execution_price");
  const exitPrice = priceIn(row, "exit_price");
  const remarks: EarlierDefect[] = ["MONTHS_MIXED", "RANDOM_FILL"];
  const contract = contractIn(row, time, remarks);
  const trade = { time, contract, direction, quantity, entryPrice, simulated: true, remarks };
  if (exitPrice === undefined) {
    remarks.push("STILL_OPEN");
    return made("paper_trades", row, reading, trade);
  }
  const points = (direction === "BUY" ? 1 : -1) * (exitPrice - entryPrice);
  const netPnl = netOf(row, contract, points * quantity, remarks);
  const result = {
    returnFraction: points / entryPrice + 0,
    netPnl,
    win: netPnl === undefined ? undefined : netPnl > 0,
  };
  return made("paper_trades", row, reading, { ...trade, exitPrice, ...result });
}

/** By prices and costs where the contract is known, as stored where it is not. */
function netOf(row: RawRow, contract: string | undefined, points: number, remarks: EarlierDefect[]): Cents | undefined {
  const stored = moneyIn(row, "pnl");
  const costs = moneyIn(row, "total_transaction_costs");
  const pointValue = BUILT_IN.find(({ symbol }) => symbol === contract?.slice(0, -2))?.pointValue;
  if (pointValue === undefined || costs === undefined) return stored === undefined ? undefined : cents(stored);
  const net = cents(points * pointValue - costs);
  if (stored !== undefined && Math.abs(cents(stored) - net) > 1) remarks.push("PNL_DIFFERS");
  return net;
}

function equity(row: RawRow, reading: Reading): Imported {
  const time = needed(timeIn(row, "timestamp", reading.zone, reading.now), "timestamp");
  const balance = cents(needed(moneyIn(row, "balance"), "balance"));
  return made("portfolio_equity", row, reading, { time, balance, simulated: true, remarks: ["MONTHS_MIXED"] });
}

function statistic(row: RawRow, reading: Reading): Imported {
  const time = needed(timeIn(row, "trade_timestamp", reading.zone, reading.now), "trade_timestamp");
  const entryPrice = needed(priceIn(row, "entry_price"), "entry_price");
  const exitPrice = needed(priceIn(row, "exit_price"), "exit_price");
  const stored = numberIn(row, "return_pct", [-1, 1]);
  const storedWin = numberIn(row, "win", [0, 1]);
  const remarks: EarlierDefect[] = ["MONTHS_MIXED", "CONTEXT_LOST"];
  const paper = reading.known.onPaper(time, entryPrice, exitPrice);
  const { direction, contract, quantity } = paper ?? reading.known.advised(time) ?? {};
  // The user's own trades bear the constant 5; any other context is the automaton's.
  const simulated = paper !== undefined || String(row.context_value) !== "5";
  const trade = { time, contract, direction, quantity, entryPrice, exitPrice, simulated, remarks };
  if (paper !== undefined) remarks.push("ALSO_ON_PAPER");
  if (direction === undefined) {
    remarks.push("DIRECTION_UNKNOWN");
    return made("context_performance", row, reading, trade);
  }
  const raw = (exitPrice - entryPrice) / entryPrice;
  const returnFraction = direction === "BUY" ? raw : -raw + 0;
  const win = returnFraction > 0;
  const isWrong = storedWin !== undefined && (storedWin === 1) !== win;
  const differs = stored !== undefined && Math.abs(stored - returnFraction) > 1e-6;
  if (direction === "SHORT" && (isWrong || differs)) remarks.push("SHORT_SIGN");
  else if (isWrong || differs) remarks.push("RETURN_DIFFERS");
  return made("context_performance", row, reading, { ...trade, returnFraction, win });
}

function contractIn(row: RawRow, time: Micros, remarks: EarlierDefect[]): string | undefined {
  const name = textIn(row, "contract");
  const contract = name === undefined ? undefined : contractOf(name, time);
  if (contract?.corrected === true) remarks.push("CONTRACT_YEAR");
  if (contract === undefined) remarks.push("CONTRACT_UNKNOWN");
  return contract?.symbol;
}

type Told = Partial<Omit<Imported, "type" | "id" | "source" | "at" | "row">> & Pick<Imported, "time" | "remarks">;

function made(source: ImportSource, row: RawRow, { now }: Reading, told: Told): Imported {
  const kept = keptRow(row);
  const hash = createHash("sha256")
    .update(JSON.stringify([source, Object.entries(kept).sort()]))
    .digest("hex");
  return {
    type: "imported",
    id: `imported:${hash}`,
    source,
    contract: undefined,
    direction: undefined,
    quantity: undefined,
    entryPrice: undefined,
    exitPrice: undefined,
    returnFraction: undefined,
    win: undefined,
    netPnl: undefined,
    balance: undefined,
    simulated: false,
    ...told,
    row: kept,
    at: now,
  };
}

/** The row as it stood, of values that a journal can hold. @throws RowProblem */
function keptRow(row: RawRow): Imported["row"] {
  const pairs = Object.entries(row).map(([column, value]): [string, string | number | null] => {
    if (value === null || value === undefined) return [column, null];
    if (typeof value === "number") return [column, needed(numberIn(row, column, EXACT), column)];
    return [column, needed(textIn(row, column), column)];
  });
  return Object.fromEntries(pairs);
}

/** Beyond it a number may have been another one. */
const EXACT = [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;

function cents(dollars: number): Cents {
  const value = roundHalfAway(Number((dollars * 100).toPrecision(15)));
  if (!Number.isSafeInteger(value)) throw new RowProblem(say("its money is too much"));
  return value as Cents;
}
