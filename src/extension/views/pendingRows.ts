import { newYorkTime } from "../../app/times.js";
import type { OpenPosition } from "../../core/events.js";
import { formatPrice } from "../../core/instrument.js";
import type { Recommendation } from "../../core/sizing/recommendation.js";
import { holding, manualPositions, openResult, type Standing, ticket } from "../standing.js";
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
      .map((position) => held(position, standing)),
    ...paper.toReversed().map((position) => held(position, standing)),
  ];
}

/** How many rows want something of the user. */
export function pendingCount(standing: Standing): number {
  return (standing.view?.pending.length ?? 0) + manualPositions(standing).length;
}

function unanswered(recommendation: Recommendation, { deadlines, phase }: Standing, now: number): Row {
  const { id, time, instrument, stop, target, context, confidence, interval, evidence } = recommendation;
  const left = phase === "running" ? Math.ceil(((deadlines.get(id) ?? 0) - now) / 1000) : 0;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const bracket = `stop ${formatPrice(stop, instrument)}, target ${formatPrice(target, instrument)}`;
  const state = left > 0 ? `${left} s left` : "no answer yet";
  return {
    id: `pending:${id}`,
    label: ticket(recommendation),
    description: `${state} · ${clock(time)}`,
    tooltip: [
      `${ticket(recommendation)}, ${bracket}`,
      `${context}: chance ${percent(confidence)} (${percent(interval[0])} to ${percent(interval[1])}, n = ${evidence})`,
      "Enter records its fill.",
    ],
    icon: left > 0 ? "bell-dot" : "history",
    ...(left > 0 ? { colour: "charts.yellow" as const } : {}),
    spoken: `${ticket(recommendation)}, ${bracket}, ${state}, signalled at ${clock(time)} New York`,
    command: { id: "volumeCluster.recordFill", argument: id },
    kind: "pending",
    subject: id,
  };
}

function held(position: OpenPosition, standing: Standing): Row {
  const { view } = standing;
  const { recommendation, account, entryTime } = position;
  const { id, instrument, stop, target } = recommendation;
  const own = account === "manual";
  const result = openResult(position, standing) ?? "no price yet";
  const last = view?.instrument?.symbol === instrument.symbol ? view.lastPrice : undefined;
  const traded = view?.traded?.[id];
  const points = (ticks: number) => `${formatPrice(Math.abs(ticks), instrument)} points`;
  return {
    id: `open:${account}:${id}`,
    label: own ? holding(position) : `Paper: ${holding(position)}`,
    description: `${result} · since ${clock(entryTime)}`,
    tooltip: [
      holding(position),
      `Stop ${formatPrice(stop, instrument)}, target ${formatPrice(target, instrument)}`,
      ...(last === undefined
        ? []
        : [
            `Last ${formatPrice(last, instrument)}: ${points(last - stop)} from the stop, ${points(target - last)} from the target`,
          ]),
      ...(own && traded !== undefined
        ? [`Traded since the entry: ${formatPrice(traded.low, instrument)} to ${formatPrice(traded.high, instrument)}`]
        : []),
      own ? "Enter records its exit." : "The paper account closes its own positions.",
    ],
    icon: own ? "briefcase" : "beaker",
    spoken: `${own ? "Your position" : "Paper position"}: ${holding(position)}, ${result}`,
    ...(own ? { command: { id: "volumeCluster.recordExit", argument: id }, kind: "open" as const, subject: id } : {}),
  };
}

function clock(time: Recommendation["time"]): string {
  return newYorkTime(time).slice(11);
}
