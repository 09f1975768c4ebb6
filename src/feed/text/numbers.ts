import { say } from "../../core/say.js";
import { damaged } from "./textLines.js";

const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?$/;
const SCIENTIFIC = /^-?\d+(\.\d+)?[eE][+-]?\d+$/;
const UNSIGNED = /^\d+$/;

/** A number of points in units of 1e-9, rounded to one; undefined for an empty cell and for NaN. Throws for other text. */
export function toNanoPoints(text: string, line: number): number | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return scientific(text, line);
  const fraction = match[3] ?? "";
  const nanos =
    fraction.length <= 9
      ? Number(match[2]) * 1e9 + Number(fraction.padEnd(9, "0"))
      : Number(match[2]) * 1e9 + Math.round(Number(`${fraction.slice(0, 9)}.${fraction.slice(9)}`));
  return match[1] === "-" ? -nanos : nanos;
}

/** A whole number from 0 to `max`. Throws for other text. */
export function toCount(text: string, max: number, column: string, line: number): number {
  const value = UNSIGNED.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw damaged(line, say('has "{0}" as {1}; it must be a whole number from 0 to {2}', text.slice(0, 30), column, max));
}

/** Whether a cell stands for no number at all. */
export function isAbsent(text: string): boolean {
  return text === "" || text.toLowerCase() === "nan" || text === "NaT";
}

function scientific(text: string, line: number): number | undefined {
  if (isAbsent(text)) return undefined;
  if (SCIENTIFIC.test(text)) return Math.round(Number(text) * 1e9);
  throw damaged(line, say('has "{0}" as a price; it must be a number with a decimal point', text.slice(0, 30)));
}
