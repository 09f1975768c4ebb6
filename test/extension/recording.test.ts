import { beforeEach, describe, expect, it } from "vitest";
import { recordExit } from "../../src/extension/recordExit.js";
import { recordFill } from "../../src/extension/recordFill.js";
import { showPendingTrades } from "../../src/extension/showPending.js";
import { manualPositions } from "../../src/extension/standing.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { fake } from "../support/fakeVscode.js";
import { workbenchWithSignal } from "./support.js";

let workbench: Workbench;
let id = "";
let ticketText = "";

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  const pending = workbench.view().pending.at(-1);
  id = pending?.id ?? "";
  ticketText = `${pending?.quantity} @ ${((pending?.price ?? 0) * 0.25).toFixed(2)}`;
  return () => workbench.close();
});

/** Fills as recommended. */
async function fillIt(): Promise<void> {
  const flow = recordFill(workbench, id);
  (await fake.nextBox()).enter();
  await flow;
}

describe("Record Fill", () => {
  it("takes two Enters: the newest recommendation, as recommended", async () => {
    const flow = recordFill(workbench);
    const which = await fake.nextBox();
    expect([which.title, which.step, which.totalSteps, which.ignoreFocusOut]).toEqual(["Record Fill", 1, 2, true]);
    expect(which.labels()[0]).toMatch(/^\$\(check\) Filled: (BUY|SHORT) \d MES DEC25 @ /);
    which.enter();
    const what = await fake.nextBox();
    expect([what.value, what.said(), what.ignoreFocusOut]).toEqual([ticketText, undefined, true]);
    what.enter();
    await flow;
    expect(manualPositions(workbench.standing()).map((position) => position.recommendation.id)).toEqual([id]);
    expect(fake.statusMessages).toHaveLength(1);
    expect(fake.statusMessages[0]).toMatch(/^\$\(check\) Saved: Fill (BUY|SHORT) \d MES DEC25 @ /);
    expect(fake.messages).toEqual([]);
  });

  it.each([
    ["1 @ 6010.80", /not on a tick of 0.25: the nearest prices are 6010.75 and 6011.00$/],
    ["0 @ 6010.75", /"0" is not a number of contracts/],
    ["1 @ 21 000.25", /"21 000.25" is not a price.*if you mean 21000.25, write 21000.25$/],
    ["", /is not a price/],
  ])("says in the box what is wrong with %j, and does not take it", async (text, message) => {
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type(text);
    expect(box.said()).toMatch(message);
    box.enter();
    expect(box.visible).toBe(true);
    box.hide();
    await flow;
    expect(workbench.view().pending.map((recommendation) => recommendation.id)).toContain(id);
  });

  it("warns of a price that is far away, and takes it when it is typed again", async () => {
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type("1 @ 9999.00 really");
    expect(box.said()).toMatch(/^warning: The price is \d+ % away .* Enter asks for the price once more$/);
    box.enter();
    const again = await fake.nextBox();
    again.type("9998.00");
    again.enter();
    expect([again.said(), again.visible]).toEqual(["It is not the same price", true]);
    again.type("9999");
    again.enter();
    await flow;
    expect(manualPositions(workbench.standing())[0]?.entryPrice).toBe(39_996);
  });

  it("records no price that is far away and not typed again", async () => {
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type("1 @ 9999.00");
    box.enter();
    (await fake.nextBox()).hide();
    await flow;
    expect(manualPositions(workbench.standing())).toEqual([]);
    expect(workbench.drafts.get(id)).toBe("1 @ 9999.00");
  });

  it("keeps what was typed when the user leaves, until it is recorded", async () => {
    const left = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type(`${ticketText} half a thought`);
    box.hide();
    await left;
    const back = recordFill(workbench, id);
    const again = await fake.nextBox();
    expect(again.value).toBe(`${ticketText} half a thought`);
    again.enter();
    await back;
    expect(workbench.drafts.size).toBe(0);
  });

  it("records a recommendation that was not executed, with the reason", async () => {
    const flow = recordFill(workbench);
    (await fake.nextBox()).choose("Not executed");
    const why = await fake.nextBox();
    expect(why.labels()).toEqual([
      "Too late",
      "Not filled",
      "Disagreed",
      "Away",
      "Risk limit",
      "$(edit) In other words...",
    ]);
    why.choose("Away");
    await flow;
    expect(workbench.outputs().at(-1)).toMatchObject({ type: "decision", recommendation: id, reason: "Away" });
    expect(workbench.view().pending).toEqual([]);
  });

  it("takes a reason in the user's own words, but not an empty one", async () => {
    const flow = recordFill(workbench, id, "skip");
    (await fake.nextBox()).choose("In other words");
    const words = await fake.nextBox();
    words.enter();
    expect(words.visible).toBe(true);
    words.type("News in five minutes");
    words.enter();
    await flow;
    expect(workbench.outputs().at(-1)).toMatchObject({ type: "decision", reason: "News in five minutes" });
  });

  it("goes back a step", async () => {
    const flow = recordFill(workbench);
    (await fake.nextBox()).enter();
    (await fake.nextBox()).back();
    const which = await fake.nextBox();
    expect(which.title).toBe("Record Fill");
    which.hide();
    await flow;
  });

  it("says that it is late, after the 30 s, before anything is recorded", async () => {
    const late = (workbench.standing().deadlines as Map<string, number>).set(id, Date.now() - 1);
    expect(late.size).toBe(1);
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    expect(box.title).toMatch(/ \(late: its time is over\)$/);
    box.hide();
    await flow;
    expect(workbench.view().pending).toHaveLength(1);
  });

  it("says why there is nothing to record", async () => {
    await fillIt();
    void recordFill(workbench);
    void recordFill(workbench, id);
    await expect
      .poll(() => fake.messages.map(({ text }) => text))
      .toEqual([
        "No recommendation waits for an answer: there is nothing to record",
        `${id} is no longer pending: it was answered, or its trading day has ended`,
      ]);
  });
});

describe("Record Exit", () => {
  it("takes two Enters: at the target", async () => {
    await fillIt();
    const flow = recordExit(workbench);
    const how = await fake.nextBox();
    expect(how.labels()).toEqual([
      "$(target) Target",
      "$(shield) Stop",
      "$(person) By hand",
      "$(clock) Time",
      "$(calendar) End of the day",
    ]);
    how.enter();
    const price = await fake.nextBox();
    price.enter();
    await flow;
    expect(workbench.outputs().findLast((output) => output.type === "exit")).toMatchObject({
      recommendation: id,
      account: "manual",
      reason: "target",
      reasonChecked: "target",
      win: true,
    });
    expect(manualPositions(workbench.standing())).toEqual([]);
  });

  it("warns when the price does not fit the reason, and keeps the user's word", async () => {
    await fillIt();
    const entry = manualPositions(workbench.standing())[0]?.entryPrice ?? 0;
    const flow = recordExit(workbench, id);
    (await fake.nextBox()).choose("Target");
    const price = await fake.nextBox();
    price.type((entry * 0.25).toFixed(2));
    expect(price.said()).toMatch(/^warning: .* is short of the target of .*: it counts as a manual exit/);
    price.enter();
    await flow;
    expect(workbench.outputs().findLast((output) => output.type === "exit")).toMatchObject({
      reason: "target",
      reasonChecked: "manual",
    });
  });

  it("says when no position is open", async () => {
    void recordExit(workbench);
    await expect.poll(() => fake.messages[0]?.text).toBe("No position is open: there is no exit to record");
  });
});

describe("Show Pending Trades", () => {
  it("leads from a recommendation to its fill, and from a position to its exit", async () => {
    const first = showPendingTrades(workbench);
    const list = await fake.nextBox();
    expect(list.labels()[0]).toBe("Without an answer");
    list.enter();
    (await fake.nextBox()).enter();
    await first;
    const second = showPendingTrades(workbench);
    const open = await fake.nextBox();
    expect(open.labels()[1]).toMatch(/^\$\(briefcase\) (LONG|SHORT) \d MES DEC25 @ /);
    open.enter();
    (await fake.nextBox()).choose("Stop");
    (await fake.nextBox()).enter();
    await second;
    void showPendingTrades(workbench);
    await expect.poll(() => fake.messages.at(-1)?.text).toMatch(/^Nothing is pending/);
  });
});
