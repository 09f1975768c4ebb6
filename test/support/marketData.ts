import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The folder of real market data, which is never part of the project; undefined where the machine has none. */
export const MARKET_DATA: string | undefined = process.env.MARKET_DATA;

/** What a test that needs real data says when it is skipped. */
export const NEEDS_DATA = MARKET_DATA === undefined ? " (skipped: set MARKET_DATA to the folder of real data)" : "";

/** A file of the real data; a path that does not exist where there is none. */
export function dataFile(...path: readonly string[]): string {
  return join(MARKET_DATA ?? "no-market-data", ...path);
}

/** All files below a folder of the real data whose names match; none where there is none. */
export function dataFiles(pattern: RegExp, ...folder: readonly string[]): string[] {
  const root = dataFile(...folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .map((name) => join(root, name))
    .sort();
}
