import type { OpenPosition } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { type FeedStanding, feedNotes, feedWords, isFresh, lastTrade, newGap } from "./feedWords.js";
import {
  type ActiveSignal,
  activeSignal,
  holding,
  isInTime,
  learningDebt,
  manualPositions,
  newestPending,
  openResult,
  type Standing,
  signedMoney,
  ticket,
  WARN_SECONDS,
  waitingIn,
} from "./standing.js";

/** What the status bar item shows. */
export interface StatusLook {
  /** With its one icon. */
  readonly text: string;
  /** Lines of plain text. */
  readonly tooltip: readonly string[];
  /** For a screen reader: no icon, no abbreviation. */
  readonly spoken: string;
  readonly background: "warning" | "error" | undefined;
  readonly command:
    | "volumeCluster.start"
    | "volumeCluster.stop"
    | "volumeCluster.recordFill"
    | "volumeCluster.showPendingTrades"
    | "volumeCluster.openPerformance"
    | "volumeCluster.showLog";
  /** A signal's seconds are running, or a live feed's age: draw again in a second. */
  readonly counting: boolean;
}

/**
 * The status bar item of a standing: the signal that wants an answer first, then what the workbench is busy with, then what waits
 * for the user, then what failed, then the watch. Beside it stands what is not saved; where nothing wants an answer, in its place.
 * Whose market it is and whether it is stopped stands before all of it.
 *
 * @param now wall-clock milliseconds
 */
export function statusLook(standing: Standing, now: number): StatusLook {
  const look = withFeed(ownLook(standing, now), standing, now);
  const name = runName(standing);
  const unsaved = unsavedWords(standing);
  const [icon = "", ...words] = look.text.split(" ");
  const notes = [...debtNotes(standing, now), ...notesOn(standing)];
  const parts = name === undefined ? look.text : [icon, words.length === 0 ? name : `${name}:`, ...words].join(" ");
  return {
    ...look,
    text: unsaved === undefined || look.text.includes(unsaved) ? parts : `${parts} · ${unsaved}`,
    background: unsaved === undefined ? look.background : "error",
    tooltip: [...look.tooltip, ...notes],
    spoken: [look.spoken, ...notes].join(". "),
  };
}

/** Quiet: the reminder came once. */
function debtNotes(standing: Standing, now: number): readonly string[] {
  const debt = learningDebt(standing, now);
  return debt === 0
    ? []
    : [`Learning debt: ${debt} without an answer. "Volume Cluster: Clear Learning Debt" goes through them`];
}

/** What could not be saved, in the words of the status bar. */
function unsavedWords({ unsaved }: Standing): string | undefined {
  return unsaved === 0 ? undefined : `not saved: ${unsaved}`;
}

/** The watch in one sentence: what was seen, and what a signal needs; of a live feed that brings nothing, why. */
export function watchSentence(standing: Standing, now = Date.now()): string {
  const { view, volumeThreshold, feed, leader } = standing;
  if (leader !== undefined) return `In another window: ${leader.status === "" ? "the feed runs" : leader.status}`;
  if (feed !== undefined && feed.health.state !== "live") return feedWords(feed, now).sentence;
  if (view === undefined || view.tradesSeen === 0) return "Watching, no trade seen yet";
  const seen = `${view.tradesSeen.toLocaleString("en-US")} trades seen`;
  if (view.tradingDay === undefined) return `Waiting for the next trading day, ${seen}`;
  const needs = `needs ${volumeThreshold.toFixed(1)}x`;
  if (view.highestRatio === undefined) return `Watching, no bar judged yet today (${needs}), ${seen}`;
  return `Watching, highest spike today ${view.highestRatio.toFixed(1)}x (${needs}), ${seen}`;
}

function ownLook(standing: Standing, now: number): StatusLook {
  const active = activeSignal(standing, now);
  if (active !== undefined) return signalLook(active, standing.discreet);
  if (standing.phase === "starting" || standing.phase === "stopping") return busyLook(standing);
  const unsaved = unsavedWords(standing);
  if (unsaved !== undefined && newestPending(standing) === undefined) return unsavedLook(unsaved);
  const position = standing.paper ? standing.view?.open.at(-1) : manualPositions(standing).at(-1);
  const unanswered = newestPending(standing);
  if (unanswered !== undefined && (position === undefined || unanswered.time > position.entryTime))
    return withDebt(unansweredLook(unanswered, standing, now), standing, now);
  if (position !== undefined) return positionLook(position, standing);
  if (standing.failure !== undefined) return failureLook(standing);
  return standing.phase === "running" ? watchLook(standing, now) : idleLook(standing);
}

/** A live feed says how it is beside whatever else is shown, and second by second: its age is a part of that. */
function withFeed(look: StatusLook, { feed }: Standing, now: number): StatusLook {
  if (feed === undefined) return look;
  const { level, short, sentence, spoken } = feedWords(feed, now);
  const isBad = level === "bad";
  const isShown = look.text.includes(short);
  return {
    ...look,
    text: isBad && !isShown ? `${look.text} · ${short}` : look.text,
    tooltip: [...look.tooltip, isBad ? `${short}. ${sentence}` : sentence, ...feedNotes(feed)],
    spoken: isBad && !isShown ? `${look.spoken}. ${spoken}` : look.spoken,
    background: isBad ? "warning" : look.background,
    counting: true,
  };
}

function signalLook({ recommendation, secondsLeft }: ActiveSignal, discreet: boolean): StatusLook {
  const words = spokenTicket(recommendation);
  return {
    text: `$(bell-dot) ${ticket(recommendation)} · ${secondsLeft} s`,
    tooltip: [...ticketLines(recommendation, discreet), `${secondsLeft} s left to act. Click to record the fill.`],
    spoken: `Signal: ${words}, ${secondsLeft} seconds left to act`,
    background: secondsLeft <= WARN_SECONDS ? "warning" : undefined,
    command: "volumeCluster.recordFill",
    counting: true,
  };
}

function unansweredLook(recommendation: Recommendation, standing: Standing, now: number): StatusLook {
  const { feed, discreet } = standing;
  const inTime = isInTime(standing, recommendation, now);
  if (inTime && feed !== undefined && !isFresh(feed)) return withdrawnLook(recommendation, discreet);
  const why = inTime ? "It has no answer" : "Its time to act is over and it has no answer";
  return {
    text: `$(history) ${ticket(recommendation)} · ${inTime ? "unanswered" : "late"}`,
    tooltip: [...ticketLines(recommendation, discreet), `${why}. Click to record what you did.`],
    spoken: `${inTime ? "Unanswered" : "Late"}: ${spokenTicket(recommendation)} has no answer`,
    background: undefined,
    command: "volumeCluster.recordFill",
    counting: false,
  };
}

function withDebt(look: StatusLook, standing: Standing, now: number): StatusLook {
  const debt = learningDebt(standing, now);
  return debt < 2 ? look : { ...look, text: `${look.text} · learning debt ${debt}` };
}

/** A call that must not be acted on while its market cannot be seen. What was done can be recorded all the same. */
function withdrawnLook(recommendation: Recommendation, discreet: boolean): StatusLook {
  return {
    text: `$(warning) NO CALL: ${ticket(recommendation)} is withdrawn`,
    tooltip: [...ticketLines(recommendation, discreet), "The call is withdrawn. Click to record what you did."],
    spoken: `No call: ${spokenTicket(recommendation)} is withdrawn`,
    background: "warning",
    command: "volumeCluster.recordFill",
    counting: true,
  };
}

function unsavedLook(words: string): StatusLook {
  return {
    text: `$(error) ${words}`,
    tooltip: ["Click to save it again."],
    spoken: `Volume Cluster: ${words}`,
    background: "error",
    command: "volumeCluster.recordFill",
    counting: false,
  };
}

function positionLook(position: OpenPosition, standing: Standing): StatusLook {
  const { recommendation, openPnl } = position;
  const open = standing.discreet
    ? openResult(position, standing)
    : openPnl === undefined
      ? undefined
      : signedMoney(openPnl);
  const result = open === undefined ? "" : ` ${open}`;
  const { instrument, stop, target } = recommendation;
  return {
    text: `$(briefcase) ${holding(position)}${result}`,
    tooltip: [
      `Open: ${holding(position)}`,
      `Stop ${formatPrice(stop, instrument)}, target ${formatPrice(target, instrument)}`,
      position.account === "paper"
        ? "The paper account closes it by itself. Click for the performance."
        : `Record its exit with "Volume Cluster: Record Exit". Click for the performance.`,
    ],
    spoken: `Open position: ${holding(position)}${result}`,
    background: undefined,
    command: "volumeCluster.openPerformance",
    counting: false,
  };
}

function watchLook(standing: Standing, now: number): StatusLook {
  const { view, volumeThreshold, feed, leader } = standing;
  if (leader !== undefined) return followLook(standing, now);
  if (feed !== undefined && feed.health.state !== "live") return feedLook(feed, now);
  const ratio = view?.highestRatio;
  const short = ratio === undefined ? "" : ` · ${ratio.toFixed(1)}x of ${volumeThreshold.toFixed(1)}x`;
  const sentence = watchSentence(standing, now);
  const quiet = feed === undefined ? undefined : (newGap(feed, now) ?? lastTrade(feed, now));
  return {
    text: `$(eye) Watching${short}${quiet === undefined ? "" : ` · ${quiet}`}`,
    tooltip: [sentence, "Click for the performance."],
    spoken: feed === undefined ? sentence : `${sentence}, ${feedWords(feed, now).spoken}`,
    background: undefined,
    command: "volumeCluster.openPerformance",
    counting: false,
  };
}

/** Another window brings the market. */
function followLook(standing: Standing, now: number): StatusLook {
  const sentence = watchSentence(standing, now);
  return {
    text: "$(eye) Watching in another window",
    tooltip: [sentence, "Click for the performance."],
    spoken: sentence,
    background: undefined,
    command: "volumeCluster.openPerformance",
    counting: false,
  };
}

/** A live feed that brings nothing to judge. */
function feedLook(feed: FeedStanding, now: number): StatusLook {
  const { level, short, spoken } = feedWords(feed, now);
  const icon = feed.health.state === "stale" ? "warning" : level === "good" ? "clock" : "sync~spin";
  return {
    text: `$(${icon}) ${short}`,
    tooltip: level === "good" ? [] : ['Click for the log; "Volume Cluster: Stop" ends it.'],
    spoken,
    background: undefined,
    command: level === "good" ? "volumeCluster.openPerformance" : "volumeCluster.showLog",
    counting: false,
  };
}

function busyLook({ phase, progress }: Standing): StatusLook {
  const what = phase === "starting" ? (progress ?? "Starting") : "Stopping";
  return {
    text: `$(sync~spin) ${what}`,
    tooltip: [phase === "starting" ? `${what}. Click to stop.` : what],
    spoken: what,
    background: undefined,
    command: "volumeCluster.stop",
    counting: false,
  };
}

function failureLook({ market }: Standing): StatusLook {
  return {
    text: market === undefined ? "$(error) Volume Cluster: error" : "$(error) error",
    tooltip: ["Click to start again."],
    spoken: "Volume Cluster: error",
    background: "error",
    command: "volumeCluster.start",
    counting: false,
  };
}

function idleLook({ market, elsewhere: [other] }: Standing): StatusLook {
  const rest = { spoken: "Volume Cluster: not watching a market", background: undefined, counting: false } as const;
  if (other !== undefined) {
    const text = `$(history) ${waitingIn(other.market, other.waiting)}`;
    return { ...rest, text, tooltip: ["Click to see what waits."], command: "volumeCluster.showPendingTrades" };
  }
  const text = market === undefined ? "$(graph) Volume Cluster" : "$(graph)";
  return { ...rest, text, tooltip: ["Not watching a market. Click to start."], command: "volumeCluster.start" };
}

/** The nine fields of the ticket in the order in which a broker asks for them, then what they rest on. */
function ticketLines(recommendation: Recommendation, discreet: boolean): readonly string[] {
  const { instrument, action, quantity, orderType, validity, price, stop, target } = recommendation;
  const { confidence, interval, evidence, multiplier, context, riskActual, riskBudget } = recommendation;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const dollars = (cents: number) => `$${Math.round(cents / 100).toLocaleString("en-US")}`;
  return [
    `${action} ${quantity} ${instrument.label}, ${orderType} ${formatPrice(price, instrument)}, ${validity}`,
    `Stop ${formatPrice(stop, instrument)}, target ${formatPrice(target, instrument)}`,
    `Chance ${percent(confidence)} (${percent(interval[0])} to ${percent(interval[1])}, n = ${evidence}), size x${multiplier.toFixed(2)}, ${context}`,
    discreet
      ? `Risk 1 R, budget ${(riskBudget / riskActual).toFixed(2)} R`
      : `Risk ${dollars(riskActual)}, budget ${dollars(riskBudget)}`,
  ];
}

function spokenTicket({ action, quantity, instrument, price }: Recommendation): string {
  return `${action === "BUY" ? "buy" : "sell short"} ${quantity} ${instrument.label} at ${formatPrice(price, instrument)}`;
}

/** Whose market it is, and whether it is stopped; undefined before anything was started, and for a live one that runs. */
function runName({ market, phase, paper }: Standing): string | undefined {
  const name = [
    ...(market === "demo" ? ["Demo"] : market === "replay" ? ["Replay"] : []),
    ...(paper ? ["paper auto"] : []),
  ];
  const words = name.join(", ");
  if (market === undefined || phase !== "idle") return words === "" ? undefined : capital(words);
  return words === "" ? "Stopped" : `${capital(words)} stopped`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function notesOn({ market, paper, phase, failure, elsewhere, unsaved, leader }: Standing): readonly string[] {
  const notes = elsewhere.map(({ market: other, waiting }) => waitingIn(other, waiting));
  if (unsaved > 0) notes.unshift(`Not saved: ${unsaved}. Record Fill and Record Exit try it again first`);
  if (leader !== undefined)
    notes.push(
      `The feed runs in another window, ${leader.who}. "Volume Cluster: Take Over Here" brings it into this one`,
    );
  if (phase === "idle" && failure !== undefined) notes.unshift(failure);
  if (phase === "idle" && market !== undefined) notes.push("The market is stopped");
  if (market === "demo") notes.push("Simulated market: no real trades, no real money");
  if (market === "replay") notes.push("A recording, not the market of now");
  if (paper) notes.push("Paper auto: the engine takes its own signals, on the paper account");
  return notes;
}
