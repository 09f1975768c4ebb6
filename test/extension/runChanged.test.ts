import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { report } from "../../src/extension/commands.js";
import { recordExit } from "../../src/extension/recordExit.js";
import { recordFill } from "../../src/extension/recordFill.js";
import { Workbench } from "../../src/extension/workbench.js";
import { fake } from "../support/fakeVscode.js";
import { hostIn, SILENT, workbenchWithSignal } from "./support.js";

const CHANGED = "The run was changed or opened anew meanwhile: nothing is recorded into the one at hand. Begin again";

let workbench: Workbench;

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  return () => workbench.close();
});

/** The same market from its begin: the same ids, another history. */
async function another(): Promise<void> {
  const number = workbench.runNumber;
  await workbench.stop();
  await workbench.start({ market: "demo" });
  await expect.poll(() => workbench.view().pending.length).toBe(1);
  expect(workbench.runNumber).toBe(number + 1);
}

const recorded = () =>
  workbench
    .outputs()
    .filter((output) => "account" in output && output.account === "manual" && output.type !== "recommendation");
const command = (flow: () => Promise<void>) => report({ error: () => undefined } as never, flow);

describe("An answer that was begun in another run", () => {
  it("of a fill is not recorded, the box says so, and the draft stays", async () => {
    const id = workbench.view().pending[0]?.id ?? "";
    const flow = recordFill(workbench);
    const box = await fake.nextBox();
    box.type("1@.50 at once");
    await another();
    expect(workbench.view().pending[0]?.id).toBe(id);
    box.enter();
    expect(box.said()).toBe(CHANGED);
    expect([box.visible, box.value, recorded()]).toEqual([true, "1@.50 at once", []]);
    box.hide();
    await flow;
    expect(workbench.drafts.get(id)).toBe("1@.50 at once");
  });

  it("of a fill that is not executed is not recorded either", async () => {
    const flow = command(() => recordFill(workbench, workbench.view().pending[0]?.id, "skip"));
    const list = await fake.nextBox();
    await another();
    list.choose("Too late");
    await flow;
    expect([fake.messages.map(({ text }) => text), recorded()]).toEqual([[CHANGED], []]);
  });

  it("of an exit is not recorded, and the draft stays", async () => {
    const fill = recordFill(workbench);
    (await fake.nextBox()).enter();
    await fill;
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    box.type("+1t");
    await another();
    const again = recordFill(workbench);
    (await fake.nextBox()).enter();
    await again;
    const before = recorded().length;
    box.enter();
    expect(box.said()).toBe(CHANGED);
    box.hide();
    await flow;
    expect(recorded()).toHaveLength(before);
    expect(workbench.drafts.size).toBe(1);
  });

  it("is not tried again into the other run after it could not be saved", async () => {
    const record = workbench.record.bind(workbench);
    let retry: (answer: string) => void = () => undefined;
    const answered = new Promise<string>((resolve) => {
      retry = resolve;
    });
    fake.answers = [answered as never];
    const id = workbench.view().pending[0]?.id ?? "";
    workbench.record = () => Promise.reject(new Error("The disk is full"));
    const flow = command(() => recordFill(workbench));
    const box = await fake.nextBox();
    box.type("1@.50 at once");
    box.enter();
    await expect.poll(() => fake.messages.length).toBe(1);
    workbench.record = record;
    await another();
    retry("Retry");
    await flow;
    expect(fake.messages.map(({ text }) => text)).toEqual([expect.stringMatching(/^NOT SAVED/), CHANGED]);
    expect(recorded()).toEqual([]);
    expect(workbench.drafts.get(id)).toBe("1@.50 at once");
  });
});

describe("A draft", () => {
  it("outlasts a reload of the window, and its record ends it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "draft-"));
    const host = hostIn(folder);
    host.runs.set([{ market: "demo", folder, waiting: 0 }]);
    const earlier = await workbenchWithSignal(folder);
    const id = earlier.view().pending[0]?.id ?? "";
    await earlier.close();
    const before = new Workbench(() => host, SILENT);
    const flow = recordFill(before, id);
    const box = await fake.nextBox();
    box.type("1@.50 at on");
    await before.close();
    const after = new Workbench(() => host, SILENT);
    const again = recordFill(after, id);
    const later = await fake.nextBox();
    expect(later.value).toBe("1@.50 at on");
    later.enter();
    await again;
    box.hide();
    await flow;
    await after.close();
    const last = new Workbench(() => host, SILENT);
    await last.restore();
    expect([last.drafts.get(id), host.drafts.get()]).toEqual([undefined, []]);
    await last.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([undefined, null, "text", [null, 1, { folder: 1 }, { folder: "", about: "a" }]])(
    "is none where the window remembers %j",
    (stored) => {
      const host = { ...hostIn(""), drafts: { get: () => stored, set: () => undefined } };
      expect(new Workbench(() => host, SILENT).drafts.size).toBe(0);
    },
  );

  it("is forgotten when fifty newer ones are there", () => {
    const host = hostIn("");
    const { drafts } = new Workbench(() => host, SILENT);
    for (let count = 0; count < 60; count += 1) drafts.set(`${count}`, "text");
    const later = new Workbench(() => host, SILENT).drafts;
    expect([later.size, later.get("9"), later.get("10")]).toEqual([50, undefined, "text"]);
  });
});
