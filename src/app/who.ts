import type { Lease } from "../store/lead/lease.js";

/** Who leads, for people: `process 4711, since 2025-06-09T13:30:00.000Z`. */
export function who({ pid, since }: Lease): string {
  return `process ${pid}, since ${since}`;
}
