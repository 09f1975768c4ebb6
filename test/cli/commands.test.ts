import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFile, MARKET_DATA, NEEDS_DATA } from "../support/marketData.js";
import { compareLines, type Line } from "../support/vectorLines.js";
import { inProcess } from "./inProcess.js";
import { finished, Program } from "./program.js";
import { recording } from "./recording.js";

let program: Program;
let file: string;

beforeAll(async () => {
  program = await Program.build();
  file = program.path("esh4.dbn");
  writeFileSync(file, recording());
});
afterAll(() => program.remove());

function settings(name: string, content: unknown): string {
  const path = program.path(name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("The command line", () => {
  it("shows its commands, its version and the usage of each", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await inProcess("--version")).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
    const help = await inProcess("--help");
    expect(help.code).toBe(0);
    for (const name of ["decode", "replay", "demo", "pending", "fill", "exit", "statistics"]) {
      expect(help.out).toContain(name);
      expect((await inProcess(name, "--help")).out).toContain(`Usage: volume-cluster ${name}`);
    }
  });

  it.each([
    { args: [], says: "Say what to do" },
    { args: ["replai"], says: 'Unknown command "replai": the commands are decode, ' },
    { args: ["replai"], says: 'did you mean "replay"?' },
    { args: ["toString"], says: 'Unknown command "toString"' },
    { args: ["replay"], says: "Name one or more files" },
    { args: ["replay", "x.dbn", "--fast"], says: 'Unknown option "--fast"' },
    { args: ["replay", "x.dbn", "--speed", "fast"], says: '"--speed fast" must be a number from 0 to 1000000' },
    { args: ["replay", "x.dbn", "--speed"], says: '"--speed" needs a value' },
    { args: ["replay", "x.dbn", "--json=yes"], says: '"--json" takes no value' },
    { args: ["replay", "x.dbn", "--settings", "a", "--settings", "b"], says: '"--settings" is given twice' },
    { args: ["replay", "x.dbn", "--speed", "NaN"], says: '"--speed NaN" must be a number' },
    { args: ["replay", "x.dbn", "--speed=-1"], says: '"--speed -1" must be a number' },
    { args: ["replay", "x.dbn", "--speed", "-1"], says: 'or --speed=N for one that begins with "-"' },
    { args: ["replay", "x.dbn", "--speed", "1e9"], says: '"--speed 1e9" must be a number' },
    { args: ["replay", "x.dbn", "--data", ""], says: '"--data" needs the name of a folder' },
    { args: ["demo", "--data", ""], says: '"--data" needs the name of a folder' },
    { args: ["demo", "--data", "--json"], says: '"--data" needs a value' },
    { args: ["demo", "--seed", "4294967296"], says: "must be a whole number from 0 to 4294967295" },
    { args: ["demo", "--days", "99999999999999999999"], says: "must be a whole number from 1 to 100000" },
    { args: ["demo", "--speed", "0"], says: "must be a number from 0.001" },
    { args: ["demo", "--paper", "--paper"], says: '"--paper" is given twice' },
    { args: ["check", "--no-json"], says: 'Unknown option "--no-json"' },
    { args: ["check", "-x"], says: 'Unknown option "-x"' },
    { args: ["check", "--", "--json"], says: '"--json" is one argument too many' },
    { args: ["help", "nothing"], says: 'Unknown command "nothing"' },
    { args: [""], says: 'Unknown command ""' },
    { args: ["decode"], says: "Name one DBN file" },
    { args: ["decode", "a", "b"], says: "Name one DBN file" },
    { args: ["decode", "a", "--limit", "1.5"], says: "must be a whole number" },
    { args: ["demo", "extra"], says: '"extra" is one argument too many' },
    { args: ["demo", "--days", "0"], says: '"--days 0" must be a whole number from 1' },
    { args: ["pending"], says: '"--data" is missing' },
    { args: ["fill", "--data", "x"], says: '"--recommendation" is missing' },
    {
      args: ["fill", "--data", "x", "--recommendation", "y", "--price", "1", "--not-executed", "z"],
      says: "goes without a price",
    },
    {
      args: ["exit", "--data", "x", "--recommendation", "y", "--price", "1", "--reason", "bored"],
      says: "must be one of target, stop, manual",
    },
    {
      args: [..."exit --data x --recommendation y --price 1 --reason manual --plan".split(" "), "perhaps"],
      says: "must be one of override, planned",
    },
    {
      args: "exit --data x --recommendation y --price 1 --reason stop --plan planned".split(" "),
      says: 'it needs "--reason manual"',
    },
  ])("calls $args wrong usage", async ({ args, says }) => {
    const { code, out, err } = await inProcess(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(says);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    { args: ["replay", "missing.dbn"], says: "missing.dbn" },
    { args: ["decode", "missing.dbn"], says: "missing.dbn" },
    { args: ["replay", "empty.dbn"], says: "empty.dbn" },
    { args: ["decode", "empty.dbn"], says: "empty.dbn" },
    { args: ["replay", "foreign.dbn"], says: "foreign.dbn" },
    { args: ["decode", "foreign.dbn"], says: "foreign.dbn" },
    { args: ["replay", "truncated.dbn"], says: "truncated.dbn" },
    { args: ["replay", "a-folder"], says: "a-folder" },
    { args: ["replay", "esh4.dbn", "esh4.dbn"], says: "would count twice" },
    { args: ["decode", ""], says: 'Could not read "": there is no such file' },
    { args: ["decode", "no/such/file.dbn"], says: 'Could not read "no/such/file.dbn": there is no such file' },
    { args: ["decode", "a\u001b[31mb\u0000.dbn"], says: "its path is not valid" },
    { args: ["check", "--settings", ""], says: "there is no such file" },
    { args: ["check", "--settings", "x".repeat(5000)], says: "the path is too long" },
    { args: ["check", "--settings", "package.json/x"], says: "there is no such file" },
    { args: ["check", "--settings", "nothing.json"], says: "nothing.json must be a JSON object with settings, but is" },
    { args: ["check", "--settings", "infinite.json"], says: '"paper.startBalance" is Infinity' },
    { args: ["check", "--settings", "deep.json"], says: "nested more than 64 levels" },
    { args: ["check", "--settings", "utf16.json"], says: "is not JSON" },
    {
      args: ["replay", "esh4.dbn", "--settings", "missing.json"],
      says: 'missing.json": there is no such file',
    },
    { args: ["replay", "esh4.dbn", "--settings", "a-folder"], says: 'a-folder" is not a file' },
    { args: ["replay", "esh4.dbn", "--settings", "comma.json"], says: "comma.json is not JSON" },
    { args: ["replay", "esh4.dbn", "--settings", "unknown.json"], says: 'did you mean "detector.volumeThreshold"?' },
    {
      args: ["replay", "esh4.dbn", "--settings", "range.json"],
      says: '"detector.baselineBars" is 0, but must be a whole number from 1 to 390',
    },
    ...["replay", "backtest"].map((name) => ({
      args: [name, "esh4.dbn", "--settings", "instrument.json"],
      says: '"contract.instrument" is "XX", but must be one of "ES", "MES", "NQ", "MNQ"',
    })),
    ...["demo", "live", "check"].map((name) => ({
      args: [name, "--settings", "instrument.json"],
      says: 'describe another in the setting "instruments"',
    })),
    { args: ["replay", "esh4.dbn", "--settings", "huge.json"], says: "has more than 1 MB" },
    { args: ["replay", "esh4.dbn", "--data", "esh4.dbn"], says: "esh4.dbn" },
    {
      args: ["pending", "--data", "no-folder"],
      says: 'no-folder": there is no such file',
    },
    { args: ["statistics", "--data", "esh4.dbn"], says: 'esh4.dbn" is not a folder' },
    {
      args: ["fill", "--data", "no-folder", "--recommendation", "x", "--price", "1", "--quantity", "1"],
      says: "no-folder",
    },
  ])("fails on $args with one line", async ({ args, says }) => {
    writeFileSync(program.path("empty.dbn"), "");
    writeFileSync(program.path("foreign.dbn"), "PK\u0003\u0004 this is no DBN file at all, but something else");
    writeFileSync(program.path("truncated.dbn"), recording().subarray(0, 5000));
    mkdirSync(program.path("a-folder"), { recursive: true });
    settings("comma.json", "{,}");
    settings("unknown.json", { "detector.volumeTreshold": 5 });
    settings("range.json", { "detector.baselineBars": 0 });
    settings("instrument.json", { "contract.instrument": "XX" });
    settings("nothing.json", "null");
    settings("infinite.json", '{"paper.startBalance": 1e999}');
    settings("deep.json", `{"instruments": ${"[".repeat(100)}${"]".repeat(100)}}`);
    writeFileSync(program.path("utf16.json"), Buffer.from("\ufeff{}", "utf16le"));
    settings("huge.json", " ".repeat(1_100_000));
    const inFolder = args.map((arg) => (/^[a-z0-9-]+(\.dbn|\.json|-folder)$/.test(arg) ? program.path(arg) : arg));
    const { code, out, err } = await inProcess(...inFolder);
    expect(code).toBe(1);
    expect(out).not.toContain("summary");
    expect(err).toContain(says);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).not.toMatch(/\bat .*\(|node:internal|\.mjs:/);
  });
});

describe("The program in a process of its own", () => {
  it("ends with the exit code, with results on one stream and words on the other", async () => {
    expect(await program.run("decode", file, "--limit", "1")).toMatchObject({ code: 0, err: "" });
    const usage = await program.run("bogus");
    expect(usage).toMatchObject({ code: 2, out: "" });
    expect(usage.err).toMatch(/^Unknown command "bogus": .*\n$/);
    const failed = await program.run("replay", "foreign.dbn");
    expect(failed).toMatchObject({ code: 1, out: "" });
    expect(failed.err).toMatch(/^.*foreign\.dbn.*\n$/);
  });

  it("prints the same bytes twice", async () => {
    const first = await program.run("replay", file, "--paper", "--json");
    expect(first.lines.at(-1)).toMatchObject({ type: "summary", closedTrades: 1 });
    expect((await program.run("replay", file, "--paper", "--json")).out).toBe(first.out);
  });

  it("says nothing when its reader goes away", async () => {
    const child = program.start("decode", file);
    child.stdout?.destroy();
    expect(await finished(child)).toMatchObject({ code: 0, err: "" });
  });
});

describe("decode", () => {
  it("prints the metadata, then a record a line, up to the limit", async () => {
    const { code, lines, err } = await inProcess("decode", file, "--limit", "2");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(lines.map((line) => line.type)).toEqual(["metadata", "trade", "trade"]);
    expect(lines[1]).toMatchObject({ ts_event: "1703601000000000000", price: "4800000000000", size: 2, side: "B" });
  });
});

describe("replay", () => {
  it("prints a line per output and the summary last, the same bytes twice", async () => {
    const first = await inProcess("replay", file, "--paper", "--json");
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.lines.map((line) => line.type)).toEqual(
      expect.arrayContaining(["signal", "recommendation", "fill", "exit", "equity"]),
    );
    const summary = first.lines.at(-1);
    expect(summary).toMatchObject({ type: "summary", trades: 800, signals: 1, closedTrades: 1, wins: 1, skipped: {} });
    expect(first.lines.find((line) => line.type === "exit")).toMatchObject({ reason: "target", account: "paper" });
    expect((await inProcess("replay", file, "--paper", "--json")).out).toBe(first.out);
  });

  it("leaves the signal to the user without --paper, and says it in words without --json", async () => {
    const { code, out } = await inProcess("replay", file);
    expect(code).toBe(0);
    expect(out).toMatch(/2023-12-26T09:56:00 {2}BUY 1 ES MAR24 LIMIT DAY 4799.75, stop/);
    expect(out).toContain("0 closed trades");
  });

  it("names contract.session when no trade lies in the session", async () => {
    const path = settings("night.json", {
      "contract.session": { timeZone: "UTC", open: "01:00", close: "02:00", days: [1, 2, 3, 4, 5] },
    });
    const { code, err, lines } = await inProcess("replay", file, "--settings", path, "--json");
    expect(code).toBe(0);
    expect(err).toContain("contract.session");
    expect(lines.at(-1)).toMatchObject({ type: "summary", signals: 0 });
  });

  it("names contract.instrument when no trade is of the instrument", async () => {
    const path = settings("nq.json", { "contract.instrument": "NQ" });
    expect((await inProcess("replay", file, "--settings", path)).err).toContain(
      'of "NQ": name its instrument with the setting contract.instrument',
    );
  });
});

describe("demo", () => {
  it("is the same for the same seed, another for another, and says that it is simulated", async () => {
    const [first, second, other] = await Promise.all(
      ["1", "1", "2"].map((seed) => inProcess("demo", "--seed", seed, "--days", "3", "--paper", "--json")),
    );
    expect(first?.code).toBe(0);
    expect(first?.lines.at(-1)).toMatchObject({ type: "summary" });
    expect(second?.out).toBe(first?.out);
    expect(other?.out).not.toBe(first?.out);
    expect(first?.err).toContain("Simulated market without an edge");
  });

  it("never mixes with a replay in a data folder", async () => {
    const data = program.path("demo-data");
    expect((await inProcess("demo", "--seed", "4", "--days", "1", "--data", data)).code).toBe(0);
    const replayed = await inProcess("replay", file, "--data", data);
    expect(replayed.code).toBe(1);
    expect(replayed.err).toContain("demo");
  });
});

interface VectorRun {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly settings: unknown;
  readonly clusters: readonly Line[];
  readonly recommendations: readonly Line[];
  readonly refusals: readonly Line[];
  readonly fills: readonly Line[];
  readonly exits: readonly Line[];
  readonly cancels: readonly Line[];
  readonly summary: Line;
}

describe.skipIf(MARKET_DATA === undefined)(`replay of real files${NEEDS_DATA}`, () => {
  for (const name of ["replay-esh4.json", "replay-ltcusdt-2025-06-21.json"]) {
    const vectors: { file: string; runs: readonly VectorRun[] } = JSON.parse(
      readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8"),
    );
    it.each(vectors.runs)(`prints the lines of an independent implementation: ${name} $name`, async (expected) => {
      const path = settings(`${expected.name}-${name}`, expected.settings);
      const { code, lines } = await inProcess(
        "replay",
        dataFile("derived", vectors.file),
        "--settings",
        path,
        ...expected.arguments,
      );
      expect(code).toBe(0);
      const of = (...types: string[]) => lines.filter((line) => types.includes(line.type));
      compareLines(of("signal", "cluster"), expected.clusters);
      compareLines(of("recommendation"), expected.recommendations);
      compareLines(of("refusal"), expected.refusals);
      compareLines(of("fill"), expected.fills);
      compareLines(of("exit"), expected.exits);
      compareLines(of("cancel"), expected.cancels);
      compareLines(of("summary"), [expected.summary]);
      for (const line of of("fill", "exit", "cancel", "equity", "summary"))
        expect(Object.keys(line)).not.toContain("undefined");
    });
  }
});
