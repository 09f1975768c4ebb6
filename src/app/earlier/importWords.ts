import { basename } from "node:path";
import { counted } from "../data/words.js";
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
  const line = ([code, count]: (typeof corrected)[number]) => `  ${counted(count, "row")}: ${EARLIER_DEFECTS[code]}`;
  return [
    ...tables.map(
      ({ source, file, read, taken, known, repeated, refused: not }) =>
        `${plainText(basename(file))}, ${source}: ${counted(read, "row")} read, ${taken} new, ${known} here already, ${repeated} repeated, ${not} refused`,
    ),
    ...refused
      .slice(0, SHOWN)
      .map(({ source, row, reason }) => `  refused: row ${row} of ${source}: ${plainText(reason)}`),
    ...(refused.length > SHOWN ? [`  and ${refused.length - SHOWN} more refused; --json names them all`] : []),
    ...(corrected.length === 0 ? [] : ["Corrected:", ...corrected.map(line)]),
    ...(remaining.length === 0 ? [] : ["Known and not to be corrected:", ...remaining.map(line)]),
    rows.length === 0
      ? "All of it is here already, or refused: there is nothing to import"
      : `${counted(rows.length, "row")} of history, marked as imported; 0 of them teach the engine, because what they were learned from is lost or was wrong`,
  ];
}
