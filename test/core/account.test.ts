import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { exitOutput } from "../../src/core/booking.js";
import { learnedAbout, outcomeOf } from "../../src/core/learning.js";
import { Account, type RoundTrip } from "../../src/core/ledger/account.js";
import { LearningRows, type Outcome } from "../../src/core/sizing/posterior.js";
import { cents, ES, recommendation, SIGNAL_TIME, ticks } from "../support/outputs.js";

/** Both sides cost one tick of one contract: $12.50. */
const DEAR = { ...ES, commission: 6.25 };

function opened() {
  const account = new Account("manual", cents(1_500_000));
  account.beginDay(SIGNAL_TIME);
  const issued = recommendation({ instrument: DEAR });
  const position = account.fill(issued, { time: SIGNAL_TIME, price: ticks(24_043), quantity: 2 });
  return { account, position };
}

function closedAt(
  price: number,
  reason: "manual" | "target" | "stop" = "manual",
): { account: Account; trip: RoundTrip } {
  const { account, position } = opened();
  return { account, trip: account.close(position, { id: "exit", time: SIGNAL_TIME, price: ticks(price), reason }) };
}

describe("An account", () => {
  it("marks an open position at the last print, less the commission of both sides", () => {
    const { account } = opened();
    account.mark(24_053, ES);
    // 10 ticks of $12.50 on 2 contracts, less 2 x $12.50.
    expect(account.equity).toBe(1_500_000 + 25_000 - 2_500);
    account.mark(24_043, ES);
    expect(account.drawdown).toBeCloseTo(25_000 / 1_522_500, 12);
  });

  it("marks each position at the last print of its own contract, and one without a print not at all", () => {
    const { account } = opened();
    const other = { ...ES, symbol: "ESU5", label: "ES SEP25" };
    const second = recommendation({ id: "second", instrument: other });
    account.fill(second, { time: SIGNAL_TIME, price: ticks(24_283), quantity: 1 });
    account.mark(24_053, ES);
    expect(account.equity).toBe(1_500_000 + 25_000 - 2_500);
    account.mark(24_283, other);
    // The other contract costs 2 x $2.50.
    expect(account.equity).toBe(1_500_000 + 25_000 - 2_500 - 500);
  });

  it("forgets a print that was before the position", () => {
    const { account, position } = opened();
    account.mark(24_143, ES);
    account.close(position, { id: "exit", time: SIGNAL_TIME, price: ticks(24_043), reason: "manual" });
    const again = recommendation({ id: "again" });
    account.fill(again, { time: SIGNAL_TIME, price: ticks(24_043), quantity: 1 });
    account.value();
    expect(account.equity).toBe(account.balance);
  });

  it("counts a trade that gains nothing after its costs as a loss, everywhere", () => {
    const { account, trip } = closedAt(24_044);
    expect(trip.netPnl).toBe(0);
    expect(account.losingStreak).toBe(1);
    const row = outcomeOf(trip, "manual", {});
    expect(row.win).toBe(false);
    const learned = learnedAbout(
      row.context,
      new LearningRows("manual", "account", [row]),
      SIGNAL_TIME,
      parseSettings({}).bayes,
    );
    const exit = exitOutput({ id: "x" }, trip, account, learned, undefined, {}, SIGNAL_TIME);
    expect(exit).toMatchObject({ win: false, netPnl: 0, commission: 2_500, learned: { trades: 1, wins: 0 } });
  });

  it.each([
    // The target is 24165, the stop 23981: two ticks may be missing.
    [24_163, "target", "target"],
    [24_162, "target", "manual"],
    [23_983, "stop", "stop"],
    [23_984, "stop", "manual"],
  ] as const)("checks a claim by its price: %i as %s is %s", (price, claimed, checked) => {
    const { account, trip } = closedAt(price, claimed);
    const learned = learnedAbout("", new LearningRows("manual", "account"), SIGNAL_TIME, parseSettings({}).bayes);
    const exit = exitOutput({ id: "x" }, trip, account, learned, undefined, {}, SIGNAL_TIME);
    expect(exit).toMatchObject({ reason: claimed, reasonChecked: checked });
  });

  it("re-bases the limit's peak at marked equity when it is reset, and its all-time peak never", () => {
    const { account } = opened();
    account.mark(24_143, ES);
    const { peak } = account;
    account.mark(24_063, ES);
    account.halt();
    account.reset();
    expect(account.limitPeak).toBe(account.equity);
    expect(account.equity).toBeLessThan(peak);
    expect(account.peak).toBe(peak);
    expect(account.halted).toBe(false);
  });
});

describe("What an account learns from", () => {
  const row = (account: "manual" | "paper", id: string, win: boolean): Outcome => ({
    recommendation: id,
    account,
    context: "BUY|mid|4-6x",
    win,
    rMultiple: 1,
    netPnl: cents(1),
    exitTime: SIGNAL_TIME,
  });
  const rows = [row("paper", "A", true), row("manual", "A", false), row("paper", "B", true), row("manual", "C", true)];

  it("is its own closed trades", () => {
    expect(new LearningRows("paper", "account", rows).rows).toEqual([rows[0], rows[2]]);
    expect(new LearningRows("manual", "account", rows).rows).toEqual([rows[1], rows[3]]);
  });

  it("is those of both, if that is wanted, and of one recommendation the user's record alone", () => {
    for (const account of ["manual", "paper"] as const) {
      expect(new LearningRows(account, "both", rows).rows).toEqual([rows[1], rows[2], rows[3]]);
    }
  });

  it("is the same whether it is looked at in the end or was kept up trade by trade", () => {
    const closed = fc.uniqueArray(
      fc.record({ account: fc.constantFrom("manual", "paper"), id: fc.nat(12), doubtful: fc.boolean() }),
      { selector: ({ account, id }) => `${account} ${id}` },
    );
    fc.assert(
      fc.property(closed, fc.constantFrom("manual", "paper"), (trades, account) => {
        const all = trades.map(({ account: of, id, doubtful }) => ({
          ...row(of, `${id}`, true),
          ...(doubtful ? { unverified: true } : {}),
        }));
        const learning = new LearningRows(account, "both");
        for (const each of all) learning.add(each);
        const sound = all.filter(({ unverified }) => unverified !== true);
        const recorded = sound.filter((each) => each.account === "manual").map(({ recommendation }) => recommendation);
        expect(learning.rows).toEqual(
          sound.filter((each) => each.account === "manual" || !recorded.includes(each.recommendation)),
        );
      }),
    );
  });
});
