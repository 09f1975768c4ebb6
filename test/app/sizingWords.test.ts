import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { sizingWords } from "../../src/app/sizingWords.js";
import type { Instrument } from "../../src/core/instrument.js";
import { riskPerContract, size } from "../../src/core/sizing/sizing.js";
import type { Cents } from "../../src/core/units.js";
import { cents, ES, recommendation, ticks } from "../support/outputs.js";

const MES: Instrument = {
  ...ES,
  symbol: "MESM5",
  label: "MES JUN25",
  root: "MES",
  pointValue: 5,
  riskPerContract: 100,
};
const { risk } = parseSettings({});

interface Given {
  readonly balance: number;
  readonly confidence?: number;
  readonly multiplier?: number;
  readonly instrument?: Instrument;
  readonly stopTicks?: number;
}

/** The recommendation that sizing makes of it, in dollars. */
function sized({ balance, confidence = 0.5, multiplier = 1, instrument = ES, stopTicks = 62 }: Given) {
  const each = riskPerContract(stopTicks, instrument, 1);
  const input = { balance: cents(balance * 100), confidence, multiplier, riskPerContract: each, open: 0 };
  const sizing = size({ ...input, kellyShare: undefined }, risk);
  return recommendation({
    instrument,
    quantity: sizing.quantity,
    multiplier,
    sizing,
    stop: ticks(24043 - stopTicks),
    riskBudget: sizing.budget,
    riskActual: (sizing.quantity * each) as Cents,
    riskPerContract: each,
  });
}

describe("A size in words", () => {
  it("of one ES on $15,000 is what the specification prints, with what MES would make of it", () => {
    expect(sizingWords(sized({ balance: 15_000 }))).toEqual({
      risk: "budget 1.5 % = $225, actual 6.7 % = $1,000 (one ES contract cannot be split)",
      advice: "MES: 2 contracts = 1.33 %",
    });
  });

  it("of two ES on $20,000 says that the multiplier doubled what could not be split", () => {
    expect(sizingWords(sized({ balance: 20_000, confidence: 41 / 60, multiplier: 2.1 }))).toEqual({
      risk: "budget 2.0 % = $400, actual 10.0 % = $2,000 (one ES contract cannot be split, size x2.10)",
      advice: "MES: 4 contracts = 2.00 %",
    });
  });

  it("within its budget gives no reason and no advice", () => {
    expect(sizingWords(sized({ balance: 15_000, instrument: MES }))).toEqual({
      risk: "budget 1.5 % = $225, actual 1.3 % = $200",
      advice: undefined,
    });
  });

  it("above a budget that pays for one names the multiplier alone", () => {
    const words = sizingWords(sized({ balance: 15_000, instrument: MES, multiplier: 2 }));
    expect(words.risk).toBe("budget 1.5 % = $225, actual 2.0 % = $300 (size x2.00)");
  });

  it("of MES where the budget pays for a whole ES says so", () => {
    expect(sizingWords(sized({ balance: 100_000, instrument: MES })).advice).toBe("ES: 1 contract = 1.00 %");
  });

  it("reckons the other contract with its own costs where the stop is wider than the assumed risk", () => {
    // 120 ticks of $1.25, $5 commission and two slipped ticks are $157.50: one fits $225.
    expect(sizingWords(sized({ balance: 16_000, stopTicks: 120 })).advice).toBe("MES: 1 contract = 0.98 %");
    expect(sizingWords(sized({ balance: 16_000, stopTicks: 120 }), 40).advice).toBeUndefined();
  });

  it("measures the stop of a STOP_LIMIT from the signal price, as its bracket does", () => {
    // From the signal price 100 ticks are $132.50 in MES, and $265 of $265 fit; two ticks more would not.
    const balance = 265 / 0.015;
    const made = sized({ balance, stopTicks: 100 });
    const triggered = { ...made, trigger: ticks(24044), price: ticks(24045) };
    expect(sizingWords(triggered).advice).toBe(sizingWords(made).advice);
    expect(sizingWords(made).advice).toMatch(/^MES: 2 contracts/);
  });

  it("has no advice for an instrument without a sibling", () => {
    for (const root of ["LTCUSDT", "M", "MMES", "X"]) {
      expect(sizingWords(sized({ balance: 15_000, instrument: { ...ES, root } })).advice).toBeUndefined();
    }
  });

  it("never advises more than the budget, and gives a reason exactly where it is exceeded", () => {
    const given = fc.record({
      balance: fc.integer({ min: 20_000, max: 400_000 }),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      multiplier: fc.double({ min: 1, max: 3, noNaN: true }),
      instrument: fc.constantFrom(ES, MES),
      stopTicks: fc.integer({ min: 16, max: 130 }),
    });
    fc.assert(
      fc.property(given, (some) => {
        const made = sized(some);
        const { risk: words, advice } = sizingWords(made);
        expect(words.includes("(")).toBe(made.riskActual > made.riskBudget);
        const share = Number(/= (.*) %$/.exec(advice ?? "= 0 %")?.[1]) / 100;
        expect(share).toBeLessThanOrEqual(made.sizing.riskFraction + 5.1e-5);
      }),
    );
  });
});
