import { exportJournal, keptAsideFolder } from "../app/data/exportJournal.js";
import { paperResetEvent, paperResetWords } from "../app/data/resetPaper.js";
import { jsonLine, printed } from "../app/lines.js";
import { readableLine } from "../app/readableLines.js";
import { answerTime, DATA_OPTION, dataTools, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { CommandError } from "./usageError.js";

/** `reset-paper`: the paper portfolio begins anew. */
export const resetPaper: Command = {
  summary: "Say what a new paper portfolio would end and leave; with --apply, begin it, after a backup",
  usage: "--data FOLDER [--apply --reason TEXT] [--json]",
  options: {
    ...DATA_OPTION,
    apply: ["", "begin it; what was learned and your own account stay"],
    reason: ["TEXT", "why; it is kept"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const isDone = args.has("apply");
    const reason = isDone ? args.required("reason") : "";
    await withBooks(args, terminal, isDone ? "write" : "read", async (run) => {
      const words = paperResetWords(run.engine.view());
      if (!isDone) {
        if (args.has("json")) terminal.out(printed({ type: "paperResetPlan", sentences: words }));
        else for (const line of words) terminal.out(line);
        terminal.log.info("Nothing was changed: --apply does it");
        return;
      }
      const event = paperResetEvent(run.engine.view(), reason, await answerTime(run, terminal));
      const folder = args.required("data");
      const backup = keptAsideFolder(folder, "reset", dataTools(terminal));
      await exportJournal(folder, backup, dataTools(terminal));
      const made = (await run.dispatch(event)).find((output) => output.type === "paperReset");
      if (made === undefined) throw new CommandError("The paper portfolio was reset at this very moment already");
      const line = args.has("json") ? printed({ ...jsonLine(made), backup }) : readableLine(made);
      if (line !== undefined) terminal.out(line);
      if (!args.has("json")) terminal.out(`The state of before is kept in ${backup}`);
    });
  },
};
