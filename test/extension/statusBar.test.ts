import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StatusBar } from "../../src/extension/statusBar.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { fake } from "../support/fakeVscode.js";
import { snoozeIn, workbenchWithSignal } from "./support.js";

let workbench: Workbench;

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
});

afterEach(async () => {
  vi.useRealTimers();
  await workbench.close();
});

describe("StatusBar", () => {
  it("counts a signal down once a second, warns in its last 10 s, and has no timer afterwards", () => {
    const bar = new StatusBar(workbench, snoozeIn());
    const [item] = fake.statusItems;
    expect(item?.id).toBe("volumeCluster.status");
    expect(item?.text).toMatch(/^\$\(bell-dot\) Demo: (BUY|SHORT) \d MES DEC25 @ \d+\.\d\d · (30|29) s$/);
    vi.advanceTimersByTime(15_000);
    expect(item?.text).toMatch(/ · 1[45] s$/);
    expect(item?.backgroundColor).toBeUndefined();
    vi.advanceTimersByTime(7000);
    expect(item?.text).toMatch(/ · [78] s$/);
    expect(item?.backgroundColor?.id).toBe("statusBarItem.warningBackground");
    vi.advanceTimersByTime(9000);
    expect(item?.text).toMatch(/ · late$/);
    expect(item?.backgroundColor).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
    bar.dispose();
  });

  it("shows values in its tooltip as text, never as links or markup", () => {
    const bar = new StatusBar(workbench, snoozeIn());
    const tooltip = fake.statusItems[0]?.tooltip;
    expect(tooltip?.isTrusted).toBe(false);
    expect(tooltip?.supportHtml).toBe(false);
    expect(tooltip?.value).toMatch(/Stop \d+\\\.\d\d/);
    bar.dispose();
  });

  it("leaves no timer behind", () => {
    new StatusBar(workbench, snoozeIn()).dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
