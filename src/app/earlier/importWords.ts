import { basename } from "node:path";
import { t } from "@vscode/l10n";
import { rowCount } from "../data/words.js";
import { inLanguage } from "../language.js";
import { plainText } from "../plainText.js";
import { CORRECTED, EARLIER_DEFECTS } from "./earlierDefects.js";
import type { ImportReport } from "./importEarlier.js";

/** Refused rows that are named one by one. */
const SHOWN = 20;

/** What an import found, one sentence a line; the report is the same before and after it. */
export function importWords(report: ImportReport): readonly string[] {
  const { tables, refused, defects, rows } = report;
  const corrected = [...defects].filter(([code]) => CORRECTED.includes(code));
  const remaining = [...defects].filter(([code]) => !CORRECTED.includes(code));
  const line = ([code, count]: (typeof corrected)[number]) =>
    `  ${rowCount(count)}: ${inLanguage(EARLIER_DEFECTS[code])}`;
  return [
    ...tables.map(({ source, file, read, taken, known, repeated, refused: not }) =>
      t(
        "{0}, {1}: {2} read, {3} new, {4} here already, {5} repeated, {6} refused",
        plainText(basename(file)),
        source,
        rowCount(read),
        taken,
        known,
        repeated,
        not,
      ),
    ),
    ...refused
      .slice(0, SHOWN)
      .map(
        ({ source, row, reason }) =>
          `  ${t("refused: row {0} of {1}: {2}", row, source, inLanguage(plainText(reason)))}`,
      ),
    ...(refused.length > SHOWN
      ? [`  ${t("and {0} more refused; --json names them all", refused.length - SHOWN)}`]
      : []),
    ...(corrected.length === 0 ? [] : [t("Corrected:"), ...corrected.map(line)]),
    ...(remaining.length === 0 ? [] : [t("Known and not to be corrected:"), ...remaining.map(line)]),
    rows.length === 0
      ? t("All of it is here already, or refused: there is nothing to import")
      : t(
          "{0} of history, marked as imported; 0 of them teach the engine, because what they were learned from is lost or was wrong",
          rowCount(rows.length),
        ),
  ];
}
