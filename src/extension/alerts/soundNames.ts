/** What sounds, by the name of its file in `media/sounds` and of its setting. */
export const SOUND_NAMES = ["signal", "lastSeconds", "fillReminder", "feedLost", "tradeClosed"] as const;

export type SoundName = (typeof SOUND_NAMES)[number];

/** What each tells, for people. */
export const SOUND_WORDS: Readonly<Record<SoundName, string>> = {
  signal: "A new signal",
  lastSeconds: "10 seconds left",
  fillReminder: "A signal without an answer",
  feedLost: "The live feed is lost",
  tradeClosed: "Paper auto closed a trade",
};
