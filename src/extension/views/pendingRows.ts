import { t } from "@vscode/l10n";
import { held } from "../../app/filled.js";
import { newYorkTime } from "../../app/times.js";
import type { OpenPosition } from "../../core/events.js";
import { formatPrice, type Instrument } from "../../core/instrument.js";
import type { Recommendation } from "../../core/sizing/recommendation.js";
import { contextInWords } from "../../words/tradeWords.js";
import { isFresh } from "../feedWords.js";
import {
  answerNote,
  closedResult,
  holding,
  isInTime,
  manualPositions,
  openResult,
  openResults,
  type Standing,
  signedR,
  ticket,
} from "../standing.js";
import type { Row } from "./row.js";

/**
 * What waits for the user, newest first: recommendations without an answer, then his positions without an exit, then what the paper
 * account holds.
 *
 * @param now wall-clock milliseconds
 */
export function pendingRows(standing: Standing, now: number): readonly Row[] {
  const pending = (standing.view?.pending ?? []).toReversed();
  const paper = standing.view?.open.filter((position) => position.account === "paper") ?? [];
  return [
    ...pending.map((recommendation) => unanswered(recommendation, standing, now)),
    ...manualPositions(standing)
      .toReversed()
      .map((position) => openTrade(position, standing)),
    ...paper.toReversed().map((position) => openTrade(position, standing)),
  ];
}

/**
 * The same under a heading each, with its count, so that what has no answer and what has no exit are told apart at a glance. The
 * headings have the icons: in a view of 180 px the rows need the room for side, quantity and price.
 */
export function pendingGroups(standing: Standing, now: number): readonly Row[] {
  const rows = pendingRows(standing, now);
  if (rows.length === 0) return [];
  const isCounting = (standing.view?.pending ?? []).some((pending) => secondsLeft(pending, standing, now) > 0);
  const bell: Icon = isCounting ? { icon: "bell-dot", colour: "charts.yellow" } : { icon: "bell" };
  const group = (id: string, label: string, icon: Icon, children: readonly Row[]): Row => {
    const isEmpty = children.length === 0;
    const count = isEmpty ? t("none") : String(children.length);
    // VS Code leaves one folded that had nothing to unfold: with something in it, it is another one.
    const row = { id: isEmpty ? `none:${id}` : `group:${id}`, label, description: count, ...icon };
    return { ...row, spoken: t("{0}, {1}", label, count), ...(isEmpty ? {} : { children }) };
  };
  const paper = rows.filter(({ kind }) => kind === undefined);
  return [
    group(
      "pending",
      t("Without an answer"),
      bell,
      rows.filter(({ kind }) => kind === "pending"),
    ),
    group(
      "open",
      t("Open trades"),
      { icon: "briefcase" },
      rows.filter(({ kind }) => kind === "open"),
    ),
    ...(paper.length === 0 ? [] : [group("paper", t("Open on the paper account"), { icon: "beaker" }, paper)]),
  ];
}

type Icon = Pick<Row, "icon" | "colour">;

/** How many rows want something of the user. */
export function pendingCount(standing: Standing): number {
  return (standing.view?.pending.length ?? 0) + manualPositions(standing).length;
}

function unanswered(recommendation: Recommendation, standing: Standing, now: number): Row {
  const { id, time, instrument, stop, target, context, confidence, interval, evidence } = recommendation;
  const left = secondsLeft(recommendation, standing, now);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const chance = [percent(confidence), ...interval.map(percent), evidence];
  const bracket = t("stop {0}, target {1}", formatPrice(stop, instrument), formatPrice(target, instrument));
  const state = left > 0 ? t("{0} s left", left) : stateWords(recommendation, standing, now);
  const note = answerNote(standing, recommendation, now);
  const named = [ticket(recommendation), bracket] as const;
  const contract = otherContract(instrument, standing);
  return {
    id: `pending:${id}`,
    label: ticket(recommendation, contract),
    description: described([state, clock(time)], contract, instrument),
    tooltip: [
      named.join(t(", ")),
      t("{0}, signalled at {1} New York", note === "" ? state : note, clock(time)),
      t("{0}: chance {1} ({2} to {3}, n = {4})", contextInWords(context), ...chance),
      t("Enter records its fill."),
    ],
    spoken: t("{0}, {1}, {2}, signalled at {3} New York", ...named, state, clock(time)),
    command: { id: "volumeCluster.recordFill", argument: id },
    kind: "pending",
    subject: id,
  };
}

/** Whole seconds in which a recommendation can be answered in time; 0 or less where none run. */
function secondsLeft({ id }: Recommendation, { deadlines, phase }: Standing, now: number): number {
  return phase === "running" ? Math.ceil(((deadlines.get(id) ?? 0) - now) / 1000) : 0;
}

/** What stands in the place of the seconds, in one word: a view is narrow. */
function stateWords(recommendation: Recommendation, standing: Standing, now: number): string {
  if (!isInTime(standing, recommendation, now)) return t("late");
  return standing.feed === undefined || isFresh(standing.feed) ? t("unanswered") : t("withdrawn");
}

/**
 * The contract of a row where it is not the one that is watched, before a feed runs that of the newest call. That one goes without
 * saying, so that a narrow view has room for side, quantity and price.
 */
function otherContract({ symbol, label }: Instrument, { view }: Standing): string {
  const newest = view?.pending.at(-1) ?? view?.open.at(-1)?.recommendation;
  const watched = view?.instrument ?? newest?.instrument;
  return watched?.symbol === symbol ? "" : label;
}

/** The state first, then the contract where the label does not name it. */
function described([state, since]: readonly [string, string], contract: string, { root }: Instrument): string {
  return [state, ...(contract === "" ? [root] : []), since].join(" · ");
}

function openTrade(position: OpenPosition, standing: Standing): Row {
  const { view } = standing;
  const { recommendation, account, entryTime } = position;
  const { id, instrument, stop, target } = recommendation;
  const own = account === "manual";
  const noPrice = t("no price yet");
  const result = openResult(position, standing) ?? noPrice;
  const [first = noPrice, ...others] = openResults(position, standing);
  const entry = `@${formatPrice(position.entryPrice, instrument)}`;
  const closed = closedResult(position, standing);
  const last = view?.instrument?.symbol === instrument.symbol ? view.lastPrice : undefined;
  const traded = view?.traded?.[id];
  const points = (ticks: number) => formatPrice(Math.abs(ticks), instrument);
  const side = recommendation.action === "BUY" ? 1 : -1;
  const contract = otherContract(instrument, standing);
  return {
    id: `open:${account}:${id}`,
    // A view may be 175 px wide: how it stands comes before where it began.
    label: contract === "" ? held(position) : `${held(position)} ${contract}`,
    description: described(
      [[first, entry, ...others].join(" · "), t("since {0}", clock(entryTime))],
      contract,
      instrument,
    ),
    tooltip: [
      [holding(position), result, t("since {0}", clock(entryTime))].join(t(", ")),
      ...(closed === undefined ? [] : [closed]),
      t("Stop {0}, target {1}", formatPrice(stop, instrument), formatPrice(target, instrument)),
      ...(last === undefined
        ? []
        : [
            t(
              "Last {0}: {1}, {2}",
              formatPrice(last, instrument),
              side * (last - stop) >= 0
                ? t("{0} points to the stop", points(last - stop))
                : t("{0} points past the stop", points(last - stop)),
              side * (target - last) >= 0
                ? t("{0} points to the target", points(target - last))
                : t("{0} points past the target", points(target - last)),
            ),
          ]),
      ...(position.soFar === undefined ? [] : [excursionWords(position, position.soFar)]),
      ...(own && traded !== undefined
        ? [
            t(
              "Traded since the entry: {0} to {1}",
              formatPrice(traded.low, instrument),
              formatPrice(traded.high, instrument),
            ),
          ]
        : []),
      own ? t("Enter records its exit.") : t("The paper account closes its own positions."),
    ],
    spoken: [
      own
        ? t("Your position: {0}, {1}", holding(position), result)
        : t("Paper position: {0}, {1}", holding(position), result),
      ...(closed === undefined ? [] : [closed]),
    ].join(t(", ")),
    ...(own ? { command: { id: "volumeCluster.recordExit", argument: id }, kind: "open" as const, subject: id } : {}),
  };
}

/** MAE and MFE of a position that is open, in R. */
function excursionWords(
  { recommendation, entryPrice }: OpenPosition,
  { mae, mfe }: NonNullable<OpenPosition["soFar"]>,
): string {
  const risk = Math.abs(entryPrice - recommendation.stop);
  const r = (ticks: number) => (risk > 0 ? signedR(ticks / risk) : "R n/a");
  return t("So far at worst {0} (MAE), at best {1} (MFE)", r(mae), r(mfe));
}

function clock(time: Recommendation["time"]): string {
  return newYorkTime(time).slice(11);
}
