import type { AccountReport, PerformanceReport } from "../core/protocol.js";
import { inLanguage } from "./language.js";

/** A report with its names and notes in the language that is spoken, for whoever only shows it. */
export function shownReport(report: PerformanceReport): PerformanceReport {
  return { ...report, accounts: report.accounts.map(shownAccount) };
}

function shownAccount(account: AccountReport): AccountReport {
  return {
    ...account,
    units: account.units.map((unit) => ({ ...unit, name: inLanguage(unit.name) })),
    figures: account.figures.map((figure) => ({
      ...figure,
      name: inLanguage(figure.name),
      note: figure.note && inLanguage(figure.note),
    })),
    groups: account.groups.map(({ by, rows }) => ({
      by: inLanguage(by),
      rows: rows.map((row) => ({ ...row, name: inLanguage(row.name) })),
    })),
  };
}
