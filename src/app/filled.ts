import type { OpenPosition } from "../core/events.js";

/** Contracts of an open position that were filled, be they closed or not. */
export function filledOf({ quantity, closed }: OpenPosition): number {
  return quantity + (closed?.quantity ?? 0);
}
