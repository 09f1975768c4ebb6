import type { EngineOutput, EquityRow, Shadow } from "../../core/events.js";
import type { Recommendation } from "../../core/sizing/recommendation.js";
import type { Within } from "../period.js";

/** What is known beside an account's own exits. */
export interface Known {
  readonly outputs: readonly EngineOutput[];
  readonly recommendations: ReadonlyMap<string, Recommendation>;
  readonly shadows: ReadonlyMap<string, Shadow>;
  readonly isIn: Within;
}

/** The newest value of an account; undefined before the first. */
export function lastEquity(outputs: readonly EngineOutput[], account: string): EquityRow | undefined {
  return outputs.findLast((o): o is EquityRow => o.type === "equity" && o.account === account);
}
