import { voidEvent } from "../app/amendments.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { exitId, exitPlace } from "./exitPlace.js";
import { record } from "./record.js";

/** `void`: what was recorded of a recommendation never was. */
export const voidTrade: Command = {
  summary: "Take back all that was recorded of a recommendation, or one exit alone, so that it can be recorded anew",
  usage: "--data FOLDER --recommendation ID [--exit N] --why TEXT [--json]",
  options: {
    ...DATA_OPTION,
    recommendation: ["ID", "its id, or its time in New York as YYYY-MM-DDTHH:MM:SS"],
    exit: ["N", "take back this exit alone, 1 is the first: the trade is open again"],
    why: ["TEXT", "why it is taken back"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const said = { recommendation: args.required("recommendation"), why: args.required("why") };
    const place = exitPlace(args);
    await withBooks(args, terminal, "write", async (run) => {
      const answer = { ...said, exit: exitId(run, said.recommendation, place) };
      const answered = voidEvent(run.engine.view(), answer, await answerTime(run, terminal), run.outputs);
      await record(run, answered, ["void"], args, terminal);
    });
  },
};
