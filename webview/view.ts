import type { Period, WebviewMessage } from "../src/core/protocol.js";
import type { AccountName } from "../src/core/sizing/recommendation.js";
import type { DrawEquity } from "./equityChart.js";
import type { DrawFootprint } from "./footprintChart.js";
import { FIRST_TRADES, type TradesView } from "./tradeList.js";

/** What the user chose in the panel; it says nothing about trading. */
export interface View {
  /** undefined until he chose one: then the account that traded last is shown. */
  readonly account: AccountName | undefined;
  /** The equity curve as a table in the place of the chart. */
  readonly equityAsTable: boolean;
  readonly trades: TradesView;
  /** Of the statistics. */
  readonly period: Period;
  /** The other account's balance is drawn beside that of the one that is shown. */
  readonly both: boolean;
}

/** How the panel opens. */
export const FIRST_VIEW: View = {
  account: undefined,
  equityAsTable: false,
  trades: FIRST_TRADES,
  period: { kind: "all" },
  both: false,
};

/** What the panel can do beyond drawing. */
export interface Actions {
  readonly send: (message: WebviewMessage) => void;
  readonly choose: (choice: Partial<View>) => void;
  readonly drawEquity: DrawEquity;
  readonly drawFootprint: DrawFootprint;
  readonly closeEvidence: () => void;
}
