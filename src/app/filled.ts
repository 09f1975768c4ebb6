import type { OpenPosition } from "../core/events.js";
import { sideInWords } from "../words/tradeWords.js";

/** Contracts of an open position that were filled, be they closed or not. */
export function filledOf({ quantity, closed }: OpenPosition): number {
  return quantity + (closed?.quantity ?? 0);
}

/** `LONG 2`; once a part of three is closed, `LONG 2/3`. */
export function held(position: OpenPosition): string {
  const { recommendation, quantity, closed } = position;
  const open = closed === undefined ? quantity : `${quantity}/${filledOf(position)}`;
  return `${sideInWords(recommendation.action)} ${open}`;
}
