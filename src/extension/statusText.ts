import { t } from "@vscode/l10n";
import type { OpenPosition } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { contextInWords } from "../words/tradeWords.js";
import { type FeedStanding, feedNotes, feedWords, isFresh, lastTrade, newGap } from "./feedWords.js";
import { inLanguage, sentences } from "./language.js";
import {
  type ActiveSignal,
  activeSignal,
  closedResult,
  HALTED,
  holding,
  isHalted,
  isInTime,
  learningDebt,
  manualPositions,
  newestPending,
  openResult,
  type Standing,
  signedMoney,
  ticket,
  tradePnl,
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
    | "volumeCluster.resetEmergencyStop"
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
  const notes = [...debtNotes(standing, now), ...notesOn(standing)].filter((note) => !look.tooltip.includes(note));
  const parts =
    name === undefined ? look.text : `${icon} ${words.length === 0 ? name : t("{0}: {1}", name, words.join(" "))}`;
  return {
    ...look,
    text: unsaved === undefined || look.text.includes(unsaved) ? parts : `${parts} · ${unsaved}`,
    background: unsaved === undefined ? look.background : "error",
    tooltip: [...look.tooltip, ...notes],
    spoken: sentences([look.spoken, ...notes]),
  };
}

/** Quiet: the reminder came once. */
function debtNotes(standing: Standing, now: number): readonly string[] {
  const debt = learningDebt(standing, now);
  return debt === 0
    ? []
    : [t('Learning debt: {0} without an answer. "Volume Cluster: Clear Learning Debt" goes through them', debt)];
}

/** What could not be saved, in the words of the status bar. */
function unsavedWords({ unsaved }: Standing): string | undefined {
  return unsaved === 0 ? undefined : t("not saved: {0}", unsaved);
}

/** The watch in one sentence: what was seen, and what a signal needs; of a live feed that brings nothing, why. */
export function watchSentence(standing: Standing, now = Date.now()): string {
  const { view, volumeThreshold, feed, leader } = standing;
  if (leader !== undefined)
    return t("In another window: {0}", leader.status === "" ? t("the feed runs") : inLanguage(leader.status));
  if (feed !== undefined && feed.health.state !== "live") return feedWords(feed, now).sentence;
  if (view === undefined || view.tradesSeen === 0) return t("Watching, no trade seen yet");
  const seen = view.tradesSeen.toLocaleString("en-US");
  if (view.tradingDay === undefined) return t("Waiting for the next trading day, {0} trades seen", seen);
  const needs = volumeThreshold.toFixed(1);
  const highest = view.highestRatio?.toFixed(1);
  if (highest === undefined) return t("Watching, no bar judged yet today (needs {0}x), {1} trades seen", needs, seen);
  return t("Watching, highest spike today {0}x (needs {1}x), {2} trades seen", highest, needs, seen);
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
  if (standing.phase === "running") return watchLook(standing, now);
  return standing.restoring ? restoringLook() : idleLook(standing);
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
    tooltip: [...look.tooltip, isBad ? sentences([short, sentence]) : sentence, ...feedNotes(feed)],
    spoken: isBad && !isShown ? sentences([look.spoken, spoken]) : look.spoken,
    background: isBad ? "warning" : look.background,
    counting: true,
  };
}

function signalLook({ recommendation, secondsLeft }: ActiveSignal, discreet: boolean): StatusLook {
  const words = spokenTicket(recommendation);
  return {
    text: `$(bell-dot) ${ticket(recommendation)} · ${t("{0} s", secondsLeft)}`,
    tooltip: [...ticketLines(recommendation, discreet), t("{0} s left to act. Click to record the fill.", secondsLeft)],
    spoken: t("Signal: {0}, {1} seconds left to act", words, secondsLeft),
    background: secondsLeft <= WARN_SECONDS ? "warning" : undefined,
    command: "volumeCluster.recordFill",
    counting: true,
  };
}

function unansweredLook(recommendation: Recommendation, standing: Standing, now: number): StatusLook {
  const { feed, discreet } = standing;
  const inTime = isInTime(standing, recommendation, now);
  if (inTime && feed !== undefined && !isFresh(feed)) return withdrawnLook(recommendation, discreet);
  const why = inTime
    ? t("It has no answer. Click to record what you did.")
    : t("Its time to act is over and it has no answer. Click to record what you did.");
  const words = spokenTicket(recommendation);
  return {
    text: `$(history) ${ticket(recommendation)} · ${inTime ? t("unanswered") : t("late")}`,
    tooltip: [...ticketLines(recommendation, discreet), why],
    spoken: inTime ? t("Unanswered: {0} has no answer", words) : t("Late: {0} has no answer", words),
    background: undefined,
    command: "volumeCluster.recordFill",
    counting: false,
  };
}

function withDebt(look: StatusLook, standing: Standing, now: number): StatusLook {
  const debt = learningDebt(standing, now);
  return debt < 2 ? look : { ...look, text: `${look.text} · ${t("learning debt {0}", debt)}` };
}

/** A call that must not be acted on while its market cannot be seen. What was done can be recorded all the same. */
function withdrawnLook(recommendation: Recommendation, discreet: boolean): StatusLook {
  return {
    text: `$(warning) ${t("NO CALL: {0} is withdrawn", ticket(recommendation))}`,
    tooltip: [...ticketLines(recommendation, discreet), t("The call is withdrawn. Click to record what you did.")],
    spoken: t("No call: {0} is withdrawn", spokenTicket(recommendation)),
    background: "warning",
    command: "volumeCluster.recordFill",
    counting: true,
  };
}

function unsavedLook(words: string): StatusLook {
  return {
    text: `$(error) ${words}`,
    tooltip: [t("Click to save it again.")],
    spoken: t("{0}: {1}", "Volume Cluster", words),
    background: "error",
    command: "volumeCluster.recordFill",
    counting: false,
  };
}

function positionLook(position: OpenPosition, standing: Standing): StatusLook {
  const { recommendation } = position;
  const pnl = tradePnl(position);
  const open = standing.discreet ? openResult(position, standing) : pnl === undefined ? undefined : signedMoney(pnl);
  const closed = closedResult(position, standing);
  const result = open === undefined ? "" : ` ${open}`;
  const { instrument, stop, target } = recommendation;
  return {
    text: `$(briefcase) ${holding(position)}${result}`,
    tooltip: [
      t("Open: {0}", holding(position)),
      ...(closed === undefined ? [] : [closed]),
      t("Stop {0}, target {1}", formatPrice(stop, instrument), formatPrice(target, instrument)),
      position.account === "paper"
        ? t("The paper account closes it by itself. Click for the performance.")
        : t('Record its exit with "Volume Cluster: Record Exit". Click for the performance.'),
    ],
    spoken: t("Open position: {0}", `${holding(position)}${result}`),
    background: undefined,
    command: "volumeCluster.openPerformance",
    counting: false,
  };
}

function watchLook(standing: Standing, now: number): StatusLook {
  const { view, volumeThreshold, feed, leader } = standing;
  if (feed !== undefined && feed.health.state !== "live") return feedLook(feed, now);
  if (isHalted(standing)) return haltedLook(standing, now);
  if (leader !== undefined) return followLook(standing, now);
  const ratio = view?.highestRatio;
  const short = ratio === undefined ? "" : ` · ${t("{0}x of {1}x", ratio.toFixed(1), volumeThreshold.toFixed(1))}`;
  const sentence = watchSentence(standing, now);
  const quiet = feed === undefined ? undefined : (newGap(feed, now) ?? lastTrade(feed, now));
  return {
    text: `$(eye) ${t("Watching")}${short}${quiet === undefined ? "" : ` · ${quiet}`}`,
    tooltip: [sentence, t("Click for the performance.")],
    spoken: feed === undefined ? sentence : t("{0}, {1}", sentence, feedWords(feed, now).spoken),
    background: undefined,
    command: "volumeCluster.openPerformance",
    counting: false,
  };
}

/** The market is watched, and no signal can come of it: that must not look like a quiet one. */
function haltedLook(standing: Standing, now: number): StatusLook {
  const [halted, watch] = [inLanguage(HALTED), watchSentence(standing, now)];
  return {
    text: `$(error) ${t("HALTED")}`,
    tooltip: [halted, watch, t("Click to let it trade again.")],
    spoken: sentences([halted, watch]),
    background: "warning",
    command: "volumeCluster.resetEmergencyStop",
    counting: false,
  };
}

/** Another window brings the market. */
function followLook(standing: Standing, now: number): StatusLook {
  const sentence = watchSentence(standing, now);
  return {
    text: `$(eye) ${t("Watching in another window")}`,
    tooltip: [sentence, t("Click for the performance.")],
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
    tooltip: level === "good" ? [] : [t('Click for the log; "Volume Cluster: Stop" ends it.')],
    spoken,
    background: undefined,
    command: level === "good" ? "volumeCluster.openPerformance" : "volumeCluster.showLog",
    counting: false,
  };
}

function busyLook({ phase, progress }: Standing): StatusLook {
  const what = phase === "starting" ? (progress ?? t("Starting")) : t("Stopping");
  return {
    text: `$(sync~spin) ${what}`,
    tooltip: [phase === "starting" ? t("{0}. Click to stop.", what) : what],
    spoken: what,
    background: undefined,
    command: "volumeCluster.stop",
    counting: false,
  };
}

/** What waits for the user is not known yet: that must not look like nothing. */
function restoringLook(): StatusLook {
  const what = t("Reading what was recorded");
  return {
    text: `$(sync~spin) ${what}`,
    tooltip: [t("Click to see what waits.")],
    spoken: what,
    background: undefined,
    command: "volumeCluster.showPendingTrades",
    counting: false,
  };
}

function failureLook({ market }: Standing): StatusLook {
  return {
    text: `$(error) ${market === undefined ? t("Volume Cluster: error") : t("error")}`,
    tooltip: [t("Click to start again.")],
    spoken: t("Volume Cluster: error"),
    background: "error",
    command: "volumeCluster.start",
    counting: false,
  };
}

function idleLook({ market, elsewhere: [other] }: Standing): StatusLook {
  const rest = { spoken: t("Volume Cluster: not watching a market"), background: undefined, counting: false } as const;
  if (other !== undefined) {
    const text = `$(history) ${waitingIn(other.market, other.waiting)}`;
    return { ...rest, text, tooltip: [t("Click to see what waits.")], command: "volumeCluster.showPendingTrades" };
  }
  const text = market === undefined ? "$(graph) Volume Cluster" : "$(graph)";
  return { ...rest, text, tooltip: [t("Not watching a market. Click to start.")], command: "volumeCluster.start" };
}

/** The nine fields of the ticket in the order in which a broker asks for them, then what they rest on. */
function ticketLines(recommendation: Recommendation, discreet: boolean): readonly string[] {
  const { instrument, action, quantity, orderType, validity, price, stop, target } = recommendation;
  const { confidence, interval, evidence, multiplier, context, riskActual, riskBudget } = recommendation;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const dollars = (cents: number) => `$${Math.round(cents / 100).toLocaleString("en-US")}`;
  return [
    `${action} ${quantity} ${instrument.label}, ${orderType} ${formatPrice(price, instrument)}, ${validity}`,
    t("Stop {0}, target {1}", formatPrice(stop, instrument), formatPrice(target, instrument)),
    t(
      "Chance {0} ({1} to {2}, n = {3}), size x{4}, {5}",
      ...[percent(confidence), ...interval.map(percent), evidence, multiplier.toFixed(2), contextInWords(context)],
    ),
    discreet
      ? t("Risk 1 R, budget {0} R", (riskBudget / riskActual).toFixed(2))
      : t("Risk {0}, budget {1}", dollars(riskActual), dollars(riskBudget)),
  ];
}

function spokenTicket({ action, quantity, instrument, price }: Recommendation): string {
  const parts = [quantity, instrument.label, formatPrice(price, instrument)];
  return action === "BUY" ? t("buy {0} {1} at {2}", ...parts) : t("sell short {0} {1} at {2}", ...parts);
}

/** Whose market it is, and whether it is stopped; undefined before anything was started, and for a live one that runs. */
function runName({ market, phase, paper }: Standing): string | undefined {
  const own = market === "demo" ? t("Demo") : market === "replay" ? t("Replay") : undefined;
  const name = !paper ? own : own === undefined ? t("Paper auto") : t("{0}, paper auto", own);
  if (market === undefined || phase !== "idle") return name;
  return name === undefined ? t("Stopped") : t("{0} stopped", name);
}

function notesOn(standing: Standing): readonly string[] {
  const { market, paper, phase, failure, elsewhere, unsaved, leader } = standing;
  const notes = elsewhere.map(({ market: other, waiting }) => waitingIn(other, waiting));
  if (isHalted(standing)) notes.unshift(inLanguage(HALTED));
  if (unsaved > 0) notes.unshift(t("Not saved: {0}. Record Fill and Record Exit try it again first", unsaved));
  if (leader !== undefined)
    notes.push(
      t(
        'The feed runs in another window, {0}. "Volume Cluster: Take Over Here" brings it into this one',
        inLanguage(leader.who),
      ),
    );
  if (phase === "idle" && failure !== undefined) notes.unshift(inLanguage(failure));
  if (phase === "idle" && market !== undefined) notes.push(t("The market is stopped"));
  if (market === "demo") notes.push(t("Simulated market: no real trades, no real money"));
  if (market === "replay") notes.push(t("A recording, not the market of now"));
  if (paper) notes.push(t("Paper auto: the engine takes its own signals, on the paper account"));
  return notes;
}
