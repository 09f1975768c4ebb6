import fc from "fast-check";
import { expect, it } from "vitest";
import type { Shadow } from "../../src/core/events.js";
import { ShadowBook } from "../../src/core/shadowBook.js";
import { after, ES, recommendation, ticks } from "../support/outputs.js";

it("rounds a shadow's fees as an account does: half a cent is a cent", () => {
  const shadows: Shadow[] = [];
  const book = new ShadowBook({ slippageTicks: 1, latency: 0, maxHold: 0 }, (shadow) => shadows.push(shadow));
  // 2 x $0.5025 is $1.005, which a binary fraction holds as a little less.
  const instrument = { ...ES, commission: 0.5025 };
  book.follow(recommendation({ instrument, quantity: 1, orderType: "MARKET" }));
  const hours = { tradable: true, flatTime: after(9999) };
  book.onTrade(after(1), ticks(24_043), hours, instrument);
  book.onTrade(after(2), ticks(24_166), hours, instrument);
  expect(shadows).toMatchObject([{ netPnl: (24_165 - 24_044) * 1250 - 101 }]);
});

it("knows at any time when the next entry expires, as if it looked at each of them", () => {
  const rules = { slippageTicks: 1, latency: 0, maxHold: 0 };
  const step = fc.oneof(
    fc.record({
      does: fc.constant("follow" as const),
      id: fc.nat(8),
      flat: fc.integer({ min: 1, max: 60 }),
      gtc: fc.boolean(),
    }),
    fc.record({ does: fc.constant("finish" as const), id: fc.nat(8) }),
    fc.record({ does: fc.constant("trade" as const), price: fc.integer({ min: 24_000, max: 24_100 }) }),
    fc.record({ does: fc.constant("expire" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const known = new Set<number>();
      const firsts = steps.filter((each) => each.does !== "follow" || (!known.has(each.id) && known.add(each.id)));
      const does = (book: ShadowBook, each: (typeof steps)[number], time: number) => {
        if (each.does === "finish") book.finish(`${each.id}`);
        else if (each.does === "expire") book.expire(after(time), after(time));
        else if (each.does === "trade")
          book.onTrade(after(time), ticks(each.price), { tradable: true, flatTime: after(9999) }, ES);
        else
          book.follow(
            recommendation({ id: `${each.id}`, flatTime: after(each.flat), validity: each.gtc ? "GTC" : "DAY" }),
          );
      };
      const asked = new ShadowBook(rules, () => undefined);
      for (const [i, each] of firsts.entries()) {
        does(asked, each, i);
        // Asked for the first time it looks at each of them.
        const anew = new ShadowBook(rules, () => undefined);
        for (const [time, earlier] of firsts.slice(0, i + 1).entries()) does(anew, earlier, time);
        expect(asked.nextExpiry).toBe(anew.nextExpiry);
      }
    }),
  );
});
