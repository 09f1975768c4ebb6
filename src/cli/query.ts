import { alignedTable, MAX_QUERY_ROWS, queryJournal } from "../app/data/queryJournal.js";
import { printed } from "../app/lines.js";
import { checkFolder, DATA_OPTION, dataTools } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { UsageError } from "./usageError.js";

/** `query`: SQL over what a data folder holds. */
export const query: Command = {
  summary: "Run one SELECT over the tables of a data folder; nothing can be changed by it",
  usage: "SQL --data FOLDER [--limit N] [--json]",
  options: {
    ...DATA_OPTION,
    limit: ["N", `at most N rows, 1 to 100000; without it ${MAX_QUERY_ROWS}`],
    json: ["", "one JSON line with columns and rows, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    const [text, more] = args.positionals;
    if (text === undefined) throw new UsageError('Say what to select, such as "SELECT * FROM context_performance"');
    if (more !== undefined) throw new UsageError(`"${more}" is one argument too many: put the SQL in quotes`);
    const folder = args.required("data");
    const limit = args.number("limit", { min: 1, max: 100_000, whole: true });
    await checkFolder(folder);
    const result = await queryJournal(folder, text, dataTools(terminal), limit);
    if (args.has("json")) terminal.out(printed({ type: "query", ...result }));
    else for (const line of alignedTable(result)) terminal.out(line);
  },
};
