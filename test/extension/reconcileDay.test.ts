import { beforeEach, describe, expect, it } from "vitest";
import { isoTime } from "../../src/app/times.js";
import { formatPrice } from "../../src/core/instrument.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { tradeRecords } from "../../src/core/tradeRecords.js";
import { reconcileDay } from "../../src/extension/reconcileDay.js";
import { recordFill } from "../../src/extension/recordFill.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { fake, Uri } from "../support/fakeVscode.js";
import { workbenchWithSignal } from "./support.js";

let workbench: Workbench;
let recommended: Recommendation;

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  recommended = workbench.view().pending.at(-1) as Recommendation;
  return () => workbench.close();
});

const near = (ticks: number) => formatPrice(recommended.price + ticks, recommended.instrument);
const side = () => (recommended.action === "BUY" ? "BUY" : "SELL");
const record = () => tradeRecords(workbench.outputs()).get(recommended.id);

/** The user's broker has executions of the recommended contract, `side quantity price` each. */
function broker(...executions: readonly string[]): void {
  const rows = executions.map((each) => {
    const [of, quantity, price] = each.split(" ");
    return `${isoTime(recommended.time)},${recommended.instrument.symbol},${of},${quantity},${price}`;
  });
  const text = ["Time,Symbol,Side,Qty,Price", ...rows].join("\n");
  fake.written.set("/broker.csv", new TextEncoder().encode(text));
  fake.openDialog = [Uri.file("/broker.csv")];
}

async function fillIt(): Promise<void> {
  const flow = recordFill(workbench, recommended.id);
  (await fake.nextBox()).enter();
  await flow;
}

describe("Reconcile Day", () => {
  it("says that there is no day, where nothing was recommended", async () => {
    const nothing = await workbenchWithSignal();
    fake.reset();
    const outputs = nothing.outputs.bind(nothing);
    nothing.outputs = () => outputs().filter(({ type }) => type !== "recommendation");
    void reconcileDay(nothing);
    await expect
      .poll(() => fake.messages.map(({ text }) => text))
      .toEqual(["Nothing was recommended to you yet: there is no day to reconcile"]);
    await nothing.close();
  });

  it("goes from an answer that is missing, with the broker's price, to a day that agrees but for its exit", async () => {
    const flow = reconcileDay(workbench);
    const first = await fake.nextBox();
    expect(first.title).toBe(`Reconcile Day: ${recommended.tradingDay}`);
    expect(first.labels().filter((label) => label.startsWith("$(warning)"))).toEqual([
      "$(warning) No answer is recorded",
    ]);
    broker(`${side()} ${recommended.quantity} ${near(1)}`);
    first.choose("Compare with the broker's CSV file");
    const second = await fake.nextBox();
    expect(second.placeholder).toBe("1 mismatch: records, paper rules and broker.csv");
    second.choose("No answer is recorded, and the broker has");
    const fixes = await fake.nextBox();
    expect(fixes.labels()).toEqual(["$(check) Record Fill", "$(circle-slash) Not Executed"]);
    fixes.choose("Record Fill");
    const line = await fake.nextBox();
    expect(line.value).toBe(`${recommended.quantity}@${near(1)}`);
    line.enter();
    const third = await fake.nextBox();
    expect(record()?.fills).toMatchObject([{ price: recommended.price + 1, quantity: recommended.quantity }]);
    expect(third.labels()).toContain("$(warning) No exit is recorded");
    third.hide();
    await flow;
  });

  it("takes the broker's price in the place of the recorded one, and says why", async () => {
    await fillIt();
    broker(`${side()} ${recommended.quantity} ${near(2)}`);
    const flow = reconcileDay(workbench);
    (await fake.nextBox()).choose("Compare with");
    (await fake.nextBox()).choose(`Filled at ${near(0)}, the broker says ${near(2)}`);
    (await fake.nextBox()).choose("Take the broker's price");
    const why = await fake.nextBox();
    expect(why.value).toBe("The broker's file says so");
    why.enter();
    (await fake.nextBox()).hide();
    await flow;
    expect(record()?.fills).toMatchObject([{ price: recommended.price + 2 }]);
    expect(workbench.outputs().findLast(({ type }) => type === "amendment")).toMatchObject({
      why: "The broker's file says so",
    });
  });

  it("leaves a mismatch with a note beside the record", async () => {
    await fillIt();
    broker();
    const flow = reconcileDay(workbench);
    (await fake.nextBox()).choose("Compare with");
    (await fake.nextBox()).choose("The broker has no fill like");
    (await fake.nextBox()).choose("Leave it, with a note");
    const note = await fake.nextBox();
    note.type("its statement comes tomorrow");
    note.enter();
    (await fake.nextBox()).hide();
    await flow;
    expect(record()?.fills).toMatchObject([{ notes: "its statement comes tomorrow", price: recommended.price }]);
  });

  it("asks for the time zone of a file that says none, and says which columns it does not know", async () => {
    const flow = reconcileDay(workbench);
    const list = await fake.nextBox();
    fake.written.set(
      "/broker.csv",
      new TextEncoder().encode("time,symbol,side,qty,price\n2025-12-01 10:00:00,X,B,1,1"),
    );
    fake.openDialog = [Uri.file("/broker.csv")];
    list.choose("Compare with");
    const zone = await fake.nextBox();
    expect(zone.labels()).toContain("America/New_York");
    zone.choose("America/New_York");
    const compared = await fake.nextBox();
    expect(compared.labels()).toContain("$(info) 1 execution of other days or contracts is left out");
    fake.written.set("/broker.csv", new TextEncoder().encode("when,what\n1,2"));
    compared.choose("Compare with another file");
    await expect(flow).rejects.toThrow("The columns of the file are not recognised");
  });
});
