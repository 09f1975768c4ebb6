import { describe, expect, it } from "vitest";
import { AnswerError, exitEvent, fillEvent, notExecutedEvent } from "../../src/app/answers.js";
import type { EngineOutput, EngineView, OpenPosition } from "../../src/core/events.js";
import { after, decision, exit, fill, micros, RECOMMENDATION_ID, recommendation, ticks } from "../support/outputs.js";

const NOW = after(20);
const LATER = after(600);
const JUST_BEFORE = after(15);
const LONG_BEFORE = after(-41);

function view(parts: Partial<EngineView> = {}): EngineView {
  return {
    time: NOW,
    tradingDay: undefined,
    sessionOpen: undefined,
    sessionClose: undefined,
    instrument: undefined,
    lastPrice: undefined,
    tradesSeen: 0,
    highestRatio: undefined,
    accounts: [],
    pending: [recommendation()],
    open: [],
    contexts: [],
    ...parts,
  };
}

function holding(quantity: number): OpenPosition {
  const entryTime = after(20);
  return {
    recommendation: recommendation(),
    account: "manual",
    quantity,
    entryPrice: 24042,
    entryTime,
    openPnl: undefined,
  };
}

function refusalOf(answer: () => unknown): string {
  try {
    answer();
  } catch (error) {
    if (error instanceof AnswerError) return error.message;
    throw error;
  }
  return "none";
}

const FILL = { recommendation: RECOMMENDATION_ID, price: "6010.50", quantity: "2" };
const EXIT = { recommendation: RECOMMENDATION_ID, price: "6041.25", reason: "target" };

describe("fillEvent", () => {
  it("takes the workflow's example by its time in New York", () => {
    const { event, warnings } = fillEvent(
      view(),
      { ...FILL, recommendation: "2025-06-09T14:32:15", notes: " Filled immediately " },
      NOW,
    );
    expect(event).toEqual({
      type: "account",
      kind: "fill",
      id: `fill:manual:${RECOMMENDATION_ID}:2@24042:Filled immediately`,
      account: "manual",
      recommendation: RECOMMENDATION_ID,
      time: NOW,
      price: 24042,
      quantity: 2,
      notes: "Filled immediately",
    });
    expect(warnings).toEqual([]);
  });

  it("takes the recommended quantity when none is said", () => {
    expect(fillEvent(view(), { recommendation: RECOMMENDATION_ID, price: "$6010.50" }, NOW).event.quantity).toBe(2);
  });

  it.each([
    ["6010.60", "6010.50 and 6010.75"],
    ["6010,50", "if you mean 6010.50, write 6010.50"],
    ["6,010.50", "if you mean 6010.50"],
    ["6.010,50", "if you mean 6010.50"],
    ["6 010.50", "if you mean 6010.50"],
    ["６０１０.５", "if you mean 6010.5"],
    ["2 6010.50", /and nothing else$/],
    ["6010 50", /and nothing else$/],
    ["1e5", "is not a price"],
    ["-6010.50", "is not a price"],
    ["0", "is not a possible price of ES JUN25"],
    ["", "is not a price"],
    ["💰", "is not a price"],
    ["0x17", "is not a price"],
    ["999999999999", "is not a possible price"],
    ["\u001b]0;x\u0007", "is not a price"],
  ])("refuses the price %j and says what would do", (price, message) => {
    const refused = refusalOf(() => fillEvent(view(), { ...FILL, price }, NOW));
    if (typeof message === "string") expect(refused).toContain(message);
    else expect(refused).toMatch(message);
    expect(refused).not.toMatch(/[\p{Cc}]/u);
  });

  it.each(["0", "1.5", "-1", "two", "", "１", "1e2"])("refuses the quantity %j", (quantity) => {
    expect(refusalOf(() => fillEvent(view(), { ...FILL, quantity }, NOW))).toContain("is not a number of contracts");
  });

  it("names what is waiting when the recommendation is unknown", () => {
    expect(refusalOf(() => fillEvent(view(), { ...FILL, recommendation: "ESM5-x" }, NOW))).toBe(
      `There is no recommendation "ESM5-x"; waiting for an answer: ${RECOMMENDATION_ID}`,
    );
    expect(refusalOf(() => fillEvent(view({ pending: [] }), { ...FILL, recommendation: "x" }, NOW))).toContain(
      "none is waiting",
    );
  });

  it("asks for the id when two recommendations have the same time", () => {
    const other = recommendation({ id: "NQM5-20250609T183215Z-BUY" });
    const both = view({ pending: [recommendation(), other] });
    const said = refusalOf(() => fillEvent(both, { ...FILL, recommendation: "2025-06-09T14:32:15" }, NOW));
    expect(said).toContain("NQM5-20250609T183215Z-BUY; give the id");
  });

  it("finds a recommendation that is no longer pending", () => {
    const { event } = fillEvent(view({ pending: [] }), FILL, NOW, [recommendation()]);
    expect(event.recommendation).toBe(RECOMMENDATION_ID);
  });

  it("adds a second part until the recommended quantity is full", () => {
    const open = view({ open: [holding(1)] });
    expect(fillEvent(open, { ...FILL, quantity: "1" }, NOW).event.quantity).toBe(1);
    expect(refusalOf(() => fillEvent(open, FILL, NOW))).toBe(
      `${RECOMMENDATION_ID} is already filled: 1 at 6010.50 of 2 recommended`,
    );
  });

  it("gives what is stored when the same fill is said again", () => {
    const first = fillEvent(view(), FILL, NOW);
    const stored = fill({ id: first.event.id, account: "manual" });
    const again = fillEvent(view({ pending: [], open: [holding(2)] }), FILL, after(90), [recommendation(), stored]);
    expect(again.stored).toBe(stored);
  });

  it("refuses a fill after another answer", () => {
    const closed: EngineOutput[] = [recommendation(), exit({ account: "manual" })];
    expect(refusalOf(() => fillEvent(view(), FILL, NOW, closed))).toContain("is already filled and closed");
    expect(refusalOf(() => fillEvent(view(), FILL, NOW, [decision()]))).toContain('not executed, "Missed it"');
  });

  it("lets the paper account's own trade be filled by the user as well", () => {
    const history: EngineOutput[] = [recommendation(), fill(), exit()];
    expect(fillEvent(view({ pending: [] }), FILL, NOW, history).event.account).toBe("manual");
  });

  it("warns of a price far away and of more contracts than recommended, and takes the person's word", () => {
    const { warnings } = fillEvent(view(), { ...FILL, price: "601.50", quantity: "3" }, NOW);
    expect(warnings).toEqual([
      "The price is 90 % away from the signal's 6010.75",
      "Nothing here can verify 601.50: it counts in the balance, not in learning",
      "3 contracts are more than the 2 recommended",
    ]);
  });

  it("leaves a price unverified that neither the market nor the bracket vouches for, and no other", () => {
    const said = (price: string, parts: Partial<EngineView> = {}) =>
      fillEvent(view(parts), { ...FILL, price }, NOW).event;
    expect(said("6010.50")).not.toHaveProperty("unverified");
    expect(said("5965.50")).not.toHaveProperty("unverified");
    expect(said("5965.00")).toMatchObject({ unverified: true });
    const traded = { [RECOMMENDATION_ID]: { low: ticks(23855), high: ticks(23870) } };
    expect(said("5965.00", { traded })).not.toHaveProperty("unverified");
    expect(said("5965.00", { traded, time: LONG_BEFORE })).toMatchObject({ unverified: true });
  });

  it("compares a price with where the market was since the signal, and asks for a far one again", () => {
    const traded = { [RECOMMENDATION_ID]: { low: ticks(24040), high: ticks(24050) } };
    const doubts = (price: string) => {
      const { warnings, typeAgain } = fillEvent(view({ traded }), { ...FILL, price }, NOW);
      return { warnings: warnings.length, typeAgain };
    };
    expect(doubts("6013.00")).toEqual({ warnings: 0, typeAgain: false });
    expect(doubts("6013.25")).toEqual({ warnings: 1, typeAgain: false });
    expect(doubts("6041.25")).toEqual({ warnings: 1, typeAgain: false });
    expect(doubts("6071.25")).toEqual({ warnings: 1, typeAgain: false });
    expect(doubts("6071.50")).toEqual({ warnings: 1, typeAgain: true });
  });

  it("asks for a price again that is more than 0.5 % from signal and limit, where nobody watched the market", () => {
    const said = (price: string) => {
      const { warnings, typeAgain } = fillEvent(view(), { ...FILL, price }, NOW);
      return { warnings, typeAgain };
    };
    expect(said("6040.75")).toEqual({ warnings: [], typeAgain: false });
    expect(said("6041.00")).toEqual({
      warnings: ["6041.00 is more than 0.5 % away from 6010.75, and nothing tells where the market was"],
      typeAgain: true,
    });
    expect(said("5980.75").typeAgain).toBe(false);
    expect(said("5980.50").typeAgain).toBe(true);
    expect(said("601.50").typeAgain).toBe(true);
    const distant = view({ pending: [recommendation({ price: ticks(23500) })] });
    expect(fillEvent(distant, { ...FILL, price: "5860.00" }, NOW).typeAgain).toBe(false);
  });

  it("asks about another contract, another day and the same fill twice", () => {
    const other = { ...recommendation().instrument, symbol: "ESU5", label: "ES SEP25" };
    expect(fillEvent(view({ instrument: other }), FILL, NOW).warnings).toEqual([
      "It is recorded for ES JUN25, while ES SEP25 is the contract of the day",
    ]);
    const { expires } = recommendation();
    expect(fillEvent(view(), FILL, expires).warnings).toEqual([]);
    expect(fillEvent(view(), FILL, micros(expires + 1)).warnings).toEqual([
      "The time lies after the trading day of the signal",
    ]);
    const earlier = fill({ id: "another", account: "manual", time: JUST_BEFORE });
    expect(fillEvent(view(), FILL, NOW, [earlier]).warnings).toEqual([
      "The same fill was recorded a moment ago: is it another one?",
    ]);
  });

  it("refuses notes without end", () => {
    expect(refusalOf(() => fillEvent(view(), { ...FILL, notes: "x".repeat(501) }, NOW))).toContain("500 are allowed");
  });
});

describe("exitEvent", () => {
  const open = view({ pending: [], open: [holding(2)] });

  it("closes an open position", () => {
    const { event, warnings } = exitEvent(open, EXIT, LATER);
    expect(event).toMatchObject({
      kind: "exit",
      account: "manual",
      price: 24165,
      reason: "target",
      time: LATER,
    });
    expect(warnings).toEqual([]);
  });

  it("warns when the price does not fit the claim, as in the workflow's own example", () => {
    expect(exitEvent(open, { ...EXIT, price: "6025.75" }, NOW).warnings[0]).toContain("short of the target of 6041.25");
    expect(exitEvent(open, { ...EXIT, price: "6040.75" }, NOW).warnings).toEqual([]);
    expect(exitEvent(open, { ...EXIT, price: "6010.50", reason: "stop" }, NOW).warnings[0]).toContain(
      "better than the stop",
    );
    expect(exitEvent(open, { ...EXIT, price: "5990.00", reason: "stop" }, NOW).warnings).toEqual([]);
  });

  it("asks for a price again that is more than 0.5 % outside the bracket, where nobody watched the market", () => {
    const said = (price: string) => {
      const { warnings, typeAgain } = exitEvent(open, { ...EXIT, reason: "manual", price }, LATER);
      return { warnings, typeAgain };
    };
    expect(said("5965.50")).toEqual({ warnings: [], typeAgain: false });
    expect(said("5965.00")).toEqual({
      warnings: ["Nothing here can verify 5965.00: it counts in the balance, not in learning"],
      typeAgain: true,
    });
  });

  it("mirrors the claims of a short", () => {
    const short = { action: "SHORT", stop: ticks(24105), target: ticks(23919) } as const;
    const position = { ...holding(2), recommendation: recommendation(short) };
    const shortView = view({ pending: [], open: [position] });
    expect(exitEvent(shortView, { ...EXIT, price: "5990.00" }, NOW).warnings[0]).toContain("short of the target");
    expect(exitEvent(shortView, { ...EXIT, price: "5979.50" }, NOW).warnings).toEqual([]);
  });

  it("refuses an exit without a position, and a reason that nobody knows", () => {
    expect(refusalOf(() => exitEvent(view(), EXIT, NOW))).toContain("has no open position: record its fill first");
    expect(refusalOf(() => exitEvent(open, { ...EXIT, reason: "tired" }, NOW))).toContain(
      "give one of target, stop, manual, time, eod",
    );
  });

  it("gives what is stored for the same exit, and refuses another one", () => {
    const closed = exit({ account: "manual", price: ticks(24165) });
    const history = [recommendation(), closed];
    expect(exitEvent(view(), EXIT, NOW, history).stored).toBe(closed);
    expect(refusalOf(() => exitEvent(view(), { ...EXIT, price: "6000.00" }, NOW, history))).toContain(
      "already closed at 6041.25, target",
    );
  });
});

describe("notExecutedEvent", () => {
  it("keeps the reason without what a terminal would obey", () => {
    const reason = "too \u001b[31mlate\u202e\r\n";
    expect(notExecutedEvent(view(), { recommendation: RECOMMENDATION_ID, reason }, NOW).event.reason).toBe("too late");
  });

  it("refuses without a reason, after a fill, and after another answer", () => {
    const said = (reason: string, parts: Partial<EngineView> = {}, history: readonly EngineOutput[] = []) =>
      refusalOf(() => notExecutedEvent(view(parts), { recommendation: RECOMMENDATION_ID, reason }, NOW, history));
    expect(said(" ")).toContain("Say in a few words why");
    expect(said("late", { open: [holding(1)] })).toContain("has a fill already");
    expect(said("late", {}, [decision()])).toContain('already answered: not executed, "Missed it"');
    expect(said("Missed it", {}, [decision()])).toBe("none");
  });
});
