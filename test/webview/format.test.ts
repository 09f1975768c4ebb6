import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatDate,
  formatDateTime,
  formatDollars,
  formatInterval,
  formatMoney,
  formatMultiplier,
  formatPercent,
  formatR,
  formatSignedMoney,
  formatSignedPercent,
} from "../../webview/format.js";

const NBSP = "\u00a0";
const MINUS = "\u2212";

describe("Numbers in the panel", () => {
  it.each([
    { text: formatCount(1234), expected: "1,234" },
    { text: formatMoney(15240.5), expected: "$15,240.50" },
    { text: formatMoney(-12), expected: `${MINUS}$12.00` },
    { text: formatMoney(-0.001), expected: "$0.00" },
    { text: formatSignedMoney(12.345), expected: "+$12.35" },
    { text: formatSignedMoney(-4440), expected: `${MINUS}$4,440.00` },
    { text: formatSignedMoney(0), expected: "$0.00" },
    { text: formatDollars(17190.4), expected: "$17,190" },
    { text: formatPercent(0.634), expected: `63${NBSP}%` },
    { text: formatPercent(-0.072, 1), expected: `${MINUS}7.2${NBSP}%` },
    { text: formatPercent(-0, 1), expected: `0.0${NBSP}%` },
    { text: formatSignedPercent(0.083), expected: `+8.3${NBSP}%` },
    { text: formatSignedPercent(-0.00004), expected: `0.0${NBSP}%` },
    { text: formatInterval([0.512, 0.744]), expected: `51\u201374${NBSP}%` },
    { text: formatR(0.164), expected: `+0.16${NBSP}R` },
    { text: formatR(-1.04), expected: `${MINUS}1.04${NBSP}R` },
    { text: formatMultiplier(1.5), expected: "\u00d71.50" },
  ])("say $expected", ({ text, expected }) => {
    expect(text).toBe(expected);
  });

  it("have a true minus sign and never a hyphen, whatever their size", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e12, max: -1 }), (value) => {
        for (const format of [
          formatCount,
          formatMoney,
          formatSignedMoney,
          formatPercent,
          formatSignedPercent,
          formatR,
        ]) {
          expect(format(value)).toMatch(/^\u2212\$?\d/);
        }
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "say n/a where there is none (%d)",
    (value) => {
      for (const format of [
        formatCount,
        formatMoney,
        formatSignedMoney,
        formatPercent,
        formatSignedPercent,
        formatR,
        formatMultiplier,
      ]) {
        expect(format(value)).toBe("n/a");
      }
      expect(formatInterval([value, 1])).toBe("n/a");
      expect(formatDate(value, "UTC")).toBe("n/a");
    },
  );
});

describe("Times in the panel", () => {
  it.each([
    { zone: "America/New_York", time: "2025-06-09T18:32:59Z", date: "Jun 9, 2025", text: "Jun 9, 2025, 14:32" },
    { zone: "America/New_York", time: "2025-01-01T04:30:00Z", date: "Dec 31, 2024", text: "Dec 31, 2024, 23:30" },
    { zone: "America/New_York", time: "2025-03-09T07:00:00Z", date: "Mar 9, 2025", text: "Mar 9, 2025, 03:00" },
    { zone: "UTC", time: "2025-06-09T00:00:00Z", date: "Jun 9, 2025", text: "Jun 9, 2025, 00:00" },
  ])("are those of $zone: $text", ({ zone, time, date, text }) => {
    const seconds = Date.parse(time) / 1000;
    expect(formatDate(seconds, zone)).toBe(date);
    expect(formatDateTime(seconds, zone)).toBe(text);
  });
});
