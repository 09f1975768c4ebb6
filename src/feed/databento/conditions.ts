import { z } from "zod";
import { oneLine } from "./historical/oneLine.js";

/** How good Databento's data of days are, as `metadata.get_dataset_condition` and a batch download's `condition.json` say it. */
export const Conditions = z.array(
  z.object({
    date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    /** `available`, `degraded`, `pending`, `missing` */
    condition: z.string(),
  }),
);

export type DayCondition = z.output<typeof Conditions>[number];

const MEANING: Readonly<Record<string, string>> = {
  degraded: "degraded (some may be missing or wrong)",
  pending: "not yet there (pending)",
  missing: "missing",
};
const NAMED = 5;

/** One line about the days whose data are not all right; undefined where all are. */
export function conditionLine(days: readonly DayCondition[]): string | undefined {
  const byCondition = new Map<string, string[]>();
  for (const { date, condition } of days) {
    if (condition === "available") continue;
    byCondition.set(condition, [...(byCondition.get(condition) ?? []), date]);
  }
  if (byCondition.size === 0) return undefined;
  const parts = [...byCondition].map(([condition, dates]) => {
    const more = dates.length > NAMED ? ` and ${dates.length - NAMED} more` : "";
    return `${MEANING[condition] ?? oneLine(condition)} on ${dates.slice(0, NAMED).join(", ")}${more}`;
  });
  return `Databento says that its data are ${parts.join("; ")}`;
}
