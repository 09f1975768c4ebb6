import type { Unit } from "../src/core/protocol.js";
import { unknown } from "../src/words/tradeWords.js";

/** U+2212: as wide as a plus sign and a digit, unlike the hyphen. */
const MINUS = "\u2212";

/** Between a number and its unit, so that they stay on one line. */
const NO_BREAK_SPACE = "\u00a0";

/** A whole number with thousands separators: 1,234. */
export function formatCount(value: number): string {
  return plain(value, 0, "negative");
}

/** A number with its sign: +12, −3.5; at most two decimals, those that it has. */
export function formatSignedNumber(value: number): string {
  const digits = Number.isInteger(value) ? 0 : Number.isInteger(value * 10) ? 1 : 2;
  return plain(value, digits, "exceptZero");
}

/** Money with cents: $1,234.50, −$12.00. Where it is counted in R: +1.25 R. */
export function formatMoney(value: number, unit?: Unit): string {
  return unit === "R" ? formatR(value) : withDollar(plain(value, 2, "negative"));
}

/** Money without cents, for a chart's axis: $1,235; or R: +1.25 R. */
export function formatDollars(value: number, unit?: Unit): string {
  return unit === "R" ? formatR(value) : withDollar(plain(value, 0, "negative"));
}

/** A result in money with its sign: +$12.00, −$12.00, $0.00. */
export function formatSignedMoney(value: number, unit?: Unit): string {
  return unit === "R" ? formatR(value) : withDollar(plain(value, 2, "exceptZero"));
}

/** A result in whole dollars with its sign, where there is little room: +$12. */
export function formatSignedDollars(value: number): string {
  return withDollar(plain(value, 0, "exceptZero"));
}

/** A fraction as a percentage: 0.634 is "63 %". */
export function formatPercent(fraction: number, digits = 0): string {
  return withUnit(plain(fraction * 100, digits, "negative"), "%");
}

/** A fraction as a percentage with its sign: +8.3 %. */
export function formatSignedPercent(fraction: number, digits = 1): string {
  return withUnit(plain(fraction * 100, digits, "exceptZero"), "%");
}

/** An interval of fractions in percent: 51–74 %. */
export function formatInterval([low, high]: readonly [low: number, high: number], digits = 0): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return unknown();
  return `${plain(low * 100, digits, "negative")}\u2013${formatPercent(high, digits)}`;
}

/** A result in units of the risk taken: +0.16 R. */
export function formatR(value: number): string {
  return withUnit(plain(value, 2, "exceptZero"), "R");
}

/** A size multiplier: ×1.50. */
export function formatMultiplier(value: number): string {
  return Number.isFinite(value) ? `\u00d7${plain(value, 2, "negative")}` : unknown();
}

/** Date of a moment (seconds since the epoch) in `timeZone`: Nov 19, 2025. */
export function formatDate(time: number, timeZone: string): string {
  return formatTime(time, timeZone, { year: "numeric", month: "short", day: "numeric" });
}

/** Date and time of a moment (seconds since the epoch) in `timeZone`, to the minute: Nov 19, 2025, 14:30. */
export function formatDateTime(time: number, timeZone: string): string {
  return formatTime(time, timeZone, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** A moment (seconds since the epoch) in `timeZone`, on the 24-hour clock, with the parts of `parts`. */
export function formatTime(time: number, timeZone: string, parts: Intl.DateTimeFormatOptions): string {
  if (!Number.isFinite(time)) return unknown();
  const isChinese = speaksChinese();
  const key = `${isChinese} ${timeZone} ${Object.entries(parts).join()}`;
  // Making a format costs far more than using one, and a chart's axis asks for many.
  const format = timeFormats.get(key) ?? timeFormat(isChinese ? "zh-CN" : "en-US", timeZone, parts);
  timeFormats.set(key, format);
  return format.format(time * 1000).replaceAll("/", "-");
}

// Where a month has no short name, a date is in ISO's order.
function timeFormat(locale: string, timeZone: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const isDate = locale === "zh-CN" && parts.month === "short" && parts.day !== undefined;
  const shown = isDate ? ({ ...parts, month: "2-digit", day: "2-digit" } as const) : parts;
  return new Intl.DateTimeFormat(locale, { ...shown, timeZone, hourCycle: "h23" });
}

// The page says in which language it is; in a test without a page it is English.
function speaksChinese(): boolean {
  return globalThis.document?.documentElement.lang.startsWith("zh") ?? false;
}

/** A number with so many decimals: 1.50, −0.25. */
export function formatNumber(value: number, digits: number): string {
  return plain(value, digits, "negative");
}

/** The same with its sign: +1.50. */
export function formatSigned(value: number, digits: number): string {
  return plain(value, digits, "exceptZero");
}

const numberFormats = new Map<string, Intl.NumberFormat>();

/** `exceptZero` and `negative` both leave a value that rounds to zero without a sign. */
function plain(value: number, digits: number, signDisplay: "negative" | "exceptZero"): string {
  if (!Number.isFinite(value)) return unknown();
  const key = `${signDisplay} ${digits}`;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay };
  // Making a format costs far more than using one, and the panel shows hundreds of numbers.
  const format = numberFormats.get(key) ?? new Intl.NumberFormat("en-US", options);
  numberFormats.set(key, format);
  return format.format(value).replace("-", MINUS);
}

function withDollar(text: string): string {
  return text === unknown() ? text : text.replace(/\d/, "$$$&");
}

function withUnit(text: string, unit: string): string {
  return text === unknown() ? text : `${text}${NO_BREAK_SPACE}${unit}`;
}
