import { beforeEach, describe, expect, it } from "vitest";
import { formatPrice } from "../../src/core/instrument.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { quickActionsOf } from "../../src/extension/quickActions.js";
import { recordExit } from "../../src/extension/recordExit.js";
import { recordFill } from "../../src/extension/recordFill.js";
import { showPendingTrades } from "../../src/extension/showPending.js";
import { manualPositions } from "../../src/extension/standing.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { fake } from "../support/fakeVscode.js";
import { workbenchWithSignal } from "./support.js";

let workbench: Workbench;
let recommended: Recommendation;
let id = "";
let asRecommended = "";

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  recommended = workbench.view().pending.at(-1) as Recommendation;
  id = recommended.id;
  asRecommended = `${recommended.quantity}@${formatPrice(recommended.price, recommended.instrument)}`;
  return () => workbench.close();
});

/** The recommended price and so many ticks. */
const near = (ticks: number) => formatPrice(recommended.price + ticks, recommended.instrument);

/** Fills as recommended, or by a line. */
async function fillIt(line?: string): Promise<void> {
  const flow = recordFill(workbench, id);
  const box = await fake.nextBox();
  if (line !== undefined) box.type(line);
  box.enter();
  await flow;
}

const lastExit = () => workbench.outputs().findLast((output) => output.type === "exit" && output.account === "manual");
const texts = () => fake.messages.map(({ text }) => text);

describe("Record Fill", () => {
  it("takes one Enter where one recommendation waits: as recommended", async () => {
    const flow = recordFill(workbench);
    const box = await fake.nextBox();
    expect(box.title).toMatch(/^Record Fill: (BUY|SHORT) \d MES DEC25 @ /);
    expect(box.prompt).toMatch(/^Enter: as recommended\. /);
    expect([box.value, box.valueSelection, box.said(), box.ignoreFocusOut, box.step]).toEqual([
      asRecommended,
      undefined,
      undefined,
      true,
      undefined,
    ]);
    box.enter();
    await flow;
    expect(manualPositions(workbench.standing()).map((position) => position.recommendation.id)).toEqual([id]);
    expect(fake.statusMessages).toHaveLength(1);
    expect(fake.statusMessages[0]).toMatch(/^\$\(check\) Saved: Fill (BUY|SHORT) \d MES DEC25 @ /);
    expect([fake.messages, fake.boxes.length]).toEqual([[], 1]);
  });

  it("says what Enter does with a short line, and does it", async () => {
    const flow = recordFill(workbench);
    const box = await fake.nextBox();
    box.type("1@+1t at once");
    expect(box.said()).toBe(
      `info: Enter records ${recommended.action} 1 MES DEC25 @ ${near(1)}, with the note "at once"`,
    );
    box.enter();
    await flow;
    expect(
      workbench.outputs().findLast((output) => output.type === "fill" && output.account === "manual"),
    ).toMatchObject({ quantity: 1, price: recommended.price + 1, notes: "at once" });
  });

  it.each([
    ["1 @ 6010.80", /not on a tick of 0.25: the nearest prices are 6010.75 and 6011.00$/],
    ["0 @ 6010.75", /"0" is not a number of contracts/],
    ["1 @ 21 000.25", /"21 000.25" is not a price.*if you mean 21000.25, write 21000.25$/],
    ["1e5", /is not a price/],
    ["-1", /is not a price/],
    ["oops", /^Begin with the price, or with n for not executed/],
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

  it("asks in the same box for a quantity once more that is more than may be held", async () => {
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type(`300@${near(0)}`);
    expect(box.said()).toMatch(
      /^warning: 300 contracts are more than the 3 allowed.* Enter asks for the quantity once more$/,
    );
    box.enter();
    expect(box.said()).toMatch(/^That is more than may be held at once: type the quantity once more/);
    box.type("30");
    box.enter();
    expect([box.said(), box.visible]).toEqual(["It is not the same quantity", true]);
    box.type("300");
    box.enter();
    await flow;
    expect(manualPositions(workbench.standing())[0]?.quantity).toBe(300);
  });

  it("asks in the same box for a price once more that is far away", async () => {
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type("1 @ 9999.00 really");
    expect(box.said()).toMatch(/^warning: The price is \d+ % away .* Enter asks for the price once more$/);
    box.enter();
    expect([box.visible, box.value]).toEqual([true, ""]);
    expect(box.said()).toMatch(/^The price is far away: type it once more/);
    box.enter();
    box.type("9998.00");
    box.enter();
    expect([box.said(), box.visible]).toEqual(["It is not the same price", true]);
    box.type("9999");
    box.enter();
    await flow;
    expect([manualPositions(workbench.standing())[0]?.entryPrice, fake.boxes.length]).toEqual([39_996, 1]);
  });

  it("records no price that is far away and not typed again", async () => {
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type("1 @ 9999.00");
    box.enter();
    box.type("99");
    box.hide();
    await flow;
    expect(manualPositions(workbench.standing())).toEqual([]);
    expect(workbench.drafts.get(id)).toBe("1 @ 9999.00");
  });

  it("keeps what was typed when the user leaves, until it is recorded", async () => {
    const left = recordFill(workbench, id);
    const box = await fake.nextBox();
    box.type(`${asRecommended} half a thought`);
    box.hide();
    await left;
    const back = recordFill(workbench, id);
    const again = await fake.nextBox();
    const draft = `${asRecommended} half a thought`;
    expect([again.value, again.valueSelection]).toEqual([draft, [draft.length, draft.length]]);
    again.enter();
    await back;
    expect(workbench.drafts.size).toBe(0);
  });

  it("has a button for what was not executed, and asks why", async () => {
    const flow = recordFill(workbench);
    (await fake.nextBox()).press("Not executed");
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

  it.each([
    ["n late", "that it was not executed: Too late", "Too late"],
    ["n news in five minutes", "that it was not executed: news in five minutes", "news in five minutes"],
  ])("takes %j as an answer of one line", async (line, understood, reason) => {
    const flow = recordFill(workbench);
    const box = await fake.nextBox();
    box.type(line);
    expect(box.said()).toBe(`info: Enter records ${understood}`);
    box.enter();
    await flow;
    expect(workbench.outputs().at(-1)).toMatchObject({ type: "decision", recommendation: id, reason });
    expect([workbench.drafts.size, fake.boxes.length]).toEqual([0, 1]);
  });

  it("asks why after a bare n, and goes back from there to the line", async () => {
    const flow = recordFill(workbench);
    const box = await fake.nextBox();
    box.type("n");
    expect(box.said()).toBe("info: Enter asks why it was not executed");
    box.enter();
    (await fake.nextBox()).back();
    const again = await fake.nextBox();
    expect(again.value).toBe("n");
    again.hide();
    await flow;
    expect(workbench.view().pending).toHaveLength(1);
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

  it("says that it is late, after the 30 s, before anything is recorded", async () => {
    (workbench.standing().deadlines as Map<string, number>).set(id, Date.now() - 1);
    const flow = recordFill(workbench, id);
    const box = await fake.nextBox();
    expect(box.title).toMatch(/ \(late: its time is over\)$/);
    box.hide();
    await flow;
    expect(workbench.view().pending).toHaveLength(1);
  });

  it("says why there is nothing to record, and what can be done", async () => {
    await fillIt();
    fake.answers.push(undefined, "Correct Recorded Trade", undefined);
    await recordFill(workbench);
    await recordFill(workbench, id);
    await recordFill(workbench, "ESM5-19990101T000000Z-BUY");
    expect(texts()).toEqual([
      "No recommendation waits for an answer: there is nothing to record",
      `${id} is filled already`,
      "There is no recommendation ESM5-19990101T000000Z-BUY in this run",
    ]);
    expect(fake.executed.at(-1)).toEqual(["volumeCluster.correctTrade", id]);
  });
});

describe("Record Fill, while two recommendations wait", () => {
  beforeEach(async () => {
    await workbench.close();
    workbench = await workbenchWithSignal(undefined, 2);
    recommended = workbench.view().pending.at(-1) as Recommendation;
    id = recommended.id;
  });

  it("asks which one, the newest first", async () => {
    const flow = recordFill(workbench);
    const which = await fake.nextBox();
    expect([which.title, which.step, which.totalSteps, which.labels().length]).toEqual(["Record Fill", 1, 2, 2]);
    which.enter();
    const box = await fake.nextBox();
    expect([box.step, box.title]).toEqual([2, expect.stringContaining(`@ ${near(0)}`)]);
    box.enter();
    await flow;
    expect(manualPositions(workbench.standing()).map((position) => position.recommendation.id)).toEqual([id]);
  });

  it("takes a line along that is typed in the list", async () => {
    const flow = recordFill(workbench);
    const which = await fake.nextBox();
    expect(which.items.map((item) => item.alwaysShow)).toEqual([true, true]);
    which.type("1@-1t");
    which.enter();
    const box = await fake.nextBox();
    expect(box.value).toBe("1@-1t");
    box.enter();
    await flow;
    expect(manualPositions(workbench.standing())[0]?.entryPrice).toBe(recommended.price - 1);
  });

  it("goes back to the list", async () => {
    const flow = recordFill(workbench);
    (await fake.nextBox()).enter();
    (await fake.nextBox()).back();
    const which = await fake.nextBox();
    expect(which.title).toBe("Record Fill");
    which.hide();
    await flow;
    expect(workbench.view().pending).toHaveLength(2);
  });
});

describe("Record Exit", () => {
  it("takes one Enter: the price that the market makes likeliest, with its reason", async () => {
    await fillIt();
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    const { lastPrice, instrument } = workbench.view();
    const last = formatPrice(lastPrice ?? 0, instrument ?? recommended.instrument);
    expect([box.value, box.said()]).toEqual([last, undefined]);
    expect(box.prompt).toContain(`Enter: ${last} (manual), the market is at ${last}, inside the bracket. Or a price`);
    box.enter();
    await flow;
    expect(lastExit()).toMatchObject({ recommendation: id, reason: "manual", price: lastPrice, override: true });
    expect(manualPositions(workbench.standing())).toEqual([]);
  });

  it("takes the reason from the price", async () => {
    await fillIt();
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    box.type("+1t");
    expect(box.said()).toMatch(
      /^info: Enter records \d closed at [\d.]+ \(manual, an override of the plan\): (LONG|SHORT) \d MES DEC25 @ [\d.]+$/,
    );
    box.type(formatPrice(recommended.target, recommended.instrument));
    expect(box.said()).toMatch(
      /^warning: From the minute before the entry until now the market was between .*, not at .* Enter records it all the same$/,
    );
    box.enter();
    await flow;
    expect(lastExit()).toMatchObject({ reason: "target", reasonChecked: "target", win: true });
  });

  it("closes a part of several contracts, says what is left, and then closes the rest", async () => {
    await fillIt("3@");
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    expect(box.prompt).toContain('It closes all 3 that are open; with "1@" in front only one');
    box.type(`1@${near(4)} 1@${near(2)}`);
    expect(box.said()).toBe("A line says one exit: record the parts one after the other");
    box.type(`4@${near(4)}`);
    expect(box.said()).toBe(`4 contracts cannot be closed: 3 of ${id} are open`);
    box.enter();
    expect([box.visible, lastExit()]).toEqual([true, undefined]);
    box.type(`1@${near(4)} time`);
    const words = `1 of 3 closed at ${near(4)} (time), 2 open`;
    expect(box.said()).toMatch(/^info: Enter records 1 of 3 closed at .*: (LONG|SHORT) 3 MES DEC25 @ [\d.]+$/);
    expect(box.said()).toContain(words);
    box.enter();
    await flow;
    expect(fake.statusMessages.at(-1)).toContain(`Saved: ${words}: `);
    const [position] = manualPositions(workbench.standing());
    expect(position).toMatchObject({ quantity: 2, closed: { quantity: 1, price: recommended.price + 4 } });

    const again = recordExit(workbench);
    const rest = await fake.nextBox();
    expect(rest.title).toMatch(/(LONG|SHORT) 2\/3 MES DEC25 @ /);
    expect(rest.prompt).toContain("2 of 3 open");
    rest.type(`1@${near(4)} time`);
    expect(rest.said()).toBe(
      'The very same is recorded already. If this is another one, write "rest" behind the price',
    );
    rest.type(`${near(1)} manual planned`);
    rest.enter();
    await again;
    const parts = [{ quantity: 1, reason: "time" }, { quantity: 2 }];
    expect(lastExit()).toMatchObject({ price: recommended.price + 2, quantity: 3, reason: "manual", parts });
    expect(manualPositions(workbench.standing())).toEqual([]);
  });

  it("says nothing of the others where one contract is open", async () => {
    await fillIt("1@");
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    expect(box.prompt).not.toMatch(/that are open|1@|part/);
    box.hide();
    await flow;
  });

  it("offers all ways behind a button, and takes the chosen one as a line", async () => {
    await fillIt();
    const flow = recordExit(workbench);
    (await fake.nextBox()).press("How was it closed?");
    const how = await fake.nextBox();
    expect(how.labels()).toEqual([
      "$(person) By hand: an override of the plan",
      "$(person) By hand: as planned",
      "$(target) Target",
      "$(shield) Stop",
      "$(clock) Time",
      "$(calendar) End of the day",
    ]);
    how.choose("Stop");
    const box = await fake.nextBox();
    expect(box.value).toBe(`${formatPrice(recommended.stop, recommended.instrument)} stop`);
    box.enter();
    await flow;
    expect(lastExit()).toMatchObject({ reason: "stop", reasonChecked: "stop", win: false });
  });

  it("asks in the same box whether an exit by hand overrides the plan: Enter says yes, a word says no", async () => {
    await fillIt();
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    expect(box.prompt).toContain('Is it an override of the plan? Enter says yes; "planned" behind the price says no');
    box.type(`${near(2)}`);
    expect(box.said()).toContain(`closed at ${near(2)} (manual, an override of the plan)`);
    box.type(`${near(2)} planned news`);
    expect(box.said()).toContain(`closed at ${near(2)} (manual, as planned)`);
    box.enter();
    await flow;
    expect(lastExit()).toMatchObject({ reason: "manual", override: false, notes: "news" });
  });

  it("offers both kinds of an exit by hand behind the button", async () => {
    await fillIt();
    const flow = recordExit(workbench);
    (await fake.nextBox()).press("How was it closed?");
    (await fake.nextBox()).choose("By hand: as planned");
    const box = await fake.nextBox();
    expect(box.value).toMatch(/^[\d.]+ manual planned$/);
    box.enter();
    await flow;
    expect(lastExit()).toMatchObject({ override: false });
  });

  it("asks nothing of an exit that the bracket made", async () => {
    await fillIt();
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    box.type(formatPrice(recommended.target, recommended.instrument));
    expect(box.said()).not.toContain("plan");
    box.enter();
    await flow;
    expect(lastExit()).not.toHaveProperty("override");
  });

  it("warns when the price does not fit the claimed reason, and keeps the user's word", async () => {
    await fillIt();
    const flow = recordExit(workbench, id);
    const box = await fake.nextBox();
    box.type(`${near(0)} target`);
    expect(box.said()).toMatch(/^warning: .* is short of the target of .*: it counts as a manual exit/);
    box.enter();
    await flow;
    expect(lastExit()).toMatchObject({ reason: "target", reasonChecked: "manual" });
  });

  it("keeps what was typed when the user leaves", async () => {
    await fillIt();
    const left = recordExit(workbench);
    const box = await fake.nextBox();
    box.type("60");
    box.hide();
    await left;
    const back = recordExit(workbench);
    const again = await fake.nextBox();
    expect(again.value).toBe("60");
    again.type(near(2));
    again.enter();
    await back;
    expect(workbench.drafts.size).toBe(0);
  });

  it("says when no position is open", async () => {
    void recordExit(workbench);
    void recordExit(workbench, id);
    await expect
      .poll(texts)
      .toEqual([
        "No position is open: there is no exit to record",
        `${id} has no recorded fill, so there is nothing to exit`,
      ]);
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
    const exit = await fake.nextBox();
    exit.type("stop");
    exit.enter();
    await second;
    void showPendingTrades(workbench);
    await expect.poll(() => texts().at(-1)).toMatch(/^Nothing is pending/);
  });

  it("goes on with the rest of what was filled in part where nothing waits for an answer", async () => {
    const { quantity } = recommended;
    await fillIt("1@");
    expect(quickActionsOf(workbench.standing(), Date.now())[0]).toMatchObject({ value: "recordFill" });
    const flow = recordFill(workbench);
    const box = await fake.nextBox();
    expect(box.title).toMatch(new RegExp(`, the other ${quantity - 1}`));
    box.enter();
    await flow;
    expect(manualPositions(workbench.standing())[0]?.quantity).toBe(quantity);
    expect(quickActionsOf(workbench.standing(), Date.now())[0]).toMatchObject({ value: "recordExit" });
  });

  it("offers the rest of a recommendation that was filled in part", async () => {
    const { quantity } = recommended;
    expect(quantity).toBeGreaterThan(1);
    await fillIt("1@");
    const flow = showPendingTrades(workbench);
    const list = await fake.nextBox();
    expect(list.items.at(-1)?.description).toMatch(/^1 of \d filled: record the other \d, if it was filled$/);
    list.choose("bell-dot");
    const box = await fake.nextBox();
    expect([box.value, box.buttons]).toEqual([`${quantity - 1}@${near(0)} rest`, []]);
    box.type(`1@${near(0)}`);
    expect(box.said()).toMatch(/^The very same is recorded already/);
    box.enter();
    box.type(`${quantity - 1}@${near(0)} rest`);
    box.enter();
    await flow;
    expect(manualPositions(workbench.standing())[0]?.quantity).toBe(quantity);
  });
});
