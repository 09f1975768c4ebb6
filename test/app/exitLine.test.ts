import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readExitLine } from "../../src/app/exitLine.js";
import { exitWays } from "../../src/app/exitWays.js";
import type { EngineView, OpenPosition } from "../../src/core/events.js";
import { engineView } from "../extension/support.js";
import { after, ES, RECOMMENDATION_ID, recommendation, ticks } from "../support/outputs.js";

/** Stop 5995.25, target 6041.25 for BUY; the other way round for SHORT. */
function position(action: "BUY" | "SHORT" = "BUY"): OpenPosition {
  const bracket = action === "BUY" ? {} : { action, stop: ticks(6041.25 * 4), target: ticks(5995.25 * 4) };
  return {
    recommendation: recommendation({ account: "manual", ...bracket }),
    account: "manual",
    quantity: 2,
    entryPrice: 6010.5 * 4,
    entryTime: after(10),
    openPnl: undefined,
  };
}

function view(last: number | undefined, low = last, high = last): EngineView {
  const range = low !== undefined && high !== undefined && { low: ticks(low * 4), high: ticks(high * 4) };
  const traded: EngineView["traded"] = range ? { [RECOMMENDATION_ID]: range } : {};
  return engineView({ instrument: ES, lastPrice: last === undefined ? undefined : ticks(last * 4), traded });
}

describe("The likeliest way to have closed a position", () => {
  it.each([
    { name: "inside the bracket it was by hand, at the market", at: view(6020), way: "manual 6020" },
    { name: "beyond the stop it was the stop", at: view(5990), way: "stop 5995.25" },
    { name: "at the stop it was the stop", at: view(5995.25), way: "stop 5995.25" },
    { name: "beyond the target it was the target", at: view(6050), way: "target 6041.25" },
    { name: "a touch of the target fills nothing for sure", at: view(6041.25), way: "manual 6041.25" },
    { name: "the stop was met since, and the market came back", at: view(6020, 5995, 6025), way: "stop 5995.25" },
    {
      name: "the target was passed since, and the market came back",
      at: view(6020, 6005, 6042),
      way: "target 6041.25",
    },
    { name: "both were met: the worse is believed", at: view(6020, 5990, 6050), way: "stop 5995.25" },
    { name: "both were met: the market stands beyond the target", at: view(6050, 5990, 6050), way: "target 6041.25" },
    { name: "nobody watches: the bracket's target", at: view(undefined), way: "target 6041.25" },
    {
      name: "another contract is watched",
      at: { ...view(5990), instrument: { ...ES, symbol: "ESU5" } },
      way: "target 6041.25",
    },
  ])("$name", ({ at, way }) => {
    const [{ reason, price, why }] = exitWays(position(), at);
    expect(`${reason} ${price / 4}`).toBe(way);
    expect(why).not.toBe("");
  });

  it.each([
    { at: view(6050), way: "stop" },
    { at: view(5990), way: "target" },
    { at: view(6020, 6010, 6041.25), way: "stop" },
  ])("mirrors for a short: $way", ({ at, way }) => {
    expect(exitWays(position("SHORT"), at)[0].reason).toBe(way);
  });

  it("comes first of all reasons that there are, each once", () => {
    const ways = exitWays(position(), view(5990)).map(({ reason }) => reason);
    expect(ways).toEqual(["stop", "target", "manual", "time", "eod"]);
  });
});

/** `6025.75 manual notes`, or `? problem`. */
function read(text: string, at: EngineView = view(6020), of = position()): string {
  const line = readExitLine(text, of.recommendation, exitWays(of, at));
  if (line.said === "nothing") return `? ${line.problem}`;
  const part = line.quantity === undefined ? "" : `${line.quantity} @ `;
  return `${part}${line.price} | ${line.reason} | ${line.notes ?? "-"}`;
}

describe("A line about an exit", () => {
  it.each([
    ["", "6020.00 | manual | -"],
    ["6025.75", "6025.75 | manual | -"],
    ["6041.25", "6041.25 | target | -"],
    ["6041.50", "6041.50 | target | -"],
    ["5995.25", "5995.25 | stop | -"],
    ["5995.00 slipped a tick", "5995.00 | stop | slipped a tick"],
    ["6025.75 target, hit at once", "6025.75 | target | hit at once"],
    ["6025.75 time", "6025.75 | time | -"],
    ["target", "6041.25 | target | -"],
    ["Stop out of luck", "5995.25 | stop | out of luck"],
    ["eod", "6020.00 | eod | -"],
    ["stop 5995.00", "5995.00 | stop | -"],
    ["Target: 6041.50 partly", "6041.50 | target | partly"],
    ["stop 5994,75", "5994.75 | stop | -"],
    ["stop ５９９５．００", "5995.00 | stop | -"],
    ["stop -1t", "5995.00 | stop | -"],
    ["target @ 6041.50", "6041.50 | target | -"],
    ["time .25", "6020.25 | time | -"],
    ["manual planned 6025.75 news", "6025.75 | manual | news"],
    ["planned 6025.75", "6025.75 | manual | -"],
    ["stop 63045", "63045 | stop | -"],
    ["stop 2 ticks of slippage", "5995.25 | stop | 2 ticks of slippage"],
    ["stop 9:45 news", "5995.25 | stop | 9:45 news"],
    ["+3t", "6020.75 | manual | -"],
    [".25", "6020.25 | manual | -"],
    ["６０２５．７５", "6025.75 | manual | -"],
    ["sold it", /^\? Begin with a price/],
    ["21 000.25", "21 000.25 | manual | -"],
  ])("%j says price, reason and notes: %s", (text, said) => {
    if (typeof said === "string") expect(read(text)).toBe(said);
    else expect(read(text)).toMatch(said);
  });

  it.each([
    ["1@6041.25", "1 @ 6041.25 | target | -"],
    ["1@6041.25 target, at once", "1 @ 6041.25 | target | at once"],
    ["2 @ .25", "2 @ 6020.25 | manual | -"],
    ["1@", "1 @ 6020.00 | manual | -"],
    ["1@ stop", "1 @ 5995.25 | stop | -"],
    ["1@-1t", "1 @ 6019.75 | manual | -"],
    ["１＠６０４１．２５", "1 @ 6041.25 | target | -"],
    ["stop 1@5995.00", "1 @ 5995.00 | stop | -"],
    ["stop 1@", "1 @ 5995.25 | stop | -"],
    ["stop 1@ 5995.00 slipped", "1 @ 5995.00 | stop | slipped"],
    ["1@ stop 5995.00 slipped", "1 @ 5995.00 | stop | slipped"],
    ["１＠ stop ５９９５．００", "1 @ 5995.00 | stop | -"],
    ["1@ stop 9:45 news", "1 @ 5995.25 | stop | 9:45 news"],
    ["manual planned 1@6020.00 news", "1 @ 6020.00 | manual | news"],
    ["half@6020.00", /^\? Begin with/],
  ])("%j says how many were closed, and of what price and reason: %s", (text, said) => {
    if (typeof said === "string") expect(read(text)).toBe(said);
    else expect(read(text)).toMatch(said);
  });

  it.each([
    "1@6041.25 1@6035.50 target",
    "6041.25 1@6035.50",
    "1@6020.00 manual 1@6021.00",
    "stop 1@5995.00 1@5994.75",
    "1@ stop 1@5995.00",
  ])("%j is answered that the parts are recorded one after the other", (text) => {
    expect(read(text)).toBe("? A line says one exit: record the parts one after the other");
  });

  it("asks whether a small number is the quantity or the price", () => {
    expect(read("1")).toBe("? Write 1@ if it is the quantity, 1.00 if it is the price");
    expect(read("1.00")).toBe("1.00 | stop | -");
  });

  it("leaves what the notes say of parts behind a price", () => {
    expect(read("6038.50 manual 1@6041.25 1@6035.75")).toBe("6038.50 | manual | 1@6041.25 1@6035.75");
  });

  it("tells the reason by the price of a short, too", () => {
    expect(read("5995.00", view(6020), position("SHORT"))).toBe("5995.00 | target | -");
    expect(read("6042", view(6020), position("SHORT"))).toBe("6042 | stop | -");
  });

  it("asks for the price where no market tells it", () => {
    expect(read("manual", view(undefined))).toBe('? Write the price before "manual": no market is watched');
    expect(read("6020 manual", view(undefined))).toBe("6020 | manual | -");
  });

  it.each([
    ["6020", undefined, "manual", undefined],
    ["6020 planned", false, "manual", undefined],
    ["6020 manual planned news at two", false, "manual", "news at two"],
    ["6020 Override, lost patience", true, "manual", "lost patience"],
    ["6041.25 planned", false, "manual", undefined],
    ["planned", false, "manual", undefined],
    ["6041.25 target planned", undefined, "target", "planned"],
    ["6020 unplanned", undefined, "manual", "unplanned"],
  ])("%j says whether an exit by hand went against the plan: %s", (text, override, reason, notes) => {
    const of = position();
    expect(readExitLine(text, of.recommendation, exitWays(of, view(6020)))).toMatchObject({ override, reason, notes });
  });

  it("never throws, whatever is typed", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => void read(text)));
  });
});
