import { expect } from "vitest";

/** A line of `--json`, read back. */
export interface Line {
  readonly type: string;
  readonly [field: string]: unknown;
}

// They explain; the contract does not ask for them.
const EXPLAINING = new Set(["occurs", "batches"]);

/** Expects the lines of an independent implementation: numbers to 1e-9, the rest exactly, in order. */
export function compareLines(got: readonly Line[], expected: readonly Line[]): void {
  expect(got.map(brief)).toEqual(expected.map(brief));
  for (const [index, want] of expected.entries()) {
    for (const [field, value] of Object.entries(want)) {
      if (!EXPLAINING.has(field)) compareValue(got[index]?.[field], value, `${brief(want)} ${field}`);
    }
  }
}

function compareValue(got: unknown, want: unknown, what: string): void {
  if (got === undefined) return; // a field beyond the contract
  if (typeof want === "number" && typeof got === "number") {
    expect(Math.abs(got - want), `${what}: ${got} is not ${want}`).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(want)),
    );
  } else expect(got, what).toEqual(want);
}

function brief(line: Line): string {
  return [line.type, line.time, line.id ?? line.recommendation, line.reason].join(" ");
}
