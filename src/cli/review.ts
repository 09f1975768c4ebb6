import { booksOf } from "../app/notCounted.js";
import { dailySummary, reviewSettings, SIMULATED, weeklyReview } from "../app/review/review.js";
import { dayOf, weekOf } from "../app/review/week.js";
import { newYorkTime } from "../app/times.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { UsageError } from "./usageError.js";

/** `review`: the weekly review, or the summary of a day. */
export const review: Command = {
  summary: "Write the weekly review, or a day's summary, in Markdown",
  usage: "--data FOLDER [--week DATE | --day DATE] [--no-fun]",
  options: {
    ...DATA_OPTION,
    week: ["DATE", "any day of the week, YYYY-MM-DD; without it the week of the last event"],
    day: ["DATE", "the summary of that trading day instead, YYYY-MM-DD"],
    "no-fun": ["", "without the fun facts"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const [week, day] = [named("week", args.text("week"), weekOf), named("day", args.text("day"), dayOf)?.monday];
    if (week !== undefined && day !== undefined)
      throw new UsageError("A review is of a --week or of a --day, not of both");
    await withBooks(args, terminal, "read", async (run, booked) => {
      const now = newYorkTime(await answerTime(run, terminal)).slice(0, 10);
      const { outputs, problems } = booksOf(run, booked);
      const chosen = reviewSettings(run.settings.review);
      const funFacts = chosen.funFacts && !args.has("no-fun");
      const options = { ...chosen, simulated: SIMULATED[run.kind], problems, funFacts };
      const view = run.engine.view();
      const text =
        day === undefined
          ? weeklyReview(outputs, view, week ?? weekOf(now), options)
          : dailySummary(outputs, view, day, options);
      for (const line of text.trimEnd().split("\n")) terminal.out(line);
    });
  },
};

function named<T>(option: string, date: string | undefined, of: (date: string) => T): T | undefined {
  if (date === undefined) return undefined;
  try {
    return of(date);
  } catch {
    throw new UsageError(`"--${option} ${date}" is not a date: write it as 2025-06-09`);
  }
}
