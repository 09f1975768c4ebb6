import { say } from "../../core/say.js";

/** What a broker's file must say of each execution. */
const NEEDED = ["time", "symbol", "quantity", "price"] as const;

/** What a column may be called, in lower case letters and digits alone; the first name that a file has counts. */
const NAMES = {
  time: [
    ...["filltime", "executiontime", "exectime", "tradetime", "transactiontime", "filledat", "executedat"],
    ...["datetime", "timestamp", "time", "date"],
  ],
  date: ["tradedate", "filldate", "executiondate", "date"],
  symbol: ["contract", "symbol", "instrument", "ticker", "market", "product"],
  side: ["side", "bs", "buysell", "action", "direction", "buyorsell"],
  quantity: [
    ...["filledqty", "filledquantity", "fillqty", "qtyfilled", "execqty", "quantity", "qty", "contracts", "shares"],
    ...["size", "volume", "filled"],
  ],
  price: [
    ...["avgfillprice", "avgprice", "averageprice", "fillprice", "executionprice", "execprice", "tradeprice"],
    ...["tprice", "price"],
  ],
  status: ["status", "orderstatus", "state"],
} as const;

/** Where each column stands. A file without a side tells it by the sign of its quantity. */
export type BrokerColumns = Readonly<Record<(typeof NEEDED)[number], number>> & {
  readonly date: number | undefined;
  readonly side: number | undefined;
  readonly status: number | undefined;
};

/** The columns of a header line; undefined for a line that is none. */
export function brokerColumns(cells: readonly string[]): BrokerColumns | undefined {
  const at = places(cells);
  const { time, symbol, quantity, price, date, side, status } = at;
  if (time === undefined || symbol === undefined || quantity === undefined || price === undefined) return undefined;
  return { time, symbol, quantity, price, date: date === time ? undefined : date, side, status };
}

/** One sentence on why no line of a file is its header, by the one that comes nearest. */
export function unknownColumns(lines: readonly (readonly string[])[]): string {
  const missing = (cells: readonly string[]) => NEEDED.filter((column) => places(cells)[column] === undefined);
  const [first, ...others] = lines;
  if (first === undefined) return say("The file is empty");
  const nearest = others.reduce((best, cells) => (missing(cells).length < missing(best).length ? cells : best), first);
  return say(
    "The columns of the file are not recognised: none is called like {0}. It has {1}; needed are time, symbol, quantity and price, and a side unless sells have a negative quantity",
    missing(nearest).join(", "),
    nearest.map((cell) => JSON.stringify(cell.slice(0, 30))).join(", "),
  );
}

function places(cells: readonly string[]): Readonly<Record<keyof typeof NAMES, number | undefined>> {
  const names = cells.map((cell) => cell.toLowerCase().replace(/[^a-z0-9]/g, ""));
  const place = (column: keyof typeof NAMES) =>
    NAMES[column].map((name) => names.indexOf(name)).find((index) => index >= 0);
  return {
    time: place("time"),
    date: place("date"),
    symbol: place("symbol"),
    side: place("side"),
    quantity: place("quantity"),
    price: place("price"),
    status: place("status"),
  };
}
