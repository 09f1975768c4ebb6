import { beforeEach, describe, expect, it } from "vitest";
import { formatPrice } from "../../src/core/instrument.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { ContextKeys } from "../../src/extension/contextKeys.js";
import { correctTrade } from "../../src/extension/correctTrade.js";
import { recordExit } from "../../src/extension/recordExit.js";
import { recordFill } from "../../src/extension/recordFill.js";
import { showPendingTrades } from "../../src/extension/showPending.js";
import { manualPositions } from "../../src/extension/standing.js";
import { voidTrade } from "../../src/extension/voidTrade.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { FakeSecrets, fake } from "../support/fakeVscode.js";
import { keyIn, workbenchWithSignal } from "./support.js";

let workbench: Workbench;
let recommended: Recommendation;

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  recommended = workbench.view().pending.at(-1) as Recommendation;
  return () => workbench.close();
});

const near = (ticks: number) => formatPrice(recommended.price + ticks, recommended.instrument);
const texts = () => fake.messages.map(({ text }) => text);

async function fill(line: string): Promise<void> {
  const flow = recordFill(workbench);
  const box = await fake.nextBox();
  box.type(line);
  box.enter();
  await flow;
}

async function exit(line: string): Promise<void> {
  const flow = recordExit(workbench);
  const box = await fake.nextBox();
  box.type(line);
  box.enter();
  await flow;
}

describe("Correct Recorded Trade", () => {
  it("changes a fill: the line as it should have been, why, and a message with before and after", async () => {
    await fill(`1@${near(0)} noted`);
    // Just beyond where the market was, and the two ticks that are let pass.
    const low = workbench.view().traded?.[recommended.id]?.low ?? 0;
    const off = low - 3 - recommended.price;
    const flow = correctTrade(workbench);
    const line = await fake.nextBox();
    expect([line.value, line.said(), line.prompt]).toEqual([
      `1@${near(0)} noted`,
      undefined,
      "What should the fill have been?",
    ]);
    line.enter();
    expect([line.visible, line.said()]).toEqual([
      true,
      expect.stringMatching(/^Say what the fill of .* should have been$/),
    ]);
    line.type(`2@${near(off)} noted`);
    expect(line.said()).toMatch(
      /^warning: From the minute before the entry until now the market was between .* Enter records it all the same$/,
    );
    line.enter();
    const why = await fake.nextBox();
    expect(why.title).toBe(`Correct fill: 1@${near(0)} noted becomes 2@${near(off)} noted`);
    why.enter();
    expect([why.visible, why.said()]).toEqual([true, "Say in a few words why the record is changed"]);
    why.type("typed too fast");
    why.enter();
    await flow;
    expect(manualPositions(workbench.standing())[0]).toMatchObject({
      quantity: 2,
      entryPrice: recommended.price + off,
    });
    const amendment = workbench.outputs().findLast((output) => output.type === "amendment");
    expect(amendment).toMatchObject({
      correction: { quantity: 2, price: recommended.price + off },
      why: "typed too fast",
    });
    expect(Object.keys(amendment?.correction ?? {}).sort()).toEqual(["price", "quantity"]);
    await expect.poll(texts).toHaveLength(1);
    expect(texts()[0]).toBe(
      `Corrected: MES DEC25 filled 1 at ${near(0)} -> filled 2 at ${near(off)}, balance $15,000.00 -> $15,000.00 (typed too fast)`,
    );
  });

  it("asks which record where there are several, and changes an exit with its reason", async () => {
    await fill(`1@${near(0)}`);
    await exit(near(2));
    const flow = correctTrade(workbench);
    const which = await fake.nextBox();
    expect(which.labels()).toEqual([`$(sign-out) Exit ${near(2)} manual override`, `$(check) Fill 1@${near(0)}`]);
    which.enter();
    const line = await fake.nextBox();
    line.type(`${near(2)} time`);
    line.enter();
    const why = await fake.nextBox();
    why.back();
    const again = await fake.nextBox();
    expect(again.value).toBe(`${near(2)} time`);
    again.enter();
    const words = await fake.nextBox();
    words.type("it was the clock");
    words.enter();
    await flow;
    expect(
      workbench.outputs().findLast((output) => output.type === "exit" && output.account === "manual"),
    ).toMatchObject({ reason: "time", replaces: expect.any(String) });
  });

  it("refuses what the record cannot be, in the box", async () => {
    await fill(`1@${near(0)}`);
    const flow = correctTrade(workbench);
    const line = await fake.nextBox();
    for (const [text, problem] of [
      ["n late", /^Take the record of .* back, then record it as not executed$/],
      ["1@6010.80", /not on a tick/],
      ["0@", /is not a number of contracts/],
    ] as const) {
      line.type(text);
      line.enter();
      expect([line.visible, line.said()]).toEqual([true, expect.stringMatching(problem)]);
    }
    line.hide();
    await flow;
    expect(workbench.outputs().some((output) => output.type === "amendment")).toBe(false);
  });

  it("says when nothing can be corrected", async () => {
    void correctTrade(workbench);
    void correctTrade(workbench, recommended.id);
    await expect
      .poll(texts)
      .toEqual([
        "No fill is recorded: there is nothing to correct",
        `${recommended.id} has no recorded fill, so there is nothing to correct`,
      ]);
  });
});

describe("Void Recorded Trade", () => {
  it("takes everything of a trade back, so that it waits for an answer again", async () => {
    await fill(`1@${near(0)}`);
    await exit(near(2));
    const flow = voidTrade(workbench);
    const which = await fake.nextBox();
    expect(which.labels()[0]).toMatch(/^\$\(discard\) (BUY|SHORT) \d MES DEC25: filled 1 @ .*, exit .* \(manual\)$/);
    which.enter();
    const why = await fake.nextBox();
    why.type("it was another account");
    why.enter();
    await flow;
    expect(workbench.view().pending.map(({ id }) => id)).toEqual([recommended.id]);
    await expect.poll(() => texts().at(-1)).toMatch(/Taken back: .* -> unanswered, .*\(it was another account\)/);
    void showPendingTrades(workbench);
    expect((await fake.nextBox()).items[1]?.description).toMatch(
      /, in time, its record was taken back: record its fill$/,
    );
  });

  it("takes one exit back alone, so that the trade is open again with what it closed", async () => {
    await fill(`2@${near(0)}`);
    await exit(`1@${near(2)}`);
    await exit(`${near(1)} time`);
    const flow = voidTrade(workbench);
    const which = await fake.nextBox();
    expect(which.labels().slice(1)).toEqual([
      `$(sign-out) Exit ${near(1)} time`,
      `$(sign-out) Exit 1@${near(2)} manual override`,
    ]);
    which.choose(`$(sign-out) Exit ${near(1)} time`);
    which.enter();
    const why = await fake.nextBox();
    expect(why.prompt).toBe("Why is it taken back? The trade is open again; the journal keeps both");
    why.type("it was not filled");
    why.enter();
    await flow;
    expect(manualPositions(workbench.standing())).toMatchObject([
      { quantity: 1, closed: { quantity: 1, price: recommended.price + 2 } },
    ]);
    // What is left of it can be corrected.
    const correcting = correctTrade(workbench);
    (await fake.nextBox()).enter();
    const line = await fake.nextBox();
    expect(line.value).toBe(`1@${near(2)} manual override`);
    line.type(`1@${near(3)} manual override`);
    line.enter();
    const because = await fake.nextBox();
    because.type("misread");
    because.enter();
    await correcting;
    expect(manualPositions(workbench.standing())).toMatchObject([{ closed: { price: recommended.price + 3 } }]);
  });

  it("takes back that something was not executed", async () => {
    await fill("n late");
    const flow = voidTrade(workbench, recommended.id);
    const why = await fake.nextBox();
    why.type("it was filled after all");
    why.enter();
    await flow;
    await fill(`1@${near(0)}`);
    expect(manualPositions(workbench.standing())).toHaveLength(1);
  });

  it("says when nothing can be taken back", async () => {
    void voidTrade(workbench);
    void voidTrade(workbench, recommended.id);
    await expect
      .poll(texts)
      .toEqual([
        "Nothing is recorded: there is nothing to take back",
        `${recommended.id} has no record that could be taken back`,
      ]);
  });
});

describe("The context key of corrections", () => {
  it("is set while something is recorded", async () => {
    const keys = new ContextKeys(workbench, keyIn(new FakeSecrets()));
    await fill("n late");
    expect(fake.context("volumeCluster.hasRecords")).toBe(true);
    const flow = voidTrade(workbench, recommended.id);
    const why = await fake.nextBox();
    why.type("wrong");
    why.enter();
    await flow;
    expect(fake.context("volumeCluster.hasRecords")).toBe(false);
    keys.dispose();
  });
});
