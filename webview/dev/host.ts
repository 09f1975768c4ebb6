import { type Envelope, Outbox } from "../../src/core/envelope.js";
import type { DashboardState, HostMessage, WebviewMessage } from "../../src/core/protocol.js";
import { speak } from "../language.js";
import { SAMPLES, sampleState, sampleTrades } from "./sample.js";
import { sampleEvidence } from "./sampleEvidence.js";
import { sampleReport } from "./sampleReport.js";
import { THEMES, type ThemeName, wear } from "./themes.js";

declare global {
  interface Window {
    /** Stands in for VS Code: answers "ready" with the sample that the address names. */
    acquireVsCodeApi: () => {
      postMessage(envelope: Envelope<WebviewMessage>): void;
      getState(): unknown;
      setState(state: unknown): void;
    };
    /** Changes the sample before it is sent, if it is there. */
    sampleChange?: (state: DashboardState) => DashboardState;
    /** What the panel has sent. */
    sent: WebviewMessage[];
    /** What the panel has asked VS Code to keep. */
    kept: unknown;
    /** Sends the panel a message, as the extension would, be it from a computer with another clock: `at`, milliseconds. */
    tell: (message: HostMessage, at?: number) => void;
    /** Puts another theme on. */
    wear: (name: ThemeName) => void;
  }
}

const MS_PER_SECOND = 1_000;

// What the host says is in the page's language too.
speak(document);

const address = new URLSearchParams(location.search);
const sample = SAMPLES.find((name) => name === address.get("sample")) ?? "buy";
const theme = Object.keys(THEMES).find((name) => name === address.get("theme")) ?? "dark";

window.sent = [];
window.kept = undefined;
const outbox = new Outbox<HostMessage>(Date.now());
window.tell = (message, at) => window.postMessage(outbox.pack(message, at), "*");
window.wear = wear;
window.acquireVsCodeApi = () => ({
  postMessage: ({ message }) => {
    window.sent.push(message);
    if (message.type === "openEvidence") window.tell({ type: "evidence", evidence: sampleEvidence() });
    if (message.type !== "ready") return;
    const state = sampleState(sample, Date.now() / MS_PER_SECOND);
    window.tell({ type: "snapshot", state: window.sampleChange?.(state) ?? state });
    const trades = sampleTrades(state);
    window.tell({ type: "trades", kept: 0, rows: trades, more: false });
    window.tell({ type: "report", report: sampleReport(state, trades), kept: [] });
  },
  getState: () => window.kept,
  setState: (state) => {
    window.kept = state;
  },
});
wear(theme as ThemeName);
