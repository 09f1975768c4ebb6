import type { Decision, EngineOutput, Exit, Fill } from "../core/events.js";
import { median } from "../core/ledger/totals.js";
import type { MultiplierPoint, ReportFigure } from "../core/protocol.js";
import { say } from "../core/say.js";
import type { AccountName, Recommendation } from "../core/sizing/recommendation.js";
import { MICROS_PER_SECOND } from "../core/units.js";
import type { Within } from "./period.js";

/** What latencies are taken from. */
interface Answered {
  readonly outputs: readonly EngineOutput[];
  readonly recommendations: ReadonlyMap<string, Recommendation>;
  readonly isIn: Within;
}

/**
 * How long the user's answers took, as medians in seconds: from a signal to his fill, from the fill to its record, and from a signal
 * to the record that it was not executed. When he saw a signal, nobody knows. The paper account answers by rule: it has none.
 */
export function latencyFigures(account: AccountName, known: Answered): readonly ReportFigure[] {
  if (account !== "manual") return [];
  const isOwn = (output: EngineOutput): output is Fill | Decision =>
    (output.type === "fill" || output.type === "decision") && output.account === account;
  const answers = known.outputs.filter(isOwn).flatMap((answer) => {
    const of = known.recommendations.get(answer.recommendation);
    return of !== undefined && known.isIn(of) ? [{ answer, signalTime: of.time }] : [];
  });
  const fills = answers.flatMap(({ answer, signalTime }) =>
    answer.type === "fill" ? [{ signalTime, time: answer.time, at: answer.at }] : [],
  );
  const skips = answers.flatMap(({ answer, signalTime }) =>
    answer.type === "decision" ? [answer.at - signalTime] : [],
  );
  return [
    figure(
      say("Signal to fill, median"),
      fills.map(({ time, signalTime }) => time - signalTime),
    ),
    figure(
      say("Fill to record, median"),
      fills.map(({ at, time }) => at - time),
    ),
    figure(say("Signal to skip, median"), skips),
  ];
}

function figure(name: string, micros: readonly number[]): ReportFigure {
  const middle = median(micros);
  return {
    name,
    value: middle === undefined ? undefined : middle / MICROS_PER_SECOND,
    unit: "seconds",
    note: `n = ${micros.length}`,
  };
}

/** The multiplier of each closed trade, in the order of the recommendations. */
export function multipliersOf(
  exits: readonly Exit[],
  recommendations: ReadonlyMap<string, Recommendation>,
): readonly MultiplierPoint[] {
  return exits
    .flatMap(({ recommendation, multiplier }) => {
      const of = recommendations.get(recommendation);
      return of === undefined ? [] : [{ time: Math.floor(of.time / MICROS_PER_SECOND), multiplier }];
    })
    .sort((a, b) => a.time - b.time);
}
