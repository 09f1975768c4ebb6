import { writeFileSync } from "node:fs";
import Mocha from "mocha";
import type { TestResult } from "./result.js";
import { register } from "./suites.js";

/**
 * Runs the in-host suite. VS Code calls this inside its extension host, in which the extension runs too.
 *
 * Each test goes on from what the one before it did, so the first failure ends the suite. The results go to the file that VSCODE_TEST_RESULT names: mocha's own report would reach the console unformatted.
 */
export async function run(): Promise<void> {
  const file = process.env.VSCODE_TEST_RESULT;
  if (file === undefined) throw new Error("VSCODE_TEST_RESULT names no file for the results");
  const mocha = new Mocha({ ui: "bdd", timeout: 300_000, reporter: "min", bail: true });
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  register(process.env.VSCODE_TEST_PART);

  const results: TestResult[] = [];
  const failures = await new Promise<number>((ended) => {
    const runner = mocha.run(ended);
    runner.on("pass", (test) => results.push({ title: test.fullTitle(), state: "passed" }));
    runner.on("pending", (test) => results.push({ title: test.fullTitle(), state: "skipped" }));
    runner.on("fail", (test, error: Error) => {
      results.push({ title: test.fullTitle(), state: "failed", error: error.stack ?? error.message });
    });
  });
  writeFileSync(file, JSON.stringify(results));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
