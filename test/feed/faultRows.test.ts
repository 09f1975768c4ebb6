import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const TESTS = fileURLToPath(new URL("..", import.meta.url));

/** A line that names a test, in either of the forms of this project. */
const TITLE = /(?:^|\s)(?:describe|it|test)(?:\.\w+)*\(|^\s*\]?\)?\)\(/;
const ROW = /["'`(, ]F(\d{1,2})(?=[:,"'`])/g;

function rowsOf(file: string): readonly number[] {
  const titles = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => TITLE.test(line) || /^\s*["'`]F\d/.test(line));
  return titles.flatMap((line) => [...line.matchAll(ROW)].map((match) => Number(match[1])));
}

const named = new Map<number, string[]>();
for (const name of readdirSync(TESTS, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".test.ts") || name.endsWith("faultRows.test.ts")) continue;
  for (const row of rowsOf(join(TESTS, name))) named.set(row, [...(named.get(row) ?? []), name]);
}

describe("the faults of a feed that must be survived", () => {
  it.each(Array.from({ length: 26 }, (_, index) => index + 1))("row %i is in the title of a test", (row) => {
    expect(named.get(row) ?? []).not.toEqual([]);
  });
});
