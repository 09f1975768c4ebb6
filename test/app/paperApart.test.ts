import { beforeAll, describe, expect, it } from "vitest";
import { exitEvent, fillEvent } from "../../src/app/answers.js";
import { performanceReport } from "../../src/app/performance.js";
import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import { statisticsOf } from "../../src/app/statistics.js";
import { formatPrice } from "../../src/core/instrument.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import type { Micros } from "../../src/core/units.js";
import { demoFeed } from "../../src/feed/demo.js";
import { linesLog, wasm } from "./memoryRun.js";

type LearnFrom = "account" | "both";

/** Twenty-five days in which the paper account trades or does not, and the user records six trades of which each second one won. */
async function lived(learnFrom: LearnFrom, paperTrades: boolean, userTrades = true): Promise<Run> {
  const run = await Run.open({
    settings: parseSettings({
      "bayes.learnFrom": learnFrom,
      "risk.emergencyStopLossPct": 1,
      "contract.instrument": "MES",
    }),
    mode: { leading: "manual", paperTrades, haltEndsWithSession: true },
    kind: "replay",
    folder: undefined,
    sinks: [],
    log: linesLog(),
    wasm,
  });
  await run.run(demoFeed({ seed: 7, days: 25 }), new AbortController().signal);
  const chosen = userTrades ? run.engine.view().pending.slice(0, 6) : [];
  for (const [index, recommendation] of chosen.entries()) await record(run, recommendation, index % 2 === 0);
  return run;
}

async function record(run: Run, { id, price, stop, target, instrument }: Recommendation, won: boolean): Promise<void> {
  const now = () => run.engine.view().time as Micros;
  const fill = { recommendation: id, price: formatPrice(price, instrument) };
  await run.dispatch(fillEvent(run.engine.view(), fill, now(), run.outputs).event);
  const exit = {
    recommendation: id,
    price: formatPrice(won ? target : stop, instrument),
    reason: won ? "target" : "stop",
  };
  await run.dispatch(exitEvent(run.engine.view(), exit, now(), run.outputs).event);
}

/** All that the statistics and what was learned say of an account. */
function toldOf(run: Run, account: "manual" | "paper") {
  const view = run.engine.view();
  const { accounts, contexts } = statisticsOf(view, run.outputs);
  const learned = run.outputs.flatMap((output) =>
    output.type === "exit" && output.account === account ? [output.learned] : [],
  );
  return {
    statistics: accounts.find((row) => row.account === account),
    contexts: contexts.filter((row) => row.account === account),
    beliefs: view.contexts.filter((row) => row.account === account),
    learned,
  };
}

describe("The user's results and those of the paper account", () => {
  let beside: Run;
  let alone: Run;
  let shared: Run;
  let paperAlone: Run;
  beforeAll(async () => {
    beside = await lived("account", true);
    alone = await lived("account", false);
    shared = await lived("both", true);
    paperAlone = await lived("account", true, false);
  });

  it("stand apart: each has its own trades, balance and contexts, and none is in the other", () => {
    const { accounts, contexts } = statisticsOf(beside.engine.view(), beside.outputs);
    const [manual, paper] = (["manual", "paper"] as const).map((name) => accounts.find((row) => row.account === name));
    expect([manual?.trades, manual?.wins]).toEqual([6, 3]);
    expect(paper?.trades).toBeGreaterThan(6);
    for (const row of [manual, paper]) {
      const exits = beside.outputs.flatMap((output) =>
        output.type === "exit" && output.account === row?.account ? [output.netPnl] : [],
      );
      const net = exits.reduce((sum, each) => sum + each, 0);
      expect([row?.trades, row?.netPnl]).toEqual([exits.length, net]);
      expect(row?.balance).toBe((row?.startBalance ?? 0) + net);
      const own = contexts.filter(({ account }) => account === row?.account);
      expect(own.reduce((sum, { trades }) => sum + trades, 0)).toBe(exits.length);
    }
  });

  it("are not summed in the panel's report", () => {
    const { accounts } = performanceReport(
      beside.engine.view(),
      beside.outputs,
      { kind: "all" },
      beside.engine.view().time as Micros,
      { haltingDrawdown: 0.05 },
    );
    expect(accounts.map(({ name, trades }) => [name, trades])).toEqual([
      ["manual", 6],
      ["paper", toldOf(beside, "paper").statistics?.trades],
    ]);
  });

  it("teach each their own account alone: with the paper account and without it the user's are the same", () => {
    expect(toldOf(beside, "manual")).toEqual(toldOf(alone, "manual"));
    const { statistics, contexts, beliefs } = toldOf(beside, "paper");
    const without = toldOf(paperAlone, "paper");
    expect({ statistics, contexts, beliefs }).toEqual({
      statistics: without.statistics,
      contexts: without.contexts,
      beliefs: without.beliefs,
    });
  });

  it("teach each other once the user says so, and stay apart in every balance", () => {
    expect(toldOf(shared, "manual").beliefs).not.toEqual(toldOf(beside, "manual").beliefs);
    const counted = ({ statistics }: ReturnType<typeof toldOf>) => [statistics?.trades, statistics?.wins];
    expect(counted(toldOf(shared, "manual"))).toEqual(counted(toldOf(beside, "manual")));
    expect(toldOf(shared, "manual").contexts.reduce((sum, { trades }) => sum + trades, 0)).toBe(6);
  });
});
