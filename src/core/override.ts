import type { Exit } from "./events.js";

/** Whether an exit by hand went against the plan, in the person's own word; absent where he was not asked. */
export interface OverrideAnswer {
  readonly override?: boolean;
}

/** The answer, to be carried on with the exit. */
export function overrideOf({ override }: { readonly override?: boolean | undefined }): OverrideAnswer {
  return override === undefined ? {} : { override };
}

/** An exit by hand went against the plan unless the person said that it was part of it. */
export function isOverride({ reasonChecked, override }: Pick<Exit, "reasonChecked" | "override">): boolean {
  return reasonChecked === "manual" && override !== false;
}
