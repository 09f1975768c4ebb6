import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { finished, type Line, Program } from "./program.js";

let program: Program;
beforeAll(async () => {
  program = await Program.build();
});
afterAll(() => program.remove());

it("A running demo sees the fill of another terminal, runs once, and stops at the file HALT", async () => {
  const data = program.path("data");
  const demo = program.start("demo", "--seed", "1", "--speed", "3000", "--data", data, "--json");
  const end = finished(demo);
  const lines: Line[] = [];
  if (demo.stdout === null) throw new Error("The demo has no output");
  for await (const text of createInterface({ input: demo.stdout })) {
    const line: Line = JSON.parse(text);
    lines.push(line);
    const isFirst = lines.filter(({ type }) => type === line.type).length === 1;
    if (line.type === "recommendation" && isFirst) {
      const said = [
        "--recommendation",
        String(line.id),
        "--price",
        String(line.price),
        "--quantity",
        String(line.quantity),
      ];
      const fill = spawnSync(process.execPath, [program.path("dist/cli.mjs"), "fill", "--data", data, ...said]);
      expect(fill.status, fill.stderr.toString()).toBe(0);
      const second = spawnSync(process.execPath, [program.path("dist/cli.mjs"), "demo", "--seed", "1", "--data", data]);
      expect(second.status).toBe(1);
      expect(second.stdout.toString()).toBe("");
      // Nothing is said of a market that it does not play.
      expect(second.stderr.toString()).toMatch(
        /^The feed of ".*" runs in another window already \(process \d+, since .*\)\. Stop it there.*\n$/,
      );
    }
    if (line.type === "fill") writeFileSync(join(data, "HALT"), "Margin call");
    if (line.type === "kill") demo.kill("SIGTERM");
  }
  expect((await end).code).toBe(143);
  expect(lines.find(({ type }) => type === "fill")).toMatchObject({ account: "manual" });
  expect(lines.find(({ type }) => type === "kill")).toMatchObject({ reason: "Margin call" });
  expect(lines.at(-1)).toMatchObject({ type: "summary", openPositions: 1 });
});
