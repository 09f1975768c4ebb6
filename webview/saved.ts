import * as z from "zod/mini";
import type { DashboardState } from "../src/core/protocol.js";
import { FIRST_VIEW, type View } from "./view.js";

// zod would try `new Function` for speed, which the page's policy forbids and reports.
z.config({ jitless: true });

/** What VS Code keeps of the panel while it is hidden or the window is closed. */
export interface Saved {
  readonly state: DashboardState | undefined;
  readonly view: View;
}

const accountName = z.enum(["manual", "paper"]);
const interval = z.readonly(z.tuple([z.number(), z.number()]));

const savedSchema = z.object({
  version: z.literal(1),
  view: z.object({ account: z.optional(accountName), equityAsTable: z.boolean() }),
  state: z.optional(
    z.object({
      instrument: z.string(),
      mode: z.enum(["idle", "demo", "replay", "live"]),
      phase: z.enum(["idle", "starting", "running", "stopping"]),
      simulated: z.boolean(),
      timeZone: z.string(),
      selected: accountName,
      accounts: z.array(
        z.object({
          name: accountName,
          startBalance: z.number(),
          balance: z.number(),
          totalReturn: z.number(),
          drawdown: z.number(),
          maxDrawdown: z.number(),
          halted: z.boolean(),
          trades: z.number(),
          wins: z.number(),
          winRateInterval: interval,
          expectancyR: z.optional(z.number()),
          netPnl: z.number(),
          equity: z.array(z.object({ time: z.number(), balance: z.number(), drawdown: z.number() })),
          contexts: z.array(
            z.object({
              context: z.string(),
              verdict: z.enum(["Edge", "Unproven", "Avoid", "Too few"]),
              trades: z.number(),
              wins: z.number(),
              winRateInterval: interval,
              meanR: z.number(),
              breakEven: z.number(),
              posterior: z.number(),
              posteriorInterval: interval,
              multiplier: z.number(),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** What to hand to VS Code: all but what must not be seen again when it is old, calls and positions. */
export function save({ state, view }: Saved): unknown {
  const { recommendation: _, unanswered: __, open: ___, status: ____, ...lasting } = state ?? {};
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
    view: { account: view.account, equityAsTable: view.equityAsTable },
    state: state && {
      ...state,
      status: "Showing the last results until the workbench answers",
      accounts: state.accounts.map((account) => ({ ...account, expectancyR: account.expectancyR })),
      recommendation: undefined,
      unanswered: 0,
      open: [],
    },
  };
}
