import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { LearningRows, type Outcome, type Posterior, posterior } from "../../src/core/sizing/posterior.js";
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

/** The trade number `i` of the paper account: contexts in turn, every second one won. */
function outcome(i: number, exitTime: number): Outcome {
  const win = i % 2 === 0;
  return {
    recommendation: `${i}`,
    account: "paper",
    context: CONTEXTS[i % 3] ?? "",
    win,
    rMultiple: win ? 2 : -1,
    netPnl: cents(win ? 100 : -50),
    exitTime: Math.floor(exitTime) as Micros,
  };
}

/**
 * A sum of n terms, each right to a few units of its last digit (2^-53), is off by less than n + 3 of them: for 20,000 rows by
 * 2.3e-12 of itself at the very worst. A chance is shown to 0.01.
 */
function expectNear(belief: Posterior, plain: Posterior): void {
  const { alpha, beta, mean, lambda, ...counts } = belief;
  expect(counts).toEqual({
    contextTrades: plain.contextTrades,
    otherTrades: plain.otherTrades,
    evidence: plain.evidence,
    expectancy: undefined,
  });
  for (const [is, wanted] of [
    [alpha, plain.alpha],
    [beta, plain.beta],
    [mean, plain.mean],
    [lambda, plain.lambda],
  ] as const)
    expect(Math.abs(is - wanted)).toBeLessThanOrEqual(5e-12 * wanted);
}

describe("What is learned", () => {
  it("is what the formula makes of all rows: to the last digit without fading, with it but for what sums round", () => {
    const settings = {
      learnFrom: fc.constantFrom("account" as const, "both" as const),
      kappa: fc.constantFrom(0, 3, 10),
    };
    const given = fc.record({ ...settings, halfLife: fc.constantFrom(0, 0, 30, 180) });
    fc.assert(
      fc.property(closed, given, fc.constantFrom("manual", "paper"), (all, { learnFrom, kappa, halfLife }, account) => {
        const { bayes } = parseSettings({});
        const learning = new LearningRows(account, learnFrom);
        for (const [i, row] of all.entries()) {
          learning.add(row);
          const added = i + 1;
          for (const context of CONTEXTS) {
            const belief = posterior(learning, context, NOW, { ...bayes, pooledKappa: kappa, halfLifeDays: halfLife });
            const plain = { ...fromScratch(learning.rows, context, halfLife, kappa), expectancy: undefined };
            if (halfLife === 0) expect(belief).toEqual(plain);
            else expectNear(belief, plain);
            // Asked all along or once, to the last digit the same: a restart goes on as if there had been none.
            const anew = new LearningRows(account, learnFrom, all.slice(0, added));
            expect(posterior(anew, context, NOW, { ...bayes, pooledKappa: kappa, halfLifeDays: halfLife })).toEqual(
              belief,
            );
            const wins = learning.rows.filter((row) => row.win && row.context === context).length;
            expect(learning.of(context).wins).toBe(wins);
          }
        }
      }),
    );
  });

  it("of 20,000 trades over decades is what the formula makes of them, by the shortest half-lives and the longest", () => {
    const { bayes } = parseSettings({});
    const rows = Array.from({ length: 20_000 }, (_, i) => outcome(i, (i * NOW) / 20_000));
    for (const halfLife of [0.01, 0.7, 1, 30, 180, 36_500]) {
      const learning = new LearningRows("paper", "account", rows);
      for (const context of CONTEXTS) {
        const belief = posterior(learning, context, NOW, { ...bayes, pooledKappa: 10, halfLifeDays: halfLife });
        expectNear(belief, { ...fromScratch(rows, context, halfLife, 10), expectancy: undefined });
      }
    }
  });

  it("of trades is found without a look at each of them, unless one of them is still to come", () => {
    const { bayes } = parseSettings({});
    const learning = new LearningRows("paper", "account");
    let looks = 0;
    for (const of of Array.from({ length: 100 }, (_, i) => 6 * i)) {
      const row = outcome(of, NOW);
      const get = (target: Outcome, field: string | symbol) => {
        looks += 1;
        return Reflect.get(target, field);
      };
      learning.add(new Proxy(row, { get }));
    }
    const ask = (halfLifeDays: number, now = NOW) =>
      posterior(learning, CONTEXTS[0] ?? "", now, { ...bayes, halfLifeDays });
    ask(180);
    looks = 0;
    expect(ask(0).alpha).toBe(101);
    expect(ask(180).alpha).toBeCloseTo(101, 10);
    expect(looks).toBe(0);
    expect(ask(180, (NOW - 1) as Micros).alpha).toBe(101);
    expect(looks).toBeGreaterThanOrEqual(100);
  });
});
