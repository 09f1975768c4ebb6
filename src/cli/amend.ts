import { type AmendmentAnswer, amendEvent } from "../app/amendments.js";
import { EXIT_REASONS } from "../app/answers.js";
import { countingExits } from "../core/tradeRecords.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { exitId, exitPlace } from "./exitPlace.js";
import { overrideIn, PLAN_OPTION } from "./plan.js";
import { CONFIRM_OPTION, checkConfirmed, record, show } from "./record.js";
import { UsageError } from "./usageError.js";

/** `amend`: what was recorded of a trade was wrong. */
export const amend: Command = {
  summary: "Correct the recorded fill or exit of a trade; balances and statistics follow",
  usage:
    "--data FOLDER --recommendation ID [--fill-price P] [--quantity N] [--exit N] [--exit-price P] [--exit-quantity N] [--reason R] [--plan planned|override] --why TEXT [--confirm] [--json]",
  options: {
    ...DATA_OPTION,
    recommendation: ["ID", "its id, or its time in New York as YYYY-MM-DDTHH:MM:SS"],
    "fill-price": ["P", "what the fill price was, in points"],
    quantity: ["N", "how many contracts it was"],
    exit: ["N", "which of several exits, 1 is the first"],
    "exit-price": ["P", "what the exit price was, in points"],
    "exit-quantity": ["N", "how many contracts a partial exit closed"],
    reason: ["R", `why it was closed: one of ${EXIT_REASONS.join(", ")}`],
    ...PLAN_OPTION,
    why: ["TEXT", "why the record is changed"],
    ...CONFIRM_OPTION,
    json: ["", "JSON lines, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const answers = answersOf(args);
    const place = exitPlace(args);
    await withBooks(args, terminal, "write", async (run) => {
      const now = await answerTime(run, terminal);
      const amended = (answer: AmendmentAnswer) => {
        const said = answer.of === "exit" && { exit: exitId(run, answer.recommendation, place) };
        return amendEvent(run.engine.view(), { ...answer, ...said }, now, run.outputs);
      };
      // All of them are checked before the first is recorded.
      const events = answers.map(amended);
      for (const event of events) checkConfirmed(event, args);
      for (const event of events) await record(run, event, ["amendment"], args, terminal);
      const recommendation = events[0]?.recommendation.id;
      const exit = countingExits(run.outputs).find(
        (output) => output.account === "manual" && output.recommendation === recommendation,
      );
      if (exit !== undefined) show(exit, args, terminal);
    });
  },
};

// The exit comes first: a correction of its fill gives it a new id.
function answersOf(args: Arguments): readonly AmendmentAnswer[] {
  const recommendation = args.required("recommendation");
  const why = args.required("why");
  const price = args.text("exit-price");
  const exit = { price, quantity: args.text("exit-quantity"), reason: args.text("reason"), override: overrideIn(args) };
  const fill = { price: args.text("fill-price"), quantity: args.text("quantity") };
  if (exit.reason !== undefined && !EXIT_REASONS.some((known) => known === exit.reason)) {
    throw new UsageError(`"--reason ${exit.reason}" must be one of ${EXIT_REASONS.join(", ")}`);
  }
  const answers: AmendmentAnswer[] = [];
  if (Object.values(exit).some((part) => part !== undefined))
    answers.push({ recommendation, why, of: "exit", ...exit });
  if (fill.price !== undefined || fill.quantity !== undefined)
    answers.push({ recommendation, why, of: "fill", ...fill });
  if (answers.length === 0)
    throw new UsageError('Say what it was: "--fill-price", "--quantity", "--exit-price", "--reason" or "--plan"');
  return answers;
}
