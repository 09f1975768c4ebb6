import { importedFields, importedStatistics, importedWords } from "../app/earlier/importedStatistics.js";
import { printed } from "../app/lines.js";
import { asBooked, notCounted } from "../app/notCounted.js";
import { statisticsOf } from "../app/statistics.js";
import { statisticsLine } from "../app/statisticsLine.js";
import { statisticsWords } from "../app/statisticsWords.js";
import { MICROS_PER_DAY, type Micros } from "../core/units.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";

/** `statistics`: the performance tables. */
export const statistics: Command = {
  summary: "Show the performance of the accounts and of their contexts",
  usage: "--data FOLDER [--days N] [--json]",
  options: {
    ...DATA_OPTION,
    days: ["N", "only trades closed in the last N days; balances are always of all"],
    json: ["", "one JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const days = args.number("days", { min: 1, max: 100_000, whole: true });
    await withBooks(args, terminal, "read", async (run, booked) => {
      const since =
        days === undefined ? undefined : (((await answerTime(run, terminal)) - days * MICROS_PER_DAY) as Micros);
      const lost = notCounted(run.outputs, booked);
      // What the engine does not book is in no balance, so it is in no count. It makes no trading day's end and no recommendation
      // anew: these are as they were kept.
      const outputs = lost.length === 0 ? run.outputs : asBooked(run.outputs, booked);
      const tables = statisticsOf(run.engine.view(), outputs, since);
      const imported = importedStatistics(run.outputs);
      if (args.has("json")) {
        const fields = { notCounted: lost, imported: importedFields(imported) };
        terminal.out(printed({ ...statisticsLine(tables), ...fields }));
        return;
      }
      const lines = [...statisticsWords(tables), ...lost.map(({ reason }) => reason), ...importedWords(imported)];
      for (const line of lines) terminal.out(line);
    });
  },
};
