import type { EquityPoint } from "./protocol.js";

/** What a picture of a curve is given at most: more than its pixels can show. */
export const MAX_POINTS = 2000;

/**
 * At most `limit` points, in order: the first, the last, and of each stretch between them the highest and the lowest balance and
 * the deepest drawdown.
 */
export function downsample(points: readonly EquityPoint[], limit: number = MAX_POINTS): readonly EquityPoint[] {
  if (points.length <= limit) return points;
  const stretches = Math.floor((limit - 2) / 3);
  const inner = points.length - 2;
  const kept = new Set<number>([0, points.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = 1 + Math.floor((stretch * inner) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    for (const index of extremes(points, from, to)) kept.add(index);
  }
  return points.filter((_, index) => kept.has(index));
}

function extremes(points: readonly EquityPoint[], from: number, to: number): readonly number[] {
  let [high, low, deep] = [from, from, from];
  const at = (index: number) => points[index] ?? { time: 0, balance: 0, drawdown: 0 };
  for (let index = from + 1; index < to; index++) {
    if (at(index).balance > at(high).balance) high = index;
    if (at(index).balance < at(low).balance) low = index;
    if (at(index).drawdown > at(deep).drawdown) deep = index;
  }
  return [high, low, deep];
}
