import fc from "fast-check";
import { expect, it } from "vitest";
import { inOrder, type SortedRun, sortedRuns } from "../../src/store/inOrder.js";
import { BLOCK_ROWS } from "../../src/store/packed.js";
import { micros, signal } from "../support/outputs.js";

const row = (number: number) => ({ id: String(number).padStart(8, "0"), t: micros(number), output: signal() });

function runOf(numbers: readonly number[], asked: (first: number) => void = () => undefined): SortedRun {
  const sorted = [...numbers].sort((a, b) => a - b);
  const rows = () => {
    asked(sorted[0] ?? 0);
    return sorted.map(row);
  };
  return { first: row(sorted[0] ?? 0).id, rows };
}

it("gives the rows of all runs in the order of their ids, however they lie across each other", () => {
  const numbers = fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 8 }), (parts) => {
      const known = new Set<number>();
      const runs = parts.flatMap((part) => {
        const fresh = part.filter((number) => !known.has(number));
        for (const number of fresh) known.add(number);
        return fresh.length === 0 ? [] : [runOf(fresh)];
      });
      expect([...inOrder(runs)].map(({ t }) => t)).toEqual([...known].sort((a, b) => a - b));
    }),
  );
});

it("makes no run before its time", () => {
  const asked: number[] = [];
  const runs = [runOf([7, 8, 9], (first) => asked.push(first)), runOf([1, 2, 5], (first) => asked.push(first))];
  const rows = inOrder([...runs, runOf([4, 6], (first) => asked.push(first))]);
  const told = [1, 2, 4].map((expected) => [rows.next().value?.t, expected, [...asked]]);
  expect(told).toEqual([
    [1, 1, [1]],
    [2, 2, [1]],
    [4, 4, [1, 4]],
  ]);
});

it("cuts rows into sorted runs of a block's size", () => {
  const numbers = Array.from({ length: 2 * BLOCK_ROWS + 1 }, (_, number) => (number * 7919) % (2 * BLOCK_ROWS + 1));
  const runs = sortedRuns(numbers.map(row));
  expect(runs.map((run) => run.rows().length)).toEqual([BLOCK_ROWS, BLOCK_ROWS, 1]);
  expect(runs.every((run) => run.first === run.rows()[0]?.id)).toBe(true);
  expect(runs.flatMap((run) => run.rows().map(({ t }) => t))).toEqual([...numbers].sort((a, b) => a - b));
});
