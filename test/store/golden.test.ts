import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { encodeRecord, parseJournal, RECORD_VERSION } from "../../src/store/record.js";
import { openStore, temporaryFolder } from "./support.js";

const versions = Array.from({ length: RECORD_VERSION }, (_, index) => index + 1);
/** A sealed journal with one output of each kind that this version brought, as its last release left it. */
const golden = (version: number) => new URL(`../data/journal-v${version}.jl`, import.meta.url);
/** What each version's file holds, as this version reads it. */
const expected = (version: number) =>
  JSON.parse(readFileSync(new URL(`../data/journal-v${version}.json`, import.meta.url), "utf8")) as unknown;

it.each(versions)("reads what version %i of the journal wrote, to the last field (D9)", async (version) => {
  const bytes = readFileSync(golden(version));
  expect(parseJournal(bytes)).toMatchObject({ damage: [], sealed: true });
  const folder = temporaryFolder();
  mkdirSync(join(folder, "journal"));
  writeFileSync(join(folder, "journal", "01JXA000000000000000000000-000.jl"), bytes);
  const store = await openStore(folder, { readOnly: true });
  expect(store.warnings).toEqual([]);
  expect({ outputs: JSON.parse(JSON.stringify(store.outputs)), seed: store.meta("demo.seed") }).toEqual(
    expected(version),
  );
});

it("writes records in the very form that its version has: another form needs another version", () => {
  const bytes = readFileSync(golden(RECORD_VERSION));
  const again = parseJournal(bytes).records.map((record) => encodeRecord(record).line);
  expect(Buffer.concat(again).equals(bytes)).toBe(true);
});
