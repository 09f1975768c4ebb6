import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Run } from "../../src/app/run.js";
import { isoTime } from "../../src/app/times.js";
import type { Micros } from "../../src/core/units.js";
import { claimLead } from "../../src/store/lead/lead.js";
import { parseJournal } from "../../src/store/record.js";
import { LIVE } from "../app/liveDay.js";
import { linesLog, wasm } from "../app/memoryRun.js";
import { inProcess } from "./inProcess.js";
import type { Line } from "./program.js";
import { recording } from "./recording.js";

const ID = "ESH4-20231226T145600Z-BUY";

let root: string;
let folders = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "fills-"));
  writeFileSync(join(root, "esh4.dbn"), recording());
  writeFileSync(join(root, "until-signal.dbn"), recording(26 * 60 + 6));
  // Enough for three contracts.
  writeFileSync(join(root, "settings.json"), JSON.stringify({ "paper.startBalance": 2_000_000 }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A data folder in which three contracts are recommended. */
async function replayed(file = "esh4.dbn"): Promise<string> {
  const data = join(root, `data-${folders++}`);
  const files = ["replay", join(root, file), "--settings", join(root, "settings.json")];
  const { lines } = await inProcess(...files, "--data", data, "--json");
  expect(lines.find(({ type }) => type === "recommendation")).toMatchObject({ id: ID, quantity: 3 });
  return data;
}

const fill = (data: string, quantity: number, ...more: readonly string[]) =>
  inProcess(
    ...["fill", "--data", data, "--recommendation", ID, "--price", "4799.25"],
    ...["--quantity", String(quantity), "--json", ...more],
  );
const amend = (data: string, ...more: readonly string[]) =>
  inProcess("amend", "--data", data, "--recommendation", ID, "--why", "Misread", "--json", ...more);
const exit = (data: string, price = "4807.25", ...more: readonly string[]) =>
  inProcess(
    ...["exit", "--data", data, "--recommendation", ID, "--price", price, "--reason", "manual", "--json", ...more],
  );
const statistics = async (data: string): Promise<Line | undefined> =>
  (await inProcess("statistics", "--data", data, "--json")).lines[0];
const quantity = async (data: string) =>
  (await inProcess("pending", "--data", data, "--json")).lines.find(({ type }) => type === "position")?.quantity;

describe("An answer while another window runs the feed", () => {
  it.each([
    { seconds: 20, late: false },
    { seconds: 3600, late: true },
  ])("has the time of that window's market, $seconds s after the signal", async ({ seconds, late }) => {
    const data = await replayed("until-signal.dbn");
    const time = (Date.parse("2023-12-26T14:56:00Z") + seconds * 1000) * 1000;
    const lead = await claimLead({ folder: data, marketTime: () => time });
    const { lines } = await fill(data, 1);
    if (lead.role === "leader") await lead.end();
    expect(lines).toMatchObject([{ type: "fill", time: isoTime(time as Micros), late }]);
  });
});

describe("A second fill of the same price and quantity", () => {
  it("is refused, because it may be the first said twice, and counts when it is said to be another", async () => {
    const data = await replayed();
    expect((await fill(data, 1)).code).toBe(0);
    const again = await fill(data, 1);
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toBe(
      `${ID}: 1 at 4799.25 is recorded already, 1 of 3 recommended are filled, and nothing was added. If it is one more fill, add "--again 2"\n`,
    );
    expect(await quantity(data)).toBe(1);
    expect((await fill(data, 1, "--again", "2")).lines).toMatchObject([{ type: "fill", quantity: 1 }]);
    expect(await quantity(data)).toBe(2);
    expect((await fill(data, 1)).err).toContain("is recorded already 2 times, 2 of 3 recommended are filled");
    expect((await fill(data, 1)).err).toContain('add "--again 3"');
  });

  it("is stored once, however often the same one is said", async () => {
    const data = await replayed();
    await fill(data, 1);
    const [second] = (await fill(data, 1, "--again", "2")).lines;
    const repeated = await fill(data, 1, "--again", "2");
    expect(repeated).toMatchObject({ code: 0, lines: [{ ...second, repeated: true }] });
    expect(repeated.err).toContain("It was recorded before: nothing has changed");
    expect(await quantity(data)).toBe(2);
  });

  it("is refused with other notes, too, and where one before it is missing", async () => {
    const data = await replayed();
    await fill(data, 1, "--notes", "at once");
    expect((await fill(data, 1, "--notes", "At once")).err).toContain('add "--again 2"');
    expect(await fill(data, 1, "--again", "3")).toMatchObject({ code: 1, out: "" });
    expect(await fill(data, 1, "--again", "1")).toMatchObject({ code: 2, out: "" });
  });

  it("is the first said twice where there is no room for another", async () => {
    const data = await replayed();
    await fill(data, 2);
    expect(await fill(data, 2)).toMatchObject({ code: 0, lines: [{ type: "fill", quantity: 2, repeated: true }] });
    expect((await fill(data, 2, "--again", "2")).err).toContain("is already filled: 2 at 4799.25 of 3 recommended");
  });

  it("is not doubted where it is repeated with other notes, nor is its exit", async () => {
    const data = await replayed();
    const unlikely = (...more: readonly string[]) =>
      inProcess(
        ...["fill", "--data", data, "--recommendation", ID, "--price", "4700.00", "--quantity", "3", "--json"],
        ...more,
      );
    const first = await unlikely("--notes", "first words", "--confirm");
    expect(first.err).toContain("Note: ");
    const repeated = await unlikely("--notes", "other words");
    expect(repeated).toMatchObject({ code: 0, err: "It was recorded before: nothing has changed\n" });
    expect(repeated.lines).toEqual([{ ...first.lines[0], repeated: true }]);
    const closed = ["exit", "--data", data, "--recommendation", ID, "--price", "4790.00", "--reason", "target"];
    expect((await inProcess(...closed, "--confirm", "--json")).err).toContain("Note: ");
    const again = await inProcess(...closed, "--notes", "other words", "--json");
    expect(again).toMatchObject({ code: 0, err: "It was recorded before: nothing has changed\n" });
    expect(again.lines).toMatchObject([{ type: "exit", price: 4790, repeated: true }]);
  });

  it("is a further one at another price or quantity without a word more", async () => {
    const data = await replayed();
    await fill(data, 1);
    expect((await fill(data, 2)).code).toBe(0);
    expect(await quantity(data)).toBe(3);
  });

  it("is told apart from what was corrected since in the same way, while there is room for one", async () => {
    const data = await replayed();
    await fill(data, 1);
    await inProcess("amend", "--data", data, "--recommendation", ID, "--fill-price", "4799.5", "--why", "Misread");
    const again = await fill(data, 1);
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toBe(`${ID} was corrected since: 1 at 4799.50. If it is one more fill, add "--again 2"\n`);
    expect((await fill(data, 1, "--again", "2")).lines).toMatchObject([{ type: "fill", quantity: 1 }]);
    expect(await quantity(data)).toBe(2);
    await fill(data, 1, "--again", "3");
    expect((await fill(data, 1)).err).toBe(`${ID} was corrected since: 1 at 4799.50\n`);
  });

  it("counts as the same one after everything was taken back and recorded anew", async () => {
    const data = await replayed();
    await fill(data, 1);
    await inProcess("void", "--data", data, "--recommendation", ID, "--why", "Wrong account");
    expect((await fill(data, 1)).lines[0]).not.toHaveProperty("repeated");
    expect((await fill(data, 1)).err).toContain('add "--again 2"');
  });
});

describe("A quantity that is more than may be held", () => {
  it("is not recorded unless it is confirmed", async () => {
    const data = await replayed();
    const typo = await fill(data, 300);
    expect(typo).toMatchObject({ code: 1, out: "" });
    expect(typo.err).toMatch(
      /^Nothing was recorded\. 300 contracts are more than the 3 allowed\..* add "--confirm"\n$/,
    );
    expect(await quantity(data)).toBeUndefined();
    expect((await fill(data, 4, "--confirm")).lines).toMatchObject([{ type: "fill", quantity: 4 }]);
  });

  it("is not corrected to unless it is confirmed, and nothing of the command is recorded", async () => {
    const data = await replayed();
    await fill(data, 3);
    await exit(data);
    const typo = await amend(data, "--quantity", "300", "--exit-price", "4807.00");
    expect(typo).toMatchObject({ code: 1, out: "" });
    expect(typo.err).toContain("300 contracts are more than the 3 allowed");
    expect((await statistics(data))?.accounts).toMatchObject([{ trades: 1, netPnl: 3 * 395 }]);
    expect((await amend(data, "--quantity", "4", "--confirm")).code).toBe(0);
    expect((await statistics(data))?.accounts).toMatchObject([{ trades: 1, netPnl: 4 * 395 }]);
  });
});

describe("A price far from the signal, where nobody watched the market", () => {
  it("of a fill is recorded when it is confirmed, and not before", async () => {
    const data = await replayed();
    const typed = (...more: readonly string[]) =>
      inProcess(
        ...["fill", "--data", data, "--recommendation", ID, "--price", "4899.25", "--quantity", "1"],
        ...["--json", ...more],
      );
    const typo = await typed();
    expect(typo).toMatchObject({ code: 1, out: "" });
    expect(typo.err).toMatch(/^Nothing was recorded\. .*4899\.25.* add "--confirm"\n$/);
    expect(await quantity(data)).toBeUndefined();
    expect((await typed("--confirm")).lines).toMatchObject([{ type: "fill", price: 4899.25 }]);
    expect(await quantity(data)).toBe(1);
  });

  it("of an exit or a correction is recorded when it is confirmed, and not before", async () => {
    const data = await replayed();
    await fill(data, 1);
    expect(await exit(data, "4907.25")).toMatchObject({ code: 1, out: "" });
    expect((await exit(data)).code).toBe(0);
    const typo = await amend(data, "--exit-price", "4907.25");
    expect(typo).toMatchObject({ code: 1, out: "" });
    expect(typo.err).toMatch(/^Nothing was recorded\. .* add "--confirm"\n$/);
    expect((await amend(data, "--exit-price", "4907.25", "--confirm")).code).toBe(0);
  });
});

describe("A correction to a price that nothing can verify", () => {
  const evidence = async (data: string) => {
    const run = await Run.open({
      ...{ settings: undefined, mode: LIVE, kind: undefined, folder: data, sinks: [], log: linesLog(), wasm },
      readOnly: true,
    });
    await run.restore();
    await run.close();
    return run.engine.view().contexts.map((context) => context.evidence);
  };

  it("teaches nothing, as it is said", async () => {
    const data = await replayed();
    await fill(data, 1);
    await exit(data);
    expect(await evidence(data)).toEqual([1]);
    const amended = await amend(data, "--exit-price", "4907.25", "--confirm");
    expect(amended.err).toContain("Nothing here can verify 4907.25: it counts in the balance, not in learning");
    expect(amended.lines.at(-1)).toMatchObject({ type: "exit", unverified: true, learned: { trades: 0 } });
    expect(await evidence(data)).toEqual([0]);
  });

  it("of a fill takes its closed trade out of learning, too", async () => {
    const data = await replayed();
    await fill(data, 1);
    await exit(data);
    expect((await amend(data, "--fill-price", "4699.25", "--confirm")).lines.at(-1)).toMatchObject({
      type: "exit",
      unverified: true,
    });
    expect(await evidence(data)).toEqual([0]);
    const back = await amend(data, "--fill-price", "4799.25");
    expect(back.err).toContain("still counts in the balance and not in learning");
    expect(await evidence(data)).toEqual([0]);
  });

  it("is no matter of a correction that leaves the price as it is", async () => {
    const data = await replayed();
    await fill(data, 1);
    await exit(data);
    expect((await amend(data, "--reason", "time")).err).not.toContain("learning");
    expect(await evidence(data)).toEqual([1]);
  });
});

describe("An exit by hand", () => {
  it.each([
    { plan: [], against: undefined },
    { plan: ["--plan", "planned"], against: false },
    { plan: ["--plan", "override"], against: true },
  ])("says $plan of the plan", async ({ plan, against }) => {
    const data = await replayed();
    await fill(data, 1);
    const { lines } = await exit(data, "4807.25", ...plan);
    expect(lines).toMatchObject([{ type: "exit", reason: "manual" }]);
    expect(lines[0]?.override).toBe(against);
  });

  it("can be called planned afterwards", async () => {
    const data = await replayed();
    await fill(data, 1);
    await exit(data);
    const { lines } = await amend(data, "--plan", "planned");
    expect(lines.find(({ type }) => type === "exit")?.override).toBe(false);
  });
});

describe("A damaged journal", () => {
  /** Makes the record of that kind unreadable. */
  function lose(data: string, type: string): void {
    for (const name of readdirSync(join(data, "journal"))) {
      const path = join(data, "journal", name);
      const bytes = readFileSync(path);
      if (!parseJournal(bytes).records.some((record) => record.type === type)) continue;
      bytes.write("#", bytes.indexOf(`"type":"${type}"`));
      writeFileSync(path, bytes);
    }
  }

  it("is counted one way by all tables, and what is missing is said", async () => {
    const data = await replayed();
    await fill(data, 1);
    await exit(data);
    lose(data, "fill");
    const said = await inProcess("statistics", "--data", data, "--json");
    const [line] = said.lines;
    expect(said.err).toContain("is damaged");
    expect(line?.accounts).toMatchObject([{ trades: 0, netPnl: 0, startBalance: 2_000_000, balance: 2_000_000 }]);
    expect(line?.contexts).toEqual([]);
    const reason = `Does not count: the exit at 4807.25 of ${ID} (manual), because ${ID} has no recorded fill, so there is nothing to exit`;
    expect(line?.notCounted).toEqual([{ event: `exit:manual:${ID}`, reason }]);
    expect((await inProcess("statistics", "--data", data)).out).toContain(`${reason}\n`);
    expect((await inProcess("pending", "--data", data, "--json")).lines).toMatchObject([
      { type: "recommendation", id: ID },
      { type: "illegal", event: `exit:manual:${ID}`, reason },
    ]);
    expect((await inProcess("pending", "--data", data)).out).toContain(`${reason}\n`);
  });

  it("is said at the top of the review, which counts as the tables do", async () => {
    const data = await replayed();
    await fill(data, 1);
    await exit(data);
    const whole = (await inProcess("review", "--data", data)).out;
    expect(whole).toContain("| Closed trades | 1 (too few) |");
    expect(whole).not.toContain("not whole");
    lose(data, "fill");
    const { code, out } = await inProcess("review", "--data", data);
    expect(code).toBe(0);
    const top = out.slice(0, out.indexOf("## 1."));
    expect(top).toContain("**The records are not whole: the figures are of what is left.**");
    expect(top).toMatch(/^- The journal ".*" is damaged: /m);
    expect(top).toMatch(/^- Does not count: the exit at 4807\.25 /m);
    expect(out).not.toContain("| Closed trades | 1 ");
  });

  it("counts a trade by the fills that are left", async () => {
    const data = await replayed();
    await fill(data, 1);
    await fill(data, 2);
    await exit(data);
    const [first] = readdirSync(join(data, "journal")).slice(1);
    const path = join(data, "journal", first ?? "");
    const bytes = readFileSync(path);
    bytes.write("#", bytes.indexOf('"type":"fill"'));
    writeFileSync(path, bytes);
    const line = await statistics(data);
    const [account] = (line?.accounts ?? []) as { trades: number; netPnl: number; balance: number }[];
    expect(account?.trades).toBe(1);
    expect(account?.balance).toBe(2_000_000 + (account?.netPnl ?? 0));
    expect(JSON.stringify(line?.notCounted)).toContain("when it was recorded");
  });

  it("is the only thing that tables complain of", async () => {
    const data = join(root, "demo");
    await inProcess("demo", "--days", "20", "--seed", "1", "--paper", "--data", data);
    const line = await statistics(data);
    expect(line).toMatchObject({ accounts: [{ account: "manual" }, { account: "paper" }], notCounted: [] });
    expect((await inProcess("pending", "--data", data, "--json")).lines.map(({ type }) => type)).not.toContain(
      "illegal",
    );
  });
});

describe("trading_system.log", () => {
  it("is written by every command that writes", async () => {
    const data = await replayed();
    await fill(data, 1);
    await exit(data);
    await inProcess("pending", "--data", data);
    const text = readFileSync(join(data, "trading_system.log"), "utf8");
    const kinds = text
      .trimEnd()
      .split("\n")
      .map((line) => /INFO \S+ {2}(\w+)/.exec(line)?.[1]);
    expect(kinds).toEqual(["Signal", "BUY", "Filled", "WIN"]);
  });
});
