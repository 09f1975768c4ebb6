import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";
import { Program } from "./program.js";

let program: Program;
let data: string;

beforeAll(async () => {
  program = await Program.build();
  data = program.path("demo");
  const played = await inProcess("demo", "--seed", "3", "--days", "20", "--paper", "--data", data, "--json");
  expect(played.code).toBe(0);
});
afterAll(() => program.remove());

describe("The weekly review in the terminal", () => {
  it("is Markdown of the last week, marked as simulated, the same bytes each time", async () => {
    const first = await inProcess("review", "--data", data);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^# Weekly review, 2025-01-27 to 2025-02-02\n\n\*\*Simulated: /);
    expect(first.out.match(/^## \d\. /gm)).toHaveLength(9);
    expect((await inProcess("review", "--data", data)).out).toBe(first.out);
  });

  it("counts the week's closed trades as the run's own lines do", async () => {
    const { lines } = await inProcess("demo", "--seed", "3", "--days", "20", "--paper", "--json");
    const exits = lines.filter(
      ({ type, time }) => type === "exit" && String(time) >= "2025-01-13" && String(time) < "2025-01-20",
    );
    const { out } = await inProcess("review", "--data", data, "--week", "2025-01-15");
    expect(out).toContain(`| Closed trades | ${exits.length} (too few) |`);
    const net = exits.reduce((sum, line) => sum + Number(line.netPnl), 0);
    expect(out).toContain(`| Total P&L | ${net < 0 ? "-" : "+"}$${Math.abs(net).toFixed(2)} |`);
  });

  it("sums up a day as the run's own lines do, and refuses what is no day, or a week and a day at once", async () => {
    const { lines } = await inProcess("demo", "--seed", "3", "--days", "20", "--paper", "--json");
    const last = lines.findLast(({ type }) => type === "exit");
    const day = String(last?.time).slice(0, 10);
    const exits = lines.filter(({ type, time }) => type === "exit" && String(time).startsWith(day));
    const { out } = await inProcess("review", "--data", data, "--day", day);
    expect(out).toMatch(new RegExp(`^# Daily summary, ${day}\n\n\\*\\*Simulated: `));
    expect(out).toContain(`| Closed trades | ${exits.length} (too few) |`);
    const net = exits.reduce((sum, line) => sum + Number(line.netPnl), 0);
    expect(out).toContain(`| Total P&L | ${net < 0 ? "-" : "+"}$${Math.abs(net).toFixed(2)} |`);
    expect(await inProcess("review", "--data", data, "--day", "today")).toMatchObject({ code: 2, out: "" });
    const both = await inProcess("review", "--data", data, "--day", day, "--week", day);
    expect(both).toMatchObject({ code: 2, out: "" });
  });

  it("leaves the fun facts out on demand, and refuses what is no date", async () => {
    const plain = await inProcess("review", "--data", data, "--no-fun");
    expect(plain.out).not.toContain("Fun facts");
    const wrong = await inProcess("review", "--data", data, "--week", "2025-02-30");
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.err).toContain('"--week 2025-02-30" is not a date');
  });
});
