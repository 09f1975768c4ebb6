import { voidEvent } from "../app/amendments.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { record } from "./record.js";

/** `void`: what was recorded of a recommendation never was. */
export const voidTrade: Command = {
  summary: "Take back all that was recorded of a recommendation, so that it can be recorded anew",
  usage: "--data FOLDER --recommendation ID --why TEXT [--json]",
  options: {
    ...DATA_OPTION,
    recommendation: ["ID", "its id, or its time in New York as YYYY-MM-DDTHH:MM:SS"],
    why: ["TEXT", "why it is taken back"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const answer = { recommendation: args.required("recommendation"), why: args.required("why") };
    await withBooks(args, terminal, "write", async (run) => {
      const answered = voidEvent(run.engine.view(), answer, await answerTime(run, terminal), run.outputs);
      await record(run, answered, "void", args, terminal);
    });
  },
};
