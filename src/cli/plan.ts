import { PLAN_WORDS } from "../app/exitLine.js";
import type { Arguments } from "./command.js";
import { UsageError } from "./usageError.js";

/** The option that says of an exit by hand whether it was part of the plan. */
export const PLAN_OPTION = {
  plan: ["HOW", "of an exit by hand: planned, or override when it went against the plan (unless said, it did)"],
} as const;

/**
 * Whether an exit by hand went against the plan; undefined where the command line does not say.
 *
 * @throws UsageError when it says something else
 */
export function overrideIn(args: Arguments): boolean | undefined {
  const plan = args.text("plan");
  if (plan === undefined) return undefined;
  if (plan === PLAN_WORDS.override) return true;
  if (plan === PLAN_WORDS.planned) return false;
  throw new UsageError(`"--plan ${plan}" must be one of ${Object.values(PLAN_WORDS).join(", ")}`);
}
