const TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|\+00:00)?)?$/;

/**
 * Reads a date, or a time in UTC, as nanoseconds since the epoch: `2025-06-09`, `2025-06-09T13:30`,
 * `2025-06-09T13:30:00.123456789Z`. A date is its midnight.
 *
 * @returns undefined for other text, other zones, and days that no calendar has
 */
export function isoNanos(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, day, minute = "00:00", second = "00", fraction = ""] = match;
  const written = `${day}T${minute}:${second}`;
  const millis = Date.parse(`${written}.000Z`);
  // Date.parse takes 30 February for 2 March, and 24:00 for the next day.
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 19) !== written) return undefined;
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** Nanoseconds as a time in UTC, to the second unless there is more. */
export function nanosIso(nanos: bigint): string {
  const whole = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const rest = (nanos % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return `${whole}${rest === "" ? "" : `.${rest}`}Z`;
}
