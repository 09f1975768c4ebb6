import { say } from "../core/say.js";
import type { Lease } from "../store/lead/lease.js";

/** Who leads, for people: `process 4711, since 2025-06-09T13:30:00.000Z`. */
export function who({ pid, since }: Lease): string {
  return say("process {0}, since {1}", pid, since);
}
