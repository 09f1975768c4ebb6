import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountReport, PerformanceReport, TradeRow } from "../../src/core/protocol.js";
import { reportMessage } from "../../src/extension/reportMessage.js";
import { type Details, NO_DETAILS, reduceDetails } from "../../webview/details.js";
import { sampleState, sampleTrades } from "../../webview/dev/sample.js";
import { sampleReport } from "../../webview/dev/sampleReport.js";
import { shared } from "../../webview/shared.js";

const STATE = sampleState("buy", 1_750_000_000);
const REPORT = sampleReport(STATE, sampleTrades(STATE));

/** As VS Code carries it: nothing of it is the same object. */
const carried = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const told = (details: Details, before: PerformanceReport | undefined, report: PerformanceReport) =>
  reduceDetails(details, carried(reportMessage(before, report)));

const withLists = (lists: Partial<AccountReport>): PerformanceReport => ({
  ...REPORT,
  accounts: REPORT.accounts.map((account, at) => (at === 0 ? { ...account, ...lists } : account)),
});

describe("The report, told by what has changed", () => {
  const day = fc.record({
    date: fc.constantFrom("2025-06-02", "2025-06-03"),
    trades: fc.integer({ min: 1, max: 2 }),
    wins: fc.constant(1),
    netPnl: fc.constantFrom(-5, 5),
    r: fc.constant(0.5),
  });
  const multiplier = fc.record({ time: fc.integer({ min: 0, max: 3 }), multiplier: fc.constantFrom(1, 1.5) });
  const lists = fc.record({
    days: fc.array(day, { maxLength: 6 }),
    multipliers: fc.array(multiplier, { maxLength: 6 }),
  });

  it("is on the page what it is in the host, however its lists grow, shrink and change", () => {
    fc.assert(
      fc.property(fc.array(lists, { minLength: 1, maxLength: 5 }), (all) => {
        let [details, before] = [NO_DETAILS, undefined as PerformanceReport | undefined];
        for (const each of all) {
          const report = withLists(each);
          details = told(details, before, report);
          before = report;
          expect(details.report).toEqual(carried(report));
        }
      }),
    );
  });

  it("brings of the days and multipliers only those that are new", () => {
    const [account] = REPORT.accounts;
    const longer = withLists({
      days: [...(account?.days ?? []), { date: "2030-01-02", trades: 1, wins: 1, netPnl: 5, r: 1 }],
    });
    const { report, kept } = reportMessage(REPORT, longer);
    expect(report.accounts[0]).toMatchObject({ days: [{ date: "2030-01-02" }], multipliers: [] });
    expect(kept[0]).toEqual({
      name: account?.name,
      days: account?.days.length,
      multipliers: account?.multipliers.length,
    });
  });

  it("leaves all that is the same where it was, so that it is not drawn anew", () => {
    const before = told(NO_DETAILS, undefined, REPORT);
    expect(told(before, REPORT, carried(REPORT)).report).toBe(before.report);
    const after = told(before, REPORT, withLists({ trades: 1 })).report;
    expect(after?.accounts[0]).not.toBe(before.report?.accounts[0]);
    expect(after?.accounts[0]?.groups).toBe(before.report?.accounts[0]?.groups);
    expect(after?.accounts[0]?.days).toBe(before.report?.accounts[0]?.days);
    expect(after?.accounts[1]).toBe(before.report?.accounts[1]);
  });

  it("is not taken where it goes on from another one than the page has", () => {
    const message = carried(reportMessage(REPORT, REPORT));
    expect(reduceDetails(NO_DETAILS, message).report).toBeUndefined();
  });
});

describe("The closed trades, told some at a time", () => {
  const rows = sampleTrades(STATE).slice(0, 6);
  const tell = (details: Details, kept: number, part: readonly TradeRow[], more: boolean) =>
    reduceDetails(details, { type: "trades", kept, rows: part, more });

  it("are shown once all are there, and those before until then", () => {
    const first = tell(NO_DETAILS, 0, rows.slice(0, 2), false);
    const half = tell(first, 0, rows.slice(0, 4), true);
    expect(half.trades).toEqual(rows.slice(0, 2));
    const whole = tell(half, 4, rows.slice(4), false);
    expect([whole.trades, whole.coming]).toEqual([rows, undefined]);
    expect(tell(whole, 6, [], false).trades).toBe(whole.trades);
  });

  it("begin anew in the middle, and are left alone by what goes on from others", () => {
    const half = tell(NO_DETAILS, 0, rows.slice(0, 4), true);
    expect(tell(half, 5, rows.slice(5), false)).toBe(half);
    expect(tell(half, 0, rows.slice(3), false).trades).toEqual(rows.slice(3));
  });
});

describe("A value that shares what is the same", () => {
  it("is equal to the value, whatever was before, and the one before where that is equal", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        expect(shared(before, after)).toEqual(after);
        const value = carried(after);
        expect(shared(value, carried(value))).toBe(value);
      }),
    );
  });
});
