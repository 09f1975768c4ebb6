import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { noFillRate } from "../../../src/app/noFill.js";
import type { EngineOutput } from "../../../src/core/events.js";
import { NoFillHint } from "../../../src/extension/alerts/noFillHint.js";
import { EventEmitter, fake, window } from "../../support/fakeVscode.js";
import { decision, fill } from "../../support/outputs.js";
import { alertsOf, standing } from "../support.js";

const missed = (id: string, reason = "Not filled") =>
  decision({ id: `decision ${id}`, recommendation: id, account: "manual", reason });
const bought = (id: string) => fill({ id: `fill ${id}`, recommendation: id, account: "manual" });

let told: string | undefined;
let outputs: EngineOutput[];
let happened: EventEmitter<EngineOutput>;

beforeEach(() => {
  fake.reset();
  vi.useFakeTimers({ now: Date.parse("2025-06-09T15:00:00Z"), toFake: ["Date"] });
  onTestFinished(() => {
    vi.useRealTimers();
    window.state.focused = true;
  });
  told = undefined;
  outputs = [bought("A"), bought("B"), bought("C")];
  happened = new EventEmitter();
  const { alerts } = alertsOf({ standing: () => standing() });
  const memory = {
    get: () => told,
    set: (day: string) => {
      told = day;
    },
  };
  const hint = new NoFillHint({ onDidOutput: happened.event, outputs: () => outputs } as never, alerts, memory);
  onTestFinished(() => hint.dispose());
});

function records(output: EngineOutput): void {
  outputs.push(output);
  happened.fire(output);
}

const texts = () => fake.messages.map(({ text }) => text);

describe("The hint after an order that was not filled", () => {
  it("says how often that happens, with its interval and count, and leads to the settings of orders", async () => {
    fake.answers.push("Order Settings");
    records(missed("D"));
    await expect
      .poll(texts)
      .toEqual(["Not filled: 1 of your 4 orders, 25 % (90 %: 8 to 66 %). MARKET, or no offset, is filled more often"]);
    await expect.poll(() => fake.executed).toContainEqual(["workbench.action.openSettings", "volumeCluster.order"]);
  });

  it("makes no rate of one order", async () => {
    outputs.length = 0;
    records(missed("A"));
    await expect
      .poll(texts)
      .toEqual(["Not filled: your only order so far. MARKET, or no offset, is filled more often"]);
  });

  it("comes at most once a day, also after a restart", async () => {
    records(missed("D"));
    records(missed("E"));
    await expect.poll(texts).toHaveLength(1);
    expect(told).toBe("2025-06-09");
    vi.setSystemTime(Date.parse("2025-06-10T15:00:00Z"));
    records(missed("F"));
    await expect.poll(texts).toHaveLength(2);
  });

  it("never comes again where the user wants none", async () => {
    fake.answers.push("Don't Show Again");
    records(missed("D"));
    await expect.poll(() => fake.settings["volumeCluster.alerts.message.noFill"]).toEqual({ globalValue: false });
    vi.setSystemTime(Date.parse("2025-06-10T15:00:00Z"));
    records(missed("E"));
    expect([texts().length, told]).toEqual([1, "2025-06-09"]);
  });

  it("follows no other answer, and does not come in a window where nobody is", () => {
    records(missed("D", "Too late"));
    records(bought("E"));
    window.state.focused = false;
    records(missed("F"));
    expect([texts(), told]).toEqual([[], undefined]);
  });
});

describe("The rate of orders without a fill", () => {
  it("counts what was ordered, and nothing of it where nothing was", () => {
    expect(noFillRate([])).toMatchObject({ notFilled: 0, orders: 0, rate: undefined });
    expect(noFillRate([bought("A"), missed("B"), missed("C", "Away"), missed("D", "Too late")])).toMatchObject({
      notFilled: 1,
      orders: 2,
      rate: 0.5,
    });
  });
});
