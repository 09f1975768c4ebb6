import { describe, expect, it } from "vitest";
import { PaperTrade } from "../../src/core/broker/paperTrade.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import type { Micros } from "../../src/core/units.js";
import { recommendation, SIGNAL_TIME, after as signalPlus, ticks } from "../support/outputs.js";

const FLAT = (SIGNAL_TIME + 3600e6) as Micros;
const HOLD = 600;

/** An order that is at work 20 s after its signal: at 24043, stop 23981, target 24165 ticks. */
function order(changes: Partial<Recommendation> = {}, maxHold = 0, slippageTicks = 1): PaperTrade {
  const rules = { slippageTicks, latency: 20e6, maxHold: maxHold * 1e6 };
  return new PaperTrade(recommendation({ flatTime: FLAT, ...changes }), 2, rules);
}

/** What a trade reports of prints by seconds after the signal: `filled 24043`, `stop 23980`, ... */
function met(trade: PaperTrade, ...prints: readonly (readonly [second: number, price: number])[]): readonly string[] {
  return prints.flatMap(([second, price]) => {
    const hours = { tradable: signalPlus(second) < FLAT, flatTime: FLAT };
    const report = trade.onTrade(signalPlus(second), price, hours);
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

  it("that is good till it is cancelled fills in session only: not from the flat time on, and again the next day", () => {
    // One tick through its limit is 24042. In between the session is over, or is about to be.
    const trade = order({ validity: "GTC" });
    const shut = { tradable: false, flatTime: FLAT };
    expect(trade.onTrade(signalPlus(21), 24_050, { tradable: true, flatTime: FLAT })).toBeUndefined();
    expect(trade.onTrade(FLAT, 24_042, shut)).toBeUndefined();
    expect(trade.onTrade(signalPlus(8 * 3600), 24_000, shut)).toBeUndefined();
    expect(trade.state).toBe("working");
    const open = { tradable: true, flatTime: signalPlus(26 * 3600) };
    expect(trade.onTrade(signalPlus(24 * 3600), 24_042, open)).toMatchObject({ type: "filled", price: 24_043 });
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
    const report = trade.onTrade(signalPlus(33), 23_970, { tradable: true, flatTime: FLAT });
    expect(report).toMatchObject({ type: "closed", price: 23_969, mae: 23_970 - 24_043, mfe: 17 });
  });
});

describe("With market_slippage_ticks of 3", () => {
  const open = (maxHold = 0) => {
    const trade = order({}, maxHold, 3);
    // A touch is no fill; the print one tick through it is one at the limit, without slippage.
    expect(met(trade, [21, 24_050], [30, 24_042])).toEqual(["filled 24043"]);
    return trade;
  };

  it.each<[string, Partial<Recommendation>, number, string]>([
    ["a MARKET order pays them", { orderType: "MARKET" }, 24_040, "filled 24043"],
    ["a LIMIT that is marketable on arrival too", {}, 24_030, "filled 24033"],
    ["and no more than its limit", {}, 24_041, "filled 24043"],
  ])("%s", (_, changes, print, report) => {
    expect(met(order(changes, 0, 3), [21, print])).toEqual([report]);
  });

  // Stop 23981, target 24165: everything but the target is 3 ticks worse than the stop or the print.
  it.each<[string, number, readonly [number, number], string]>([
    ["a stop", 0, [40, 23_981], "stop 23978"],
    ["a gap through the stop", 0, [40, 23_900], "stop 23897"],
    ["not a target", 0, [40, 24_166], "target 24165"],
    ["the end of the day", 0, [3600, 24_050], "eod 24047"],
    ["the longest time in a position", HOLD, [630, 24_050], "time 24047"],
  ])("%s is so much worse", (_, maxHold, print, report) => {
    expect(met(open(maxHold), print)).toEqual([report]);
  });

  it("an emergency is so much worse, and a stop inside a bar", () => {
    const flattened = open();
    flattened.flattenNext();
    expect(met(flattened, [40, 24_050])).toEqual(["emergency 24047"]);
    expect(bars(open(), [60, 24_000, 24_010, 23_980, 24_005])).toEqual(["stop 23978 at 120"]);
  });
});

/** What a trade reports of minute bars, each with the second at which it begins and its open, high, low and close. */
function bars(trade: PaperTrade, ...each: readonly (readonly [number, number, number, number, number])[]) {
  return each.flatMap(([second, open, high, low, close]) => {
    const hours = { tradable: true, flatTime: FLAT, flat: signalPlus(second + 60) > FLAT };
    const reports = trade.onBar({
      start: signalPlus(second),
      end: signalPlus(second + 60),
      open,
      high,
      low,
      close,
      ...hours,
    });
    return reports.map((report) => {
      const what =
        report.type === "canceled"
          ? report.reason
          : `${report.type === "filled" ? "filled" : report.reason} ${report.price}`;
      return `${what} at ${(report.time - SIGNAL_TIME) / 1e6}`;
    });
  });
}

describe("A position that ready-made bars opened, with a longest time of ten minutes", () => {
  const filled = (): PaperTrade => {
    const trade = order({}, HOLD);
    // The low of 24042 is one tick through the limit: filled at the end of the bar, second 120.
    expect(bars(trade, [60, 24_050, 24_052, 24_042, 24_048])).toEqual(["filled 24043 at 120"]);
    return trade;
  };
  const quiet = [24_048, 24_052, 24_044, 24_048] as const;

  it("leaves at the open of the first bar that begins ten minutes after it, one tick worse", () => {
    // Second 660 is 540 s after the fill; 720 is 600 s.
    expect(bars(filled(), [660, ...quiet])).toEqual([]);
    expect(bars(filled(), [660, ...quiet], [720, ...quiet])).toEqual(["time 24047 at 720"]);
  });

  it("is stopped at that open where it is at the stop, and takes its target where it is through it", () => {
    expect(bars(filled(), [720, 23_981, 23_990, 23_970, 23_985])).toEqual(["stop 23980 at 720"]);
    expect(bars(filled(), [720, 24_166, 24_170, 24_160, 24_165])).toEqual(["target 24165 at 720"]);
  });
});
