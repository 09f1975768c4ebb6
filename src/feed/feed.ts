import type { EngineEvent } from "../core/events.js";

/** A source of events. Several per turn, because one await per trade costs more than the trade does. */
export interface Feed {
  /** Yields until the source ends or `stop` fires; throws `FeedError` when the source fails. */
  events(stop: AbortSignal): AsyncIterable<readonly EngineEvent[]>;
}
