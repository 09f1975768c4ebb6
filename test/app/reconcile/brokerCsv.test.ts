import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBrokerCsv } from "../../../src/app/reconcile/brokerCsv.js";
import { isBrokersName } from "../../../src/app/reconcile/brokerSymbol.js";
import { isoTime } from "../../../src/app/times.js";
import { ES } from "../../support/outputs.js";

const NEW_YORK = "America/New_York";

/** `2025-06-09T18:32:15Z BUY 2 ESM5 @ 6010.5`, a line each. */
const read = (text: string, zone = NEW_YORK) =>
  readBrokerCsv(text, zone).fills.map(
    ({ time, side, quantity, symbol, price }) =>
      `${isoTime(time).slice(0, 19)}Z ${side} ${quantity} ${symbol} @ ${price}`,
  );

const ENTRY = "2025-06-09T18:32:15Z BUY 2 ESM5 @ 6010.5";

describe("A broker's file", () => {
  it.each([
    ["plain", "time,symbol,side,quantity,price\n2025-06-09 14:32:15,ESM5,BUY,2,6010.50"],
    ["with an offset", "Time,Symbol,Side,Qty,Price\n2025-06-09T18:32:15Z,ESM5,B,2,6010.50"],
    [
      "in orders of which some were not filled",
      [
        "orderId,B/S,Contract,Product,avgPrice,filledQty,Fill Time,Status",
        '1, Buy,ESM5,ES,"6,010.50",2,06/09/2025 14:32:15, Filled',
        "2, Sell,ESM5,ES,,,,Canceled",
        "3, Sell,ESM5,ES,6001.00,1,06/09/2025 14:40:00,Unfilled",
      ].join("\n"),
    ],
    [
      "under a few lines of the broker's own, with date and time apart",
      "Account,DU1234\nPeriod,June 9\n\nTrade Date,Exec Time,Ticker,Action,Shares,T. Price\n2025-06-09,2:32:15 PM,ESM5,BOT,2,6010.50",
    ],
    [
      "with signed quantities and no side",
      "Date/Time;Symbol;Quantity;T. Price\n20250609;143215".replace(
        "20250609;143215",
        '"20250609;143215";ESM5;2;6010,50',
      ),
    ],
    [
      "with tabs, a byte order mark and the day first",
      "\ufeffTime\tInstrument\tSide\tSize\tPrice\r\n09.06.2025 14:32:15\tESM5\tLong\t2\t6010.50\r\n13.06.2025 1:00:00\tESM5\tSLD\t0\t6000\r\n",
    ],
  ])("is read %s", (_name, text) => {
    expect(read(text)).toEqual([ENTRY]);
  });

  it("takes a negative quantity for a sell where no column says the side", () => {
    expect(read("Date/Time,Symbol,Quantity,Price\n2025-06-09 14:32:15,ESM5,-2,6010.50")).toEqual([
      "2025-06-09T18:32:15Z SELL 2 ESM5 @ 6010.5",
    ]);
  });

  it("reads times that say no zone in the one that is given, and says whether one was needed", () => {
    const text = "time,symbol,side,quantity,price\n2025-06-09 14:32:15,ESM5,BUY,2,6010.50";
    expect(read(text, "UTC")[0]).toMatch(/^2025-06-09T14:32:15Z/);
    expect(readBrokerCsv(text, "UTC").isZoned).toBe(false);
    expect(readBrokerCsv(text.replace("15,ES", "15Z,ES"), NEW_YORK).isZoned).toBe(true);
  });

  it("says plainly which columns were not recognised", () => {
    expect(() => readBrokerCsv("when,what,side,quantity,price\n1,2,3,4,5", NEW_YORK)).toThrow(
      'The columns of the file are not recognised: none is called like time, symbol. It has "when", "what", "side", "quantity", "price"',
    );
    expect(() => readBrokerCsv("", NEW_YORK)).toThrow("The file is empty");
  });

  it("names each line that it could not read, and reads the others", () => {
    const text = [
      "time,symbol,side,quantity,price",
      "yesterday,ESM5,BUY,2,6010.50",
      "2025-06-09 14:32:15,ESM5,BUY,1.5,6010.50",
      "2025-06-09 14:32:15,ESM5,BUY,2,6010'2x",
      "2025-06-09 14:32:15,ESM5,FLAT,2,6010.50",
      "2025-06-09 14:32:15,ESM5,BUY,2,6010.50",
      "Total,,,,",
    ].join("\n");
    const { problems, fills, unfilled } = readBrokerCsv(text, NEW_YORK);
    expect(problems).toEqual([
      'Line 2 was not read: "yesterday" is no date and time',
      'Line 3 was not read: "1.5" is no quantity',
      'Line 4 was not read: "6010\'2x" is no price',
      'Line 5 was not read: "FLAT" is no side',
    ]);
    expect([fills.map(({ line }) => line), unfilled]).toEqual([[6], 1]);
  });

  it("never fails but in one sentence, whatever the file holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        try {
          readBrokerCsv(`time,symbol,side,quantity,price\n${text}`, NEW_YORK);
        } catch (error) {
          expect(error instanceof Error && error.message).toMatch(/^The (file|columns)/);
        }
      }),
    );
  });
});

describe("A broker's name of a contract", () => {
  it.each([
    "ESM5",
    "esm25",
    "ESM2025",
    "/ESM25:XCME",
    "ESM5.CME",
    "@ESM25",
    "ES JUN25",
    "ESJUN25",
    "ES 06-25",
    "ES",
    "ESM5 CME",
  ])("%s is ESM5", (name) => expect(isBrokersName(name, ES)).toBe(true));
  it.each(["ESU5", "MESM5", "ES 09-25", "ES SEP25", "NQM5", "", "ESM26"])("%j is not", (name) =>
    expect(isBrokersName(name, ES)).toBe(false),
  );
});
