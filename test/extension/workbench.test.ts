import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineOutput } from "../../src/core/events.js";
import type { Micros } from "../../src/core/units.js";
import type { RunHost } from "../../src/extension/openRun.js";
import { resetDemo } from "../../src/extension/resetDemo.js";
import { Workbench } from "../../src/extension/workbench.js";
import { concatBytes, metadata, trade } from "../support/dbnBytes.js";
import { fake } from "../support/fakeVscode.js";
import { hostIn, SILENT, workbenchWithSignal } from "./support.js";

let folder = "";
let played = "";
let host: RunHost;
const open: Workbench[] = [];

function workbenchOf(of: RunHost = host): Workbench {
  const workbench = new Workbench(() => of, SILENT);
  open.push(workbench);
  return workbench;
}

/** Two quiet hours, a minute with ten times their volume at its low, then a rise beyond any target. */
function busyHours(): Uint8Array {
  const quiet = Array.from({ length: 120 }, (_, minute) =>
    [0, 20, 40].map((second, i) => trade({ seconds: minute * 60 + second, price: 4800 + 2 * i, size: 10 })),
  );
  const spike = [7200, 7210, 7220].map((seconds, i) =>
    trade({ seconds, price: 4800 + 10 * i, size: i === 0 ? 280 : 10 }),
  );
  // Below the limit 22 s after the signal: the paper entry is in the market then.
  const rise = [19, 25, 50, 75].map((points, i) => trade({ seconds: 7282 + i * 10, price: 4800 + points }));
  return concatBytes(metadata(), ...quiet.flat(), ...spike, ...rise);
}

/** The simulated days whose end was booked. */
function daysOf(workbench: Workbench): ReadonlySet<string> {
  return new Set(workbench.outputs().flatMap((output) => (output.type === "equity" ? (output.tradingDay ?? []) : [])));
}

// The 60 days take a second: they are played once for the tests that begin after them.
beforeAll(async () => {
  played = mkdtempSync(join(tmpdir(), "volume-cluster-played-"));
  const workbench = new Workbench(() => hostIn(played), SILENT);
  await workbench.start({ market: "demo" });
  await workbench.close();
});

afterAll(() => rmSync(played, { recursive: true, force: true }));

beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-test-"));
  host = hostIn(folder);
});

afterEach(async () => {
  for (const workbench of open.splice(0)) await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("The demo", () => {
  it("plays 60 simulated days first, in a folder of its own, with progress", async () => {
    const workbench = workbenchOf();
    const told = new Set<string>();
    workbench.onDidChange(() => told.add(workbench.standing().progress ?? workbench.standing().phase));
    await workbench.start({ market: "demo" });
    expect(workbench.standing()).toMatchObject({ phase: "running", market: "demo", progress: undefined });
    expect([...told]).toEqual(
      expect.arrayContaining(["starting", "Simulated day 1 of 60", "Simulated day 60 of 60", "running"]),
    );
    expect(daysOf(workbench).size).toBe(60);
    expect(readdirSync(folder)).toEqual(["demo"]);
    // With the bars around its signals.
    const [signal] = workbench.outputs().filter((output) => output.type === "signal");
    expect(workbench.run.footprints(signal?.time ?? (0 as Micros))).not.toEqual([]);
  });

  it("makes its history once: a later Start goes on from there, and all of it is the paper account's", async () => {
    cpSync(played, folder, { recursive: true });
    host.runs.set([{ market: "demo", folder: join(folder, "demo"), waiting: 0 }]);
    const first = workbenchOf();
    await first.restore();
    const before = first.outputs().length;
    await first.close();
    const again = workbenchOf();
    const told: (string | undefined)[] = [];
    again.onDidChange(() => told.push(again.standing().progress));
    await again.start({ market: "demo" });
    await again.stop();
    expect(told.filter((progress) => progress !== undefined)).toEqual([]);
    expect(again.outputs().length).toBeGreaterThanOrEqual(before);
    const history = again.outputs().slice(0, before);
    const fills = history.filter((output) => output.type === "fill" || output.type === "exit");
    expect(fills.length).toBeGreaterThan(0);
    expect(fills.every((output) => "account" in output && output.account === "paper")).toBe(true);
  });

  it("keeps all of the history or nothing when it is stopped meanwhile", async () => {
    const workbench = workbenchOf();
    let stopping: Promise<void> | undefined;
    const listener = workbench.onDidChange(() => {
      if (workbench.standing().progress?.startsWith("Simulated day") === true) stopping ??= workbench.stop();
    });
    await workbench.start({ market: "demo" });
    await stopping;
    listener.dispose();
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: undefined, failure: undefined });
    await workbench.start({ market: "demo" });
    expect(workbench.standing().phase).toBe("running");
    expect(daysOf(workbench).size).toBe(60);
  });

  it("starts once, however often it is asked, and stops harmlessly", async () => {
    cpSync(played, folder, { recursive: true });
    const workbench = workbenchOf();
    await workbench.stop();
    await Promise.all([workbench.start({ market: "demo" }), workbench.start({ market: "demo" })]);
    await workbench.start({ market: "demo" });
    expect(workbench.runNumber).toBe(1);
    await Promise.all([workbench.stop(), workbench.stop()]);
    await workbench.stop();
    expect(workbench.standing().phase).toBe("idle");
  });

  it("is deleted by Reset Demo after a modal question, and nothing else is", async () => {
    cpSync(played, folder, { recursive: true });
    const workbench = workbenchOf();
    await workbench.start({ market: "demo" });
    fake.answers = [undefined];
    await resetDemo(workbench);
    expect(existsSync(join(folder, "demo"))).toBe(true);
    expect(workbench.standing().phase).toBe("running");
    fake.answers = ["Reset Demo"];
    await resetDemo(workbench);
    expect(existsSync(join(folder, "demo"))).toBe(false);
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: undefined });
    expect(fake.messages.map(({ modal }) => modal)).toEqual([true, true]);
  });

  it("does not start on settings that are wrong, and says which", async () => {
    const workbench = workbenchOf(hostIn(folder, { "risk.maxDailyTrades": "many" }));
    await expect(workbench.start({ market: "demo" })).rejects.toThrow(/"risk.maxDailyTrades" is "many"/);
    await workbench.stop();
    expect(workbench.standing()).toMatchObject({
      phase: "idle",
      failure: expect.stringContaining("risk.maxDailyTrades"),
    });
    expect(readdirSync(folder)).toEqual([]);
    // The command that asked for the start says so.
    expect(fake.messages).toEqual([]);
  });
});

describe("A replay", () => {
  it("says why nothing could come of its file, and leads to the settings that mend it", async () => {
    const file = join(folder, "hour.dbn");
    writeFileSync(file, concatBytes(metadata(), trade({ seconds: 0, price: 4800 })));
    const workbench = workbenchOf(hostIn(folder, { "contract.instrument": "NQ" }));
    fake.answers = ["Open Settings"];
    await workbench.start({ market: "replay", files: [file] });
    await expect
      .poll(() => fake.messages.map(({ text }) => text))
      .toEqual([
        expect.stringMatching(
          /^The replay has ended\. 1 trade.* No trade of the recording is of "NQ": name its instrument/,
        ),
      ]);
    await expect.poll(() => fake.executed).toContainEqual(["workbench.action.openSettings", "volumeCluster.contract"]);
  });

  it("runs in a folder of its own, says how it ended, and stays open", async () => {
    const file = join(folder, "hour.dbn");
    const trades = [0, 1, 2].map((seconds) => trade({ seconds, price: 4800 + seconds }));
    writeFileSync(file, concatBytes(metadata(), ...trades));
    const workbench = workbenchOf();
    const ended = expect.poll(() => fake.messages.map(({ severity, text }) => `${severity}: ${text}`));
    await workbench.start({ market: "replay", files: [file] });
    await ended.toEqual([expect.stringMatching(/^information: The replay has ended\. 3 trades, 0 clusters/)]);
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: "replay", failure: undefined });
    expect(workbench.view().tradesSeen).toBe(3);
    const folders = () => readdirSync(join(folder, "replay"));
    const first = folders();
    expect(first).toHaveLength(1);
    expect(existsSync(join(folder, "demo"))).toBe(false);
    await workbench.start({ market: "replay", files: [file] });
    // Nothing was kept of the first.
    expect(folders()).toHaveLength(1);
    expect(folders()).not.toEqual(first);
  });

  it.each(["missing.dbn", "cut.dbn"])("of %s does not start, says why, and leaves no folder", async (name) => {
    writeFileSync(join(folder, "cut.dbn"), concatBytes(metadata(), trade({ seconds: 0 })).subarray(0, -10));
    const workbench = workbenchOf();
    const starting = workbench.start({ market: "replay", files: [join(folder, name)] });
    await expect(starting).rejects.toThrow(name);
    await workbench.stop();
    expect(workbench.standing().failure).toContain(name);
    expect(readdirSync(folder)).toEqual(["cut.dbn"]);
    // The command that asked for the start says so.
    expect(fake.messages).toEqual([]);
  });

  it("shows why it failed on its way, once, and stays at hand", async () => {
    const file = join(folder, "off.dbn");
    const offTick = Array.from({ length: 200 }, (_, i) => trade({ seconds: i, price: 4800.1 }));
    writeFileSync(file, concatBytes(metadata(), ...offTick));
    const workbench = workbenchOf();
    await workbench.start({ market: "replay", files: [file] });
    await expect.poll(() => fake.messages.map(({ severity }) => severity)).toEqual(["error"]);
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: "replay" });
    expect(workbench.standing().failure).toContain("off.dbn");
  });

  it("tells at its end of the account that traded, by its name", async () => {
    const file = join(folder, "hours.dbn");
    writeFileSync(file, busyHours());
    const workbench = workbenchOf(hostIn(folder, { "contract.session": "continuous" }));
    await workbench.start({ market: "replay", files: [file] });
    await expect.poll(() => fake.messages.map(({ text }) => text)).toHaveLength(1);
    const paper = workbench.view().accounts.find(({ name }) => name === "paper");
    expect(paper?.closedTrades).toBe(1);
    expect(fake.messages[0]?.text).toMatch(/Paper account: 1 closed trade, [01] won, net -?\$\d/);
    expect(fake.messages[0]?.text).not.toMatch(/0 closed trades|Your fills/);
  });

  it("is traded by the engine alone in paper auto, apart from the user's own results, and known again", async () => {
    const file = join(folder, "hours.dbn");
    writeFileSync(file, busyHours());
    const kept = hostIn(folder, { "contract.session": "continuous" });
    const workbench = workbenchOf(kept);
    await workbench.start({ market: "replay", files: [file] });
    await expect.poll(() => workbench.standing().phase).toBe("idle");
    const own = workbench.folder;
    await workbench.start({ market: "replay", files: [file], paper: true });
    await expect.poll(() => workbench.standing().phase).toBe("idle");
    expect(workbench.standing()).toMatchObject({ market: "replay", paper: true });
    expect(workbench.folder?.startsWith(join(folder, "paper", "replay"))).toBe(true);
    const { accounts, pending } = workbench.view();
    expect(accounts.map(({ name, closedTrades }) => [name, closedTrades])).toEqual([["paper", 1]]);
    expect(pending).toEqual([]);
    expect(workbench.places().map(({ folder: place }) => place)).toEqual([workbench.folder, own]);
    await workbench.close();
    const later = workbenchOf(kept);
    await later.restore();
    expect(later.standing().paper).toBe(true);
    expect(later.view().accounts.map(({ closedTrades }) => closedTrades)).toEqual([1]);
    await later.turnTo("replay");
    expect(later.folder).toBe(own);
    expect(later.standing().paper).toBe(false);
  });

  it("shows times in the zone of its instrument's session", async () => {
    const file = join(folder, "hour.dbn");
    writeFileSync(file, concatBytes(metadata(), trade({ seconds: 0 })));
    const session = { timeZone: "Asia/Tokyo", open: "00:00", close: "00:00", days: [1, 2, 3, 4, 5, 6, 7] };
    const own = {
      symbol: "LTCUSDT",
      tickSize: 0.01,
      pointValue: 1,
      sizeUnit: 1,
      commission: 0,
      riskPerContract: 0,
      session,
    };
    const workbench = workbenchOf(hostIn(folder, { "contract.instrument": "LTCUSDT", instruments: [own] }));
    await workbench.start({ market: "replay", files: [file] });
    expect(workbench.timeZone()).toBe("Asia/Tokyo");
  });
});

describe("A run", () => {
  it("gives each recommendation that arrives 30 s of real time", async () => {
    const before = Date.now();
    const workbench = await workbenchWithSignal();
    const { deadlines, view } = workbench.standing();
    const [pending] = view?.pending ?? [];
    const left = ((pending?.lateAfter ?? 0) - (view?.time ?? 0)) / 1000;
    const deadline = deadlines.get(pending?.id ?? "") ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(deadline - before).toBeGreaterThanOrEqual(left);
    expect(deadline - Date.now()).toBeLessThanOrEqual(30_000);
    await workbench.close();
  });

  it("prolongs no call when the clock of this machine is set back, and ends it when it is set right again", async () => {
    const workbench = await workbenchWithSignal();
    const id = workbench.view().pending[0]?.id ?? "";
    const left = () => (workbench.standing().deadlines.get(id) ?? 0) - Date.now();
    const before = left();
    const computer = Date.now;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => computer() - 3_600_000);
    try {
      expect(left()).toBeGreaterThan(0);
      expect(left()).toBeLessThanOrEqual(before + 1);
    } finally {
      clock.mockRestore();
    }
    expect(left()).toBeLessThan(-3_500_000);
    await workbench.close();
  });

  it("stays open after Stop, so that what is left can be recorded", async () => {
    const workbench = await workbenchWithSignal();
    await workbench.stop();
    const [pending] = workbench.view().pending;
    const outputs = await workbench.record({
      type: "account",
      kind: "decision",
      id: "a decision",
      account: "manual",
      recommendation: pending?.id ?? "",
      time: workbench.answerTime(),
      answer: "not_executed",
      reason: "Away",
    });
    expect(outputs.map((output: EngineOutput) => output.type)).toContain("decision");
    expect(workbench.view().pending).toEqual([]);
    await workbench.close();
  });

  it("of an earlier window is opened again with what waits for an answer, without a feed", async () => {
    const left = join(folder, "left");
    const earlier = await workbenchWithSignal(left);
    const [pending] = earlier.view().pending;
    await earlier.close();
    host.runs.set([{ market: "demo", folder: left, waiting: 0 }]);
    const later = workbenchOf();
    const told: boolean[] = [];
    later.onDidChange(() => told.push(later.standing().restoring));
    const both = [later.restore(), later.restore()];
    expect(later.standing().restoring).toBe(true);
    await Promise.all(both);
    expect(later.standing().restoring).toBe(false);
    expect(told[0]).toBe(true);
    expect(told.at(-1)).toBe(false);
    expect(later.standing()).toMatchObject({ phase: "idle", market: "demo" });
    expect(later.runNumber).toBe(1);
    expect(later.view().pending).toEqual([pending]);
    expect(later.standing().deadlines.size).toBe(0);
  });

  it("is not looked for where nothing was left", async () => {
    const workbench = workbenchOf();
    await workbench.restore();
    for (const stored of [[{ market: "demo", folder: join(folder, "gone"), waiting: 0 }], "of another version", [{}]]) {
      host.runs.set(stored as never);
      const other = workbenchOf();
      await other.restore();
      expect(other.standing().restoring).toBe(false);
    }
    expect(workbench.standing().market).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("tells what it did in the folder's own log", async () => {
    const left = join(folder, "left");
    const workbench = await workbenchWithSignal(left);
    await workbench.close();
    expect(readFileSync(join(left, "trading_system.log"), "utf8")).toMatch(/ INFO .* MES DEC25 LIMIT DAY /);
  });
});
