import { booksOf } from "../app/notCounted.js";
import { reviewSettings, SIMULATED, weeklyReview } from "../app/review/review.js";
import { type Week, weekOf } from "../app/review/week.js";
import { newYorkTime } from "../app/times.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { UsageError } from "./usageError.js";

/** `review`: the weekly review. */
export const review: Command = {
  summary: "Write the weekly review in Markdown",
  usage: "--data FOLDER [--week DATE] [--no-fun]",
  options: {
    ...DATA_OPTION,
    week: ["DATE", "any day of the week, YYYY-MM-DD; without it the week of the last event"],
    "no-fun": ["", "without the fun facts"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const asked = args.text("week");
    const week = asked === undefined ? undefined : weekNamed(asked);
    await withBooks(args, terminal, "read", async (run, booked) => {
      const now = newYorkTime(await answerTime(run, terminal)).slice(0, 10);
      const { outputs, problems } = booksOf(run, booked);
      const chosen = reviewSettings(run.settings.review);
      const funFacts = chosen.funFacts && !args.has("no-fun");
      const options = { ...chosen, simulated: SIMULATED[run.kind], problems, funFacts };
      const text = weeklyReview(outputs, run.engine.view(), week ?? weekOf(now), options);
      for (const line of text.trimEnd().split("\n")) terminal.out(line);
    });
  },
};

function weekNamed(date: string): Week {
  try {
    return weekOf(date);
  } catch {
    throw new UsageError(`"--week ${date}" is not a date: write it as 2025-06-09`);
  }
}
