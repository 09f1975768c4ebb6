import { exitsOf } from "../app/amendments.js";
import { AnswerError, find } from "../app/answers.js";
import type { Run } from "../app/run.js";
import { tradeRecords } from "../core/tradeRecords.js";
import type { Arguments } from "./command.js";

/** Which of several exits is meant, 1 is the first; undefined where the command line does not say. */
export function exitPlace(args: Arguments): number | undefined {
  return args.number("exit", { min: 1, max: 1000, whole: true });
}

/**
 * The id of an exit that counts.
 *
 * @param place 1 is the first; undefined leaves open which
 * @throws AnswerError where there are not so many
 */
export function exitId(run: Run, recommendation: string, place: number | undefined): string | undefined {
  if (place === undefined) return undefined;
  const { id } = find(run.engine.view(), recommendation, run.outputs);
  const record = tradeRecords(run.outputs).get(id);
  const exits = record === undefined ? [] : exitsOf(record);
  const exit = exits[place - 1];
  if (exit === undefined)
    throw new AnswerError(
      `${id} has ${exits.length} recorded ${exits.length === 1 ? "exit" : "exits"}: there is no number ${place}`,
    );
  return exit.id;
}
