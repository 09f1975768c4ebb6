import { expect, it } from "vitest";
import { sessionHint } from "../../src/app/sessionHint.js";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";

const SUMMARY = new Engine(
  parseSettings({}),
  { leading: "paper", paperTrades: true, haltEndsWithSession: true },
  NO_HOLIDAYS,
).summary();
const hint = (trades: number, skipped: Record<string, number>) =>
  sessionHint({ ...SUMMARY, trades, skipped }, parseSettings({}));

it("the session is blamed for trades that could have been used", () => {
  expect(hint(20, {})).toContain('lies in the session "rth"');
  expect(hint(20, { foreign: 10, off_tick: 9 })).toContain('lies in the session "rth"');
});

it("trades that cannot be used are told by their reasons, whatever the session", () => {
  expect(hint(20, { off_tick: 19, bad_price: 1 })).toMatch(
    /can be used \(19 off the tick size, 1 with an impossible price\)/,
  );
  expect(hint(20, { foreign: 15, quarantined: 5 })).toMatch(/can be used \(5 far from the last price\)/);
  expect(hint(20, { foreign: 20 })).toContain("contract.instrument");
});
