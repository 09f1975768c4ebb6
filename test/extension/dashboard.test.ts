import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HostMessage } from "../../src/core/protocol.js";
import type { Micros } from "../../src/core/units.js";
import { Dashboard } from "../../src/extension/dashboard.js";
import { exportPerformance } from "../../src/extension/exportPerformance.js";
import { openEvidence } from "../../src/extension/openEvidence.js";
import { recordFill } from "../../src/extension/recordFill.js";
import { statusLook } from "../../src/extension/statusText.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { env, FakePanel, fake, l10n, Uri } from "../support/fakeVscode.js";
import { exit } from "../support/outputs.js";
import { workbenchAt, workbenchWithSignal } from "./support.js";

let workbench: Workbench;
let dashboard: Dashboard;
let panel: FakePanel;

beforeEach(async () => {
  fake.reset();
  workbench = await workbenchWithSignal();
  dashboard = new Dashboard(workbench, Uri.file("/extension") as never);
  await dashboard.open();
  panel = fake.panels[0] as FakePanel;
  return async () => {
    dashboard.dispose();
    await workbench.close();
  };
});

const types = () => panel.posted.map((message) => (message as HostMessage).type);

async function answer(): Promise<void> {
  const flow = recordFill(workbench, workbench.view().pending[0]?.id);
  (await fake.nextBox()).enter();
  await flow;
}

describe("The performance panel", () => {
  it("is one: opening it again brings it to the front", async () => {
    await dashboard.open();
    expect([fake.panels.length, panel.revealed]).toEqual([1, 1]);
    panel.dispose();
    await dashboard.open();
    expect(fake.panels).toHaveLength(2);
  });

  it("may load from its own folder alone, and may run no command by a link", () => {
    expect(panel.options).toEqual({
      enableScripts: true,
      enableCommandUris: false,
      localResourceRoots: [Uri.file("/extension/dist/webview")],
    });
    const addresses = [...panel.webview.html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
    expect(addresses).toHaveLength(3);
    expect(addresses.filter((address) => !address?.startsWith("https:///extension/dist/webview/"))).toEqual([]);
    expect(panel.webview.html).toMatch(/script-src 'nonce-[\w-]{22}'/);
  });

  it("speaks the language of VS Code where there are texts for it, else English", async () => {
    expect(panel.webview.html).toContain('<html lang="en">');
    panel.dispose();
    Object.assign(env, { language: "zh-cn" });
    Object.assign(l10n, { bundle: { Start: "启动" } });
    await dashboard.open();
    Object.assign(env, { language: "en" });
    Object.assign(l10n, { bundle: undefined });
    const { html } = (fake.panels[1] as FakePanel).webview;
    expect(html).toContain('<html lang="zh-cn">');
    expect(html).toContain('<script type="application/json" id="l10n">{"Start":"启动"}</script>');
  });

  it("is told everything when it is ready, and nothing before", async () => {
    const quantity = workbench.view().pending[0]?.quantity;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await answer();
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    expect(panel.posted).toEqual([]);
    panel.say({ type: "ready" });
    expect(types()).toEqual(["snapshot"]);
    const [message] = panel.posted as HostMessage[];
    expect(message?.type === "snapshot" && message.state).toMatchObject({
      instrument: "MES DEC25",
      mode: "demo",
      simulated: true,
      open: expect.arrayContaining([
        expect.objectContaining({ account: "manual", held: expect.stringMatching(`^(LONG|SHORT) ${quantity}$`) }),
      ]),
    });
  });

  it("is told changes together, at most four times a second", async () => {
    panel.say({ type: "ready" });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await answer();
    vi.advanceTimersByTime(249);
    expect(types()).toEqual(["snapshot"]);
    vi.advanceTimersByTime(60);
    expect(types()).toEqual(["snapshot", "append"]);
    const change = panel.posted[1] as HostMessage;
    expect(change.type === "append" && change.change.state.open.map((position) => position.account)).toContain(
      "manual",
    );
    vi.useRealTimers();
  });

  it("draws anew in R as soon as it is to be discreet", () => {
    panel.say({ type: "ready" });
    fake.settings["volumeCluster.display.discreet"] = { globalValue: true };
    workbench.refresh();
    const message = panel.posted.at(-1) as HostMessage;
    expect(message.type === "snapshot" && message.state.accounts[0]).toMatchObject({ unit: "R", startBalance: 0 });
  });

  it("sounds only while its page is there, and knows from the page whether it may", () => {
    const wav = new Uint8Array([82, 73, 70, 70]);
    dashboard.playSound(wav);
    expect([dashboard.sound, panel.posted]).toEqual(["closed", []]);
    panel.say({ type: "ready" });
    expect(dashboard.sound).toBe("untried");
    dashboard.playSound(wav);
    expect(panel.posted.at(-1)).toEqual({ type: "sound", wav: "UklGRg==" });
    panel.say({ type: "sounds", allowed: false });
    expect(dashboard.sound).toBe("blocked");
    panel.say({ type: "sounds", allowed: true });
    expect(dashboard.sound).toBe("allowed");
    panel.setVisible(false);
    expect(dashboard.sound).toBe("closed");
    panel.setVisible(true);
    panel.say({ type: "ready" });
    expect(dashboard.sound).toBe("untried");
  });

  it("is told nothing while it is hidden, and everything when its page is back", async () => {
    panel.say({ type: "ready" });
    panel.setVisible(false);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await answer();
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    expect(types()).toEqual(["snapshot"]);
    panel.setVisible(true);
    panel.say({ type: "ready" });
    expect(types()).toEqual(["snapshot", "snapshot"]);
  });

  it("does not look like waiting after a stop: the call is late, and another start is offered", async () => {
    await workbench.stop();
    panel.say({ type: "ready" });
    const message = panel.posted.at(-1) as HostMessage;
    expect(message.type === "snapshot" && message.state).toMatchObject({
      mode: "idle",
      phase: "idle",
      simulated: true,
      status: "Stopped: no signal comes until you start",
      recommendation: { id: workbench.view().pending[0]?.id, lateAt: 0 },
    });
  });

  it("counts down a call that an earlier run left as the status bar does, as soon as the engine knows it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "volume-cluster-panel-"));
    const earlier = await workbenchWithSignal(folder);
    const [left] = earlier.view().pending;
    await earlier.close();
    const { workbench: later, told } = workbenchAt(folder, ((left?.lateAfter ?? 0) - 28_000_000) as Micros);
    const itsPanel = new Dashboard(later, Uri.file("/extension") as never);
    await itsPanel.open();
    const posted = fake.panels.at(-1) as FakePanel;
    posted.say({ type: "ready" });
    // What the panel and the status bar say differs at no moment at which the phase or the run has changed.
    const differences: unknown[] = [];
    later.onDidChange(() => {
      const states = (posted.posted as HostMessage[]).flatMap((message) => {
        if (message.type === "snapshot") return [message.state];
        return message.type === "append" ? [message.change.state] : [];
      });
      const said = states.at(-1);
      if (said === undefined) throw new Error("The panel was told nothing");
      if (said.phase !== later.phase) differences.push([said.phase, later.phase]);
    });
    await later.start({ market: "demo" });
    await told;
    posted.say({ type: "ready" });
    const message = posted.posted.at(-1) as HostMessage;
    const lateAt = message.type === "snapshot" ? message.state.recommendation?.lateAt : undefined;
    const { text } = statusLook(later.standing(), Date.now());
    itsPanel.dispose();
    await later.close();
    rmSync(folder, { recursive: true, force: true });
    expect(lateAt).toBeGreaterThan(0);
    expect(text).toMatch(/ · 2[78] s$/);
    expect(differences).toEqual([]);
  });

  it("asks for conversations by id, and a message that is none is dropped", () => {
    for (const type of ["recordFill", "copyTicket", "skip"]) panel.say({ type, recommendation: "an id" });
    panel.say({ type: "showPending" });
    panel.say({ type: "start" });
    panel.say({ type: "executeCommand", command: "workbench.action.quit" });
    expect(fake.executed).toEqual([
      ["volumeCluster.recordFill", "an id"],
      ["volumeCluster.copyOrderTicket", "an id"],
      ["volumeCluster.skipSignal", "an id"],
      ["volumeCluster.showPendingTrades"],
      ["volumeCluster.start"],
    ]);
  });

  it("does what a message says once, though it comes again", async () => {
    panel.sayAsIs({ number: 5, message: { type: "showPending" } });
    panel.sayAsIs({ number: 5, message: { type: "showPending" } });
    panel.sayAsIs({ number: 4, message: { type: "start" } });
    expect(fake.executed).toEqual([["volumeCluster.showPendingTrades"]]);
    panel.setVisible(false);
    panel.setVisible(true);
    panel.sayAsIs({ number: 1, message: { type: "ready" } });
    panel.sayAsIs({ number: 2, message: { type: "ready" } });
    for (const { at } of panel.envelopes) expect(Math.abs((at ?? 0) - Date.now())).toBeLessThan(3_600_000);
    const numbers = panel.envelopes.map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(1);
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
  });

  it("comes back as it was after the window has reloaded", async () => {
    const restore = async (restored: FakePanel) =>
      fake.serializers.get("volumeCluster.performance")?.deserializeWebviewPanel(restored, {});
    panel.dispose();
    const restored = new FakePanel("Volume Cluster 绩效", {});
    await restore(restored);
    expect(restored.options).toEqual(panel.options);
    expect(restored.title).toBe("Volume Cluster Performance");
    restored.say({ type: "ready" });
    expect(restored.posted.map((message) => (message as HostMessage).type)).toEqual(["snapshot"]);
    await dashboard.open();
    expect([fake.panels.length, restored.revealed]).toEqual([1, 1]);
    const second = new FakePanel("Volume Cluster Performance", {});
    await restore(second);
    expect(second.webview.html).toBe("");
  });

  it("leaves a line in the log for what either side could not read", () => {
    const lines: string[] = [];
    const log = vi.spyOn(workbench.log, "warn").mockImplementation((line) => void lines.push(line));
    panel.say({ type: "executeCommand" });
    panel.say({ type: "recordFill", recommendation: 7 });
    panel.say({ type: "dropped", count: 3 });
    log.mockRestore();
    expect(lines).toEqual([
      "Dropped a message of the performance panel that is none, or came twice: 1 so far",
      "Dropped a message of the performance panel that is none, or came twice: 2 so far",
      "The performance panel dropped a message that is none, or came twice: 3 so far",
    ]);
  });

  it("is not heard when it talks without end", () => {
    const warn = vi.spyOn(workbench.log, "warn").mockImplementation(() => undefined);
    for (let i = 0; i < 10_000; i++) panel.say({ type: "start" });
    expect(warn.mock.calls.length).toBeLessThanOrEqual(2);
    expect(warn.mock.calls[0]).toEqual(["Dropped messages of the performance panel: it sent more than 20 in a second"]);
    warn.mockRestore();
    expect(fake.executed.length).toBeLessThanOrEqual(40);
  });

  it("is told the closed trades behind a snapshot, and later those that are new alone, of thousands some at a time", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const trades = () =>
      panel.posted.flatMap((message) => ((message as HostMessage).type === "trades" ? [message as TradesMessage] : []));
    const kept = workbench.outputs();
    const shown = (count: number) => {
      const exits = Array.from({ length: count }, (_, at) => exit({ account: "manual", id: `new ${at}` }));
      vi.spyOn(workbench, "outputs").mockReturnValue([...kept, ...exits]);
      panel.say({ type: "ready" });
      expect(types().at(-1)).toBe("snapshot");
      const before = trades().length;
      vi.advanceTimersByTime(1_000);
      return trades().slice(before);
    };
    expect(shown(1)).toMatchObject([{ kept: 0, more: false }]);
    expect(trades()[0]?.rows.at(-1)).toMatchObject({ id: "new 0", entry: "6010.50", exit: "6025.75", ticks: 61 });
    const many = shown(1_200);
    expect(many).toHaveLength(3);
    expect(many.map(({ more }) => more)).toEqual([true, true, false]);
    expect(many.map((message) => message.kept)).toEqual([0, 500, 1_000]);
    expect(many.flatMap(({ rows }) => rows.map(({ id }) => id)).slice(-2)).toEqual(["new 1198", "new 1199"]);
    // Those of another run are gone with the first that is told of it.
    vi.spyOn(workbench, "runNumber", "get").mockReturnValue(workbench.runNumber + 1);
    workbench.refresh();
    expect(types().slice(-3)).toEqual(["snapshot", "trades", "report"]);
    expect(panel.posted.at(-2)).toEqual({ type: "trades", kept: 0, rows: [], more: false });
    vi.useRealTimers();
  });

  it("begins anew with the statistics of all time, which a page that kept no period shows", async () => {
    panel.say({ type: "ready" });
    panel.say({ type: "period", period: { kind: "days", days: 7 } });
    panel.dispose();
    await dashboard.open();
    panel = fake.panels[1] as FakePanel;
    panel.say({ type: "ready" });
    expect(dashboard.period).toEqual({ kind: "all" });
  });

  it("is told the statistics of the period that it asks for", () => {
    panel.say({ type: "ready" });
    panel.say({ type: "period", period: { kind: "days", days: 7 } });
    const message = panel.posted.at(-1) as HostMessage;
    expect(message.type === "report" && message.report.period).toEqual({ kind: "days", days: 7 });
    expect(message.type === "report" && message.report.accounts.map(({ name }) => name)).toContain("manual");
    panel.say({ type: "period", period: { kind: "range", from: "2025-1-1", to: "2025-02-01" } });
    expect(panel.posted.at(-1)).toBe(message);
    expect(dashboard.period).toEqual({ kind: "days", days: 7 });
  });

  it("shows the statistics of one run no moment longer once another is at hand, and then tells those whole", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    panel.say({ type: "ready" });
    panel.say({ type: "period", period: { kind: "days", days: 7 } });
    const reports = () =>
      panel.posted.flatMap((message) => ((message as HostMessage).type === "report" ? [message as ReportMessage] : []));
    vi.spyOn(workbench, "runNumber", "get").mockReturnValue(workbench.runNumber + 1);
    const before = panel.posted.length;
    workbench.refresh();
    expect(types().slice(before)).toEqual(["snapshot", "report"]);
    expect(reports().at(-1)).toEqual({
      type: "report",
      report: { period: { kind: "days", days: 7 }, accounts: [], blind: [] },
      kept: [],
    });
    vi.advanceTimersByTime(5_000);
    expect(
      reports()
        .at(-1)
        ?.report.accounts.map(({ name }) => name),
    ).toContain("manual");
    expect(reports().at(-1)?.kept).toContainEqual({ name: "manual", multipliers: 0, days: 0 });
    vi.useRealTimers();
  });

  it("is told the evidence that was asked for when its page is ready, once", async () => {
    const id = workbench.view().pending[0]?.id;
    panel.dispose();
    await openEvidence(workbench, dashboard, id);
    const opened = fake.panels[1] as FakePanel;
    const told = () => opened.posted.filter((message) => (message as HostMessage).type === "evidence");
    expect(told()).toEqual([]);
    opened.say({ type: "ready" });
    opened.say({ type: "ready" });
    expect(told()).toMatchObject([{ evidence: { recommendation: id, footprint: expect.any(Array) } }]);
    await expect(openEvidence(workbench, dashboard, "nothing")).rejects.toThrow(
      'Nothing is kept of a signal "nothing"',
    );
  });

  it("draws a picture for an export, and says so where it cannot", async () => {
    panel.say({ type: "ready" });
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
    const drawn = dashboard.picture("<svg/>");
    await vi.waitFor(() => expect(panel.posted.at(-1)).toEqual({ type: "draw", svg: "<svg/>" }));
    panel.say({ type: "picture", png: png.toString("base64") });
    expect(await drawn).toEqual(png);
    const failing = dashboard.picture("<svg/>");
    await vi.waitFor(() =>
      expect(panel.posted.filter((each) => (each as HostMessage).type === "draw")).toHaveLength(2),
    );
    panel.say({ type: "picture", png: "" });
    await expect(failing).rejects.toThrow("The panel could not draw the picture: export it as SVG");
  });

  it.each([
    ["Trades as CSV", "csv", '\ufeff"closed","tradingDay","account"'],
    ["Statistics and trades as JSON", "json", '"period"'],
    ["Statistics as Markdown", "md", "# Performance"],
    ["Equity curve as SVG", "svg", "<svg "],
  ])("is exported as %s to a file that the user names, .%s", async (choice, ending, begin) => {
    fake.saveDialog = Uri.file(`/out/performance.${ending}`);
    const flow = exportPerformance(workbench, dashboard);
    (await fake.nextBox()).choose(choice);
    await flow;
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(fake.written.get(`/out/performance.${ending}`));
    expect(text).toContain(begin);
    if (ending !== "csv") expect(text).toContain("Simulated");
  });
});

type TradesMessage = Extract<HostMessage, { type: "trades" }>;
type ReportMessage = Extract<HostMessage, { readonly type: "report" }>;
