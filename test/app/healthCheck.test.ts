import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { demoSettings } from "../../src/app/demoSettings.js";
import { healthCheck } from "../../src/app/healthCheck.js";
import { parseSettings } from "../../src/app/settings.js";
import { instrumentOf } from "../../src/core/instruments.js";
import { riskPerContract, size } from "../../src/core/sizing/sizing.js";
import type { Cents } from "../../src/core/units.js";
import { at, cents } from "../support/outputs.js";

const NOW = at("2026-11-20T15:00:00Z");
const calendar = loadCalendar();

function check(input: object, now = NOW, balance?: Cents) {
  const moment = balance === undefined ? { time: now, calendar } : { time: now, calendar, balance };
  return healthCheck(parseSettings(input), moment);
}

/** `level: text` of the item of that title. */
function said(title: string, input: object, now = NOW, balance?: Cents): string {
  const items = check(input, now, balance).filter((item) => item.title === title);
  return items.map((item) => `${item.level}: ${item.text}`).join(" | ");
}

const levels = (input: object) => check(input).filter((item) => item.level === "stop").length;
const MES = { "contract.instrument": "MES" };

describe("The health check of money", () => {
  it("says before the start that the first full ES stop on $15,000 trips the emergency stop", () => {
    expect(said("A full stop", {})).toBe(
      "warn: One full ES stop of 15.50 points costs $792.50 with slippage and commission: 5.28 % of $15,000.00, which trips the 5 % emergency stop",
    );
  });

  it("speaks of the demo's own instrument where the demo is started", () => {
    const demo = (input: object) =>
      healthCheck(demoSettings(parseSettings(input)), { time: NOW, calendar }).find(
        ({ title }) => title === "A full stop",
      );
    expect(demo({ "contract.instrument": "NQ" })?.text).toContain("One full stop of 2 MES contracts at 15.50 points");
    expect(demo({ "demo.instrument": "ES" })?.text).toContain("One full ES stop of 15.50 points costs $792.50");
  });

  it("counts the entry's slippage too where entries are at the market", () => {
    expect(said("A full stop", { preset: "aggressive" })).toContain(
      "costs $805.00 with slippage and commission: 5.37 %",
    );
  });

  it("counts the losses in a row that the balance stands, or says what the largest size would do", () => {
    expect(said("A full stop", MES)).toBe(
      "ok: One full stop of 2 MES contracts at 15.50 points costs $167.50 with slippage and commission: 1.12 % of $15,000.00; 5 of them in a row trip the 5 % emergency stop",
    );
    expect(said("A full stop", { "paper.startBalance": 20_000 })).toContain(
      "3.96 % of $20,000.00; 2 contracts, the most that the caps allow, cost 7.92 % and trip",
    );
  });

  it("trips at exactly the limit", () => {
    const balance = 15_850;
    expect(said("A full stop", { "paper.startBalance": balance })).toContain("5.00 % of $15,850.00, which trips");
    expect(said("A full stop", { "paper.startBalance": balance + 0.01 })).not.toContain("which trips");
  });

  it("puts the budget beside the true risk, and MES beside ES", () => {
    expect(said("Size of a first signal", {})).toBe(
      "warn: budget 1.5 % = $225.00, actual 6.7 % = $1,000.00: one ES contract cannot be split; MES: 2 contracts = 1.33 %",
    );
    expect(said("Size of a first signal", MES)).toBe("ok: budget 1.5 % = $225.00, actual 1.3 % = $200.00");
  });

  it("takes the balance of today where it is known", () => {
    expect(said("Size of a first signal", {}, NOW, cents(1_000_000))).toContain(
      "budget 1.5 % = $150.00, actual 10.0 %",
    );
    expect(said("Contracts by balance", {}, NOW, cents(1_999_999))).toContain("at $19,999.99 it is 1");
  });

  it("says from which balance on how many contracts are possible", () => {
    const rule =
      "The 10 % cap allows no ES contract below $10,000.00, 1 below $20,000.00, 2 below $30,000.00, then 3; at $";
    expect(said("Contracts by balance", {})).toBe(
      `warn: ${rule}15,000.00 it is 1, so that no multiplier can raise the size`,
    );
    expect(said("Contracts by balance", { "paper.startBalance": 30_000 })).toBe(`ok: ${rule}30,000.00 it is 3`);
    expect(said("Contracts by balance", { "risk.maxPositionSize": 1 })).toContain(
      "no ES contract below $10,000.00, then 1",
    );
    expect(said("Contracts by balance", { "risk.maxPositionSize": 10 })).toContain("and 10 from $100,000.00 on");
  });

  it("names the reason and the way out where no contract can be traded", () => {
    expect(said("Size of a first signal", { "paper.startBalance": 9_999.99 })).toBe(
      "stop: 0 ES contracts: one with a stop of 15.50 points can lose $1,000.00, but the 10 % cap is $999.99 of $9,999.99; it takes $10,000.00; MES: 1 contract = 1.00 %",
    );
    expect(said("Size of a first signal", { "risk.enforceRiskBudget": true })).toBe(
      "stop: 0 ES contracts with risk.enforceRiskBudget: one with a stop of 15.50 points can lose $1,000.00, but the budget of 1.5 % is $225.00; MES: 2 contracts = 1.33 %",
    );
    expect(said("Size of a first signal", { "bayes.kellyCap": true })).toBe(
      "stop: 0 ES contracts with bayes.kellyCap: one with a stop of 15.50 points can lose $1,000.00, but a quarter of Kelly's share is 6.1 % = $922.13; MES: 2 contracts = 1.33 %",
    );
    expect(levels({ ...MES, "risk.enforceRiskBudget": true, "bayes.kellyCap": true })).toBe(0);
  });

  it("stops only where not even the smallest stop can be traded", () => {
    const small = { "risk.riskPerContractUsd": 0, "paper.startBalance": 5000 };
    expect(said("Size of a first signal", small)).toMatch(/^warn: 0 ES contracts: one with a stop of 15\.50 points/);
    expect(said("Size of a first signal", { ...small, "paper.startBalance": 2299 })).toMatch(/^stop: 0 ES contracts/);
  });

  it("names the balance and the stop at which sizing itself turns", () => {
    const given = fc.record({
      instrument: fc.constantFrom("ES", "MES", "NQ", "MNQ"),
      balance: fc.integer({ min: 1_000_00, max: 1_000_000_00 }).map((value) => value as Cents),
      hardRiskCap: fc.constantFrom(0.1, 0.07, 0.033, 0.001),
      assumed: fc.constantFrom(0, 750, 1000),
    });
    fc.assert(
      fc.property(given, ({ instrument: symbol, balance, hardRiskCap, assumed }) => {
        const input = {
          "contract.instrument": symbol,
          "risk.hardRiskCap": hardRiskCap,
          "risk.riskPerContractUsd": assumed,
        };
        const settings = parseSettings(input);
        const instrument = instrumentOf({ type: "contract", instrument: 0, symbol, time: NOW }, settings);
        if (instrument === undefined) throw new Error(`${symbol} is built in`);
        const capAt = (money: number, stopTicks: number) =>
          size(
            {
              balance: money as Cents,
              confidence: 0.5,
              multiplier: 1,
              riskPerContract: riskPerContract(stopTicks, instrument, 1),
              open: 0,
              kellyShare: undefined,
            },
            settings.risk,
          ).cap;
        const widest = /more than ([\d.]+) points/.exec(said("Widest stop", input, NOW, balance))?.[1];
        expect(widest === undefined).toBe(capAt(balance, 16) < 1);
        if (widest === undefined) return;
        const stopTicks = Number(widest) / instrument.tickSize;
        expect([capAt(balance, stopTicks) >= 1, capAt(balance, stopTicks + 1)]).toEqual([true, 0]);
        const stop = symbol.endsWith("ES") ? 62 : 16;
        const steps = said("Contracts by balance", input, NOW, balance).matchAll(/below \$([\d,.]*\d)/g);
        for (const [i, [, money = ""]] of [...steps].entries()) {
          const turn = Math.round(Number(money.replaceAll(",", "")) * 100);
          expect([capAt(turn - 1, stop), capAt(turn, stop)]).toEqual([i, i + 1]);
        }
      }),
    );
  });

  it("tells costs as a share of the smallest stop, and the wins that it takes to pay them", () => {
    expect(said("Costs", {})).toBe(
      "ok: Commission and slippage of $30.00 are 15.0 % of the smallest stop, 4.00 points = $200.00: 38.3 % of such trades have to win",
    );
    expect(said("Costs", MES)).toMatch(/^warn: .* \$7\.50 are 37\.5 % .* 45\.8 %/);
    expect(said("Costs", { "paper.commission": 1000 })).toContain("no share of wins can pay for that");
  });

  it("tells the range of the budget, and a limit that has no effect or leaves no range", () => {
    expect(said("Risk budget", {})).toBe(
      "ok: A trade's budget goes from 1 % = $150.00 at a confidence of one third to 2 % = $300.00 with more of it",
    );
    expect(said("Risk budget", { "risk.maxRiskPerTrade": 0.05 })).toMatch(
      /^warn: .*maxRiskPerTrade of 5 % changes nothing/,
    );
    expect(said("Risk budget", { "risk.maxRiskPerTrade": 0.005 })).toMatch(
      /^warn: Every trade's budget is 0\.5 % = \$75\.00/,
    );
  });

  it("reckons other instruments with their smallest stop and says so", () => {
    expect(said("A full stop", { "contract.instrument": "NQ" })).toContain(
      "2 NQ contracts at 4.00 points, the smallest, costs",
    );
  });
});

describe("The health check of signals", () => {
  it("estimates how often a low threshold is met", () => {
    expect(said("Volume threshold", {})).toBe("ok: A bar is a cluster from 4x its baseline on");
    expect(said("Volume threshold", { "detector.volumeThreshold": 2 })).toMatch(/^ok/);
    expect(said("Volume threshold", { "detector.volumeThreshold": 1.5 })).toContain("about 15 % of one-minute bars");
    expect(said("Volume threshold", { "detector.volumeThreshold": 1.9, "detector.barSeconds": 300 })).toMatch(
      /^warn: .*: by the spread of one measured session ordinary bars reach it/,
    );
  });

  it.each([
    { rule: "modal", says: "ok: " },
    { rule: "modal_and_delta", says: "ok: " },
    { rule: "delta", says: "warn: " },
    { rule: "absorption", says: "warn: " },
  ])("says what $rule makes of bars without buys and sells", ({ rule, says }) => {
    expect(said("Direction", { "detector.directionRule": rule })).toMatch(new RegExp(`^${says}.*"${rule}".*bars`));
  });

  it("warns of a baseline that needs earlier sessions", () => {
    expect(said("Baseline", { "detector.baseline": "time_of_day" })).toContain(
      "the first five of a run give no signal",
    );
    expect(said("Baseline", {})).toBe("");
  });

  it("tells what an offset does, and that only a LIMIT has one", () => {
    expect(said("Limit offset", { preset: "conservative" })).toMatch(/^ok: The limit is 1 tick better/);
    expect(said("Limit offset", { "order.limitOffsetTicks": 1.5 })).toContain("2 ticks better");
    expect(said("Limit offset", { preset: "aggressive", "order.limitOffsetTicks": 1 })).toMatch(/^warn: .*MARKET/);
    expect(said("Limit offset", {})).toBe("");
  });
});

describe("The health check of the session", () => {
  it("tells when signals can come", () => {
    expect(said("Hours of signals", {})).toBe(
      "ok: Signals come from 09:51 until 15:45 New York, positions are closed from 15:59 on",
    );
    expect(said("Hours of signals", { preset: "v6_code" })).toContain("from 10:15");
  });

  it("waits for the first volatility, which later sessions of a run take from the one before", () => {
    const later = "(in later sessions of a run from";
    expect(said("Hours of signals", { "detector.trigger": "intrabar" })).toContain(`from 09:51 ${later} 09:50) until`);
    expect(said("Hours of signals", { "detector.baselineBars": 5 })).toContain(`from 09:51 ${later} 09:36) until`);
    expect(said("Hours of signals", { "detector.baseline": "time_of_day" })).toContain("come from 09:31 until");
    expect(said("Hours of signals", { "detector.baselineBars": 5, "detector.barSeconds": 1114 })).toMatch(
      /^warn: Signals come from 11:21 until 15:45 New York, .*, but not in the first session of a run: .* detector\.barSeconds/,
    );
  });

  it("stops where a session is too short for the volatility of such bars", () => {
    expect(said("Hours of signals", { "detector.barSeconds": 1114, "detector.baselineBars": 5 })).not.toMatch(/^stop/);
    for (const barSeconds of [1115, 1200, 3600]) {
      expect(said("Hours of signals", { "detector.barSeconds": barSeconds, "detector.baselineBars": 2 })).toMatch(
        /^stop: .*21 bars.* detector\.barSeconds of at most 1114/,
      );
    }
  });

  it("names no time of day for a first bar that no session has", () => {
    const text = said("Hours of signals", { "detector.barSeconds": 300, "detector.baselineBars": 300 });
    expect(text).toMatch(/^stop: .* 301 bars, .* 78.*detector\.baselineBars/);
    expect(text).not.toMatch(/\d\d:\d\d/);
  });

  it("finds a cutoff behind the flat time, to the second of the entry's latency", () => {
    expect(said("Hours of signals", { "paper.eodFlatMinutes": 30 })).toContain(
      "positions are closed from 15:30 on: what comes in the last 15 min 20 s cannot be filled",
    );
    const close = { "detector.entryCutoffMinutes": 2, "paper.eodFlatMinutes": 1 };
    expect(said("Hours of signals", { ...close, "paper.entryLatencySeconds": 60 })).toMatch(/^ok/);
    expect(said("Hours of signals", { ...close, "paper.entryLatencySeconds": 61 })).toContain("in the last 1 s cannot");
  });

  it("stops where no signal can come before the cutoff, or be filled before the flat time", () => {
    expect(said("Hours of signals", { "detector.baselineBars": 373 })).toMatch(/^ok/);
    expect(said("Hours of signals", { "detector.baselineBars": 374 })).toMatch(/^stop: The first bar .* at 15:45/);
    expect(said("Hours of signals", { "paper.eodFlatMinutes": 385 })).toMatch(/^stop: Positions are closed from 09:35/);
  });

  it("tells hours other than the regular ones, in New York's time", () => {
    expect(said("Session", {})).toBe("ok: Regular hours, 09:30 to 16:00 New York");
    expect(said("Session", { "contract.session": "globex" })).toMatch(
      /^warn: The session "globex" goes from 18:00 to 17:00/,
    );
    const own = { timeZone: "Europe/London", open: "08:00", close: "16:30", days: [1, 2, 3, 4, 5] };
    expect(said("Session", { "contract.session": own })).toBe("ok: Hours of your own, 03:00 to 11:30 New York");
  });

  it("speaks of a normal day, also on one that closes early", () => {
    expect(calendar.days["2026-11-27"]).toMatchObject({ day: "early" });
    expect(said("Session", {}, at("2026-11-27T15:00:00Z"))).toBe("ok: Regular hours, 09:30 to 16:00 New York");
  });

  it("takes an instrument's own hours", () => {
    const LTC = { symbol: "LTCUSDT", tickSize: 0.01, pointValue: 1, session: "continuous" };
    const input = { "contract.instrument": "LTCUSDT", instruments: [LTC] };
    expect(said("Session", input)).toContain('The session "continuous" goes from 19:00 to 19:00');
    expect(said("Calendar", input)).toBe("");
  });

  it("counts the days that the calendar still holds, and says when it is short", () => {
    expect(said("Calendar", {})).toBe("ok: Holidays and early closes are known until 2027-06-18, 210 more days");
    expect(said("Calendar", {}, at("2027-04-19T16:00:00Z"))).toMatch(/^ok: .* 60 more days/);
    expect(said("Calendar", {}, at("2027-04-20T16:00:00Z"))).toMatch(/^warn: .* 59 more days; after it a short day/);
    expect(said("Calendar", {}, at("2027-06-19T03:59:00Z"))).toMatch(/^warn: .* 0 more days/);
    expect(said("Calendar", {}, at("2027-06-19T04:01:00Z"))).toMatch(/^warn: .* ended on 2027-06-18, 1 day ago/);
  });

  it("is the same for the same arguments, and always in one line", () => {
    for (const item of [...check({}), ...check({ preset: "v6_code", "contract.session": "globex" })]) {
      expect(item.text).not.toMatch(/[\n\r]|\.$|NaN|undefined|Infinity/);
    }
    expect(check({})).toEqual(check({}));
  });
});
