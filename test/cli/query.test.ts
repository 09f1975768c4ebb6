import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "query-"));
  await inProcess("demo", "--seed", "3", "--days", "6", "--paper", "--data", root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("query", () => {
  it("prints aligned text, or one JSON line", async () => {
    const text = "SELECT source, COUNT(*) AS trades FROM context_performance GROUP BY source";
    const said = await inProcess("query", text, "--data", root);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/^source {2}trades\n-{6} {2}-{6}\npaper {7,}\d+\n\(1 row\)\n$/);
    const json = await inProcess("query", text, "--data", root, "--json");
    expect(json.lines).toMatchObject([{ type: "query", columns: ["source", "trades"], truncated: false }]);
    const infinite = await inProcess("query", "SELECT 1e999 AS x", "--data", root, "--json");
    expect(infinite.lines).toMatchObject([{ rows: [["Infinity"]] }]);
    const limited = await inProcess("query", "SELECT * FROM context_performance", "--data", root, "--limit", "1");
    expect(limited.out).toContain("(the first 1 rows; there are more)\n");
  });

  it.each([
    { args: [], code: 2, says: "Say what to select" },
    { args: ["SELECT", "1"], code: 2, says: "put the SQL in quotes" },
    { args: ["SELECT 1", "--limit", "0"], code: 2, says: "must be a whole number" },
    { args: ["DELETE FROM meta"], code: 1, says: "The query failed: DELETE is not possible here" },
  ])("with $args has exit code $code", async ({ args, code, says }) => {
    const said = await inProcess("query", ...args, "--data", root);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(says);
  });
});
