import { say } from "../core/say.js";
import type { Feed } from "../feed/feed.js";
import type { Clock } from "../store/clock.js";
import type { Leading } from "../store/lead/lead.js";
import type { Lease } from "../store/lead/lease.js";
import { StoreError } from "../store/storeError.js";
import type { Log } from "./log.js";
import { who } from "./who.js";

/** Another window runs the feed of the data folder. */
export class LedElsewhere extends StoreError {
  constructor(folder: string, lease: Lease) {
    const sentence = say(
      'The feed of "{0}" runs in another window already ({1}). Stop it there, or choose another data folder',
      folder,
      who(lease),
    );
    super(sentence, { retriable: true });
    this.name = "LedElsewhere";
  }
}

/** Between two looks whether this window still leads: microseconds that a pause of its process may last unnoticed. */
const LOOK_US = 1_000_000;

/** A feed that this window runs as long as it leads. */
export interface LedFeed extends Feed {
  /** Whether it ended because another window leads, or shall lead. */
  readonly isOver: boolean;
  /** Ends it if another window leads. To be called now and then: in a quiet market nothing comes that makes it look by itself. */
  look(): Promise<void>;
}

/**
 * A feed that ends when another window leads, or shall lead. Whether one does is looked at before anything is passed on that comes
 * after a second without a look: a process that was stopped, or slept, shows nothing that another window shows already.
 */
export function whileLeading(feed: Feed, lead: Leading, clock: Clock, log: Log): LedFeed {
  const over = new AbortController();
  const end = (sentence: string) => {
    if (!over.signal.aborted) log.info(sentence);
    over.abort();
  };
  let looked = clock.monotonic();
  const look = async () => {
    if (!(await lead.isHeld())) end(say("The feed ends here: another window has taken it over"));
    looked = clock.monotonic();
  };
  return {
    get isOver() {
      return over.signal.aborted;
    },
    look,
    async *events(stop) {
      void lead.askedToHandOver.then(() => end(say("The feed ends here: another window goes on with it")));
      looked = clock.monotonic();
      for await (const events of feed.events(AbortSignal.any([stop, over.signal]))) {
        if (clock.monotonic() - looked > LOOK_US) await look();
        if (over.signal.aborted) return;
        yield events;
      }
    },
  };
}
