import { beforeEach, expect, it, onTestFinished } from "vitest";
import { withoutMoney } from "../../src/app/amounts.js";
import { pointsInR } from "../../src/app/equityPoints.js";
import { dashboardState } from "../../src/extension/dashboardState.js";
import { dataDone, recordChanged } from "../../src/extension/notices.js";
import { PresentExits } from "../../src/extension/presentExits.js";
import { statusLook } from "../../src/extension/statusText.js";
import { contextRows } from "../../src/extension/views/contextRows.js";
import { pendingRows } from "../../src/extension/views/pendingRows.js";
import { formatDollars, formatMoney, formatSignedMoney } from "../../webview/format.js";
import { fake } from "../support/fakeVscode.js";
import { after, cents, equity, exit, recommendation } from "../support/outputs.js";
import { accountView, engineView, standing, workbenchWithSignal } from "./support.js";

beforeEach(() => fake.reset());

const signal = recommendation({ id: "a", account: "manual" });
const position = {
  recommendation: signal,
  account: "manual" as const,
  quantity: 2,
  entryPrice: signal.price,
  entryTime: signal.time,
  openPnl: 12_500,
};
const exits = [
  exit({ id: "1", account: "manual", rMultiple: 1.5, netPnl: cents(150_000), time: after(600) }),
  exit({ id: "2", account: "manual", rMultiple: -1, netPnl: cents(-100_000), time: after(1200) }),
];
const rows = [
  equity({ account: "manual", time: after(600), balance: cents(1_650_000) }),
  equity({ account: "manual", time: after(1200), balance: cents(1_550_000) }),
];
const outputs = [exits[0], rows[0], exits[1], rows[1]].filter((output) => output !== undefined);

/** Every text of a value, however deep. */
const textsOf = (value: unknown) => JSON.stringify(value);

it("no surface of VS Code shows money while it is discreet, and each does otherwise", () => {
  const texts = (discreet: boolean) => {
    const open = standing({ discreet, view: engineView({ open: [position] }) });
    const waiting = standing({
      discreet,
      view: engineView({ pending: [signal] }),
      deadlines: new Map([["a", Date.now() + 30_000]]),
    });
    const late = standing({ discreet, view: engineView({ pending: [signal] }) });
    return [statusLook(open, 0), statusLook(waiting, Date.now()), statusLook(late, 0), pendingRows(open, 0)].map(
      textsOf,
    );
  };
  for (const text of texts(true)) expect(text).not.toMatch(/\$\d/);
  expect(texts(true)[0]).toContain("0.0");
  expect(texts(true)[1]).toContain("Risk 1 R, budget");
  for (const text of texts(false)) expect(text).toMatch(/\$\d/);
});

it("the contexts tell results in R", () => {
  const context = {
    ...{ context: "BUY|open|4-6x", account: "manual" as const, trades: 4, wins: 3, meanR: 0.5, netPnl: cents(50_000) },
    ...{ winRateInterval: [0.3, 0.9] as const, breakEven: undefined, confidence: 0.6, interval: [0.4, 0.8] as const },
    ...{ multiplier: 1, conservativeMultiplier: 1, evidence: 4 },
  };
  const shown = (discreet: boolean) =>
    textsOf(contextRows(standing({ discreet, view: engineView({ contexts: [context] }) })));
  expect(shown(true)).toContain("3 trades, +2.00 R");
  expect(shown(true)).not.toMatch(/\$\d/);
  expect(shown(false)).toContain("$500.00");
});

it("the panel gets balances, results, risks and the curve in R", () => {
  const view = engineView({ pending: [signal], accounts: [accountView({ closedTrades: 2 })] });
  const source = {
    standing: standing({ discreet: true, view: { ...view, tradingDay: signal.tradingDay } }),
    outputs,
    exits: new PresentExits().of(outputs),
    timeZone: "America/New_York",
    winRateInterval: () => [0, 1] as const,
  };
  const { accounts, recommendation: call } = dashboardState(source);
  expect(accounts[0]).toMatchObject({ unit: "R", startBalance: 0, balance: 0.5, netPnl: 0.5 });
  expect(accounts[0]?.equity.map(({ balance }) => balance)).toEqual([1.5, 0.5]);
  expect(call).toMatchObject({ unit: "R", riskActual: 1 });
  expect(pointsInR(outputs, "manual").map(({ balance }) => balance)).toEqual([1.5, 0.5]);
  expect(
    dashboardState({ ...source, standing: { ...source.standing, discreet: false } }).accounts[0]?.unit,
  ).toBeUndefined();
});

it("the panel writes R where amounts are in R", () => {
  for (const write of [formatMoney, formatSignedMoney, formatDollars]) {
    expect(write(1.25, "R")).toBe("+1.25\u00a0R");
    expect(write(1.25)).toContain("$");
  }
});

it("messages leave amounts of money out", () => {
  fake.settings["volumeCluster.display.discreet"] = { globalValue: true };
  void recordChanged("filled 2 at 6010.75, balance $15,000.00 -> $14,875.50");
  void dataDone(["It had come to -$42.50"]);
  expect(fake.messages.map(({ text }) => text)).toEqual([
    "filled 2 at 6010.75, balance *** -> ***",
    "It had come to ***",
  ]);
  expect(withoutMoney("+$1,234.50, −$3, $0.00 and 6010.75 at 5 %")).toBe("***, ***, *** and 6010.75 at 5 %");
});

it("the setting reaches what is shown", async () => {
  const workbench = await workbenchWithSignal();
  onTestFinished(() => workbench.close());
  expect(workbench.standing().discreet).toBe(false);
  fake.settings["volumeCluster.display.discreet"] = { globalValue: true };
  expect(workbench.standing().discreet).toBe(true);
});
