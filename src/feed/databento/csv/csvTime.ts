import { say } from "../../../core/say.js";
import { isAbsent } from "../../text/numbers.js";
import { damaged } from "../../text/textLines.js";

const NANOS = /^\d{1,20}$/;
const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;
const UNDEFINED = 0xffff_ffff_ffff_ffffn;

/**
 * Reads the times of a CSV file, in nanoseconds: as whole numbers, as ISO 8601 (`2020-12-28T13:00:00.006136329Z`) or as Python
 * writes them (`2023-12-01 00:00:00.003574803+00:00`).
 */
export class CsvTimes {
  #second = "";
  #nanos = 0n;

  /** Nanoseconds since the epoch; the u64 maximum for an empty cell. Throws for other text, and for a time without a zone. */
  read(text: string, column: string, line: number): bigint {
    if (NANOS.test(text)) {
      const nanos = BigInt(text);
      if (nanos <= UNDEFINED) return nanos;
    }
    const match = ISO.exec(text);
    if (match !== null) return this.#secondOf(match, text, column, line) + BigInt((match[3] ?? "").padEnd(9, "0"));
    if (isAbsent(text)) return UNDEFINED;
    throw damaged(line, notATime(text, column));
  }

  // Trades come many to a second.
  #secondOf([, date, time, , zone]: RegExpExecArray, text: string, column: string, line: number): bigint {
    const second = `${date}T${time}${zone}`;
    if (second === this.#second) return this.#nanos;
    const millis = Date.parse(second);
    // JavaScript takes 31 February for 3 March, and 24:00 for the next day.
    const isReal = !Number.isNaN(millis) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date ?? "");
    if (!isReal || time?.startsWith("24") || millis < 0) throw damaged(line, notATime(text, column));
    this.#second = second;
    this.#nanos = BigInt(millis) * 1_000_000n;
    return this.#nanos;
  }
}

function notATime(text: string, column: string): string {
  return say(
    'has "{0}" as {1}; it must be nanoseconds or a time with a zone, such as 2023-12-01T00:00:00Z',
    text.slice(0, 40),
    column,
  );
}
