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

/**
 * A feed that ends when another window leads, or shall lead. Whether one does is looked at before anything is passed on that comes
 * after a second without a look: a process that was stopped, or slept, shows nothing that another window shows already.
 */
export function whileLeading(feed: Feed, lead: Leading, clock: Clock, log: Log): Feed & { readonly isOver: boolean } {
  let isOver = false;
  const over = (sentence: string) => {
    if (!isOver) log.info(sentence);
    isOver = true;
  };
  return {
    get isOver() {
      return isOver;
    },
    async *events(stop) {
      const asked = new AbortController();
      void lead.askedToHandOver.then(() => {
        over(say("The feed ends here: another window goes on with it"));
        asked.abort();
      });
      let looked = clock.monotonic();
      for await (const events of feed.events(AbortSignal.any([stop, asked.signal]))) {
        if (clock.monotonic() - looked > LOOK_US) {
          if (!(await lead.isHeld())) return over(say("The feed ends here: another window has taken it over"));
          looked = clock.monotonic();
        }
        if (isOver) return;
        yield events;
      }
    },
  };
}
