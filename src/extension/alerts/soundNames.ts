import { say } from "../../core/say.js";

/** What sounds, by the name of its file in `media/sounds` and of its setting. */
export const SOUND_NAMES = ["signal", "lastSeconds", "fillReminder", "feedLost", "tradeClosed"] as const;

export type SoundName = (typeof SOUND_NAMES)[number];

/** What each tells, in English. */
export const SOUND_WORDS: Readonly<Record<SoundName, string>> = {
  signal: say("A new signal"),
  lastSeconds: say("10 seconds left"),
  fillReminder: say("A signal without an answer"),
  feedLost: say("The live feed is lost"),
  tradeClosed: say("Paper auto closed a trade"),
};
