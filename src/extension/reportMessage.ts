import type { AccountReport, HostMessage, KeptLists, PerformanceReport } from "../core/protocol.js";
import { sameAtBegin } from "./sameAtBegin.js";

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
