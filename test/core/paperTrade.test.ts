import { describe, expect, it } from "vitest";
import { PaperTrade } from "../../src/core/broker/paperTrade.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import type { Micros } from "../../src/core/units.js";
import { after, recommendation, SIGNAL_TIME, ticks } from "../support/outputs.js";

const FLAT = (SIGNAL_TIME + 3600e6) as Micros;
const HOLD = 600;

/** An order that is at work 20 s after its signal: at 24043, stop 23981, target 24165 ticks. */
function order(changes: Partial<Recommendation> = {}, maxHold = 0): PaperTrade {
  const rules = { slippageTicks: 1, latency: 20e6, maxHold: maxHold * 1e6 };
  return new PaperTrade(recommendation({ flatTime: FLAT, ...changes }), 2, rules);
}

/** What a trade reports of prints by seconds after the signal: `filled 24043`, `stop 23980`, ... */
function met(trade: PaperTrade, ...prints: readonly (readonly [second: number, price: number])[]): readonly string[] {
  return prints.flatMap(([second, price]) => {
    const hours = { tradable: after(second) < FLAT, flatTime: FLAT };
    const report = trade.onTrade(after(second), price, hours);
    if (report === undefined) return [];
    if (report.type === "canceled") return [report.reason];
    return [`${report.type === "filled" ? "filled" : report.reason} ${report.price}`];
  });
}

describe("A LIMIT order to buy at 24043", () => {
  it.each<[string, readonly (readonly [number, number])[], readonly string[]]>([
    [
      "sees no print before its latency is over",
      [
        [19.999999, 24_000],
        [21, 24_043],
      ],
      [],
    ],
    ["sees the print of the very microsecond", [[20, 24_042]], ["filled 24043"]],
    [
      "is not filled by a touch",
      [
        [21, 24_050],
        [22, 24_043],
      ],
      [],
    ],
    [
      "is filled at the limit by a print one tick through",
      [
        [21, 24_050],
        [22, 24_042],
      ],
      ["filled 24043"],
    ],
    [
      "is filled at the limit however far through a later print is",
      [
        [21, 24_050],
        [22, 24_000],
      ],
      ["filled 24043"],
    ],
    ["pays one tick more than a first print that is through", [[21, 24_030]], ["filled 24031"]],
    ["is stale where the first print is at its stop", [[21, 23_981]], ["CANCELLED_STALE"]],
    ["is not where it is one tick above", [[21, 23_982]], ["filled 23983"]],
    [
      "cannot be stale later",
      [
        [21, 24_050],
        [22, 23_981],
      ],
      ["filled 24043"],
    ],
  ])("%s", (_, prints, reports) => {
    expect(met(order(), ...prints)).toEqual(reports);
  });

  it("fills on arrival or not at all where it is immediate or cancel", () => {
    expect(met(order({ validity: "IOC" }), [21, 24_043])).toEqual(["CANCELLED_IOC"]);
    expect(met(order({ validity: "IOC" }), [21, 24_042])).toEqual(["filled 24043"]);
  });
});

describe("A MARKET order", () => {
  it.each([
    [24_050, "filled 24051"],
    [23_981, "CANCELLED_STALE"],
    [23_982, "filled 23983"],
    [24_165, "CANCELLED_STALE"],
    [24_164, "filled 24165"],
  ])("meets its first print at %i: %s", (price, report) => {
    expect(met(order({ orderType: "MARKET" }), [21, price])).toEqual([report]);
  });

  it("sells short in the mirror", () => {
    const short = { orderType: "MARKET", action: "SHORT", stop: ticks(24_105), target: ticks(23_921) } as const;
    expect(met(order(short), [21, 24_040])).toEqual(["filled 24039"]);
    expect(met(order(short), [21, 24_105])).toEqual(["CANCELLED_STALE"]);
    expect(met(order(short), [21, 24_040], [30, 23_921], [31, 23_920])).toEqual(["filled 24039", "target 23921"]);
  });
});

describe("A STOP_LIMIT order with its trigger at 24044 and its limit at 24045", () => {
  const stopLimit = { orderType: "STOP_LIMIT", trigger: ticks(24_044), price: ticks(24_045) } as const;

  it.each<[readonly (readonly [number, number])[], readonly string[]]>([
    [
      [
        [21, 24_043],
        [22, 24_030],
      ],
      [],
    ],
    [
      [
        [21, 24_044],
        [22, 24_045],
      ],
      [],
    ],
    [
      [
        [21, 24_044],
        [22, 24_044],
      ],
      ["filled 24045"],
    ],
  ])("is armed by a print at the trigger, then waits as a limit: %j", (prints, reports) => {
    expect(met(order(stopLimit), ...prints)).toEqual(reports);
  });

  it("is armed or cancelled by its first print where it is immediate or cancel", () => {
    expect(met(order({ ...stopLimit, validity: "IOC" }), [21, 24_043])).toEqual(["CANCELLED_IOC"]);
    expect(met(order({ ...stopLimit, validity: "IOC" }), [21, 24_044], [22, 24_044])).toEqual(["filled 24045"]);
  });
});

describe("A position bought at 24043", () => {
  const open = (maxHold = 0) => {
    const trade = order({}, maxHold);
    met(trade, [21, 24_050], [30, 24_042]);
    return trade;
  };

  it.each<[string, number, readonly (readonly [number, number])[], readonly string[]]>([
    [
      "is stopped one tick worse than its stop",
      0,
      [
        [40, 23_982],
        [41, 23_981],
      ],
      ["stop 23980"],
    ],
    ["takes the gap through its stop", 0, [[40, 23_900]], ["stop 23899"]],
    [
      "reaches its target one tick through, at the target",
      0,
      [
        [40, 24_165],
        [41, 24_166],
      ],
      ["target 24165"],
    ],
    [
      "is flat at the first print from the flat time on",
      0,
      [
        [3599.999999, 24_050],
        [3600, 24_050],
      ],
      ["eod 24049"],
    ],
    ["is stopped rather than flat where one print does both", 0, [[3600, 23_981]], ["stop 23980"]],
    [
      "is held no longer than allowed",
      HOLD,
      [
        [629.999999, 24_050],
        [630, 24_050],
      ],
      ["time 24049"],
    ],
    ["says that the day ended where both fall due on one print", HOLD, [[3600, 24_050]], ["eod 24049"]],
  ])("%s", (_, maxHold, prints, reports) => {
    expect(met(open(maxHold), ...prints)).toEqual(reports);
  });

  it("leaves at the next print when it is to be flattened, whatever its bracket says", () => {
    const trade = open();
    trade.flattenNext();
    expect(met(trade, [40, 23_900])).toEqual(["emergency 23899"]);
  });

  it("remembers how far it went, the print that closes it included, and not the print that filled it", () => {
    const trade = open();
    met(trade, [31, 24_060], [32, 24_030]);
    const report = trade.onTrade(after(33), 23_970, { tradable: true, flatTime: FLAT });
    expect(report).toMatchObject({ type: "closed", price: 23_969, mae: 23_970 - 24_043, mfe: 17 });
  });
});
