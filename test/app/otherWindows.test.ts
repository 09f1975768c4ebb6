import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { amendEvent, voidEvent } from "../../src/app/amendments.js";
import { exitEvent, fillEvent, notExecutedEvent } from "../../src/app/answers.js";
import { notCounted } from "../../src/app/notCounted.js";
import { resetEvent } from "../../src/app/resets.js";
import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import type { EngineOutput } from "../../src/core/events.js";
import type { RunMode } from "../../src/core/settings.js";
import { countingExits, moneySteps, openPartialExits, tradeRecords } from "../../src/core/tradeRecords.js";
import { feedOf, LIVE, LiveDay, never, PAPER_AUTO, refusalsOf, typesOf } from "./liveDay.js";
import { linesLog, wasm } from "./memoryRun.js";

const DAY = new LiveDay("2025-06-09");
const ID = "ESM5-20250609T135700Z-BUY";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "windows-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A second that passes when the test says so. */
class Second {
  #over: (() => void) | undefined;
  #waiting: () => void = () => undefined;

  readonly pause = (milliseconds: number, stop: AbortSignal) => {
    expect(milliseconds).toBe(1000);
    return new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      stop.addEventListener("abort", () => resolve());
      this.#over = resolve;
      this.#waiting();
    });
  };

  /** Lets it pass, and waits until what happened in it was seen. */
  readonly pass = async () => {
    if (this.#over === undefined) await this.#begin();
    const next = this.#begin();
    this.#over?.();
    await next;
  };

  /** Resolves when the next one begins. */
  #begin(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}

function open(mode: RunMode, shown: EngineOutput[] = [], second = new Second(), lines: string[] = []): Promise<Run> {
  const settings = parseSettings({ "detector.cooldownMinutes": 0, "detector.rankWindowHours": 0 });
  const sinks = [(output: EngineOutput) => void shown.push(output)];
  const options = { mode, kind: "live", folder, sinks, log: linesLog(lines), wasm } as const;
  return Run.open({ ...options, settings, pause: second.pause, now: () => DAY.at(1640) });
}

/** What a second program does with the folder. */
async function elsewhere(act: (run: Run) => Promise<unknown>): Promise<void> {
  const run = await open(LIVE);
  await run.restore();
  await act(run);
  await run.close();
}

const fill = (run: Run, price = "6000.00", quantity?: string) =>
  run.dispatch(fillEvent(run.engine.view(), { recommendation: ID, price, quantity }, DAY.at(1640), run.outputs).event);
const exit = (run: Run, price: string, quantity?: string) => {
  const said = { recommendation: ID, price, quantity, reason: "manual" };
  return run.dispatch(exitEvent(run.engine.view(), said, DAY.at(1700), run.outputs).event);
};
const skip = (run: Run, reason: string) =>
  run.dispatch(notExecutedEvent(run.engine.view(), { recommendation: ID, reason }, DAY.at(1640), run.outputs).event);

/** A folder with one unanswered recommendation. */
async function issued(): Promise<void> {
  const run = await open(LIVE);
  await run.run(feedOf(...DAY.signal(0, 26)), never);
  expect(typesOf(run.outputs)).toEqual(["signal", "recommendation"]);
  await run.close();
}

describe("A run whose feed is running", () => {
  it("takes in a fill that another program records, shows it, and recommends nothing over the open position", async () => {
    const [shown, second] = [[] as EngineOutput[], new Second()];
    const run = await open(LIVE, shown, second);
    const market = [...DAY.signal(0, 26), () => elsewhere(fill), second.pass, ...DAY.signal(27, 53)];
    await run.run(feedOf(...market), never);
    expect(run.engine.view().open).toMatchObject([{ recommendation: { id: ID }, quantity: 1 }]);
    expect(typesOf(shown)).toEqual(["signal", "recommendation", "fill", "signal", "refusal"]);
    expect(refusalsOf(shown)).toEqual(["OPEN_POSITION"]);
    await run.close();
  });

  it("takes the exit in, too, at the time that its own engine has reached", async () => {
    const [shown, second] = [[] as EngineOutput[], new Second()];
    const run = await open(LIVE, shown, second);
    const both = (other: Run) => fill(other).then(() => exit(other, "6003.00"));
    await run.run(
      feedOf(...DAY.signal(0, 26), DAY.clock(1900), () => elsewhere(both), second.pass),
      never,
    );
    expect(run.engine.view()).toMatchObject({ open: [], pending: [], time: DAY.at(1900) });
    expect(run.engine.view().accounts[0]).toMatchObject({ closedTrades: 1, balance: 1_514_500 });
    expect(typesOf(shown).slice(2)).toEqual(["fill", "exit", "equity"]);
    await run.close();
  });

  it("takes nothing in before the records that it has still to catch up with", async () => {
    await issued();
    const second = new Second();
    const run = await open(LIVE, [], second);
    const beforeTheSignal = DAY.signal(0, 20);
    await run.run(
      feedOf(...beforeTheSignal, () => elsewhere(fill), second.pass, ...DAY.signal(20, 26)),
      never,
    );
    expect(run.outputs.filter(({ type }) => type === "illegal")).toEqual([]);
    expect(run.engine.view().open).toMatchObject([{ recommendation: { id: ID } }]);
    await run.close();
  });

  it("knows all of it that waited when nothing could be saved for a while, and tells it once the disk is back", async () => {
    await issued();
    writeFileSync(join(folder, "HALT"), "Margin call");
    const [shown, second] = [[] as EngineOutput[], new Second()];
    const run = await open(LIVE, shown, second);
    const journal = join(folder, "journal");
    const spoil = async () => {
      renameSync(journal, `${journal}.away`);
      writeFileSync(journal, "");
      throw new Error("The feed broke off");
    };
    const market = [DAY.clock(10), () => elsewhere(fill), second.pass, spoil];
    await expect(run.run(feedOf(...market), never)).rejects.toThrow(/journal/);
    await expect(run.restore()).rejects.toThrow(/journal/);
    rmSync(journal);
    renameSync(`${journal}.away`, journal);
    await run.restore();
    expect(run.engine.view()).toMatchObject({ pending: [], open: [{ recommendation: { id: ID }, quantity: 1 }] });
    expect(typesOf(shown).sort()).toEqual(["fill", "kill"]);
    await run.close();
  });

  it("lets an answer wait until all is told that was recorded earlier, whoever tells it", async () => {
    await issued();
    await elsewhere(fill);
    const run = await open(LIVE);
    const view = await open(LIVE);
    await view.restore();
    const closing = exitEvent(
      view.engine.view(),
      { recommendation: ID, price: "6003.00", reason: "manual" },
      DAY.at(1700),
      view.outputs,
    ).event;
    await view.close();
    const [, made] = await Promise.all([run.restore(), run.dispatch(closing)]);
    expect(typesOf(made)).toEqual(["exit", "equity"]);
    await run.close();
  });

  it("goes on when the folder cannot be read for a while, and says so once", async () => {
    const lines: string[] = [];
    const second = new Second();
    const run = await open(LIVE, [], second, lines);
    const journal = join(folder, "journal");
    const spoil = async () => {
      rmSync(journal, { recursive: true });
      writeFileSync(journal, "");
    };
    await run.run(
      feedOf(...DAY.signal(0, 25), spoil, second.pass, second.pass, () => rmSync(journal) as never),
      never,
    );
    expect(lines.filter((line) => line.startsWith("What other windows do is not known"))).toHaveLength(1);
    await run.close();
  });
});

describe("The file HALT in the data folder", () => {
  const halt = (text: string) => async () => writeFileSync(join(folder, "HALT"), text);
  const halted = (run: Run) => run.engine.view().accounts.map((account) => account.halted);

  it("stops everything within a look, says why, and is latched in the journal once", async () => {
    const [shown, second] = [[] as EngineOutput[], new Second()];
    const run = await open(PAPER_AUTO, shown, second);
    const touched = async () => utimesSync(join(folder, "HALT"), new Date(), new Date());
    const steps = [halt("Margin call\nof the broker\n"), second.pass, touched, second.pass, ...DAY.signal(0, 26)];
    await run.run(feedOf(DAY.clock(0), ...steps), never);
    expect(typesOf(shown)).toEqual(["kill", "signal", "refusal"]);
    expect(shown[0]).toMatchObject({ type: "kill", reason: "Margin call" });
    expect(refusalsOf(shown)).toEqual(["HALTED"]);
    await run.close();
    rmSync(join(folder, "HALT"));
    const again = await open(PAPER_AUTO);
    await again.restore();
    expect(halted(again)).toEqual([true]);
    await again.close();
  });

  it.each([
    ["a file", () => writeFileSync(join(folder, "HALT"), "Early")],
    ["a folder", () => mkdirSync(join(folder, "HALT"))],
    ["a pipe that nobody writes", () => execFileSync("mkfifo", [join(folder, "HALT")])],
  ] as const)("lets no signal through when it is there before the start, as %s", async (_, make) => {
    make();
    const shown: EngineOutput[] = [];
    const run = await open(PAPER_AUTO, shown);
    await run.run(feedOf(...DAY.signal(0, 26)), never);
    expect(refusalsOf(shown)).toEqual(["HALTED"]);
    expect(halted(run)).toEqual([true]);
    await run.close();
  });

  it("stops a run that starts while it lies there, after all that was recorded earlier", async () => {
    const first = await open(PAPER_AUTO);
    await first.run(feedOf(...DAY.signal(0, 3)), never);
    await first.close();
    const stopAndReset = async () => {
      const second = new Second();
      const run = await open(PAPER_AUTO, [], second);
      await run.run(feedOf(DAY.clock(10), halt(""), second.pass), never);
      rmSync(join(folder, "HALT"));
      const said = { account: "paper", reason: "Checked" } as const;
      await run.dispatch(resetEvent(run.engine.view(), said, DAY.at(300), run.outputs));
      expect(halted(run)).toEqual([false]);
      await run.close();
    };
    await stopAndReset();
    await halt("")();
    const second = new Second();
    const run = await open(PAPER_AUTO, [], second);
    await run.run(feedOf(...DAY.signal(0, 26), second.pass, ...DAY.signal(27, 53)), never);
    expect(halted(run)).toEqual([true]);
    expect(run.outputs.filter(({ type }) => type === "kill")).toHaveLength(2);
    expect(run.outputs.findLast(({ type }) => type === "kill")).toMatchObject({
      reason: 'The file "HALT" was put into the data folder',
    });
    await run.close();
  });
});

describe("Two answers at the same moment from two windows", () => {
  /** Two windows of which neither knows what the other is about to record. */
  async function two(act: (run: Run) => Promise<unknown> = async () => undefined): Promise<readonly [Run, Run]> {
    await issued();
    await elsewhere(act);
    const runs = [await open(LIVE), await open(LIVE)] as const;
    for (const run of runs) await run.restore();
    return runs;
  }
  const close = (runs: readonly Run[]) => Promise.all(runs.map((run) => run.close()));
  const reason = (made: readonly EngineOutput[]) =>
    made.flatMap((output) => (output.type === "illegal" ? [output.reason] : []));

  it("count as the first says, and the second is told: two exits", async () => {
    const [one, other] = await two(fill);
    expect(reason(await exit(one, "6003.00"))).toEqual([]);
    expect(reason(await exit(other, "6001.00"))).toEqual([
      `Another window was first: ${ID} was closed at 6003.00 (manual). What you said stays in the journal and does not count`,
    ]);
    await close([one, other]);
    await elsewhere(async (run) => expect(run.engine.view().accounts[0]?.balance).toBe(1_514_500));
  });

  it("count as the first says, and the second is told: a fill of what was not executed", async () => {
    const [one, other] = await two();
    expect(reason(await skip(one, "Too late"))).toEqual([]);
    expect(reason(await fill(other))).toEqual([
      `Another window was first: ${ID} was recorded as not executed. What you said stays in the journal and does not count`,
    ]);
    await close([one, other]);
    const run = await open(LIVE);
    expect(reason(await run.restore())).toEqual([`${ID} was recorded as not executed`]);
    expect(run.engine.view().open).toEqual([]);
    await run.close();
  });

  it("do not come to count where a feed that tells them is stopped, though what ruled one out was taken back", async () => {
    const [one, other] = await two();
    expect(reason(await skip(one, "Too late"))).toEqual([]);
    expect(reason(await fill(other))).toHaveLength(1);
    await close([one, other]);
    await elsewhere(async (run) => {
      const said = { recommendation: ID, why: "It was executed after all" };
      await run.dispatch(voidEvent(run.engine.view(), said, DAY.at(1700), run.outputs).event);
    });
    const asItIs = await open(LIVE);
    await asItIs.restore();
    const { open: positions, pending } = asItIs.engine.view();
    expect(positions).toEqual([]);
    await asItIs.close();
    const stop = new AbortController();
    const run = await open(LIVE);
    await run.run(
      {
        events: async function* () {
          stop.abort();
          yield [DAY.clock(3600)];
        },
      },
      stop.signal,
    );
    expect(run.engine.view()).toMatchObject({ open: [] });
    expect(run.engine.view().pending).toHaveLength(pending.length);
    await run.close();
  });

  it("are both facts when each closes a part and both together all, also at the next start", async () => {
    const [one, other] = await two((run) => fill(run, "6000.00", "3"));
    expect(reason(await exit(one, "6003.00", "1"))).toEqual([]);
    expect(reason(await exit(other, "6001.00", "2"))).toEqual([]);
    await close([one, other]);
    const run = await open(LIVE);
    expect(reason(await run.restore())).toEqual([]);
    expect(run.engine.view()).toMatchObject({ open: [], accounts: [{ balance: 1_523_500, closedTrades: 1 }] });
    expect(countingExits(run.outputs)).toMatchObject([{ quantity: 3, netPnl: 23_500 }]);
    expect(moneySteps(run.outputs).reduce((sum, { netPnl }) => sum + netPnl, 0)).toBe(23_500);
    // As the engine has it: the second took what the first left.
    expect(tradeRecords(run.outputs).get(ID)).toMatchObject({
      partialExits: [{ price: 6003 * 4, quantity: 1 }],
      exit: { id: `exit:manual:${ID}`, price: 6001 * 4 },
    });
    expect(notCounted(run.outputs, await run.booked())).toEqual([]);
    await run.close();
  });

  it("are refused beyond what is open, and the second is told: two parts", async () => {
    const [one, other] = await two((run) => fill(run, "6000.00", "3"));
    expect(reason(await exit(one, "6003.00", "2"))).toEqual([]);
    expect(reason(await exit(other, "6001.00", "2"))).toEqual([
      `Another window was first: 2 contracts of ${ID} cannot be closed: 1 are open. What you said stays in the journal and does not count`,
    ]);
    await close([one, other]);
    await elsewhere(async (run) => {
      expect(run.engine.view().accounts[0]?.balance).toBe(1_529_000);
      expect(openPartialExits(run.outputs)).toMatchObject([{ netPnl: 29_000 }]);
      expect(tradeRecords(run.outputs).get(ID)?.partialExits).toMatchObject([{ price: 6003 * 4, quantity: 2 }]);
    });
  });

  it("count both where the second closes all, and the second is told what is left of it", async () => {
    const [one, other] = await two((run) => fill(run, "6000.00", "3"));
    expect(reason(await exit(one, "6003.00", "1"))).toEqual([]);
    expect(reason(await exit(other, "6001.00"))).toEqual([
      `Another window was first: it closed a part of ${ID}. What you said closes the 2 that were left`,
    ]);
    await close([one, other]);
    await elsewhere(async (run) => expect(run.engine.view().accounts[0]?.balance).toBe(1_523_500));
  });

  it("are told apart when they correct two parts of a trade alike", async () => {
    const [one, other] = await two(async (run) => {
      await fill(run, "6000.00", "3");
      await exit(run, "6003.00", "1");
      await exit(run, "6001.00", "1");
    });
    const correct = (run: Run, place: number) => {
      const target = tradeRecords(run.outputs).get(ID)?.partialExits?.[place]?.id;
      const said = { recommendation: ID, of: "exit", exit: target, price: "6002.00", why: "Misread" } as const;
      return run.dispatch(amendEvent(run.engine.view(), said, DAY.at(1800), run.outputs).event);
    };
    expect(reason(await correct(one, 0))).toEqual([]);
    // The first correction gave the part another name.
    expect(reason(await correct(other, 1)).join()).toMatch(/^Another window was first: /);
    await close([one, other]);
  });

  it("are both facts when both are fills, and the second is told", async () => {
    const [one, other] = await two();
    expect(reason(await fill(one, "6000.00"))).toEqual([]);
    expect(reason(await fill(other, "6000.25"))[0]).toContain("both fills are recorded, 2 of 1 recommended");
    await close([one, other]);
  });

  it("are one when they say the same", async () => {
    const [one, other] = await two();
    expect(reason(await fill(one))).toEqual([]);
    expect(reason(await fill(other))).toEqual([]);
    await close([one, other]);
    await elsewhere(async (run) => expect(run.engine.view().open).toMatchObject([{ quantity: 1 }]));
  });

  it("leave an answer to another recommendation alone", async () => {
    const [one, other] = await two();
    await one.setMeta("something", 1);
    expect(reason(await skip(other, "Away"))).toEqual([]);
    await close([one, other]);
  });
});

it("A run over a folder writes trading_system.log there, each event once, and not when it only reads", async () => {
  await issued();
  await elsewhere(fill);
  const settings = undefined;
  const reader = await Run.open({
    settings,
    mode: LIVE,
    kind: undefined,
    folder,
    sinks: [],
    log: linesLog(),
    wasm,
    readOnly: true,
  });
  await reader.restore();
  await reader.close();
  const lines = readFileSync(join(folder, "trading_system.log"), "utf8").trimEnd().split("\n");
  expect(lines.map((line) => /INFO \S+ {2}(\w+)/.exec(line)?.[1])).toEqual(["Signal", "BUY", "Filled"]);
});
