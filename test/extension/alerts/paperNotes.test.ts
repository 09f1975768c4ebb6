import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineOutput, Exit } from "../../../src/core/events.js";
import { PaperNotes } from "../../../src/extension/alerts/paperNotes.js";
import type { Standing } from "../../../src/extension/standing.js";
import type { Workbench } from "../../../src/extension/workbench.js";
import { EventEmitter, fake } from "../../support/fakeVscode.js";
import { cents, exit } from "../../support/outputs.js";
import { accountView, alertsOf, engineView, standing } from "../support.js";

const happened = new EventEmitter<EngineOutput>();
let outputs: EngineOutput[];
let at: Standing;
let notes: PaperNotes;
let sounded: ReturnType<typeof alertsOf>["sounded"];

beforeEach(() => {
  fake.reset();
  vi.useFakeTimers();
  outputs = [];
  at = standingAfter(0);
  notes = open();
});

afterEach(() => {
  notes.dispose();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function open(): PaperNotes {
  const workbench = {
    onDidOutput: happened.event,
    standing: () => at,
    outputs: () => outputs,
    runNumber: 1,
  };
  const window = alertsOf(workbench);
  sounded = window.sounded;
  return new PaperNotes(workbench as unknown as Workbench, window.alerts);
}

function standingAfter(closedTrades: number, changes: Partial<Standing> = {}): Standing {
  const account = accountView({ name: "paper", closedTrades, wins: closedTrades });
  return standing({ market: "demo", paper: true, view: engineView({ accounts: [account] }), ...changes });
}

/** A trade closes; the account has counted it. */
function closes(changes: Partial<Exit> = {}): void {
  const trade = exit({ id: `exit:${outputs.length}`, netPnl: cents(12_500), rMultiple: 0.83, ...changes });
  outputs.push(trade);
  at = standingAfter((at.view?.accounts[0]?.closedTrades ?? 0) + 1, { leader: at.leader, paper: at.paper });
  happened.fire(trade);
}

const gathered = () => vi.advanceTimersByTimeAsync(1000);
const shown = () => fake.progress.filter(({ ended }) => !ended).map(({ title }) => title);

describe("Paper auto", () => {
  it("sounds and tells each trade that closes, with the balance, for ten seconds", async () => {
    closes();
    await gathered();
    const note = "Paper: WIN ES JUN25 +$125.00, balance $15,847.50 (+0.83 R, target)";
    expect(shown()).toEqual([note]);
    expect(fake.statusMessages).toEqual([`$(check) ${note}`]);
    expect(sounded.map(({ name }) => name)).toEqual(["tradeClosed"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(shown()).toEqual([]);
  });

  it("has one message at a time, and tells trades that close together in one", async () => {
    closes();
    await gathered();
    closes();
    closes({ win: false, netPnl: cents(-5000), rMultiple: -1 });
    await gathered();
    expect(shown()).toEqual(["Paper: 2 trades closed +$75.00, balance $15,847.50 (−0.17 R)"]);
    expect(sounded).toHaveLength(2);
  });

  it("tells a digest after every fifth trade, in the place of the note", async () => {
    for (let trade = 0; trade < 10; trade++) {
      closes({ win: trade % 2 === 0 });
      await gathered();
    }
    expect(fake.messages.map(({ severity, text }) => [severity, text])).toEqual([
      [
        "information",
        "Paper, the last 5 trades: 3 won, +$625.00, +4.15 R. In all 5 trades, 5 won, balance $15,847.50 (5.6 %), largest drawdown 2.3 %",
      ],
      ["information", expect.stringMatching(/^Paper, the last 5 trades: 2 won, .* In all 10 trades/)],
    ]);
    expect(sounded).toHaveLength(10);
  });

  it("counts over a restart: by the account, not by itself", async () => {
    for (let trade = 0; trade < 3; trade++) closes();
    await gathered();
    notes.dispose();
    notes = open();
    closes();
    await gathered();
    expect(fake.messages).toEqual([]);
    closes();
    await gathered();
    expect(fake.messages).toHaveLength(1);
  });

  it("says nothing of the user's own trades, of a paper account beside his, or of another window's", async () => {
    closes({ account: "manual" });
    at = standingAfter(1, { paper: false });
    closes();
    at = standingAfter(2, { leader: { who: "process 1", status: "" } });
    closes();
    await gathered();
    expect([shown(), fake.messages, sounded]).toEqual([[], [], []]);
  });

  it("leaves the word in the status bar where its message is switched off", async () => {
    fake.settings["volumeCluster.alerts.message.tradeClosed"] = { globalValue: false };
    closes();
    await gathered();
    expect([shown(), fake.statusMessages.length, sounded.length]).toEqual([[], 1, 1]);
  });
});
