import { beforeEach, describe, expect, it } from "vitest";
import { Pipeline } from "../../src/app/pipeline.js";
import { recordFill } from "../../src/extension/recordFill.js";
import { save } from "../../src/extension/save.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { fake } from "../support/fakeVscode.js";
import { workbenchWithSignal } from "./support.js";

let workbench: Workbench;

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  return () => workbench.close();
});

describe("A record that cannot be kept", () => {
  it("says NOT SAVED, copies the record on request, and tries again", async () => {
    const [pending] = workbench.view().pending;
    const record = workbench.record.bind(workbench);
    let failures = 1;
    workbench.record = (event) => (failures-- > 0 ? Promise.reject(new Error("The disk is full")) : record(event));
    fake.answers = ["Copy", "Retry"];
    const flow = recordFill(workbench, pending?.id);
    (await fake.nextBox()).enter();
    await flow;
    expect(fake.messages.map(({ severity, text }) => `${severity}: ${text}`)).toEqual(
      Array(2).fill(expect.stringMatching(/^error: NOT SAVED: Fill (BUY|SHORT) \d MES DEC25 @ .*\. The disk is full$/)),
    );
    expect(fake.clipboard).toMatch(/^Fill (BUY|SHORT) \d MES DEC25 @ /);
    expect(fake.statusMessages).toHaveLength(1);
    expect(workbench.view().pending).toEqual([]);
  });

  it("is not called saved when the user gives up, and the draft stays", async () => {
    const [pending] = workbench.view().pending;
    workbench.record = () => Promise.reject(new Error("The disk is full"));
    fake.answers = [undefined];
    const flow = recordFill(workbench, pending?.id);
    const box = await fake.nextBox();
    box.type(`${box.value} with a note`);
    box.enter();
    await flow;
    expect(fake.statusMessages).toEqual([]);
    expect(workbench.drafts.get(pending?.id ?? "")).toMatch(/ with a note$/);
  });

  it("is an error when the engine refuses it", async () => {
    const event = {
      type: "account",
      kind: "exit",
      id: "an exit of nothing",
      account: "manual",
      recommendation: "MESZ5-20250101T000000Z-BUY",
      time: workbench.answerTime(),
      price: 24_000 as never,
      reason: "manual",
    } as const;
    await expect(save(workbench, event, "Exit")).rejects.toThrow(/./);
    expect(fake.statusMessages).toEqual([]);
  });
});

describe("The pipeline, after a write that failed", () => {
  it("keeps what the engine made the next time, and shows it once", async () => {
    const made = [{ type: "illegal", event: "e", reason: "r" }] as const;
    const engine = { process: (event: unknown) => (event === "first" ? made : []) };
    const kept: unknown[] = [];
    let failures = 1;
    const keep = async (outputs: readonly never[]) => {
      if (failures-- > 0) throw new Error("The disk is full");
      kept.push(...outputs);
      return outputs;
    };
    const shown: unknown[] = [];
    const pipeline = new Pipeline(engine as never, { keep } as never, [(output) => shown.push(output)]);
    await expect(pipeline.dispatch("first" as never)).rejects.toThrow("The disk is full");
    expect(await pipeline.dispatch("again" as never)).toEqual(made);
    expect(await pipeline.dispatch("again" as never)).toEqual([]);
    expect([kept, shown]).toEqual([[...made], [...made]]);
  });
});
