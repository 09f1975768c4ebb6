import { downsample, MAX_POINTS } from "../src/core/downsample.js";
import type { DashboardChange, DashboardState, EquityPoint, HostMessage } from "../src/core/protocol.js";
import type { AccountName } from "../src/core/sizing/recommendation.js";
import { shared } from "./shared.js";

/** A panel that stays open for months grows no further. */
const MOST_KEPT = 2 * MAX_POINTS;

/**
 * Folds a message of the host into what the panel shows. Never changes `state`.
 *
 * @param state undefined before the first snapshot
 * @returns the same object when the message says nothing new: an append without a snapshot, a detail, an unknown type
 */
export function reduce(state: DashboardState | undefined, message: HostMessage): DashboardState | undefined {
  switch (message.type) {
    case "snapshot":
      return message.state;
    case "append":
      return state === undefined ? undefined : append(state, message.change);
    case "trades":
    case "evidence":
    case "report":
    case "draw":
    case "sound":
      return state;
    default:
      message satisfies never;
      return state;
  }
}

function append(state: DashboardState, change: DashboardChange): DashboardState {
  const accounts = change.state.accounts.map((account) => {
    const before = state.accounts.find((other) => other.name === account.name)?.equity ?? [];
    const added = change.equity.filter((other) => other.account === account.name).flatMap((other) => other.points);
    const equity = mergePoints(before, added);
    return { ...account, equity: equity.length > MOST_KEPT ? downsample(equity) : equity };
  });
  return shared(state, { ...change.state, selected: selectedNow(state, change), accounts });
}

/** What the user does brings his account to the front; the paper account, which trades by itself, takes the place of none. */
function selectedNow(state: DashboardState, { state: next }: DashboardChange): AccountName {
  const nothingYet = state.open.length === 0 && state.accounts.every((account) => account.trades === 0);
  return nothingYet || next.selected === "manual" ? next.selected : state.selected;
}

/**
 * Joins equity points into one series with strictly rising times, which the chart insists on. Of two points of one
 * second the later arrival counts, so a repeated point changes nothing.
 *
 * @param points in strictly rising order
 * @param added in any order
 * @returns `points` itself when nothing is added
 */
export function mergePoints(points: readonly EquityPoint[], added: readonly EquityPoint[]): readonly EquityPoint[] {
  if (added.length === 0) return points;
  const byTime = new Map(added.map((point) => [point.time, point]));
  const fresh = [...byTime.values()].sort((a, b) => a.time - b.time);
  const first = fresh[0]?.time ?? Number.POSITIVE_INFINITY;
  // Points arrive in order almost always: then only the end of the series has to be looked at.
  let end = points.length;
  while (end > 0 && (points[end - 1]?.time ?? 0) >= first) end--;
  const overlap = points.slice(end).filter((point) => !byTime.has(point.time));
  const tail = overlap.length === 0 ? fresh : [...overlap, ...fresh].sort((a, b) => a.time - b.time);
  return [...points.slice(0, end), ...tail];
}
