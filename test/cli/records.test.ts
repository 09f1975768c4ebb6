import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";
import { finished, Program } from "./program.js";
import { recording } from "./recording.js";

const ID = "ESH4-20231226T145600Z-BUY";
const NEW_YORK = "2023-12-26T09:56:00";

let program: Program;
let folders = 0;

beforeAll(async () => {
  program = await Program.build();
  writeFileSync(program.path("esh4.dbn"), recording());
});
afterAll(() => program.remove());

/** A data folder in which the recording's recommendation waits for its answer. */
async function replayed(): Promise<string> {
  const data = program.path(`data-${folders++}`);
  const { code } = await inProcess("replay", program.path("esh4.dbn"), "--data", data, "--json");
  expect(code).toBe(0);
  return data;
}

const fillArgs = (data: string, recommendation = ID) => [
  ...["fill", "--data", data, "--recommendation", recommendation],
  ...["--price", "4799.25", "--quantity", "1", "--json"],
];
const exitArgs = (data: string, price = "4807.25") => [
  ...["exit", "--data", data, "--recommendation", ID, "--price", price, "--reason", "target", "--json"],
];

describe("The books of a data folder", () => {
  it("go from a recommendation over its fill to its exit, and learn", async () => {
    const data = await replayed();
    expect((await inProcess("pending", "--data", data, "--json")).lines).toMatchObject([
      { type: "recommendation", id: ID },
    ]);
    const filled = await inProcess(...fillArgs(data, NEW_YORK));
    expect(filled).toMatchObject({ code: 0, err: "" });
    expect(filled.lines).toMatchObject([
      { type: "fill", recommendation: ID, account: "manual", price: 4799.25, quantity: 1 },
    ]);
    expect((await inProcess("pending", "--data", data, "--json")).lines).toMatchObject([
      { type: "position", recommendation: ID, account: "manual", price: 4799.25, quantity: 1 },
    ]);
    const closed = await inProcess(...exitArgs(data));
    expect(closed.lines).toMatchObject([
      {
        type: "exit",
        recommendation: ID,
        reason: "target",
        points: 8,
        netPnl: 395,
        result: "win",
        learned: { trades: 1, wins: 1 },
      },
    ]);
    expect((await inProcess("pending", "--data", data)).out).toBe("");
    const statistics = await inProcess("statistics", "--data", data, "--json");
    expect(statistics.lines).toMatchObject([
      { type: "statistics", accounts: [{ account: "manual", trades: 1, wins: 1, balance: 15_395, tooFew: true }] },
    ]);
  });

  it("hold a fill that was confirmed when the program is killed at that moment", async () => {
    const data = await replayed();
    const child = program.start(...fillArgs(data));
    const end = finished(child);
    child.stdout?.once("data", () => child.kill("SIGKILL"));
    const { lines } = await end;
    expect(lines).toMatchObject([{ type: "fill", recommendation: ID }]);
    expect((await inProcess("pending", "--data", data, "--json")).lines).toMatchObject([
      { type: "position", recommendation: ID, quantity: 1 },
    ]);
    expect((await inProcess(...exitArgs(data))).lines).toMatchObject([{ type: "exit", netPnl: 395 }]);
  });

  it("hold the same answer once, however often it is given, and refuse another", async () => {
    const data = await replayed();
    const first = await inProcess(...fillArgs(data));
    const second = await inProcess(...fillArgs(data));
    expect(second.code).toBe(0);
    expect(second.lines).toEqual(first.lines.map((line) => ({ ...line, repeated: true })));
    expect(second.err).toContain("recorded before");
    const words = await inProcess(...fillArgs(data).filter((arg) => arg !== "--json"));
    expect(words.out).toMatch(/^Recorded before: \S+ {2}Filled BUY 1/);
    const other = await inProcess(
      "fill",
      "--data",
      data,
      "--recommendation",
      ID,
      "--price",
      "4799.50",
      "--quantity",
      "1",
    );
    expect(other).toMatchObject({ code: 1, out: "" });
    expect(other.err).toContain(`${ID} is already filled: 1 at 4799.25 of 1 recommended`);
    const closed = await inProcess(...exitArgs(data));
    expect((await inProcess(...exitArgs(data))).lines).toEqual(
      closed.lines.map((line) => ({ ...line, repeated: true })),
    );
    expect(await inProcess(...exitArgs(data, "4800.00"))).toMatchObject({ code: 1, out: "" });
    const statistics = await inProcess("statistics", "--data", data, "--json");
    expect(statistics.lines[0]).toMatchObject({ accounts: [{ trades: 1, netPnl: 395 }] });
  });

  it("hold two answers that are given at the same time as one trade", async () => {
    const data = await replayed();
    const answers = await Promise.all([program.run(...fillArgs(data)), program.run(...fillArgs(data))]);
    expect(answers.map((answer) => answer.code)).toEqual([0, 0]);
    expect((await inProcess("pending", "--data", data, "--json")).lines).toMatchObject([
      { type: "position", quantity: 1 },
    ]);
  });

  it.each([
    { args: ["--price", "4799.30", "--quantity", "1"], code: 1, says: "the nearest prices are 4799.25 and 4799.50" },
    { args: ["--price", "4799,25", "--quantity", "1"], code: 2, says: "write 4799.25" },
    { args: ["--price", "4799.25", "--quantity", "0"], code: 2, says: "is not a number of contracts" },
    { args: ["--price", "4799.25", "--quantity", "1.5"], code: 2, says: "is not a number of contracts" },
    { args: ["--not-executed", " "], code: 2, says: "Say in a few words why" },
  ])("refuse a fill with $args, exit code $code", async ({ args, code, says }) => {
    const data = await replayed();
    const refused = await inProcess("fill", "--data", data, "--recommendation", ID, ...args);
    expect(refused).toMatchObject({ code, out: "" });
    expect(refused.err).toContain(says);
  });

  it.each([
    ["exit", "--price", "4799.25", "--reason", "tired"],
    ["exit", "--price", "about 4799", "--reason", "manual"],
    ["amend", "--fill-price", "4799.25", "--why", " "],
    ["amend", "--exit-price", "4799.25", "--reason", "tired", "--why", "Misread"],
    ["amend", "--quantity", "none", "--why", "Misread"],
    ["void", "--why", " "],
  ])("take %s %j %j for wrong usage, whatever is recorded", async (name, ...args) => {
    const data = await replayed();
    await program.run(...fillArgs(data));
    expect(await inProcess(name, "--data", data, "--recommendation", ID, ...args)).toMatchObject({ code: 2, out: "" });
  });

  it("hold that a recommendation was not taken", async () => {
    const data = await replayed();
    const said = ["fill", "--data", data, "--recommendation", ID, "--not-executed", "Too late", "--json"];
    expect((await inProcess(...said)).lines).toMatchObject([
      { type: "decision", recommendation: ID, answer: "not_executed", reason: "Too late" },
    ]);
    expect((await inProcess("pending", "--data", data)).out).toBe("");
    expect((await inProcess(...fillArgs(data))).err).toContain('not executed, "Too late"');
  });

  it("know no recommendation that was never made", async () => {
    const data = await replayed();
    const { code, err } = await inProcess(...fillArgs(data, "ESH4-20200101T000000Z-BUY"));
    expect(code).toBe(1);
    expect(err).toContain(`waiting for an answer: ${ID}`);
  });

  it("are not touched by looking at them", async () => {
    const data = await replayed();
    const before = contentsOf(data);
    await inProcess("pending", "--data", data);
    await inProcess("statistics", "--data", data);
    expect(contentsOf(data)).toEqual(before);
  });

  it("keep the user's answer in its place when the recording is replayed again", async () => {
    const data = await replayed();
    await inProcess(...fillArgs(data));
    const again = await inProcess("replay", program.path("esh4.dbn"), "--data", data, "--json");
    expect(again.lines).toMatchObject([{ type: "summary", recommendations: 1, openPositions: 1 }]);
  });

  it.each([
    ["pending"],
    ["statistics"],
    ["review"],
    ["fill", "--recommendation", ID, "--price", "4799.25", "--quantity", "1"],
    ["exit", "--recommendation", ID, "--price", "4799.25", "--reason", "manual"],
    ["amend", "--recommendation", ID, "--fill-price", "4799.25", "--why", "Misread"],
    ["void", "--recommendation", ID, "--why", "Wrong account"],
    ["reset", "--account", "paper", "--reason", "Checked"],
  ])("are only in the folder of a run: %s says so and touches nothing", async (name, ...args) => {
    const data = program.path(`nothing-${name}`);
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "mine.txt"), "mine");
    expect(await inProcess(name ?? "", "--data", data, ...args)).toMatchObject({
      code: 1,
      out: "",
      err: `"${data}" is not the data folder of a run, it has no journal: name the folder that a run was given with "--data"\n`,
    });
    expect(readdirSync(data)).toEqual(["mine.txt"]);
  });

  it("wait in a folder whose run brought nothing", async () => {
    const data = program.path("quiet");
    await inProcess("demo", "--days", "1", "--seed", "1", "--data", data);
    expect((await inProcess(...fillArgs(data))).err).toContain(`There is no recommendation "${ID}"`);
  });
});

function contentsOf(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => `${name} ${statSync(join(folder, name)).size} ${statSync(join(folder, name)).mtimeMs}`);
}
