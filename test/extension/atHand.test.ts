import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Log } from "../../src/app/log.js";
import { report } from "../../src/extension/commands.js";
import type { Dashboard } from "../../src/extension/dashboard.js";
import type { OpenRun, RunHost } from "../../src/extension/openRun.js";
import { resetDemo } from "../../src/extension/resetDemo.js";
import * as runs from "../../src/extension/runs.js";
import { showPendingTrades } from "../../src/extension/showPending.js";
import { start } from "../../src/extension/start.js";
import { statusLook } from "../../src/extension/statusText.js";
import { type Runs, Workbench } from "../../src/extension/workbench.js";
import { concatBytes, metadata, trade } from "../support/dbnBytes.js";
import { fake } from "../support/fakeVscode.js";
import { hostIn, SILENT, workbenchWithSignal } from "./support.js";

let folder = "";
let left = "";
let pendingId = "";
let host: RunHost;
const open: Workbench[] = [];

/** A demo folder with a recommendation that nobody has answered. */
beforeAll(async () => {
  left = mkdtempSync(join(tmpdir(), "volume-cluster-left-"));
  const earlier = await workbenchWithSignal(left);
  pendingId = earlier.view().pending[0]?.id ?? "";
  await earlier.close();
  expect(pendingId).not.toBe("");
});

afterAll(() => rmSync(left, { recursive: true, force: true }));

beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-test-"));
  host = hostIn(folder);
  cpSync(left, join(folder, "demo"), { recursive: true });
  host.runs.set([{ market: "demo", folder: join(folder, "demo"), waiting: 0 }]);
});

afterEach(async () => {
  for (const workbench of open.splice(0)) await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

function workbenchOf(
  of: RunHost = host,
  loadRuns: () => Promise<Runs> = async () => runs,
  log: Log = SILENT,
): Workbench {
  const workbench = new Workbench(() => of, log, loadRuns);
  open.push(workbench);
  return workbench;
}

/** What `opened` makes of each run that a start opens. */
function withOpened(opened: (open: OpenRun) => OpenRun): () => Promise<Runs> {
  return async () => ({
    ...runs,
    prepareRun: async (...args) => {
      const prepared = await runs.prepareRun(...args);
      return prepared && { ...prepared, open: async () => opened(await prepared.open()) };
    },
  });
}

const pendingIds = (workbench: Workbench) => workbench.standing().view?.pending.map(({ id }) => id);

function recording(): string {
  const file = join(folder, "hour.dbn");
  writeFileSync(file, concatBytes(metadata(), trade({ seconds: 0 }), trade({ seconds: 1 })));
  return file;
}

/** 2023-12-26 09:30 New York, from the beginning of recordings. */
const OPEN_SECONDS = 86_400 + 14.5 * 3600;

/** A recording with a bar of five times the volume of those before: something that a run keeps. */
function recordingOfCluster(): string {
  const file = join(folder, "cluster.dbn");
  const minutes = Array.from({ length: 30 }, (_, minute) =>
    trade({ seconds: OPEN_SECONDS + minute * 60, size: minute === 25 ? 500 : 100 }),
  );
  writeFileSync(file, concatBytes(metadata(), ...minutes));
  return file;
}

describe("A start that is stopped at once", () => {
  it.each(["demo", "replay"] as const)("of a %s leaves what waits where it was: while it prepares", async (market) => {
    const workbench = workbenchOf();
    await workbench.restore();
    const starting = workbench.start(market === "demo" ? { market } : { market, files: [recording()] });
    await workbench.stop();
    await starting;
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: "demo", failure: undefined });
    expect(pendingIds(workbench)).toEqual([pendingId]);
    expect(readdirSync(folder)).not.toContain("replay");
  });

  it.each(["demo", "replay"] as const)("of a %s leaves what waits where it was: while it opens", async (market) => {
    const stopped = withOpened((opened) => {
      void workbench.stop();
      return opened;
    });
    const workbench = workbenchOf(host, stopped);
    await workbench.restore();
    await workbench.start(market === "demo" ? { market } : { market, files: [recording()] });
    await workbench.stop();
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: "demo" });
    expect(pendingIds(workbench)).toEqual([pendingId]);
    expect(readdirSync(join(folder)).includes("replay") && readdirSync(join(folder, "replay"))).toEqual(
      market === "demo" ? false : [],
    );
  });

  it("leaves what waits where it was: before its feed has brought anything", async () => {
    const workbench = workbenchOf();
    await workbench.start({ market: "demo" });
    await workbench.stop();
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: "demo" });
    expect(pendingIds(workbench)).toContain(pendingId);
  });
});

describe("A start that fails", () => {
  it.each([
    ["its settings are wrong", { settings: { "risk.maxDailyTrades": "many" } }, /maxDailyTrades/],
    [
      "its data folder is no absolute one",
      { settings: { "data.folder": "~/trades" } },
      /"data.folder" is "~\/trades".*absolute/,
    ],
    ["its file is missing", { files: ["/missing.dbn"] }, /missing\.dbn/],
  ])("changes nothing when %s, and is told below what waits", async (_case, { settings, files }: Case, message) => {
    let current = host;
    const workbench = new Workbench(
      () => current,
      SILENT,
      async () => runs,
    );
    open.push(workbench);
    await workbench.restore();
    current = { ...host, settings: settings ?? {} };
    const choice = files === undefined ? ({ market: "demo" } as const) : ({ market: "replay", files } as const);
    await expect(workbench.start(choice)).rejects.toThrow(message);
    await workbench.stop();
    expect(pendingIds(workbench)).toEqual([pendingId]);
    expect(workbench.runNumber).toBe(1);
    expect(workbench.standing().failure).toMatch(message);
    const look = statusLook(workbench.standing(), Date.now());
    expect(look.text).toMatch(/^\$\(history\) Demo stopped: (BUY|SHORT) /);
    expect(look.tooltip.join("\n")).toMatch(message);
    expect(readdirSync(folder)).toEqual(["demo"]);
  });

  interface Case {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly files?: readonly string[];
  }

  it("changes nothing when its folder cannot be opened", async () => {
    const failing = withOpened(() => {
      throw new Error("The disk is gone");
    });
    const workbench = workbenchOf(host, failing);
    await workbench.restore();
    await expect(workbench.start({ market: "demo" })).rejects.toThrow("The disk is gone");
    await workbench.stop();
    expect(pendingIds(workbench)).toEqual([pendingId]);
  });

  it("changes nothing when its feed fails before it has brought anything", async () => {
    const failing = withOpened((opened) => ({
      ...opened,
      feed: {
        // biome-ignore lint/correctness/useYield: it fails first
        async *events() {
          throw new Error("The file is gone");
        },
      },
    }));
    const workbench = workbenchOf(host, failing);
    await workbench.restore();
    await workbench.start({ market: "replay", files: [recording()] });
    await workbench.stop();
    expect(workbench.standing()).toMatchObject({ market: "demo", failure: "The file is gone" });
    expect(pendingIds(workbench)).toEqual([pendingId]);
    expect(readdirSync(join(folder, "replay"))).toEqual([]);
  });

  it("is no failed start once its feed has brought something: then it stays at hand, and says once why it ended", async () => {
    const failing = withOpened((opened) => ({
      ...opened,
      feed: {
        async *events(stop) {
          yield* opened.feed?.events(stop) ?? [];
          throw new Error("The disk went away");
        },
      },
    }));
    const workbench = workbenchOf(host, failing);
    await workbench.restore();
    await workbench.start({ market: "replay", files: [recording()] });
    await expect.poll(() => workbench.standing().phase).toBe("idle");
    expect(workbench.standing()).toMatchObject({ market: "replay", failure: "The disk went away" });
    expect(workbench.standing().elsewhere).toEqual([{ market: "demo", folder: join(folder, "demo"), waiting: 1 }]);
    expect(fake.messages.map(({ severity }) => severity)).toEqual(["error"]);
  });

  it("is logged once and told once", async () => {
    const lines: string[] = [];
    const log = { ...SILENT, error: (line: string) => void lines.push(line) };
    const workbench = workbenchOf(hostIn(folder, { "demo.seed": -1 }), async () => runs, log);
    await report(log as never, () => workbench.start({ market: "demo" }));
    await workbench.stop();
    expect(lines).toEqual([expect.stringContaining("demo.seed")]);
    expect(fake.messages).toHaveLength(1);
  });
});

describe("Another run", () => {
  it("takes the place of one in which something waits, names it, and leads back to it", async () => {
    const workbench = workbenchOf();
    await workbench.restore();
    await workbench.start({ market: "replay", files: [recording()] });
    await expect.poll(() => workbench.standing().phase).toBe("idle");
    expect(workbench.standing()).toMatchObject({ market: "replay", elsewhere: [{ market: "demo", waiting: 1 }] });
    const look = statusLook(workbench.standing(), Date.now());
    expect([look.text, look.command]).toEqual([
      "$(history) Replay stopped: 1 trade waits in the demo",
      "volumeCluster.showPendingTrades",
    ]);
    const flow = showPendingTrades(workbench);
    (await fake.nextBox()).choose("1 trade waits in the demo");
    const there = await fake.nextBox();
    expect(there.labels().join()).toMatch(/(BUY|SHORT) \d MES DEC25/);
    there.hide();
    await flow;
    expect(workbench.standing()).toMatchObject({ market: "demo", elsewhere: [] });
    expect(pendingIds(workbench)).toEqual([pendingId]);
  });

  it("is remembered with the others in the next window", async () => {
    const workbench = workbenchOf();
    await workbench.restore();
    await workbench.start({ market: "replay", files: [recordingOfCluster()] });
    await expect.poll(() => workbench.standing().phase).toBe("idle");
    await workbench.close();
    const later = workbenchOf();
    await later.restore();
    expect(later.standing()).toMatchObject({ market: "replay", elsewhere: [{ market: "demo", waiting: 1 }] });
    await later.turnTo("demo");
    expect(pendingIds(later)).toEqual([pendingId]);
  });

  it("has drafts of its own: those of a deleted demo are gone, those of a demo that goes on are not", async () => {
    const workbench = workbenchOf();
    await workbench.restore();
    workbench.drafts.set(pendingId, "1 @ 6010");
    await workbench.start({ market: "demo" });
    expect(workbench.drafts.get(pendingId)).toBe("1 @ 6010");
    await workbench.stop();
    fake.answers = ["Reset Demo"];
    await resetDemo(workbench);
    await workbench.start({ market: "demo" });
    expect(workbench.drafts.size).toBe(0);
    expect(workbench.standing().elsewhere).toEqual([]);
  });
});

describe("A window that remembers nothing", () => {
  it.each([
    ["the extension's own storage", (): RunHost => hostIn(folder)],
    [
      "the folder that the setting names",
      (): RunHost => ({ ...hostIn("/nowhere"), settings: { "data.folder": folder } }),
    ],
  ])("finds the demo by its folder in %s", async (_case, of) => {
    const workbench = workbenchOf(of());
    await workbench.restore();
    expect(pendingIds(workbench)).toEqual([pendingId]);
  });
});

describe("Start while a run is stopping", () => {
  it("waits until it has stopped", async () => {
    const workbench = workbenchOf();
    await workbench.start({ market: "demo" });
    const stopping = workbench.stop();
    expect(workbench.standing().phase).toBe("stopping");
    await workbench.start({ market: "demo" });
    await stopping;
    expect(workbench.standing().phase).toBe("running");
    expect(workbench.runNumber).toBe(2);
  });

  it("asks what to watch, and does not open the panel instead", async () => {
    const workbench = workbenchOf();
    await workbench.start({ market: "demo" });
    const stopping = workbench.stop();
    const flow = start(workbench, {
      open: () => Promise.reject(new Error("It opened the panel")),
    } as unknown as Dashboard);
    (await fake.nextBox()).choose("Demo");
    await Promise.all([stopping, flow]);
    expect(workbench.standing().phase).toBe("running");
  });
});

describe("Reset Demo", () => {
  it("deletes nothing where the setting names no absolute folder", async () => {
    const workbench = workbenchOf(hostIn(folder, { "data.folder": "trades" }));
    mkdirSync(join(folder, "trades"));
    await expect(resetDemo(workbench)).rejects.toThrow(/"data.folder" is "trades".*absolute path/);
    expect(fake.messages).toEqual([]);
  });
});
