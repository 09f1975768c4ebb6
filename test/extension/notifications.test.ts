import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineOutput } from "../../src/core/events.js";
import { Notifications } from "../../src/extension/notifications.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { EventEmitter, fake } from "../support/fakeVscode.js";
import { fill, recommendation } from "../support/outputs.js";
import { standing } from "./support.js";

const outputs = new EventEmitter<EngineOutput>();
let notifications: Notifications;

beforeEach(() => {
  fake.reset();
  vi.useFakeTimers();
  const workbench = { onDidOutput: outputs.event, standing: () => standing({ market: "demo" }) };
  notifications = new Notifications(workbench as unknown as Workbench);
});

afterEach(() => {
  notifications.dispose();
  vi.useRealTimers();
});

const texts = () => fake.messages.map(({ text }) => text);

describe("A signal", () => {
  it("is announced once, with what can be done about it, and marked as simulated", () => {
    outputs.fire(recommendation());
    outputs.fire(recommendation());
    vi.advanceTimersByTime(60_000);
    outputs.fire(recommendation());
    expect(fake.messages).toEqual([
      {
        severity: "information",
        text: "Simulated: BUY 2 ES JUN25 @ 6010.75, stop 5995.25, target 6041.25",
        modal: false,
        actions: ["Record Fill", "Skip", "Details"],
      },
    ]);
  });

  it("is one of a burst when it follows another closely: the rest are told together", () => {
    for (const id of ["a", "b", "c"]) outputs.fire(recommendation({ id }));
    expect(texts()).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(texts().slice(1)).toEqual(["2 more signals arrived"]);
    outputs.fire(recommendation({ id: "d" }));
    expect(texts()).toHaveLength(3);
  });

  it.each([
    ["Record Fill", ["volumeCluster.recordFill", "a"]],
    ["Skip", ["volumeCluster.recordFill", "a", "skip"]],
    ["Details", ["volumeCluster.openPerformance"]],
  ])("opens a conversation on %s and records nothing by itself", async (answer, command) => {
    fake.answers = [answer];
    outputs.fire(recommendation({ id: "a" }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.executed).toEqual([command]);
  });

  it("does nothing when its message is closed", async () => {
    fake.answers = [undefined];
    outputs.fire(recommendation({ id: "a" }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.executed).toEqual([]);
  });

  it("is the only thing that is announced", () => {
    outputs.fire(fill({ account: "manual" }));
    expect(texts()).toEqual([]);
  });
});
