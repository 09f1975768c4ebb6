import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { ContractOfDay } from "../../src/core/contractOfDay.js";
import { formatPrice, toCents, toPoints, toTicks } from "../../src/core/instrument.js";
import {
  datedLabelOf,
  expiryOf,
  instrumentOf,
  isContractOf,
  labelOf,
  specFor,
  symbolOf,
} from "../../src/core/instruments.js";
import type { Micros } from "../../src/core/units.js";

const at = (date: string) => (Temporal.Instant.from(`${date}T12:00:00Z`).epochMilliseconds * 1000) as Micros;
const settings = parseSettings({});
const contract = (symbol: string, date: string, id = 1) =>
  instrumentOf({ type: "contract", instrument: id, symbol, time: at(date) }, settings);

describe("labels and expiries", () => {
  it.each([
    ["ESM5", "2025-06-01", "ES JUN25", "2025-06-20"],
    ["ESM5", "2015-06-01", "ES JUN15", "2015-06-19"],
    ["ESM5", "2025-06-21", "ES JUN35", "2035-06-15"],
    ["ESH4", "2023-12-25", "ES MAR24", "2024-03-15"],
    ["MESZ25", "2025-01-01", "MES DEC25", "2025-12-19"],
  ])("%s on %s is %s and expires on %s", (symbol, date, label, expiry) => {
    expect(labelOf(symbol, at(date))).toBe(label);
    expect(expiryOf(symbol, at(date))?.toString()).toBe(expiry);
  });

  it("leaves a symbol without month and year as it is", () => {
    expect(labelOf("LTCUSDT", at("2025-06-21"))).toBe("LTCUSDT");
    expect(expiryOf("LTCUSDT", at("2025-06-21"))).toBeUndefined();
  });

  it("reads a label back, and not ESM6 for June 2025", () => {
    expect(symbolOf("ES JUN25")).toBe("ESM5");
    expect(symbolOf("ESM25")).toBe("ESM5");
    expect([symbolOf("MESH30"), symbolOf("ESM5"), symbolOf("ES25")]).toEqual(["MESH0", undefined, undefined]);
    expect(symbolOf("ES JUNE25")).toBeUndefined();
    const labels = ["ES JUN25", "ESM25", "MESH05", "ESM5", "ES.v.0", "ES JUX25", "LTCUSDT", ""].map(datedLabelOf);
    expect(labels).toEqual(["ES JUN25", "ES JUN25", "MES MAR05", ...new Array(5).fill(undefined)]);
  });

  it("tells outrights from spreads and other roots", () => {
    expect(isContractOf("ESM5", "ES")).toBe(true);
    expect(isContractOf("ESM5-ESU5", "ES")).toBe(false);
    expect(isContractOf("MESM5", "ES")).toBe(false);
    expect(isContractOf("ES.v.0", "ES")).toBe(true);
    expect(specFor("ES.v.0", [])).toMatchObject({ symbol: "ES" });
  });
});

describe("instrumentOf", () => {
  it.each([
    ["ESM5", 50, 1000],
    ["MESM5", 5, 100],
    ["NQM5", 20, 0],
    ["MNQM5", 2, 0],
  ])("knows %s: %d dollars a point, %d assumed at risk", (symbol, pointValue, riskPerContract) => {
    expect(contract(symbol, "2025-06-01")).toMatchObject({
      tickSize: 0.25,
      pointValue,
      riskPerContract,
      commission: 2.5,
    });
  });

  it("takes an unknown one from its definition, and refuses it without one", () => {
    const change = { type: "contract", instrument: 7, symbol: "6EH4", time: at("2024-01-02") } as const;
    expect(instrumentOf({ ...change, tickSize: 0.00005, pointValue: 125_000 }, settings)).toMatchObject({
      label: "6E MAR24",
    });
    expect(instrumentOf(change, settings)).toBeUndefined();
  });

  it("lets the user's own instruments win over the built-in ones", () => {
    const own = { symbol: "ES", tickSize: 0.5, pointValue: 10, session: "rth" };
    expect(specFor("ESM5", parseSettings({ instruments: [own] }).instruments)).toMatchObject({ tickSize: 0.5 });
  });
});

describe("prices and money", () => {
  const es = { tickSize: 0.25 };
  it.each([
    [6010.75, 24043],
    [6010.8, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])("%d is %d ticks of ES", (price, ticks) => {
    expect(toTicks(price, es)).toBe(ticks);
  });

  it("shows points without binary noise", () => {
    expect(toPoints(8305, { tickSize: 0.01 })).toBe(83.05);
    expect(formatPrice(8305, { tickSize: 0.01 })).toBe("83.05");
    expect(formatPrice(22000, { tickSize: 0.00005 })).toBe("1.10000");
  });

  it("books a tick of the ten-year note once, not per contract", () => {
    const note = { ...contract("ESM5", "2025-06-01"), tickSize: 1 / 64, pointValue: 1000 } as never;
    expect(toCents(1, 1, note)).toBe(1563);
    expect(toCents(1, 3, note)).toBe(4688);
    expect(toCents(-1, 1, note)).toBe(-1563);
  });
});

describe("ContractOfDay", () => {
  const of = (pin = "") => new ContractOfDay({ instrument: "ES", pin, session: undefined });
  const add = (choice: ContractOfDay, ...symbols: string[]) =>
    symbols.forEach((symbol, index) => {
      const instrument = contract(symbol.split("-")[0] ?? "", "2025-06-01", index);
      if (instrument !== undefined) choice.add({ ...instrument, symbol }, at("2025-06-01"));
    });

  it("begins with the nearest that has not expired, spreads and other products left out", () => {
    const choice = of();
    add(choice, "ESU5", "ESM5-ESU5", "NQM5", "ESM5");
    expect(choice.nearest()?.symbol).toBe("ESM5");
  });

  it("then takes the one with the highest volume of the completed day", () => {
    const choice = of();
    add(choice, "ESM5", "ESU5");
    choice.count(0, 100);
    choice.count(1, 101);
    choice.count(9, 1_000_000);
    expect(choice.endDay()?.symbol).toBe("ESU5");
    expect(choice.endDay()).toBeUndefined();
  });

  it("admits nothing but the pinned contract", () => {
    const choice = of("ESU5");
    add(choice, "ESM5", "ESU5");
    expect(choice.nearest()?.symbol).toBe("ESU5");
    expect(choice.admits(contract("ESM5", "2025-06-01") ?? expect.fail())).toBe(false);
  });

  it.each([
    ["ES JUN25", "2025-06-01", true],
    ["ES JUN25", "2024-07-01", true],
    ["ES JUN25", "2015-06-01", false],
    ["ES JUN25", "2025-06-21", false],
    ["ES JUN15", "2015-06-01", true],
    ["ES JUN15", "2025-06-01", false],
    ["ESM25", "2025-06-01", true],
    ["ESM15", "2025-06-01", false],
    ["ESM5", "2015-06-01", true],
    ["ESM5", "2025-06-01", true],
  ])("pinned to %s admits ESM5 of %s: %s", (pin, date, admitted) => {
    const choice = new ContractOfDay(parseSettings({ "contract.pin": pin }).contract);
    expect(choice.admits(contract("ESM5", date) ?? expect.fail())).toBe(admitted);
  });
});
