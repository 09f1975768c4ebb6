import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { killEvent } from "../../src/app/resets.js";
import { LiveDay, liveRun, PAPER_AUTO } from "../app/liveDay.js";
import { inProcess } from "./inProcess.js";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "reset-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** A data folder in which the user stopped everything. */
async function stopped(): Promise<void> {
  const run = await liveRun(data, PAPER_AUTO);
  await run.dispatch(killEvent("The news", new LiveDay("2025-06-09").at(0)));
  await run.close();
}

const reset = (account: string, ...more: readonly string[]) =>
  inProcess("reset", "--data", data, "--account", account, ...more);

describe("reset", () => {
  it("lets each account trade again, once, and keeps why", async () => {
    await stopped();
    const manual = await reset("manual", "--reason", "It has calmed down", "--json");
    expect(manual).toMatchObject({ code: 0, err: "" });
    expect(manual.lines).toEqual([
      { type: "haltEnded", account: "manual", time: "2026-01-02T15:00:00.000000Z", reason: "It has calmed down" },
    ]);
    const again = await reset("manual", "--reason", "It has calmed down");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toBe("Your account is not halted: there is nothing to reset\n");
    expect((await reset("paper", "--reason", "Checked")).out).toBe(
      "2026-01-02T10:00:00  Halt of paper ended: Checked\n",
    );
    const run = await liveRun(data, PAPER_AUTO);
    await run.restore();
    expect(run.engine.view().accounts.map(({ halted }) => halted)).toEqual([false]);
    await run.close();
  });

  it("wants the file HALT removed first", async () => {
    await stopped();
    writeFileSync(join(data, "HALT"), "Margin call");
    expect(await reset("manual", "--reason", "x")).toMatchObject({
      code: 1,
      out: "",
      err: `"${data}" holds the file "HALT", which stops everything: remove it, then reset\n`,
    });
    rmSync(join(data, "HALT"));
    expect(await reset("manual", "--reason", "x")).toMatchObject({ code: 0 });
  });

  it.each([
    { args: ["--account", "manual"], code: 2, says: '"--reason" is missing' },
    { args: ["--account", "manual", "--reason", ""], code: 2, says: '"--reason" is missing' },
    { args: ["--account", "manual", "--reason", " "], code: 2, says: "Say in a few words why" },
    { args: ["--account", "mine", "--reason", "x"], code: 2, says: "must be one of manual, paper" },
    { args: ["--reason", "x"], code: 2, says: '"--account" is missing' },
  ])("with $args has exit code $code", async ({ args, code, says }) => {
    await stopped();
    const said = await inProcess("reset", "--data", data, ...args);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(says);
  });

  it("says that an account is not halted, and which folder is missing", async () => {
    const run = await liveRun(data, PAPER_AUTO);
    await run.setMeta("something", 1);
    await run.close();
    expect((await reset("paper", "--reason", "x")).err).toContain("The paper account is not halted");
    const missing = await inProcess("reset", "--data", join(data, "no"), "--account", "paper", "--reason", "x");
    expect(missing).toMatchObject({ code: 1, out: "" });
  });
});
