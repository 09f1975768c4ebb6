import type { BrokerFill } from "./brokerCsv.js";

/** A fill or an exit that the broker should know. */
export interface Leg {
  readonly side: "BUY" | "SELL";
  readonly quantity: number;
  /** In points; undefined where any price may be meant. */
  readonly price: number | undefined;
  /** How far off it may be, in points, and still be meant. */
  readonly reach: number;
  /** Whether an execution is of its contract. */
  readonly fits: (fill: BrokerFill) => boolean;
}

/** Contracts of an execution. */
export interface Taken {
  readonly fill: BrokerFill;
  readonly quantity: number;
}

/** Which executions stand behind which leg, and what is left of the others. */
export interface Assignment {
  /** By leg, in their order. */
  readonly taken: readonly (readonly Taken[])[];
  readonly left: readonly Taken[];
}

/**
 * Gives each leg the executions whose price comes nearest, contract by contract: a broker fills one order in parts, and a person
 * records it as one. A time decides among equal prices only: what is recorded bears the time of its record, often long after.
 */
export function assign(legs: readonly Leg[], fills: readonly Taken[]): Assignment {
  const wanted = legs.map(({ quantity }) => quantity);
  const free = fills.map(({ quantity }) => quantity);
  const taken: Taken[][] = legs.map(() => []);
  for (const { leg, place } of candidates(legs, fills)) {
    const quantity = Math.min(wanted[leg] ?? 0, free[place] ?? 0);
    const from = fills[place];
    if (quantity === 0 || from === undefined) continue;
    wanted[leg] = (wanted[leg] ?? 0) - quantity;
    free[place] = (free[place] ?? 0) - quantity;
    taken[leg]?.push({ fill: from.fill, quantity });
  }
  const left = fills.map(({ fill }, place) => ({ fill, quantity: free[place] ?? 0 }));
  return { taken, left: left.filter(({ quantity }) => quantity > 0) };
}

function candidates(legs: readonly Leg[], fills: readonly Taken[]) {
  const pairs = legs.flatMap((leg, index) =>
    fills.flatMap(({ fill }, place) => {
      const off = leg.price === undefined ? 0 : Math.abs(fill.price - leg.price);
      return leg.side === fill.side && off <= leg.reach && leg.fits(fill) ? [{ leg: index, place, fill, off }] : [];
    }),
  );
  return pairs.sort(
    (a, b) =>
      a.off - b.off || a.fill.time - b.fill.time || a.leg - b.leg || a.fill.price - b.fill.price || a.place - b.place,
  );
}

/** The mean price of contracts, in points; undefined for none. */
export function meanPrice(taken: readonly Taken[]): number | undefined {
  const quantity = taken.reduce((sum, each) => sum + each.quantity, 0);
  if (quantity === 0) return undefined;
  return taken.reduce((sum, each) => sum + each.fill.price * each.quantity, 0) / quantity;
}
