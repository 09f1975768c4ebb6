import { EXIT_REASONS, exitEvent } from "../app/answers.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { overrideIn, PLAN_OPTION } from "./plan.js";
import { CONFIRM_OPTION, record } from "./record.js";
import { UsageError } from "./usageError.js";

/** `exit`: the user's position was closed. */
export const exit: Command = {
  summary: "Record how a position was closed",
  usage: `--data FOLDER --recommendation ID --price P --reason ${EXIT_REASONS.join("|")} [--plan planned|override] [--notes T] [--confirm] [--json]`,
  options: {
    ...DATA_OPTION,
    recommendation: ["ID", "its id, or its time in New York as YYYY-MM-DDTHH:MM:SS"],
    price: ["P", "the exit price in points"],
    reason: ["REASON", `one of ${EXIT_REASONS.join(", ")}`],
    ...PLAN_OPTION,
    notes: ["T", "a few words"],
    ...CONFIRM_OPTION,
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const recommendation = args.required("recommendation");
    const price = args.required("price");
    const reason = args.required("reason");
    if (!EXIT_REASONS.some((known) => known === reason)) {
      throw new UsageError(`"--reason ${reason}" must be one of ${EXIT_REASONS.join(", ")}`);
    }
    const override = overrideIn(args);
    if (override !== undefined && reason !== "manual") {
      throw new UsageError('"--plan" says how an exit by hand came about: it needs "--reason manual"');
    }
    await withBooks(args, terminal, "write", async (run) => {
      const answer = { recommendation, price, reason, override, notes: args.text("notes") };
      const answered = exitEvent(run.engine.view(), answer, await answerTime(run, terminal), run.outputs);
      await record(run, answered, "exit", args, terminal);
    });
  },
};
