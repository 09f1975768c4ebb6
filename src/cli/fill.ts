import { fillEvent, notExecutedEvent } from "../app/answers.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { record } from "./record.js";
import { UsageError } from "./usageError.js";

/** `fill`: the user executed a recommendation, or did not. */
export const fill: Command = {
  summary: "Record how a recommendation was filled, or that it was not executed",
  usage: "--data FOLDER --recommendation ID (--price P --quantity N [--notes T] | --not-executed REASON) [--json]",
  options: {
    ...DATA_OPTION,
    recommendation: ["ID", "its id, or its time in New York as YYYY-MM-DDTHH:MM:SS"],
    price: ["P", "the fill price in points"],
    quantity: ["N", "contracts"],
    notes: ["T", "a few words"],
    "not-executed": ["REASON", "it was not taken, and why"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const recommendation = args.required("recommendation");
    const reason = args.text("not-executed");
    const filled = ["price", "quantity", "notes"].some((option) => args.has(option));
    if (reason !== undefined && filled)
      throw new UsageError('"--not-executed" goes without a price, quantity or notes');
    if (reason !== undefined) {
      return withBooks(args, terminal, "write", async (run) => {
        const now = answerTime(run, terminal);
        const answered = notExecutedEvent(run.engine.view(), { recommendation, reason }, now, run.outputs);
        await record(run, answered, "decision", args, terminal);
      });
    }
    const answer = {
      recommendation,
      price: args.required("price"),
      quantity: args.required("quantity"),
      notes: args.text("notes"),
    };
    await withBooks(args, terminal, "write", async (run) => {
      const answered = fillEvent(run.engine.view(), answer, answerTime(run, terminal), run.outputs);
      await record(run, answered, "fill", args, terminal);
    });
  },
};
