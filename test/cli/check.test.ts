import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function settings(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("volume-cluster check", () => {
  it("says what the defaults imply, a line for each question", async () => {
    const { code, out, err } = await inProcess("check");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(
      "warn  A full stop: One full ES stop of 15.50 points costs $792.50 with slippage and commission: 5.28 % of $15,000.00, which trips the 5 % emergency stop\n",
    );
    expect(out).toMatch(/^ok {4}Hours of signals: Signals come from 09:51 until 15:45 New York/m);
    for (const line of out.trimEnd().split("\n")) expect(line).toMatch(/^(ok|warn|stop) +[A-Z][^:]+: /);
  });

  it("gives programs one JSON line each", async () => {
    const { code, out, lines } = await inProcess("check", "--json");
    expect(code).toBe(0);
    expect(lines).toHaveLength(out.trimEnd().split("\n").length);
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(["type", "level", "title", "text"]);
      expect(line.type).toBe("check");
    }
    expect(lines.map((line) => line.title)).toContain("Calendar");
  });

  it("takes a file, and fails with the reason where no signal could be traded", async () => {
    const file = settings("strict.json", '{"risk.enforceRiskBudget": true}');
    const { code, out, err } = await inProcess("check", "--settings", file);
    expect(code).toBe(1);
    expect(out).toMatch(/^stop {2}Size of a first signal: 0 ES contracts/m);
    expect(err).toMatch(
      /^No signal can be traded\. Size of a first signal: 0 ES contracts .*MES: 2 contracts = 1\.33 %\n$/,
    );
    const small = settings("mes.json", '{"risk.enforceRiskBudget": true, "contract.instrument": "MES"}');
    expect((await inProcess("check", "--settings", small)).code).toBe(0);
  });

  it("names a key that the file has twice", async () => {
    const file = settings("twice.json", '{"paper.startBalance": 15000, "paper.startBalance": 50000}');
    const { code, out, err } = await inProcess("check", "--settings", file);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(`Setting "paper.startBalance" is given twice in ${file}: keep one\n`);
  });

  it("takes no file to read but the settings", async () => {
    expect(await inProcess("check", "x.dbn")).toMatchObject({ code: 2, out: "" });
  });
});
