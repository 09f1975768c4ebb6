import { randomBytes } from "node:crypto";
import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { changesThePast } from "../app/equityPoints.js";
import { shownReport } from "../app/shownReport.js";
import { type Envelope, Inbox, Outbox } from "../core/envelope.js";
import type { EngineOutput } from "../core/events.js";
import type {
  BlindSpan,
  HostMessage,
  PerformanceReport,
  Period,
  SignalEvidence,
  TradeRow,
  WebviewMessage,
} from "../core/protocol.js";
import { say } from "../core/say.js";
import type { TradingHours } from "../core/session.js";
import type { Hours } from "../core/settings.js";
import type { PanelSound } from "./alerts/sounds.js";
import { dashboardPage } from "./dashboardPage.js";
import { type DashboardSource, dashboardChange, dashboardState, type WinRateInterval } from "./dashboardState.js";
import { PresentExits } from "./presentExits.js";
import { reportMessage } from "./reportMessage.js";
import { sameAtBegin } from "./sameAtBegin.js";
import { Soon } from "./soon.js";
import type { Phase } from "./standing.js";
import { tradeRows } from "./tradeRows.js";
import type { Workbench } from "./workbench.js";

/** The type of the panel, by which VS Code knows it again. */
const PANEL = "volumeCluster.performance";

/** At most four appends a second. */
const FLUSH_MS = 250;

/** Statistics of all that was kept are made anew at most so often. */
const REPORT_MS = 2_000;

/** Closed trades go to the page so many at a time, one turn after the other: neither side stands still for thousands. */
const TRADES_AT_ONCE = 500;

/** The page has drawn what came before them. */
const TRADES_MS = 20;

/** The page draws at once, or not at all. */
const PICTURE_MS = 10_000;

/** With what a PNG begins. */
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/** Messages of the panel that are looked at within a second; a person does not click faster. */
const MESSAGES_PER_SECOND = 20;

const TALKATIVE = `Dropped messages of the performance panel: it sent more than ${MESSAGES_PER_SECOND} in a second`;

const REPORTED: ReadonlySet<EngineOutput["type"]> = new Set([
  "recommendation",
  "exit",
  "partialExit",
  "fill",
  "decision",
  "shadow",
  "equity",
]);

/** What is loaded when the panel first opens: zod and the mathematics of intervals. */
interface Parts {
  readonly parseWebviewMessage: (raw: unknown) => Envelope<WebviewMessage> | undefined;
  readonly winRateInterval: WinRateInterval;
  readonly performanceReport: typeof import("../app/performance.js").performanceReport;
  readonly blindSpans: (outputs: readonly EngineOutput[], hours: Hours) => readonly BlindSpan[];
}

/** The one performance panel: a snapshot when it becomes visible, then what changed; nothing while it is hidden. */
export class Dashboard implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #extension: vscode.Uri;
  /** The one folder that the page may load from. */
  readonly #folder: vscode.Uri;
  readonly #listeners: readonly vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  #parts: Parts | undefined;
  #ready = false;
  /** The run and its phase that the panel was told of last. */
  #run = 0;
  #phase: Phase = "idle";
  #discreet = false;
  #sound: Exclude<PanelSound, "closed"> = "untried";
  #added: EngineOutput[] = [];
  /** Closed trades that the page has. */
  #trades: readonly TradeRow[] = [];
  /** The statistics that the page has. */
  #told: PerformanceReport | undefined;
  readonly #exits = new PresentExits();
  /** Asked for, and not yet told. */
  #evidence: SignalEvidence | undefined;
  readonly #flush = new Soon(() => this.#append(), FLUSH_MS);
  readonly #rest = new Soon(() => this.#tellTrades(), TRADES_MS);
  #drawing: { readonly svg: string; readonly resolve: (png: string) => void } | undefined;
  readonly #report = new Soon(() => this.#tellReport(), REPORT_MS);
  #period: Period = { kind: "all" };
  #window = { second: 0, count: 0 };
  readonly #inbox = new Inbox((raw) => this.#parts?.parseWebviewMessage(raw));
  readonly #outbox = new Outbox<HostMessage>(Date.now());

  constructor(workbench: Workbench, extensionUri: vscode.Uri) {
    this.#workbench = workbench;
    this.#extension = extensionUri;
    this.#folder = vscode.Uri.joinPath(extensionUri, "dist", "webview");
    this.#listeners = [
      workbench.onDidOutput((output) => this.#add(output)),
      workbench.onDidChange(() => this.#schedule()),
      vscode.window.registerWebviewPanelSerializer(PANEL, {
        deserializeWebviewPanel: (panel) => this.#restore(panel),
      }),
    ];
  }

  /** Opens the panel, or brings the open one to the front. */
  async open(): Promise<void> {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    this.#parts ??= await loadParts();
    if (this.#panel !== undefined) return;
    const { Active } = vscode.ViewColumn;
    this.#take(vscode.window.createWebviewPanel(PANEL, t("Volume Cluster Performance"), Active, this.#options()));
  }

  /** Opens the panel at what was kept of a signal. */
  async showEvidence(evidence: SignalEvidence): Promise<void> {
    this.#evidence = evidence;
    await this.open();
    if (this.#ready) this.#tellEvidence();
  }

  /** Whether the page can sound: `untried` before the user has touched it, or it was asked to. */
  get sound(): PanelSound {
    return this.#ready && this.#panel?.visible === true ? this.#sound : "closed";
  }

  /**
   * Lets the page play a sound, if it is there.
   *
   * @param wav the bytes of a WAV file
   */
  playSound(wav: Uint8Array): void {
    if (this.sound !== "closed") this.#post({ type: "sound", wav: Buffer.from(wav).toString("base64") });
  }

  /** Of the statistics that the page shows. */
  get period(): Period {
    return this.#period;
  }

  /**
   * Lets the page draw an SVG document.
   *
   * @returns the bytes of a PNG
   * @throws when the page cannot, or does not within ten seconds
   */
  async picture(svg: string): Promise<Uint8Array> {
    await this.open();
    const drawn = new Promise<string>((resolve) => {
      this.#drawing = { svg, resolve };
      setTimeout(() => resolve(""), PICTURE_MS).unref();
    });
    if (this.#ready) this.#post({ type: "draw", svg });
    const bytes = Buffer.from(await drawn, "base64");
    this.#drawing = undefined;
    if (!bytes.subarray(0, PNG.length).equals(PNG))
      throw new Error(say("The panel could not draw the picture: export it as SVG"));
    return bytes;
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    this.#panel?.dispose();
    this.#forget();
  }

  /** A panel that VS Code brings back after a window was closed or reloaded with it. */
  async #restore(panel: vscode.WebviewPanel): Promise<void> {
    this.#parts ??= await loadParts();
    if (this.#panel !== undefined) {
      panel.dispose();
      return;
    }
    panel.webview.options = this.#options();
    this.#take(panel);
  }

  #options(): vscode.WebviewOptions {
    return { enableScripts: true, enableCommandUris: false, localResourceRoots: [this.#folder] };
  }

  #take(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    // One that comes back has the title of the language in which it was opened.
    panel.title = t("Volume Cluster Performance");
    this.#inbox.restart();
    panel.iconPath = vscode.Uri.joinPath(this.#extension, "media", "icon.png");
    panel.webview.onDidReceiveMessage((raw: unknown) => this.#receive(raw));
    panel.onDidChangeViewState(() => this.#onVisibility(panel.visible));
    panel.onDidDispose(() => this.#forget());
    panel.webview.html = this.#page(panel.webview);
    // The page takes its time to load: meanwhile what it asks for first is read from years of records.
    setImmediate(() => this.#makeReady());
  }

  #makeReady(): void {
    if (this.#ready || this.#panel === undefined) return;
    const source = this.#source();
    if (source === undefined) return;
    dashboardState(source);
    tradeRows(source.exits);
  }

  #page(webview: vscode.Webview): string {
    const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(this.#folder, file)).toString();
    return dashboardPage({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString("base64url"),
      script: address("webview.js"),
      style: address("webview.css"),
      icons: address("codicon.css"),
      language: vscode.l10n.bundle === undefined ? "en" : vscode.env.language,
      texts: vscode.l10n.bundle,
    });
  }

  #receive(raw: unknown): void {
    const second = Math.floor(Date.now() / 1000);
    if (this.#window.second !== second) this.#window = { second, count: 0 };
    if (++this.#window.count > MESSAGES_PER_SECOND) {
      this.#inbox.drop();
      // Once a second: a page that talks without end must not fill the log.
      if (this.#window.count === MESSAGES_PER_SECOND + 1) this.#workbench.log.warn(TALKATIVE);
      return;
    }
    const message = this.#inbox.take(raw);
    if (message !== undefined) {
      this.#act(message);
      return;
    }
    const { dropped } = this.#inbox;
    this.#workbench.log.warn(
      `Dropped a message of the performance panel that is none, or came twice: ${dropped} so far`,
    );
  }

  #act(message: WebviewMessage): void {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        this.#sound = "untried";
        this.#trades = [];
        this.#told = undefined;
        // A page that kept another one says so next.
        this.#period = { kind: "all" };
        this.#snapshot();
        this.#tellEvidence();
        if (this.#drawing !== undefined) this.#post({ type: "draw", svg: this.#drawing.svg });
        return;
      case "sounds":
        this.#sound = message.allowed ? "allowed" : "blocked";
        return;
      case "picture":
        this.#drawing?.resolve(message.png);
        return;
      case "recordFill":
        void vscode.commands.executeCommand("volumeCluster.recordFill", message.recommendation);
        return;
      case "skip":
        void vscode.commands.executeCommand("volumeCluster.skipSignal", message.recommendation);
        return;
      case "copyTicket":
        void vscode.commands.executeCommand("volumeCluster.copyOrderTicket", message.recommendation);
        return;
      case "recordExit":
        void vscode.commands.executeCommand("volumeCluster.recordExit", message.recommendation);
        return;
      case "period":
        this.#period = message.period;
        this.#tellReport();
        return;
      case "showPending":
        void vscode.commands.executeCommand("volumeCluster.showPendingTrades");
        return;
      case "openEvidence":
        void vscode.commands.executeCommand("volumeCluster.openEvidence", message.recommendation);
        return;
      case "dropped":
        this.#workbench.log.warn(
          `The performance panel dropped a message that is none, or came twice: ${message.count} so far`,
        );
        return;
      case "start":
        void vscode.commands.executeCommand("volumeCluster.start");
        return;
      default:
        message satisfies never;
    }
  }

  // A hidden page is torn down, since its context is not retained; it says "ready" again when it comes back.
  #onVisibility(visible: boolean): void {
    if (visible) return;
    this.#ready = false;
    this.#inbox.restart();
    this.#flush.cancel();
    this.#rest.cancel();
    this.#report.cancel();
  }

  #add(output: EngineOutput): void {
    if (this.#ready && this.#panel?.visible === true) this.#added.push(output);
  }

  #schedule(): void {
    if (!this.#ready || this.#panel?.visible !== true) return;
    const { phase, runNumber } = this.#workbench;
    const { discreet } = this.#workbench.standing();
    // With these the sense of every word changes: the panel must not say it later than the status bar.
    if (phase !== this.#phase || runNumber !== this.#run || discreet !== this.#discreet) this.#append();
    else this.#flush.request();
  }

  #append(): void {
    this.#flush.cancel();
    // Another run has other curves, a correction changes the past of one, and R is not money: they cannot be continued.
    const isOther = this.#run !== this.#workbench.runNumber || this.#discreet !== this.#workbench.standing().discreet;
    if (isOther || this.#added.some(changesThePast)) {
      this.#snapshot();
      return;
    }
    const added = this.#added;
    this.#added = [];
    const source = this.#source();
    if (source === undefined) return;
    this.#post({ type: "append", change: dashboardChange(source, added) });
    if (added.some(({ type }) => type === "exit")) this.#tellTrades();
    if (added.some(changesReport)) this.#report.request();
  }

  #snapshot(): void {
    this.#flush.cancel();
    this.#added = [];
    const isOther = this.#run !== this.#workbench.runNumber;
    this.#run = this.#workbench.runNumber;
    const source = this.#source();
    if (source === undefined) return;
    this.#post({ type: "snapshot", state: dashboardState(source) });
    // Nobody shall take the trades or the statistics of one run for those of another, even for a moment.
    if (isOther && this.#trades.length > 0) {
      this.#trades = [];
      this.#post({ type: "trades", kept: 0, rows: [], more: false });
    }
    if (isOther && this.#told !== undefined) {
      this.#told = undefined;
      this.#post(reportMessage(undefined, { period: this.#period, accounts: [], blind: [] }));
    }
    this.#rest.request();
    this.#report.request();
  }

  #tellReport(): void {
    const { view } = this.#workbench.standing();
    const { settings } = this.#workbench;
    if (!this.#ready || this.#panel?.visible !== true || this.#parts === undefined) return;
    if (view === undefined || settings === undefined) return;
    const outputs = this.#workbench.outputs();
    const blind = this.#parts.blindSpans(outputs, settings.contract.session ?? "rth");
    const now = this.#workbench.answerTime();
    const options = { haltingDrawdown: settings.risk.emergencyStopLossPct, blind };
    const report = shownReport(this.#parts.performanceReport(view, outputs, this.#period, now, options));
    this.#post(reportMessage(this.#told, report));
    this.#told = report;
  }

  // A page that is not ready yet is told when it is.
  #tellEvidence(): void {
    const evidence = this.#evidence;
    this.#evidence = undefined;
    if (evidence !== undefined) this.#post({ type: "evidence", evidence });
  }

  #tellTrades(): void {
    const trades = tradeRows(this.#exits.of(this.#workbench.outputs()));
    const kept = sameAtBegin(this.#trades, trades);
    if (kept === trades.length && kept === this.#trades.length) return;
    const rows = trades.slice(kept, kept + TRADES_AT_ONCE);
    const more = kept + rows.length < trades.length;
    this.#trades = trades.slice(0, kept + rows.length);
    this.#post({ type: "trades", kept, rows, more });
    if (more) this.#rest.request();
  }

  #source(): DashboardSource | undefined {
    if (this.#parts === undefined) return undefined;
    const standing = this.#workbench.standing();
    this.#phase = standing.phase;
    this.#discreet = standing.discreet;
    const outputs = this.#workbench.outputs();
    return {
      standing,
      outputs,
      exits: this.#exits.of(outputs),
      timeZone: this.#workbench.timeZone(),
      winRateInterval: this.#parts.winRateInterval,
    };
  }

  #post(message: HostMessage): void {
    void this.#panel?.webview.postMessage(this.#outbox.pack(message, Date.now()));
  }

  #forget(): void {
    this.#flush.cancel();
    this.#rest.cancel();
    this.#report.cancel();
    this.#panel = undefined;
    this.#ready = false;
    this.#added = [];
  }
}

async function loadParts(): Promise<Parts> {
  const [messages, posterior, performance, blind, calendar, session] = await Promise.all([
    import("./webviewMessage.js"),
    import("../core/sizing/posterior.js"),
    import("../app/performance.js"),
    import("../app/blindSpans.js"),
    import("../app/calendar.js"),
    import("../core/session.js"),
  ]);
  const known = new Map<string, TradingHours>();
  const tradingHours = (hours: Hours) => {
    const name = JSON.stringify(hours);
    const trading = known.get(name) ?? new session.TradingHours(hours, calendar.loadCalendar());
    known.set(name, trading);
    return trading;
  };
  return {
    parseWebviewMessage: messages.parseWebviewMessage,
    winRateInterval: posterior.winRateInterval,
    performanceReport: performance.performanceReport,
    blindSpans: (outputs, hours) => blind.blindSpans(outputs, tradingHours(hours)),
  };
}

/** Whether statistics can differ after an output. */
function changesReport({ type }: EngineOutput): boolean {
  return REPORTED.has(type);
}
