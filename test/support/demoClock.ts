import type { DemoClock } from "../../src/feed/demoPace.js";

/** A clock that jumps ahead whenever someone sleeps: a minute of waiting takes no time. */
export class VirtualClock implements DemoClock {
  /** Milliseconds since the start. */
  milliseconds = 0;

  now(): number {
    return this.milliseconds;
  }

  async sleep(milliseconds: number, stop: AbortSignal): Promise<void> {
    if (!stop.aborted) this.milliseconds += milliseconds;
  }
}
