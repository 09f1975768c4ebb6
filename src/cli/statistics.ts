import { importedFields, importedStatistics, importedWords } from "../app/earlier/importedStatistics.js";
import { EXPORT_FORMATS, type ExportFormat, exportPerformance } from "../app/exportPerformance.js";
import { printed } from "../app/lines.js";
import { asBooked, notCounted } from "../app/notCounted.js";
import { performanceReport } from "../app/performance.js";
import { within } from "../app/period.js";
import { reportWords } from "../app/reportWords.js";
import { SIMULATED } from "../app/review/review.js";
import { statisticsOf } from "../app/statistics.js";
import { statisticsLine } from "../app/statisticsLine.js";
import { statisticsWords } from "../app/statisticsWords.js";
import type { Period } from "../core/protocol.js";
import { answerTime, DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { UsageError } from "./usageError.js";

/** `statistics`: the performance tables. */
export const statistics: Command = {
  summary: "Show the performance of the accounts and of their contexts",
  usage: "--data FOLDER [--days N | --from DATE] [--to DATE] [--json | --format csv|json|markdown|svg]",
  options: {
    ...DATA_OPTION,
    days: ["N", "only trades closed in the last N days; balances are always of all"],
    from: ["DATE", "only trades of trading days from DATE on, YYYY-MM-DD"],
    to: ["DATE", "only trades of trading days up to DATE"],
    json: ["", "one JSON line, for programs"],
    format: [
      "FORMAT",
      "the closed trades and statistics as csv, json or markdown, or the equity curve as svg, for a file",
    ],
  },
  async run(args: Arguments, terminal: Terminal) {
    const period = periodOf(args);
    const format = formatOf(args);
    await withBooks(args, terminal, "read", async (run, booked) => {
      const now = await answerTime(run, terminal);
      const isIn = within(period, now);
      const lost = notCounted(run.outputs, booked);
      // What the engine does not book is in no balance, so it is in no count. It makes no trading day's end and no recommendation
      // anew: these are as they were kept.
      const outputs = lost.length === 0 ? run.outputs : asBooked(run.outputs, booked);
      const tables = statisticsOf(run.engine.view(), outputs, isIn);
      const report = performanceReport(run.engine.view(), outputs, period, now, {
        haltingDrawdown: run.settings.risk.emergencyStopLossPct,
      });
      const imported = importedStatistics(run.outputs);
      if (format !== undefined) {
        const material = { report, outputs, isIn, simulated: SIMULATED[run.kind] };
        // What prints a line ends it.
        terminal.out(exportPerformance(format, material).replace(/\r?\n$/, ""));
        return;
      }
      if (args.has("json")) {
        const fields = { notCounted: lost, imported: importedFields(imported), reports: report.accounts };
        terminal.out(printed({ ...statisticsLine(tables), ...fields }));
        return;
      }
      const lines = [
        ...statisticsWords(tables),
        ...reportWords(report),
        ...lost.map(({ reason }) => reason),
        ...importedWords(imported),
      ];
      for (const line of lines) terminal.out(line);
    });
  },
};

/** @throws UsageError for another one */
function formatOf(args: Arguments): ExportFormat | undefined {
  const asked = args.text("format");
  const format = EXPORT_FORMATS.find((each) => each === asked);
  if (asked !== undefined && format === undefined) {
    throw new UsageError(`"--format ${asked}" is none: choose ${EXPORT_FORMATS.join(", ")}`);
  }
  return format;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** @throws UsageError when it is none */
function periodOf(args: Arguments): Period {
  const days = args.number("days", { min: 1, max: 100_000, whole: true });
  const [from, to] = [dateOf(args, "from"), dateOf(args, "to")];
  if (days === undefined && from === undefined && to === undefined) return { kind: "all" };
  if (from !== undefined && to !== undefined && to < from)
    throw new UsageError(`"--from ${from}" is after "--to ${to}"`);
  if (days === undefined) return { kind: "range", from: from ?? "0000-01-01", to: to ?? "9999-12-31" };
  if (from !== undefined || to !== undefined) throw new UsageError('"--days" and "--from" or "--to" name two periods');
  return { kind: "days", days };
}

function dateOf(args: Arguments, option: string): string | undefined {
  const date = args.text(option);
  if (date !== undefined && !isDate(date)) {
    throw new UsageError(`"--${option} ${date}" is not a date: write it as 2025-06-09`);
  }
  return date;
}

// JavaScript takes February 30 for March 2.
function isDate(text: string): boolean {
  const time = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
