import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Views } from "../../../src/extension/views/views.js";
import { Weeks } from "../../../src/extension/weeks.js";
import { Workbench } from "../../../src/extension/workbench.js";
import { commands, FakeSecrets, type FakeTree, fake } from "../../support/fakeVscode.js";
import { hostIn, keyIn, SILENT, workbenchWithSignal } from "../support.js";

const MANIFEST = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

/** As much of a row in the tree as is looked at. */
interface Item {
  readonly label: string;
  readonly command?: { readonly command: string; readonly arguments: readonly unknown[] };
}

let workbench: Workbench;
let views: Views;
let kept: Map<string, unknown>;

const tree = (name: string) => fake.trees.find(({ id }) => id === `volumeCluster.${name}`) as FakeTree;
const settled = () => new Promise((resolve) => setImmediate(resolve));

function open(): Views {
  const memory = {
    get: (key: string) => kept.get(key),
    update: async (key: string, value: unknown) => void kept.set(key, value),
  };
  const sounds = { standing: async () => ({ works: true, words: "played by paplay" }) };
  return new Views({
    workbench,
    memory: memory as never,
    key: keyIn(new FakeSecrets()),
    sounds,
    weeks: new Weeks(memory as never),
  });
}

beforeEach(async () => {
  fake.reset();
  kept = new Map();
  workbench = await workbenchWithSignal();
  views = open();
});
afterEach(async () => {
  views.dispose();
  await workbench.close();
});

describe("The views", () => {
  it("are those of the manifest", () => {
    const declared = MANIFEST.contributes.views.volumeCluster.map(({ id }: { id: string }) => id);
    expect(fake.trees.map(({ id }) => id)).toEqual(declared);
  });

  it("badge what waits without anybody looking, and lead to its record", async () => {
    expect(tree("pending").badge).toEqual({ value: 1, tooltip: "1 to record" });
    expect(tree("pending").drawn).toBe(0);
    const [group] = await tree("pending").provider.getChildren();
    const [item] = await tree("pending").items(group);
    expect(item).toMatchObject({
      command: { command: "volumeCluster.recordFill", arguments: [workbench.view().pending[0]?.id] },
      contextValue: "pending",
    });
  });

  it("draw again only when something has changed", async () => {
    const contexts = tree("contexts");
    await contexts.items();
    contexts.look();
    await settled();
    expect(contexts.drawn).toBe(0);
    const pending = tree("pending");
    await pending.items();
    const id = workbench.view().pending[0]?.id ?? "";
    pending.look();
    await workbench.record({
      type: "account",
      kind: "decision",
      id: "d",
      account: "manual",
      recommendation: id,
      time: workbench.answerTime(),
      answer: "not_executed",
      reason: "late",
    });
    await expect.poll(() => pending.drawn).toBeGreaterThan(0);
    expect(pending.badge).toBeUndefined();
  });

  it("go on with the phase of the day by themselves while somebody looks", async () => {
    views.dispose();
    fake.reset();
    vi.useFakeTimers({ now: new Date("2023-12-26T14:29:57Z"), toFake: ["Date", "setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await workbench.close();
    const host = hostIn("");
    workbench = new Workbench(() => host, SILENT);
    views = open();
    const today = tree("today");
    today.look();
    const phase = async () => (await today.items())[0]?.label;
    await settled();
    expect(await phase()).toBe("Pre-market");
    await vi.advanceTimersByTimeAsync(3000);
    await expect.poll(phase).toBe("Session");
  });

  it("keep a tick for its trading day, by its box or by Enter on its row", async () => {
    const today = tree("today");
    today.look();
    const rows = (await today.provider.getChildren()) as { id: string; children?: { id: string; label: string }[] }[];
    const checklist = rows.find(({ id }) => id === "checklist");
    const broker = checklist?.children?.find(({ id }) => id === "manual:broker");
    today.tick(broker, 1);
    await expect.poll(() => kept.get("volumeCluster.checklist")).toMatchObject({ ids: ["broker"] });
    today.tick(broker, 0);
    await expect.poll(() => kept.get("volumeCluster.checklist")).toMatchObject({ ids: [] });
    const { command } = (await today.items({ ...checklist })).find(({ label }) => label === broker?.label) as Item;
    await commands.executeCommand(command?.command ?? "", ...(command?.arguments ?? []));
    await expect.poll(() => kept.get("volumeCluster.checklist")).toMatchObject({ ids: ["broker"] });
    await expect.poll(() => today.description).toMatch(/^\d+\/\d+ ready$/);
  });

  it("name the demo's own contract where the checklist speaks of the roll", async () => {
    const today = tree("today");
    today.look();
    const rows = (await today.provider.getChildren()) as {
      id: string;
      children?: { id: string; description?: string }[];
    }[];
    const checklist = rows.find(({ id }) => id === "checklist");
    const roll = checklist?.children?.find(({ id }) => id === "health:Roll");
    const contract = workbench.view().pending[0]?.instrument.label;
    expect([workbench.standing().market, roll?.description]).toEqual([
      "demo",
      `${contract} for as long as it runs: the demo does not roll`,
    ]);
  });

  it("name what is wrong with the settings in the place of the checklist", async () => {
    (workbench.host().settings as Record<string, unknown>)["detector.volumeThreshold"] = -1;
    const today = tree("today");
    expect((await today.items())[0]?.label).toBe("The settings are wrong");
  });
});
