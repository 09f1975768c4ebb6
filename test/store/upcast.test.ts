import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Ticks } from "../../src/core/units.js";
import { Kept } from "../../src/store/kept.js";
import { encodeRecord, NO_RECORD_BEFORE, parseJournal, RECORD_VERSION, versionOf } from "../../src/store/record.js";
import { type Upcaster, upcast } from "../../src/store/upcast.js";
import { exit, fill, micros, tradeRecord, voiding } from "../support/outputs.js";

const closedBy = { id: "1", time: micros(1), price: 24_012 as Ticks, reason: "target", notes: undefined } as const;

/** A version that never was: a fill was called a deal, and its size an amount. */
const OLD: Upcaster = ({ type, data }) => {
  if (type !== "deal") return { type, data };
  const { amount, ...rest } = data as { amount: number };
  return { type: "fill", data: { ...rest, type: "fill", quantity: amount } };
};
const upcasters = new Map([[RECORD_VERSION - 1, OLD]]);

/** What that version would have left: its golden file. */
function oldJournal(): Buffer {
  const { quantity, ...rest } = fill({ id: "A", quantity: 2 });
  const place = { sess: "01JXA000000000000000000000", t: micros(1), m: 1 };
  const contents = [
    { type: "header", data: { format: "volume-cluster-journal", version: 1, kind: "live" } },
    { type: "deal", data: { ...rest, type: "deal", amount: quantity } },
    { type: "meta", data: { key: "demo.seed", value: 7 } },
  ];
  let prev = NO_RECORD_BEFORE;
  const lines = contents.map((content, seq) => {
    const id = `01JXA0000000000000000000${String(seq).padStart(2, "0")}`;
    const { line, hash } = encodeRecord({ v: RECORD_VERSION - 1, id, ...place, seq, prev, ...content });
    prev = hash;
    return line;
  });
  return Buffer.concat(lines);
}

it("reads what an older version wrote in its own form as this version's, to the last field (D9, W8)", () => {
  const { records, damage } = parseJournal(oldJournal());
  expect(damage).toEqual([]);
  const kept = new Kept(undefined, undefined, upcasters);
  for (const record of records) kept.add(record);
  expect(kept.outputs).toEqual([fill({ id: "A", quantity: 2 })]);
  expect(kept.meta("demo.seed")).toBe(7);
  expect(kept.notUnderstood).toBe(0);
});

it("keeps what no upcaster reads as it is, and says how many", () => {
  const kept = new Kept(undefined, undefined, new Map());
  const records = parseJournal(oldJournal()).records.slice(1);
  for (const record of records) kept.add(record);
  expect(kept.outputs).toEqual([]);
  expect(kept.notUnderstood).toBe(2);
  expect(kept.entries()).toMatchObject(records.map(({ v, id, type, data }) => ({ v, id, type, data })));
});

it("writes what a program of version 1 would misread as of version 2, and all else so that it can go on reading it", () => {
  const bytes = readFileSync(new URL("../data/journal-v2.jl", import.meta.url));
  const { records } = parseJournal(bytes);
  const seen = records.filter((record) => upcast(record, new Map(), 1) !== undefined).map(({ type }) => type);
  // No exit of a part, no correction of one, and no exit that is taken back alone.
  expect(new Set(seen)).toEqual(new Set(["header", "recommendation", "fill", "equity", "halt", "meta", "seal"]));
  for (const record of records) expect(record.v).toBe(versionOf(record));
  expect(versionOf({ type: "exit", data: exit() })).toBe(1);
});

it("lets an older program take a trade back that was closed in part, so that it does not hold what is gone", () => {
  const before = tradeRecord({ state: "OPEN", partialExits: [{ ...closedBy, quantity: 1 }] });
  const all = voiding({ before, after: tradeRecord({ state: "ISSUED", fills: [] }) });
  expect(versionOf({ type: "void", data: all })).toBe(1);
  expect(versionOf({ type: "void", data: { ...all, target: "an exit" } })).toBe(2);
});

it("goes through all versions in between, one by one, and never back (W8)", () => {
  const step: Upcaster = ({ v, type, data }) => ({ type, data: [...(data as number[]), v] });
  const steps = new Map([1, 2, 3].map((v) => [v, step]));
  const record = { v: 1, id: "A", t: micros(1), type: "x", data: [] };
  expect(upcast(record, steps, 4)).toEqual({ ...record, v: 4, data: [1, 2, 3] });
  expect(upcast({ ...record, v: 4 }, steps, 4)).toEqual({ ...record, v: 4 });
  expect(upcast({ ...record, v: 5 }, steps, 4)).toBeUndefined();
  expect(upcast({ ...record, v: 0 }, steps, 4)).toBeUndefined();
});
