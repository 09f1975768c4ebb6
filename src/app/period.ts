import type { Period } from "../core/protocol.js";
import { MICROS_PER_DAY, type Micros } from "../core/units.js";

/** Something that happened at a time, of a trading day where it is known. */
export interface Dated {
  readonly time: Micros;
  readonly tradingDay?: string | undefined;
}

/** Whether something lies in a period. */
export type Within = (row: Dated) => boolean;

/** A period without a bound. */
export const EVER: Within = () => true;

/**
 * A period as a question. Days count back from now; an own range is one of trading days, both included, so that Sunday evening is
 * of Monday.
 */
export function within(period: Period, now: Micros): Within {
  switch (period.kind) {
    case "all":
      return EVER;
    case "days": {
      const since = now - period.days * MICROS_PER_DAY;
      return ({ time }) => since <= time;
    }
    case "range": {
      const { from, to } = period;
      return ({ time, tradingDay = dateOf(time) }) => from <= tradingDay && tradingDay <= to;
    }
    default:
      return period satisfies never;
  }
}

function dateOf(time: Micros): string {
  return new Date(Math.floor(time / 1000)).toISOString().slice(0, 10);
}
