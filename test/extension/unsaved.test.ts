import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Log } from "../../src/app/log.js";
import { recordExit } from "../../src/extension/recordExit.js";
import { recordFill } from "../../src/extension/recordFill.js";
import { StatusBar } from "../../src/extension/statusBar.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { Store } from "../../src/store/store.js";
import { fake } from "../support/fakeVscode.js";
import { SILENT, snoozeIn, workbenchWithSignal } from "./support.js";

let folder = "";
let workbench: Workbench;

beforeEach(async () => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), "unsaved-"));
  workbench = await workbenchWithSignal(folder);
  const bar = new StatusBar(workbench, snoozeIn());
  return async () => {
    bar.dispose();
    await workbench.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
});

/** Nothing can be written into the journal, until `heal`. */
function hurt(): void {
  renameSync(join(folder, "journal"), join(folder, "elsewhere"));
  writeFileSync(join(folder, "journal"), "");
}

function heal(): void {
  rmSync(join(folder, "journal"));
  renameSync(join(folder, "elsewhere"), join(folder, "journal"));
}

/** What a later window finds of the user's. */
async function onDisk(): Promise<readonly string[]> {
  const wasm = () => Promise.reject(new Error("no database is needed"));
  const options = { folder, kind: "demo", appVersion: "0.1.0", wasm, log: SILENT, readOnly: true } as const;
  const store = await Store.open(options);
  const { outputs } = store;
  await store.close();
  return outputs.flatMap((output) => ("account" in output && output.account === "manual" ? [output.type] : []));
}

async function fillUnsaved(): Promise<string> {
  const [pending] = workbench.view().pending;
  hurt();
  fake.answers = [undefined];
  const flow = recordFill(workbench);
  const box = await fake.nextBox();
  box.type(`${box.value} with a note`);
  box.enter();
  await flow;
  return pending?.id ?? "";
}

const bar = () => fake.statusItems.at(-1);
const errors = () => fake.messages.filter(({ severity }) => severity === "error").map(({ text }) => text);

describe("A record that was left unsaved", () => {
  it("stays in the status bar until it is saved", async () => {
    await fillUnsaved();
    expect(workbench.standing().unsaved).toBe(1);
    expect(bar()?.text).toBe("$(error) Demo: not saved: 1");
    expect(bar()?.tooltip?.value).toContain("Not saved: 1\\. Record Fill and Record Exit try it again first");
    expect([bar()?.backgroundColor?.id, bar()?.command]).toEqual([
      "statusBarItem.errorBackground",
      "volumeCluster.recordFill",
    ]);
    heal();
    await workbench.saveAgain();
    expect(workbench.standing().unsaved).toBe(0);
    expect(bar()?.text).not.toContain("not saved");
    expect(await onDisk()).toContain("fill");
  });

  it.each([
    { name: "Record Fill", record: recordFill },
    { name: "Record Exit", record: recordExit },
  ])("is tried again by $name before anything new is recorded", async ({ record }) => {
    const id = await fillUnsaved();
    expect(workbench.drafts.get(id)).toMatch(/ with a note$/);
    fake.answers = ["Copy", "Retry", undefined];
    fake.messages.length = 0;
    await record(workbench);
    const told = expect.stringMatching(/^NOT SAVED: Fill (BUY|SHORT) \d MES DEC25 @ /);
    expect(errors()).toEqual([told, told, told]);
    expect([fake.boxes.length, workbench.standing().unsaved]).toEqual([1, 1]);
    expect(fake.clipboard).toMatch(/^Fill (BUY|SHORT) /);
    heal();
    fake.answers = ["Retry"];
    const flow = record(workbench);
    if (record === recordExit) (await fake.nextBox()).hide();
    await flow;
    expect(fake.statusMessages).toEqual([expect.stringMatching(/^\$\(check\) Saved: Fill (BUY|SHORT) /)]);
    expect([workbench.standing().unsaved, workbench.drafts.get(id)]).toEqual([0, undefined]);
    expect(await onDisk()).toContain("fill");
  });

  it("is saved with the next record, and the log says so", async () => {
    const lines: string[] = [];
    const add = (line: string) => void lines.push(line);
    Object.assign(workbench.log, { info: add, error: add } satisfies Partial<Log>);
    const id = await fillUnsaved();
    heal();
    const [position] = workbench.view().open;
    await workbench.record({
      ...{ type: "account", kind: "exit", id: "exit", account: "manual", recommendation: id, reason: "manual" },
      ...{ time: workbench.answerTime(), price: position?.entryPrice as never },
    } as never);
    expect(await onDisk()).toEqual(expect.arrayContaining(["fill", "exit"]));
    expect(lines.filter((line) => /^(Not saved|Saved): Fill/.test(line)).map((line) => line.split(":")[0])).toEqual([
      "Not saved",
      "Saved",
    ]);
    Object.assign(workbench.log, SILENT);
  });

  it("is not lost by another start: that one fails until it is saved", async () => {
    await fillUnsaved();
    await workbench.stop();
    await expect(workbench.start({ market: "demo" })).rejects.toThrow(/^NOT SAVED/);
    expect(workbench.standing().unsaved).toBe(1);
    heal();
    await workbench.start({ market: "demo" });
    expect(await onDisk()).toContain("fill");
  });
});
