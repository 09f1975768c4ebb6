import { z } from "zod";
import { say } from "../../core/say.js";
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

const MEANING: Readonly<Record<string, (dates: string) => string>> = {
  degraded: (dates) => say("degraded (some may be missing or wrong) on {0}", dates),
  pending: (dates) => say("not yet there (pending) on {0}", dates),
  missing: (dates) => say("missing on {0}", dates),
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
    const first = dates.slice(0, NAMED).join(", ");
    const named = dates.length > NAMED ? say("{0} and {1} more", first, dates.length - NAMED) : first;
    return MEANING[condition]?.(named) ?? `${oneLine(condition)} on ${named}`;
  });
  return say("Databento says that its data are {0}", parts.join("; "));
}
