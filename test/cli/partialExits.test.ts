import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";
import { recording } from "./recording.js";

const ID = "ESH4-20231226T145600Z-BUY";

let root: string;
let folders = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "parts-"));
  writeFileSync(join(root, "esh4.dbn"), recording());
  // Enough for three contracts.
  writeFileSync(join(root, "settings.json"), JSON.stringify({ "paper.startBalance": 2_000_000 }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A data folder in which three contracts are recommended and filled at 4799.25. */
async function filled(): Promise<string> {
  const data = join(root, `data-${folders++}`);
  const settings = ["--settings", join(root, "settings.json")];
  await inProcess("replay", join(root, "esh4.dbn"), ...settings, "--data", data, "--json");
  const said = ["--recommendation", ID, "--price", "4799.25", "--quantity", "3", "--json"];
  expect((await inProcess("fill", "--data", data, ...said)).lines).toMatchObject([{ type: "fill", quantity: 3 }]);
  return data;
}

const about = (data: string) => ["--data", data, "--recommendation", ID, "--json"];
const exit = (data: string, price: string, ...more: readonly string[]) =>
  inProcess("exit", ...about(data), "--price", price, ...more);
const change = (command: "amend" | "void", data: string, ...more: readonly string[]) =>
  inProcess(command, ...about(data), "--why", "Misread", ...more);
const statistics = async (data: string) => (await inProcess("statistics", "--data", data, "--json")).lines[0];
const position = async (data: string) =>
  (await inProcess("pending", "--data", data, "--json")).lines.find(({ type }) => type === "position");

describe("An exit of a part", () => {
  it("leaves the rest open, and with it makes one trade at the mean of both", async () => {
    const data = await filled();
    const part = await exit(data, "1@4807.25", "--reason", "manual", "--plan", "planned");
    // 8 points of $50, less $5.
    expect(part.lines).toMatchObject([
      { type: "partialExit", quantity: 1, price: 4807.25, filled: 3, open: 2, netPnl: 395, balance: 2_000_395 },
    ]);
    expect(part.lines[0]).toMatchObject({ reasonChecked: "manual", override: false });
    expect(await position(data)).toMatchObject({ quantity: 2, closed: { quantity: 1, price: 4807.25, netPnl: 395 } });
    const words = await inProcess("pending", "--data", data);
    expect(words.out).toContain("LONG 2/3 ES MAR24 at 4799.25 (manual)");
    expect(words.out).toContain(", 1 of 3 closed at 4807.25 for $395.00");
    expect((await statistics(data))?.accounts).toMatchObject([{ account: "manual", trades: 0, balance: 2_000_395 }]);
    const rest = await exit(data, "4795.25", "--reason", "time");
    // 4 points lost on each of the two others.
    expect(rest.lines).toMatchObject([
      { type: "exit", quantity: 3, price: (4807.25 + 2 * 4795.25) / 3, reason: "time", netPnl: -15, result: "loss" },
    ]);
    expect(rest.lines[0]?.parts).toMatchObject([
      { quantity: 1, price: 4807.25, netPnl: 395 },
      { quantity: 2, price: 4795.25, netPnl: -410 },
    ]);
    expect((await statistics(data))?.accounts).toMatchObject([{ trades: 1, netPnl: -15, balance: 1_999_985 }]);
    expect(await position(data)).toBeUndefined();
  });

  it("is said in words, with what is left", async () => {
    const data = await filled();
    const said = ["--data", data, "--recommendation", ID, "--reason", "manual"];
    const { out } = await inProcess("exit", ...said, "--price", "4807.25", "--quantity", "1");
    expect(out).toContain("PART ES MAR24: 1 of 3 closed at 4807.25 (manual), 2 open, $395.00 after costs");
    const closed = await inProcess("exit", ...said, "--price", "4795.25");
    expect(closed.out).toContain("exit at 4799.25 (the mean of 1 at 4807.25 and 2 at 4795.25, last manual)");
    expect(closed.out).toMatch(/\nLearned .*: 0 of 1 won/);
  });

  it("says one price where all parts have it", async () => {
    const data = await filled();
    const said = ["--data", data, "--recommendation", ID, "--price", "4807.25"];
    await inProcess("exit", ...said, "--reason", "time", "--quantity", "1");
    const { out } = await inProcess("exit", ...said, "--reason", "manual");
    expect(out).toContain("exit at 4807.25 (in 2 parts, last manual), +8.00 points");
  });

  it("is stored once however often it is said, and twice where it is said to be another", async () => {
    const data = await filled();
    const said = ["1@4807.25", "--reason", "manual"] as const;
    await exit(data, ...said);
    const again = await exit(data, ...said);
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toBe(
      `${ID}: 1 closed at 4807.25 is recorded already, 2 are open, and nothing was added. If it is one more part, add "--again 2"\n`,
    );
    expect((await exit(data, ...said, "--again", "3")).err).toBe(
      `${ID} has 1 partial exit of that quantity, price and reason: the next one is not number 3\n`,
    );
    expect((await exit(data, ...said, "--again", "2")).lines).toMatchObject([{ type: "partialExit", open: 1 }]);
    expect((await exit(data, ...said, "--again", "2")).lines).toMatchObject([{ type: "partialExit", repeated: true }]);
    const two = await filled();
    await exit(two, "2@4807.25", "--reason", "manual");
    // There is no room for another one.
    expect((await exit(two, "2@4807.25", "--reason", "manual")).lines).toMatchObject([
      { type: "partialExit", repeated: true },
    ]);
    // All that is left is the exit, and saying that again is no other one.
    expect((await exit(data, "1@4807.50", "--reason", "manual")).lines).toMatchObject([{ type: "exit", quantity: 3 }]);
    expect((await exit(data, "4807.50", "--reason", "manual")).lines).toMatchObject([{ type: "exit", repeated: true }]);
    expect((await exit(data, "1@4807.75", "--reason", "manual")).err).toContain("already closed at 4807.50, manual");
    expect((await exit(data, ...said)).lines).toMatchObject([{ type: "partialExit", repeated: true }]);
  });

  it.each([
    ["4@4807.25", 1, `4 contracts cannot be closed: 3 of ${ID} are open`],
    ["0@4807.25", 2, "is not a number of contracts"],
    ["half@4807.25", 2, "is not a number of contracts"],
  ])("is refused as %s", async (price, code, sentence) => {
    const data = await filled();
    const refused = await exit(data, price, "--reason", "manual");
    expect(refused).toMatchObject({ code, out: "" });
    expect(refused.err).toContain(sentence);
    expect(await position(data)).toMatchObject({ quantity: 3 });
  });

  it("is corrected, and taken back alone, by its place", async () => {
    const data = await filled();
    await exit(data, "1@4807.25", "--reason", "manual");
    await exit(data, "4795.25", "--reason", "time");
    expect((await change("amend", data, "--exit-price", "4807.50")).err).toContain("has 2 exits: say which of them");
    const amended = await change("amend", data, "--exit", "1", "--exit-price", "4808.25", "--exit-quantity", "2");
    expect(amended.lines).toMatchObject([
      { type: "amendment" },
      { type: "exit", netPnl: 900 - 200 - 15, parts: [{ quantity: 2, price: 4808.25 }, { quantity: 1 }] },
    ]);
    const back = await change("void", data, "--exit", "2");
    expect(back.lines).toMatchObject([{ type: "void", after: { state: "OPEN", exit: null } }]);
    expect(await position(data)).toMatchObject({ quantity: 1, closed: { quantity: 2, netPnl: 890 } });
    expect((await change("void", data, "--exit", "2")).err).toContain("has 1 recorded exit: there is no number 2");
    expect((await exit(data, "4799.25", "--reason", "manual")).lines).toMatchObject([{ type: "exit", netPnl: 885 }]);
    expect((await statistics(data))?.accounts).toMatchObject([{ trades: 1, netPnl: 885, balance: 2_000_885 }]);
  });

  it("is known again after another one was taken back, and what was taken back is not", async () => {
    const data = await filled();
    await exit(data, "1@4807.25", "--reason", "manual");
    await exit(data, "1@4806.25", "--reason", "manual");
    await change("void", data, "--exit", "2");
    const again = await exit(data, "1@4807.25", "--reason", "manual");
    expect(again.err).toContain("1 closed at 4807.25 is recorded already, 2 are open, and nothing was added. If");
    expect((await exit(data, "1@4806.25", "--reason", "manual")).lines).toMatchObject([
      { type: "partialExit", open: 1 },
    ]);
    await change("void", data, "--exit", "2");
    const another = await exit(data, "1@4807.25", "--reason", "manual", "--again", "2");
    expect(another.lines).toMatchObject([{ type: "partialExit", price: 4807.25, open: 1 }]);
    const repeated = await exit(data, "1@4807.25", "--reason", "manual", "--again", "2");
    expect(repeated.lines).toMatchObject([{ type: "partialExit", repeated: true }]);
  });

  it("forbids a fill that is smaller than what it closed", async () => {
    const data = await filled();
    await exit(data, "2@4807.25", "--reason", "manual");
    expect((await change("amend", data, "--quantity", "2")).err).toContain(
      `A partial exit of ${ID} closed 2: of 2 open then it would leave nothing for the exit that closes the rest`,
    );
    expect((await change("amend", data, "--quantity", "4", "--confirm")).lines).toMatchObject([{ type: "amendment" }]);
    expect(await position(data)).toMatchObject({ quantity: 2, closed: { quantity: 2 } });
  });
});
