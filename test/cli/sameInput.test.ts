import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";
import { recording, trades } from "./recording.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "same-input-"));
  writeFileSync(path("esh4.dbn"), recording());
  writeFileSync(path("other.dbn"), trades(10));
  writeFileSync(path("five.json"), '{"detector.volumeThreshold": 5, "paper.startBalance": 20000}');
  writeFileSync(path("fast.json"), '{"replay.speed": 1000000, "demo.seed": 1, "data.folder": "/elsewhere"}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const files = (args: readonly string[]) => args.map((arg) => (/\.(dbn|json)$/.test(arg) ? path(arg) : arg));
const run = (...args: readonly string[]) => inProcess(...files(args), "--data", path("data"), "--json");

/** Every result and fact of the journal, each once. */
function kept(): readonly string[] {
  const journal = path("data/journal");
  const lines = readdirSync(journal).flatMap((name) => readFileSync(join(journal, name), "utf8").trimEnd().split("\n"));
  return lines.filter((line) => !/"type":"(header|seal)"/.test(line)).map((line) => line.replace(/^.*?"type"/, ""));
}

describe("A data folder", () => {
  it("is not made for a recording that cannot be read", async () => {
    writeFileSync(path("foreign.dbn"), "no DBN");
    expect((await run("replay", "foreign.dbn")).code).toBe(1);
    expect(existsSync(path("data"))).toBe(false);
  });

  it.each([
    { first: ["replay", "esh4.dbn"], args: ["replay", "other.dbn"], says: "were made from another recording" },
    {
      first: ["replay", "esh4.dbn"],
      args: ["replay", "esh4.dbn", "other.dbn"],
      says: "were made from another recording",
    },
    {
      first: ["replay", "esh4.dbn"],
      args: ["replay", "esh4.dbn", "--settings", "five.json"],
      says: 'were made with "detector.volumeThreshold" 4, not 5 (and 1 more)',
    },
    { first: ["replay", "esh4.dbn"], args: ["replay", "esh4.dbn", "--paper"], says: 'were made without "--paper"' },
    { first: ["replay", "esh4.dbn", "--paper"], args: ["replay", "esh4.dbn"], says: 'were made with "--paper"' },
    {
      first: ["demo", "--days", "1"],
      args: ["demo", "--days", "1", "--settings", "five.json"],
      says: 'were made with "detector.volumeThreshold" 4, not 5',
    },
    {
      first: ["demo", "--days", "1", "--seed", "4"],
      args: ["demo", "--days", "1", "--seed", "5"],
      says: "were made with the seed 4",
    },
  ])("of $first refuses $args and stays as it is", async ({ first, args, says }) => {
    expect((await run(...first)).code).toBe(0);
    const before = kept();
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`"${path("data")}"`);
    expect(err).toContain(says);
    expect(err).toMatch(/name another folder.*\n$/);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(kept()).toEqual(before);
    expect((await run(...first)).code).toBe(0);
  });

  it.each([
    { first: ["replay", "esh4.dbn"], again: ["replay", "copy.dbn"] },
    { first: ["replay", "esh4.dbn"], again: ["replay", "esh4.dbn", "--settings", "fast.json"] },
    { first: ["demo", "--days", "2", "--paper"], again: ["demo", "--days", "2", "--paper"] },
    { first: ["demo", "--days", "2", "--seed", "7"], again: ["demo", "--days", "2"] },
  ])("of $first takes $again as the same, and says so", async ({ first, again }) => {
    cpSync(path("esh4.dbn"), path("copy.dbn"));
    expect((await run(...first)).code).toBe(0);
    const results = () => kept().filter((line) => !line.includes('"meta"'));
    const before = results();
    expect(before).not.toEqual([]);
    const { code, err, lines } = await run(...again);
    expect(code).toBe(0);
    expect(err).toContain(`"${path("data")}" has such results already`);
    expect(lines.filter(({ type }) => ["recommendation", "fill", "exit"].includes(type))).toEqual([]);
    expect(results()).toEqual(before);
  });
});
