import "./dashboard.css";
import { h, render } from "preact";
import { type Envelope, Inbox, Outbox } from "../src/core/envelope.js";
import type { WebviewMessage } from "../src/core/protocol.js";
import { registerControls } from "./controls.js";
import { NO_DETAILS, reduceDetails } from "./details.js";
import { drawEquity } from "./equityChart.js";
import { drawFootprint } from "./footprintChart.js";
import { speak } from "./language.js";
import { Panel } from "./panel.js";
import { pngOf } from "./picture.js";
import { restore, save } from "./saved.js";
import { parseHostMessage } from "./schema.js";
import { Speaker } from "./speaker.js";
import { reduce } from "./state.js";
import type { Actions } from "./view.js";

/** What VS Code gives a webview, once. */
interface VsCodeApi {
  postMessage(envelope: Envelope<WebviewMessage>): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The state may be large and changes four times a second: it is kept less often. */
const SAVE_MS = 2_000;
const SECOND_MS = 1_000;

speak(document);
start(acquireVsCodeApi(), document.getElementById("root") ?? document.body);

/** Connects host messages to state, and state to the page. */
function start(host: VsCodeApi, root: HTMLElement): void {
  let { state, view } = restore(host.getState());
  let details = NO_DETAILS;
  let renderPending = false;
  let savePending = false;
  /** How far the clock is ahead by which the host counts, which may be another computer: milliseconds. */
  let ahead = 0;
  const inbox = new Inbox(parseHostMessage);
  const outbox = new Outbox<WebviewMessage>(Date.now());
  const send = (message: WebviewMessage) => host.postMessage(outbox.pack(message));

  const speaker = new Speaker((allowed) => send({ type: "sounds", allowed }));
  for (const gesture of ["pointerdown", "keydown"]) window.addEventListener(gesture, () => void speaker.unlock());

  const actions: Actions = {
    send,
    choose: (choice) => {
      view = { ...view, ...choice };
      changed();
    },
    drawEquity,
    drawFootprint,
    closeEvidence: () => {
      details = { ...details, evidence: undefined };
      requestRender();
    },
  };

  const paint = () => {
    renderPending = false;
    render(h(Panel, { state, details, view, now: (Date.now() + ahead) / SECOND_MS, actions }), root);
  };
  const requestRender = () => {
    if (renderPending) return;
    renderPending = true;
    requestAnimationFrame(paint);
  };
  const keep = () => {
    savePending = false;
    host.setState(save({ state, view }));
  };
  const changed = () => {
    requestRender();
    if (savePending) return;
    savePending = true;
    setTimeout(keep, SAVE_MS);
  };

  registerControls();
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    const message = inbox.take(event.data);
    if (message === undefined) {
      send({ type: "dropped", count: inbox.dropped });
      return;
    }
    if (inbox.at !== undefined) ahead = inbox.at - Date.now();
    if (message.type === "sound") {
      void speaker.play(message.wav);
      return;
    }
    if (message.type === "draw") {
      const answer = (png: string) => send({ type: "picture", png });
      pngOf(message.svg).then(answer, () => answer(""));
      return;
    }
    state = reduce(state, message);
    details = reduceDetails(details, message);
    changed();
  });
  // A countdown, and the age of what was heard, move by themselves; everything else waits for a message.
  setInterval(() => {
    if (state?.recommendation !== undefined || state?.noCall !== undefined || state?.trust?.lastTradeAt !== undefined)
      requestRender();
  }, SECOND_MS);
  paint();
  send({ type: "ready" });
  if (view.period.kind !== "all") send({ type: "period", period: view.period });
}
