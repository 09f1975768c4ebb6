import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { LearningRows, type Outcome, posterior } from "../../src/core/sizing/posterior.js";
import { MICROS_PER_DAY, type Micros } from "../../src/core/units.js";
import { cents } from "../support/outputs.js";

const CONTEXTS = ["BUY|open|4-6x", "BUY|mid|4-6x", "SHORT|close|6x+"];
const NOW = (400 * MICROS_PER_DAY) as Micros;

const closed: fc.Arbitrary<readonly Outcome[]> = fc
  .uniqueArray(
    fc.record({
      account: fc.constantFrom("manual" as const, "paper" as const),
      of: fc.nat(20),
      context: fc.constantFrom(...CONTEXTS),
      won: fc.boolean(),
      day: fc.integer({ min: 0, max: 420 }),
      doubtful: fc.constantFrom(false, false, true),
    }),
    { selector: ({ account, of }) => `${account} ${of}`, maxLength: 40 },
  )
  .map((trades) =>
    trades.map(({ account, of, context, won, day, doubtful }) => ({
      recommendation: `${of}`,
      account,
      context,
      win: won,
      rMultiple: won ? 2 : -1,
      netPnl: cents(won ? 100 : -50),
      exitTime: (day * MICROS_PER_DAY) as Micros,
      ...(doubtful ? { unverified: true } : {}),
    })),
  );

/** The formula as it is written down, over all rows (`ENGINE.md` 6.3, 6.4). */
function fromScratch(rows: readonly Outcome[], context: string, halfLife: number, kappa: number) {
  const weigh = (isOwn: boolean, win: boolean) =>
    rows
      .filter((row) => (row.context === context) === isOwn && row.win === win)
      .reduce((sum, { exitTime }) => {
        const days = Math.max(0, NOW - exitTime) / MICROS_PER_DAY;
        return sum + (halfLife === 0 ? 1 : 2 ** (-days / halfLife));
      }, 0);
  const others = weigh(false, true) + weigh(false, false);
  const lambda = others === 0 ? 0 : Math.min(1, kappa / others);
  const alpha = 1 + weigh(true, true) + lambda * weigh(false, true);
  const beta = 1 + weigh(true, false) + lambda * weigh(false, false);
  const contextTrades = rows.filter((row) => row.context === context).length;
  const otherTrades = rows.length - contextTrades;
  const evidence = contextTrades + Math.min(kappa, otherTrades);
  return { alpha, beta, lambda, mean: alpha / (alpha + beta), contextTrades, otherTrades, evidence };
}

describe("What is learned", () => {
  it("is to the last digit what the formula makes of all rows, whether they fade or not", () => {
    const settings = {
      learnFrom: fc.constantFrom("account" as const, "both" as const),
      kappa: fc.constantFrom(0, 3, 10),
    };
    const given = fc.record({ ...settings, halfLife: fc.constantFrom(0, 0, 30, 180) });
    fc.assert(
      fc.property(closed, given, fc.constantFrom("manual", "paper"), (all, { learnFrom, kappa, halfLife }, account) => {
        const { bayes } = parseSettings({});
        const learning = new LearningRows(account, learnFrom);
        for (const row of all) {
          learning.add(row);
          for (const context of CONTEXTS) {
            const belief = posterior(learning, context, NOW, { ...bayes, pooledKappa: kappa, halfLifeDays: halfLife });
            expect(belief).toEqual({ ...fromScratch(learning.rows, context, halfLife, kappa), expectancy: undefined });
            const wins = learning.rows.filter((row) => row.win && row.context === context).length;
            expect(learning.of(context).wins).toBe(wins);
          }
        }
      }),
    );
  });

  it("of trades that never fade is found without a look at each of them", () => {
    const { bayes } = parseSettings({});
    const learning = new LearningRows("paper", "account");
    let looks = 0;
    for (const of of Array.from({ length: 100 }, (_, i) => i)) {
      const row: Outcome = {
        recommendation: `${of}`,
        account: "paper",
        context: CONTEXTS[0] ?? "",
        win: true,
        rMultiple: 2,
        netPnl: cents(100),
        exitTime: NOW,
      };
      const get = (target: Outcome, field: string | symbol) => {
        looks += 1;
        return Reflect.get(target, field);
      };
      learning.add(new Proxy(row, { get }));
    }
    looks = 0;
    expect(posterior(learning, CONTEXTS[0] ?? "", NOW, { ...bayes, halfLifeDays: 0 }).alpha).toBe(101);
    expect(looks).toBe(0);
    posterior(learning, CONTEXTS[0] ?? "", NOW, { ...bayes, halfLifeDays: 180 });
    expect(looks).toBeGreaterThanOrEqual(100);
  });
});
