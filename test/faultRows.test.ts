import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/** What the store must survive: faults of the disk (D), of windows (W), and of its own files (B). */
const ROWS = [
  ...Array.from({ length: 13 }, (_, index) => `D${index + 1}`),
  ...Array.from({ length: 10 }, (_, index) => `W${index + 1}`),
  ...["B1", "B2", "B3"],
];

it("each fault that the store must survive is named in the title of a test", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  const titles = files.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/(?:it|describe|\)|\])\(\s*["'`](.*)["'`],?/g)].map(
      ([, title = ""]) => title,
    ),
  );
  const named = new Set(titles.flatMap((title) => [...title.matchAll(/\b[DWB]\d+\b/g)].map(([row]) => row)));
  expect(ROWS.filter((row) => !named.has(row))).toEqual([]);
});
