import { type Answered, EXIT_REASONS, type ExitAnswer, exitEvent, RepeatedError } from "../app/answers.js";
import type { Run } from "../app/run.js";
import type { ExitRecorded } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { overrideIn, PLAN_OPTION } from "./plan.js";
import { CONFIRM_OPTION, record } from "./record.js";
import { CommandError, UsageError } from "./usageError.js";

/** `exit`: the user's position was closed, or a part of it. */
export const exit: Command = {
  summary: "Record how a position was closed, or a part of it",
  usage: `--data FOLDER --recommendation ID --price P [--quantity N [--again N]] --reason ${EXIT_REASONS.join("|")} [--plan planned|override] [--notes T] [--confirm] [--json]`,
  options: {
    ...DATA_OPTION,
    recommendation: ["ID", "its id, or its time in New York as YYYY-MM-DDTHH:MM:SS"],
    price: ["P", "the exit price in points; 1@P is that of a part of one contract"],
    quantity: ["N", "contracts that were closed (unless said, all that are open)"],
    again: ["N", "it is the Nth partial exit of that quantity, price and reason"],
    reason: ["REASON", `one of ${EXIT_REASONS.join(", ")}`],
    ...PLAN_OPTION,
    notes: ["T", "a few words"],
    ...CONFIRM_OPTION,
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const recommendation = args.required("recommendation");
    const [price, quantity] = pricedPart(args);
    const reason = args.required("reason");
    if (!EXIT_REASONS.some((known) => known === reason)) {
      throw new UsageError(`"--reason ${reason}" must be one of ${EXIT_REASONS.join(", ")}`);
    }
    const override = overrideIn(args);
    if (override !== undefined && reason !== "manual") {
      throw new UsageError('"--plan" says how an exit by hand came about: it needs "--reason manual"');
    }
    await withBooks(args, terminal, "write", async (run) => {
      const again = args.number("again", { min: 2, max: 1000, whole: true });
      const answer = { recommendation, price, quantity, reason, override, notes: args.text("notes"), again };
      const answered = answeredExit(run, answer, await answerTime(run, terminal));
      await record(run, answered, ["partialExit", "exit"], args, terminal);
    });
  },
};

/** The price, and of a part its quantity, which may stand in front of it. */
function pricedPart(args: Arguments): readonly [price: string, quantity: string | undefined] {
  const said = args.required("price");
  const quantity = args.text("quantity");
  const at = said.indexOf("@");
  if (at < 0) return [said, quantity];
  if (quantity !== undefined) throw new UsageError(`Say once how many were closed: "--price ${said}" says it already`);
  return [said.slice(at + 1), said.slice(0, at)];
}

function answeredExit(run: Run, answer: ExitAnswer, now: Micros): Answered<ExitRecorded> {
  try {
    return exitEvent(run.engine.view(), answer, now, run.outputs);
  } catch (error) {
    if (!(error instanceof RepeatedError)) throw error;
    throw new CommandError(`${error.message}. If it is one more part, add "--again ${error.again}"`, { cause: error });
  }
}
