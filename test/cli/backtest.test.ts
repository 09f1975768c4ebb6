import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFile, MARKET_DATA, NEEDS_DATA } from "../support/marketData.js";
import { inProcess } from "./inProcess.js";
import { Program } from "./program.js";
import { recording } from "./recording.js";

let program: Program;
let file: string;
let settings: string;

beforeAll(async () => {
  program = await Program.build();
  file = program.path("esh4.dbn");
  writeFileSync(file, recording());
  settings = program.path("settings.json");
  writeFileSync(settings, JSON.stringify({ "contract.session": "globex" }));
});
afterAll(() => program.remove());

const SECTIONS = [
  "What was tested",
  "Result",
  "Balance",
  "By year",
  "Execution",
  "What was held back",
  "Calibration",
  "Is there an edge",
];

describe("A backtest", () => {
  it("prints a report in Markdown, the same on every run, and writes it where it is asked to", async () => {
    const path = program.path("report.md");
    const { code, out, err } = await inProcess("backtest", file, "--report", path);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.match(/^## .*/gm)).toEqual(SECTIONS.map((title, i) => `## ${i + 1}. ${title}`));
    expect(readFileSync(path, "utf8")).toBe(out);
    expect((await inProcess("backtest", file)).out).toBe(out);
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
    expect(out).toContain("Verdict: withheld under 30 closed trades");
    expect(out).toContain("| Files | esh4.dbn |");
  });

  it("prints with --json the lines of a replay on the paper account", async () => {
    const { out } = await inProcess("replay", file, "--paper", "--json");
    expect(out.split("\n").length).toBeGreaterThan(3);
    expect((await inProcess("backtest", file, "--json")).out).toBe(out);
  });

  it("says which settings somebody chose, and why nothing came of a recording", async () => {
    const { out, err } = await inProcess("backtest", file, "--settings", settings);
    expect(out).toContain('Settings that differ: `contract.session` "globex".');
    expect(err).toBe("");
    writeFileSync(settings, JSON.stringify({ "contract.instrument": "NQ", "paper.startBalance": 7000 }));
    const none = await inProcess("backtest", file, "--settings", settings);
    expect(none.out).not.toMatch(/NaN|undefined|Infinity/);
    expect(none.out).toContain("| Start, end | $7,000.00, $7,000.00 |");
    expect(none.err).toContain('No trade of the recording is of "NQ"');
  });

  it.each([
    { args: ["backtest"], code: 2, says: "Name one or more files to test on" },
    { args: ["backtest", "FILE", "--report", ""], code: 2, says: '"--report" needs the name of a file' },
    { args: ["backtest", "FILE", "--report", "FILE"], code: 2, says: "is a file to read: name another" },
    { args: ["backtest", "FILE", "--data", "x"], code: 2, says: 'Unknown option "--data"' },
    { args: ["backtest", "FILE", "--report", "missing-folder/x.md"], code: 1, says: "missing-folder/x.md" },
  ])("fails on $args with one line", async ({ args, code, says }) => {
    const given = args.map((arg) => (arg === "FILE" ? file : arg));
    const outcome = await inProcess(...given);
    expect(outcome.code).toBe(code);
    expect(outcome.err).toContain(says);
    expect(outcome.err.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe.skipIf(MARKET_DATA === undefined)(`A backtest of real bars${NEEDS_DATA}`, () => {
  it("reads five years of a folder and finds no edge", async () => {
    const { code, out } = await inProcess("backtest", dataFile("es-5m"));
    expect(code).toBe(0);
    expect(out).toContain("| Read | 348208 bars |");
    expect(out).toContain("| Closed trades | 42 |");
    expect(out).toContain("| Net result, after costs | -$3,460.00 |");
    expect(out).toContain("| Sessions | 1267 (2014-12-24 to 2019-12-19) |");
    expect(out).toContain("**Verdict: no edge: in this data it lost");
  });
});
