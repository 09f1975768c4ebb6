import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";
import { recording } from "./recording.js";

let root: string;
let data: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "statistics-"));
  data = join(root, "data");
  writeFileSync(join(root, "esh4.dbn"), recording());
  await inProcess("replay", join(root, "esh4.dbn"), "--paper", "--data", data, "--json");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("The statistics of a period in the terminal", () => {
  it("are of the trading days that are named, both included", async () => {
    const trades = async (...options: readonly string[]) => {
      const { lines } = await inProcess("statistics", "--data", data, "--json", ...options);
      return lines[0]?.reports as readonly { readonly name: string; readonly trades: number }[];
    };
    const paper = async (...options: readonly string[]) =>
      (await trades(...options)).find(({ name }) => name === "paper")?.trades ?? 0;
    const all = await paper();
    expect(all).toBeGreaterThan(0);
    expect(await paper("--from", "2023-12-26", "--to", "2023-12-26")).toBe(all);
    expect(await paper("--from", "2023-12-27")).toBe(0);
    expect(await paper("--to", "2023-12-25")).toBe(0);
  });

  it("are words, with results in dollars, ticks and R and what luck would bring", async () => {
    const { out } = await inProcess("statistics", "--data", data);
    expect(out).toContain("in dollars, ticks of one contract and R");
    expect(out).toContain("verdict withheld under 30 trades");
    expect(out).toContain("is not verified");
    expect(out).not.toMatch(/NaN|undefined/);
  });

  it.each([
    ["csv", /^"closed","tradingDay","account"/],
    ["markdown", /^# Performance/],
    ["svg", /^<svg /],
  ])("are a file as %s, which says that it is a replay", async (format, begin) => {
    const { code, out } = await inProcess("statistics", "--data", data, "--format", format);
    expect(code).toBe(0);
    expect(out).toMatch(begin);
    if (format !== "csv") expect(out).toContain("A replay of recorded trades.");
  });

  it.each([
    [["--format", "pdf"], '"--format pdf" is none: choose csv, json, markdown, svg'],
    [["--from", "2023-13-40"], '"--from 2023-13-40" is not a date: write it as 2025-06-09'],
    [["--to", "2025-02-30"], '"--to 2025-02-30" is not a date: write it as 2025-06-09'],
    [["--from", "2025-03-10", "--to", "2025-03-01"], '"--from 2025-03-10" is after "--to 2025-03-01"'],
    [["--days", "7", "--to", "2023-12-26"], '"--days" and "--from" or "--to" name two periods'],
  ])("refuse %j", async (options, says) => {
    const { code, err } = await inProcess("statistics", "--data", data, ...options);
    expect([code, err]).toEqual([2, `${says}\n`]);
  });
});
