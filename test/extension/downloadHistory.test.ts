import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registerCommands } from "../../src/extension/commands.js";
import type { DatabentoKey } from "../../src/extension/databentoKey.js";
import { usualWish } from "../../src/extension/history.js";
import type { RunHost } from "../../src/extension/openRun.js";
import { Workbench } from "../../src/extension/workbench.js";
import { hurried } from "../support/fakeClock.js";
import { commands, FakeSecrets, fake } from "../support/fakeVscode.js";
import { CANARY, CANARY_FORMS, DAY, dayBytes } from "../support/historicalRange.js";
import { HistoricalServer } from "../support/historicalServer.js";
import { at } from "../support/outputs.js";
import { hostIn, keyIn, NO_SURFACES } from "./support.js";

const NAME = "glbx-mdp3.trades.ESH4.2023-12-25.dbn.zst";

let server: HistoricalServer;
let folder: string;
let key: DatabentoKey;
let host: RunHost;
let workbench: Workbench;
let logged: string[];

beforeEach(async () => {
  fake.reset();
  logged = [];
  server = await HistoricalServer.start();
  server.usually("timeseries.get_range", { body: dayBytes(50) });
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-history-"));
  const secrets = new FakeSecrets();
  secrets.kept.set("volumeCluster.databentoKey", CANARY);
  key = keyIn(secrets);
  const say = (line: string) => void logged.push(line);
  const log = { info: say, warn: say, error: say };
  const loopback = { historical: { address: server.address, clock: hurried() } };
  host = hostIn(folder, { "contract.session": "continuous", "replay.speed": 1 }, { key, log, loopback });
  workbench = new Workbench(() => host, log);
  registerCommands({
    workbench,
    ...NO_SURFACES,
    dashboard: {} as never,
    log: { ...log, show: say } as never,
  });
});

afterEach(async () => {
  await workbench.close();
  key.dispose();
  await server.stop();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const said = JSON.stringify([logged, fake.messages, fake.progress, fake.statusMessages, files]);
  for (const form of CANARY_FORMS) expect(said).not.toContain(form);
  rmSync(folder, { recursive: true, force: true });
});

const kept = () => (existsSync(join(folder, "history")) ? readdirSync(join(folder, "history")) : []);

/** Answers the three questions. */
async function ask(symbol = "ESH4", days = "2023-12-25", schema = "trades"): Promise<void> {
  const done = commands.executeCommand("volumeCluster.downloadHistory");
  const first = await fake.nextBox();
  first.type(symbol);
  first.enter();
  const second = await fake.nextBox();
  second.type(days);
  second.enter();
  (await fake.nextBox()).choose(schema);
  await done;
}

describe("Download History", () => {
  it("shows the cost first and, after a yes, keeps the verified file and offers to replay it", async () => {
    fake.answers = ["Download", undefined];
    await ask();
    expect(fake.messages[0]).toEqual({
      severity: "warning",
      text: "Download trades of ESH4, 2023-12-25, for $0.66?",
      modal: true,
      actions: ["Download"],
    });
    expect(kept()).toEqual([NAME]);
    expect(fake.messages[1]).toMatchObject({
      severity: "information",
      text: `"${join(folder, "history", NAME)}": 50 records, 0.0 MB, verified, $0.66`,
      actions: ["Replay It"],
    });
    expect(server.calls("timeseries.get_range")[0]?.fields).toMatchObject({
      symbols: "ESH4",
      stype_in: "raw_symbol",
      start: `${DAY.start}`,
      end: `${DAY.end}`,
    });
    expect(fake.progress.map(({ title, ended }) => [title, ended])).toEqual([["Download History", true]]);
  });

  it("replays the file when asked to, and asks before it stops what runs", async () => {
    const running = join(folder, "running.dbn.zst");
    writeFileSync(running, dayBytes(50));
    await workbench.start({ market: "replay", files: [running] });
    const { runNumber } = workbench;
    fake.answers = ["Download", "Replay It", undefined];
    await ask();
    expect([workbench.standing().phase, workbench.runNumber]).toEqual(["running", runNumber]);
    expect(fake.messages.at(-1)?.actions).toEqual(["Stop and Replay"]);
    fake.answers = ["Replay It", "Stop and Replay"];
    await ask();
    expect([workbench.standing().phase, workbench.runNumber]).toEqual(["running", runNumber + 1]);
    expect(host.lastStart.get()).toEqual({ market: "replay", files: [join(folder, "history", NAME)] });
  });

  it("bills nothing without a yes", async () => {
    fake.answers = [undefined];
    await ask();
    expect(server.calls("metadata.get_cost")).toHaveLength(1);
    expect(server.calls("timeseries.get_range")).toEqual([]);
    expect(kept()).toEqual([]);
    expect(fake.messages).toHaveLength(1);
  });

  it("does not even ask above the limit of the settings", async () => {
    server.usually("metadata.get_cost", { body: "5.01" });
    await ask();
    expect(fake.messages.map(({ modal, text }) => [modal, text])).toEqual([
      [false, expect.stringContaining("more than the most it may cost, $5.00 (history.maxCost)")],
    ]);
    expect(server.calls("timeseries.get_range")).toEqual([]);
  });

  it("downloads nothing twice", async () => {
    fake.answers = ["Download", undefined, undefined];
    await ask();
    await ask();
    expect(server.calls("metadata.get_cost")).toHaveLength(1);
    expect(fake.messages.at(-1)).toMatchObject({
      text: expect.stringMatching(/is there already: nothing was downloaded$/),
      actions: ["Replay It"],
    });
  });

  it("leaves no file when it is cancelled or breaks off", async () => {
    server.usually("timeseries.get_range", { body: dayBytes(50), cutAt: 100, hang: true });
    fake.answers = ["Download"];
    const done = ask();
    await expect.poll(() => server.calls("timeseries.get_range").length).toBe(1);
    fake.progress[0]?.cancel();
    await done;
    expect(kept()).toEqual([]);
    expect(fake.messages).toHaveLength(1);
    server.usually("timeseries.get_range", { body: dayBytes(50), cutAt: 300 });
    fake.answers = ["Download"];
    await ask();
    expect(kept()).toEqual([]);
    expect(fake.messages.at(-1)?.severity).toBe("error");
  });

  it("says which part the account may have before anything is billed", async () => {
    const body = { start: "2010-06-06", end: "2023-12-25T12:00:00Z" };
    server.usually("metadata.get_dataset_range", { body });
    fake.answers = [undefined];
    await ask();
    expect(logged.join()).toContain("only that part is downloaded");
  });

  it("does not take a part of a day for all of it, once there is more", async () => {
    const noon = DAY.start + 43_200_000_000_000n;
    const body = { start: "2010-06-06", end: "2023-12-25T12:00:00Z" };
    const part = NAME.replace("2023-12-25", "20231225T000000Z_20231225T120000Z");
    server.usually("metadata.get_dataset_range", { body });
    server.usually("timeseries.get_range", { body: dayBytes(50, { end: noon }) });
    fake.answers = ["Download", undefined, undefined];
    await ask();
    expect(kept()).toEqual([part]);
    expect(fake.messages.at(-1)?.text).toMatch(
      /Only from 2023-12-25T00:00:00Z to 2023-12-25T12:00:00Z: download it again once Databento has the rest$/,
    );
    await ask();
    expect(fake.messages.at(-1)?.text).toMatch(/is there already: nothing was downloaded$/);
    expect(server.calls("metadata.get_cost")).toHaveLength(1);
    server.usually("metadata.get_dataset_range", { body: { ...body, end: "2030-01-01" } });
    server.usually("timeseries.get_range", { body: dayBytes(50) });
    fake.answers = ["Download", undefined];
    await ask();
    expect(kept().toSorted()).toEqual([NAME, part].toSorted());
  });

  it("says which days are not all right before anything is billed", async () => {
    server.usually("metadata.get_dataset_condition", { body: [{ date: "2023-12-25", condition: "degraded" }] });
    fake.answers = [undefined];
    await ask();
    expect(logged.join()).toContain("data are degraded (some may be missing or wrong) on 2023-12-25");
    expect(server.calls("timeseries.get_range")).toEqual([]);
  });

  it("takes several days, and only what can be days and a symbol", async () => {
    const done = commands.executeCommand("volumeCluster.downloadHistory");
    const first = await fake.nextBox();
    expect(first.value).toBe("ES.v.0");
    first.type("ES,NQ");
    expect(first.said()).toContain("cannot be");
    first.type("ESH4");
    first.enter();
    const second = await fake.nextBox();
    expect(second.value).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    for (const wrong of [
      "",
      "yesterday",
      "2023-02-30",
      "2023-12-26 to 2023-12-25",
      "2023-12-25 2023-12-26 2023-12-27",
    ]) {
      second.type(wrong);
      expect(second.said()).toContain("Type a day as 2025-06-09");
    }
    second.back();
    const again = await fake.nextBox();
    expect(again.value).toBe("ESH4");
    again.enter();
    const days = await fake.nextBox();
    days.type("2023-12-25 to 2023-12-27");
    days.enter();
    fake.answers = [undefined];
    (await fake.nextBox()).choose("ohlcv-1m");
    await done;
    expect(server.calls("metadata.get_cost")[0]?.fields).toMatchObject({
      schema: "ohlcv-1m",
      start: `${DAY.start}`,
      end: `${DAY.start + 3n * 86_400_000_000_000n}`,
    });
  });

  it.each([
    ["2025-06-10T12:00:00Z", "2025-06-09"],
    ["2025-06-10T20:00:00Z", "2025-06-10"],
    ["2025-06-08T12:00:00Z", "2025-06-06"],
    ["2025-12-26T12:00:00Z", "2025-12-24"],
  ])("begins at %s with the trading day that is over: %s", (now, day) => {
    expect(usualWish(host, at(now)).days).toBe(day);
  });

  it("follows the contract of the settings", () => {
    const pinned = { ...host, settings: { "contract.pin": "ESM5" } };
    expect(usualWish(pinned, at("2025-06-10T12:00:00Z")).symbol).toBe("ESM5");
  });
});
