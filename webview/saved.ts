import { t } from "@vscode/l10n";
import * as z from "zod/mini";
import type { DashboardState } from "../src/core/protocol.js";
import { accountName, lastingState, period } from "./schema.js";
import { TRADE_SORTS } from "./tradeList.js";
import { FIRST_VIEW, type View } from "./view.js";

/** What VS Code keeps of the panel while it is hidden or the window is closed. */
export interface Saved {
  readonly state: DashboardState | undefined;
  readonly view: View;
}

const savedSchema = z.object({
  version: z.literal(1),
  view: z.object({
    account: z.optional(accountName),
    equityAsTable: z.boolean(),
    period,
    both: z.boolean(),
    trades: z.object({ sort: z.enum(TRADE_SORTS), descending: z.boolean(), filter: z.string() }),
  }),
  state: z.optional(lastingState),
});

/** What to hand to VS Code: all but what must not be seen again when it is old, calls and positions. */
export function save({ state, view }: Saved): unknown {
  const {
    recommendation: _,
    unanswered: __,
    open: ___,
    status: ____,
    noCall: _____,
    trust: ______,
    nearest: _______,
    ...lasting
  } = state ?? {};
  return { version: 1, view, state: state === undefined ? undefined : lasting };
}

/**
 * Reads what VS Code kept, so that the panel has something to show until the host has answered.
 *
 * @param kept from this version, another one, or anything: what does not fit is forgotten
 */
export function restore(kept: unknown): Saved {
  const parsed = savedSchema.safeParse(kept);
  if (!parsed.success) return { state: undefined, view: FIRST_VIEW };
  const { view, state } = parsed.data;
  return {
    view: { ...view, account: view.account },
    state: state && {
      ...state,
      status: t("Showing the last results until the workbench answers"),
      recommendation: undefined,
      unanswered: 0,
      open: [],
    },
  };
}
