import { jsonLine, printed } from "../app/lines.js";
import { readableLine } from "../app/readableLines.js";
import { resetEvent } from "../app/resets.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { CommandError, UsageError } from "./usageError.js";

const ACCOUNTS = ["manual", "paper"] as const;

/** `reset`: a halted account may trade again. */
export const reset: Command = {
  summary: "Let a halted account trade again, and say why",
  usage: "--data FOLDER --account manual|paper --reason TEXT [--json]",
  options: {
    ...DATA_OPTION,
    account: ["NAME", "manual or paper"],
    reason: ["TEXT", "why it may trade again; it is kept"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const said = args.required("account");
    const account = ACCOUNTS.find((name) => name === said);
    if (account === undefined) throw new UsageError(`"--account ${said}" must be one of ${ACCOUNTS.join(", ")}`);
    const reason = args.required("reason");
    await withBooks(args, terminal, "write", async (run) => {
      if (await run.isStoppedByFile()) {
        throw new CommandError(`"${run.folder}" holds the file "HALT", which stops everything: remove it, then reset`);
      }
      const event = resetEvent(run.engine.view(), { account, reason }, await answerTime(run, terminal), run.outputs);
      const made = await run.dispatch(event);
      const ended = made.find((output) => output.type === "haltEnded");
      if (ended === undefined) throw new CommandError(`The ${account} account was reset elsewhere at the same moment`);
      const line = args.has("json") ? printed(jsonLine(ended)) : readableLine(ended);
      if (line !== undefined) terminal.out(line);
    });
  },
};
