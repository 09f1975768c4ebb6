import { Temporal } from "temporal-polyfill";
import { type ImportReport, importEarlier, planImport } from "../app/earlier/importEarlier.js";
import { importWords } from "../app/earlier/importWords.js";
import { printed } from "../app/lines.js";
import { dataTools } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { UsageError } from "./usageError.js";

const NEW_YORK = "America/New_York";

/** `import`: the earlier system's data as history. */
export const importCommand: Command = {
  summary: "Report what the earlier system's files hold; with --apply, keep it as history beside your results",
  usage: "--data FOLDER --from PATH [--time-zone ZONE] [--apply] [--json]",
  options: {
    data: ["FOLDER", "the data folder of live results, or a new one"],
    from: ["PATH", "its folder, or bayesian_stats.db, paper_trades.db or recommendations_log.jsonl"],
    "time-zone": ["ZONE", `in which its clock ran, for times without an offset; without it ${NEW_YORK}`],
    apply: ["", "import; a second time changes nothing"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const folder = args.required("data");
    const data = { from: args.required("from"), zone: zoneNamed(args.text("time-zone") ?? NEW_YORK) };
    const apply = args.has("apply");
    const tools = {
      ...dataTools(terminal),
      progress: terminal.progress,
      stop: terminal.stop(),
    };
    const report = await (apply ? importEarlier : planImport)(folder, data, tools);
    if (args.has("json")) terminal.out(printed(importLine(report, apply)));
    else for (const line of importWords(report)) terminal.out(line);
    if (!apply && report.rows.length > 0) terminal.log.info("Nothing was changed: --apply imports it");
  },
};

function importLine({ tables, refused, defects, rows }: ImportReport, applied: boolean): object {
  const counts = Object.fromEntries(defects);
  return { type: "import", applied, taken: rows.length, taught: 0, tables, refused, defects: counts };
}

function zoneNamed(zone: string): string {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return zone;
  } catch {
    throw new UsageError(`"--time-zone ${zone}" is no time zone: write it as ${NEW_YORK}`);
  }
}
