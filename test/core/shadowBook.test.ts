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
