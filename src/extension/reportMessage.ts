import type { AccountReport, HostMessage, KeptLists, PerformanceReport } from "../core/protocol.js";

/**
 * A report as a message for a page that has another one: of what grows with the years it says only what the page does not have.
 *
 * @param before what the page was told last, whole; undefined: nothing
 */
export function reportMessage(
  before: PerformanceReport | undefined,
  report: PerformanceReport,
): Extract<HostMessage, { readonly type: "report" }> {
  const kept = report.accounts.map((account) =>
    keptLists(
      before?.accounts.find(({ name }) => name === account.name),
      account,
    ),
  );
  const accounts = report.accounts.map((account, at) => ({
    ...account,
    multipliers: account.multipliers.slice(kept[at]?.multipliers),
    days: account.days.slice(kept[at]?.days),
  }));
  return { type: "report", report: { ...report, accounts }, kept };
}

function keptLists(before: AccountReport | undefined, { name, multipliers, days }: AccountReport): KeptLists {
  return {
    name,
    multipliers: sameAtBegin(before?.multipliers ?? [], multipliers),
    days: sameAtBegin(before?.days ?? [], days),
  };
}

/** How many entries at the begin are the same, each a plain record of the same fields. */
function sameAtBegin<T extends object>(before: readonly T[], after: readonly T[]): number {
  const first = after.findIndex((entry, at) => !isSame(before[at], entry));
  return first < 0 ? after.length : first;
}

function isSame<T extends object>(before: T | undefined, after: T): boolean {
  return before !== undefined && (Object.keys(after) as (keyof T)[]).every((key) => Object.is(before[key], after[key]));
}
