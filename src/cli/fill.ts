import { type Answered, type FillAnswer, fillEvent, notExecutedEvent, RepeatedError } from "../app/answers.js";
import type { Run } from "../app/run.js";
import type { FillRecorded } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { CONFIRM_OPTION, record } from "./record.js";
import { CommandError, UsageError } from "./usageError.js";

/** `fill`: the user executed a recommendation, or did not. */
export const fill: Command = {
  summary: "Record how a recommendation was filled, or that it was not executed",
  usage:
    "--data FOLDER --recommendation ID (--price P --quantity N [--notes T] [--again N] [--confirm] | --not-executed REASON) [--json]",
  options: {
    ...DATA_OPTION,
    recommendation: ["ID", "its id, or its time in New York as YYYY-MM-DDTHH:MM:SS"],
    price: ["P", "the fill price in points"],
    quantity: ["N", "contracts"],
    notes: ["T", "a few words"],
    again: ["N", "one more fill of a price and quantity recorded before: 2 for the second, 3 for the third"],
    ...CONFIRM_OPTION,
    "not-executed": ["REASON", "it was not taken, and why"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const recommendation = args.required("recommendation");
    const reason = args.text("not-executed");
    const filled = ["price", "quantity", "notes", "again", "confirm"].some((option) => args.has(option));
    if (reason !== undefined && filled)
      throw new UsageError('"--not-executed" goes without a price, quantity, notes, "--again" and "--confirm"');
    if (reason !== undefined) {
      return withBooks(args, terminal, "write", async (run) => {
        const now = await answerTime(run, terminal);
        const answered = notExecutedEvent(run.engine.view(), { recommendation, reason }, now, run.outputs);
        await record(run, answered, ["decision"], args, terminal);
      });
    }
    const answer = {
      recommendation,
      price: args.required("price"),
      quantity: args.required("quantity"),
      notes: args.text("notes"),
      again: args.number("again", { min: 2, max: 1000, whole: true }),
    };
    await withBooks(args, terminal, "write", async (run) => {
      const answered = answeredFill(run, answer, await answerTime(run, terminal));
      await record(run, answered, ["fill"], args, terminal);
    });
  },
};

function answeredFill(run: Run, answer: FillAnswer, now: Micros): Answered<FillRecorded> {
  try {
    return fillEvent(run.engine.view(), answer, now, run.outputs);
  } catch (error) {
    if (!(error instanceof RepeatedError)) throw error;
    throw new CommandError(`${error.message}. If it is one more fill, add "--again ${error.again}"`, { cause: error });
  }
}
