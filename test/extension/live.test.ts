import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { registerCommands } from "../../src/extension/commands.js";
import type { DatabentoKey } from "../../src/extension/databentoKey.js";
import { Notifications } from "../../src/extension/notifications.js";
import type { Loopback, RunHost } from "../../src/extension/openRun.js";
import { StatusBar } from "../../src/extension/statusBar.js";
import { Workbench } from "../../src/extension/workbench.js";
import { Store } from "../../src/store/store.js";
import { concatBytes, START, trade } from "../support/dbnBytes.js";
import { FakeClock, hurried } from "../support/fakeClock.js";
import { FakeGateway, type Peer, type Script } from "../support/fakeGateway.js";
import { commands, FakeSecrets, fake } from "../support/fakeVscode.js";
import { CANARY, CANARY_FORMS } from "../support/historicalRange.js";
import { HistoricalServer } from "../support/historicalServer.js";
import { heartbeat, replayCompleted, startOf, welcome } from "../support/liveMarket.js";
import { dayWithSignal, LAST_BEFORE_SIGNAL, SESSION_HEAD, SIGNAL_SECONDS } from "../support/signalDay.js";
import { alertsOf, hostIn, keyIn, NO_SURFACES, SILENT, snoozeIn } from "./support.js";

const SECRET = "volumeCluster.databentoKey";
const SETTINGS = { "contract.session": "continuous" };
let folder: string;
let secrets: FakeSecrets;
let key: DatabentoKey;
let clock: FakeClock;
let logged: string[];
let bar: StatusBar | undefined;
const loopback: Loopback = {};
const closing: (() => unknown)[] = [];

beforeEach(() => {
  fake.reset();
  logged = [];
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-live-"));
  secrets = new FakeSecrets();
  secrets.kept.set(SECRET, CANARY);
  key = keyIn(secrets);
  clock = new FakeClock(START + (SIGNAL_SECONDS + 1) * 1e6);
  vi.spyOn(Date, "now").mockImplementation(() => clock.wall() / 1000);
  vi.spyOn(performance, "now").mockImplementation(() => clock.mono());
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  vi.restoreAllMocks();
  for (const form of CANARY_FORMS) expect(everythingSaid()).not.toContain(form);
  rmSync(folder, { recursive: true, force: true });
});

function everythingSaid(): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const shown = fake.statusItems.map(({ text, tooltip }) => [text, tooltip?.value]);
  return JSON.stringify([logged, fake.messages, fake.progress, fake.statusMessages, shown, files]);
}

/** A window over the folder, with its commands, its status bar and its messages. */
function windowOf(settings: Readonly<Record<string, unknown>> = SETTINGS): Workbench {
  const say = (line: string) => void logged.push(line);
  const log = { info: say, warn: say, error: say };
  const host: RunHost = hostIn(folder, settings, { key, log, loopback });
  const workbench = new Workbench(() => host, log);
  registerCommands({
    workbench,
    ...NO_SURFACES,
    dashboard: { open: () => undefined } as never,
    log: { ...log, show: say } as never,
  });
  const snooze = snoozeIn();
  bar = new StatusBar(workbench, snooze);
  const parts = [bar, new Notifications(workbench, alertsOf(workbench).alerts)];
  closing.push(() => workbench.close(), ...parts.map((part) => () => part.dispose()));
  return workbench;
}

async function gatewayOf(script: Script): Promise<FakeGateway> {
  const gateway = await FakeGateway.start(script);
  closing.push(() => gateway.close());
  loopback.gateway = `127.0.0.1:${gateway.address.port}`;
  loopback.live = { clock, random: () => 0.5 };
  return gateway;
}

/** The status bar item as it is now; its timer is not waited for. */
function status(): string {
  bar?.draw();
  return fake.statusItems.at(-1)?.text ?? "";
}

/** A folder that holds results of a demo. */
async function demoResults(): Promise<string> {
  const place = join(folder, "demo");
  const wasm = () => readFile(fileURLToPath(new URL("../../node_modules/sql.js/dist/sql-wasm.wasm", import.meta.url)));
  const store = await Store.open({ folder: place, kind: "demo", appVersion: "1", wasm, log: SILENT });
  await store.setMeta("demo.seed", 1);
  await store.close();
  return place;
}

/** Starts live by the palette and its list. */
async function startLive(): Promise<void> {
  const done = commands.executeCommand("volumeCluster.start");
  (await fake.nextBox()).choose("Live");
  await done;
}

describe("Start Live", () => {
  it("goes the whole way: signal, recorded fill, lost connection, reconnect, stop, and again after a restart", async () => {
    const asked: (readonly string[])[] = [];
    let cut: () => void = () => undefined;
    const gateway = await gatewayOf(async (peer: Peer, connection) => {
      asked.push(await welcome(peer));
      if (connection === 0) {
        await peer.send(concatBytes(SESSION_HEAD, dayWithSignal()));
        await new Promise<void>((resolve) => {
          cut = resolve;
        });
        peer.rst();
        return;
      }
      const missed = concatBytes(LAST_BEFORE_SIGNAL, trade({ seconds: 7275, price: 4826 }));
      await peer.send(concatBytes(SESSION_HEAD, missed, replayCompleted(), heartbeat(7300)));
      await peer.gone();
    });
    const workbench = windowOf({ ...SETTINGS, "live.record": true });
    const signal = new Promise<string>((resolve) =>
      workbench.onDidOutput((output) => {
        if (output.type === "recommendation") resolve(output.id);
      }),
    );
    await startLive();
    const id = await signal;
    await expect.poll(status).toMatch(/^\$\(bell-dot\) BUY 1 ES MAR24 @ 48\d\d\.\d\d · 29 s$/);
    expect(asked[0]?.slice(1)).toEqual(["schema=trades|stype_in=continuous|symbols=ES.v.0|snapshot=0|is_last=1|id=1"]);
    await expect.poll(() => fake.progress.filter(({ ended }) => !ended)).toHaveLength(1);

    const recording = commands.executeCommand("volumeCluster.recordFill", id);
    (await fake.nextBox()).enter();
    await recording;
    expect(workbench.outputs().filter(({ type }) => type === "fill")).toMatchObject([
      { recommendation: id, account: "manual", late: false },
    ]);

    // The user's account alone: the paper one trades on live data only where it leads.
    expect(workbench.view().accounts.map(({ name }) => name)).toEqual(["manual"]);

    cut();
    await expect.poll(status).toMatch(/^\$\(briefcase\) LONG 1 ES MAR24 .* · Reconnecting \(attempt 1\) in 1 s$/);
    expect(workbench.standing().feed?.health.state).toBe("backoff");
    clock.advance(5000);
    await expect.poll(() => workbench.standing().feed?.health.state).toBe("live");
    expect(gateway.connections).toBe(2);
    expect(startOf(asked[1] ?? [])).toBeDefined();
    await expect.poll(status).toMatch(/^\$\(briefcase\) LONG 1 ES MAR24 @ [\d.]+ \+\$[\d.]+$/);
    expect(workbench.standing().view?.tradesSeen).toBe(364);
    // A lost connection is no message: neither a modal nor another one.
    expect(fake.messages).toEqual([]);

    await commands.executeCommand("volumeCluster.stop");
    expect(workbench.standing()).toMatchObject({ phase: "idle", market: "live", failure: undefined, feed: undefined });
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["journal", "paper_trades.db", "recordings", "trading_system.log"]),
    );
    const again = windowOf();
    await again.restore();
    expect(again.standing()).toMatchObject({ phase: "idle", market: "live" });
    expect(again.view().open.map(({ account, recommendation }) => [account, recommendation.id])).toEqual([
      ["manual", id],
    ]);
  });

  it("withdraws the call while nothing is heard, says since when, and gives it back", async () => {
    let beat: () => void = () => undefined;
    await gatewayOf(async (peer) => {
      await welcome(peer);
      await peer.send(concatBytes(SESSION_HEAD, dayWithSignal()));
      await new Promise<void>((resolve) => {
        beat = resolve;
      });
      await peer.send(heartbeat(7269));
      await peer.gone();
    });
    const workbench = windowOf();
    await startLive();
    await expect.poll(status).toMatch(/· 29 s$/);
    clock.advance(8000);
    await expect
      .poll(status)
      .toMatch(/^\$\(warning\) NO CALL: BUY 1 ES MAR24 @ [\d.]+ is withdrawn · No data for 8 s$/);
    expect(workbench.standing().deadlines.size).toBe(0);
    await expect.poll(() => fake.progress.filter(({ ended }) => !ended)).toEqual([]);
    expect(fake.statusItems.at(-1)?.accessibilityInformation?.label).toMatch(/^No call: buy 1 ES MAR24 .* 8 seconds/);
    expect(fake.messages).toEqual([]);
    beat();
    await expect.poll(status).toMatch(/^\$\(bell-dot\) BUY 1 ES MAR24 @ [\d.]+ · 21 s$/);
    expect(logged.filter((line) => /heard/.test(line))).toHaveLength(1);
  });

  it("stops with one message and a way to mend it when the key is refused, and tries no more", async () => {
    const gateway = await gatewayOf(async (peer) => {
      await peer.send("lsg_version=1\ncram=abc\n");
      const answer = await peer.line();
      await peer.send(`success=0|error=Authentication failed for ${answer} ${CANARY}\n`);
      peer.fin();
    });
    const workbench = windowOf();
    await startLive();
    await expect.poll(() => workbench.standing().phase).toBe("idle");
    expect(fake.messages.map(({ severity, modal, actions }) => ({ severity, modal, actions }))).toEqual([
      { severity: "error", modal: false, actions: ["Set Key", "Show Log"] },
    ]);
    expect(fake.messages[0]?.text).toMatch(/^Databento refused the sign-in/);
    expect(workbench.standing().failure).toBe(fake.messages[0]?.text);
    clock.advance(120_000);
    expect(gateway.connections).toBe(1);
  });

  it("waits, without a message, when there are too many sessions", async () => {
    await gatewayOf(async (peer) => {
      await peer.send("lsg_version=1\ncram=abc\n");
      await peer.line();
      await peer.send("success=0|error=User has reached their open connection limit\n");
      peer.fin();
    });
    const workbench = windowOf();
    await startLive();
    await expect.poll(status).toMatch(/^\$\(sync~spin\) Reconnecting \(attempt 2\) in [3-9]\d s$/);
    expect(fake.statusItems.at(-1)?.tooltip?.value).toContain("10 per dataset and team");
    expect(fake.messages).toEqual([]);
    await commands.executeCommand("volumeCluster.stop");
    expect(workbench.standing()).toMatchObject({ phase: "idle", failure: undefined });
  });

  it("signs in anew with a key that was replaced, and ends when it is cleared in another window", async () => {
    const signIns: string[] = [];
    await gatewayOf(async (peer) => {
      const [auth = ""] = await welcome(peer);
      signIns.push(/-(.{5})\|/.exec(auth)?.[1] ?? "");
      await peer.send(concatBytes(SESSION_HEAD, heartbeat(SIGNAL_SECONDS)));
      await peer.gone();
    });
    const workbench = windowOf();
    await startLive();
    await expect.poll(() => workbench.standing().feed?.health.state).toBe("live");
    await secrets.store(SECRET, `db-${"Z".repeat(29)}`);
    await expect.poll(() => workbench.standing().feed?.health.state).toBe("backoff");
    clock.advance(2000);
    await expect.poll(() => signIns).toEqual([CANARY.slice(-5), "ZZZZZ"]);
    await secrets.delete(SECRET);
    await expect.poll(() => workbench.standing().phase).toBe("idle");
    expect(fake.messages.map(({ text }) => text)).toEqual([
      "The Databento key was cleared, so the live feed has ended",
    ]);
  });

  it("connects in one window of a folder alone: another one shows what that does, and withdraws nothing by a feed it has not", async () => {
    const gateway = await gatewayOf(async (peer) => {
      await welcome(peer);
      await peer.send(concatBytes(SESSION_HEAD, dayWithSignal()));
      await peer.gone();
    });
    const first = windowOf();
    await startLive();
    await expect.poll(() => first.standing().view?.pending.length).toBe(1);
    const second = windowOf();
    await startLive();
    await expect.poll(() => second.standing().leader?.who).toMatch(/^process \d+/);
    expect(second.standing()).toMatchObject({ phase: "running", market: "live", feed: undefined });
    await expect.poll(() => second.standing().deadlines.size).toBe(1);
    expect(gateway.connections).toBe(1);
    expect(fake.messages).toEqual([]);
  });

  it("is found by its folder where nothing is remembered, unless that holds another market's results", async () => {
    await gatewayOf(async (peer) => {
      await welcome(peer);
      await peer.send(concatBytes(SESSION_HEAD, dayWithSignal()));
      await peer.gone();
    });
    const workbench = windowOf();
    await startLive();
    await expect.poll(() => workbench.standing().view?.pending.length).toBe(1);
    await workbench.close();
    const forgetful = windowOf();
    await forgetful.restore();
    expect(forgetful.standing()).toMatchObject({ market: "live", phase: "idle" });
    expect(forgetful.view().pending).toHaveLength(1);
    await forgetful.close();

    const lost = windowOf({ "data.folder": await demoResults() });
    await lost.restore();
    expect(lost.standing().market).toBeUndefined();
    expect(fake.messages).toEqual([]);
  });

  it("ends quietly when the key is cleared here", async () => {
    await gatewayOf(async (peer) => {
      await welcome(peer);
      await peer.send(concatBytes(SESSION_HEAD, heartbeat(SIGNAL_SECONDS)));
      await peer.gone();
    });
    const workbench = windowOf();
    await startLive();
    await expect.poll(() => workbench.standing().feed?.health.state).toBe("live");
    await commands.executeCommand("volumeCluster.clearApiKey");
    expect(workbench.standing()).toMatchObject({ phase: "idle", failure: undefined });
    expect(fake.messages.map(({ severity }) => severity)).toEqual(["information"]);
  });

  it("asks for the key first where there is none, then starts", async () => {
    secrets.kept.clear();
    const history = await HistoricalServer.start();
    closing.push(() => history.stop());
    loopback.historical = { address: history.address, clock: hurried() };
    await gatewayOf(async (peer) => {
      await welcome(peer);
      await peer.send(concatBytes(SESSION_HEAD, heartbeat(SIGNAL_SECONDS)));
      await peer.gone();
    });
    const workbench = windowOf();
    const starting = commands.executeCommand("volumeCluster.start");
    const list = await fake.nextBox();
    expect(list.items.find(({ label }) => label.includes("Live"))?.description).toBe(
      "No key yet: it is asked for first",
    );
    list.choose("Live");
    const box = await fake.nextBox();
    expect(box.password).toBe(true);
    box.type(CANARY);
    box.enter();
    await starting;
    await expect.poll(() => workbench.standing().feed?.health.state).toBe("live");
    await commands.executeCommand("volumeCluster.stop");

    // What was started last is taken by one Enter.
    const again = commands.executeCommand("volumeCluster.start");
    const second = await fake.nextBox();
    expect(second.activeItems.map(({ label }) => label)).toEqual(["$(pulse) Live"]);
    second.hide();
    await again;
  });

  it("can be stopped while it connects, and leaves the run before it at hand", async () => {
    await gatewayOf(async (peer) => {
      await peer.gone();
    });
    const workbench = windowOf();
    await startLive();
    await expect.poll(status).toBe("$(sync~spin) Connecting");
    await commands.executeCommand("volumeCluster.stop");
    expect(workbench.standing()).toMatchObject({ phase: "idle", failure: undefined });
    expect(fake.messages).toEqual([]);
  });

  it("is refused by a folder that holds the results of another market", async () => {
    await gatewayOf(async () => undefined);
    windowOf({ ...SETTINGS, "data.folder": await demoResults() });
    await startLive();
    expect(fake.messages.map(({ text }) => text)).toEqual([expect.stringMatching(/holds demo results, not live ones/)]);
  });

  it("is refused by settings that make no feed, before anything is written", async () => {
    const workbench = windowOf({ "live.dataset": "GLBX" });
    await startLive();
    expect(fake.messages[0]).toMatchObject({ severity: "error", actions: ["Open Settings", "Show Log"] });
    await workbench.stop();
    expect(readdirSync(folder)).toEqual([]);
  });
});
