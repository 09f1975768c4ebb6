import { t } from "@vscode/l10n";
import { setting } from "../configuration.js";
import type { Standing } from "../standing.js";
import { areQuiet } from "./quietHours.js";
import type { Snooze } from "./snooze.js";
import type { SoundName } from "./soundNames.js";
import type { Sounds } from "./sounds.js";

/** What may be told in a message, by the name of its setting. */
export type MessageName = "signal" | "fillReminder" | "endOfDay" | "tradeClosed" | "weeklyReview" | "noFill";

/**
 * Decides whether an alert may sound or pop up now: by the settings, the quiet hours, the snooze, and whether this is the window that
 * runs the feed.
 */
export class Alerts {
  readonly #standing: () => Standing;
  readonly #snooze: Snooze;
  readonly #sounds: Pick<Sounds, "play">;

  constructor(standing: () => Standing, snooze: Snooze, sounds: Pick<Sounds, "play">) {
    this.#standing = standing;
    this.#snooze = snooze;
    this.#sounds = sounds;
  }

  /** Sounds an alert, if it may; never waits. */
  sound(name: SoundName): void {
    if (this.whySilent(name) === undefined) void this.#sounds.play(name, setting("alerts.sound.volume"));
  }

  /** Why it would not sound now, for people; undefined: it would, as far as there is a player. */
  whySilent(name: SoundName): string | undefined {
    const standing = this.#standing();
    const snoozed = this.#snooze.words(standing);
    if (!setting("alerts.sound.enabled")) return t("sounds are switched off");
    if (!setting(`alerts.sound.${name}`)) return t("this sound is switched off");
    if (setting("alerts.sound.volume") <= 0) return t("the volume is 0");
    if (snoozed !== undefined) return t("snoozed {0}", snoozed);
    if (areQuiet(setting("alerts.sound.quietHours"), new Date())) return t("these are the quiet hours");
    // Every window sees the signal, but the user has one pair of ears.
    return standing.leader === undefined ? undefined : t("the window that runs the feed sounds");
  }

  /** Whether a message may pop up now. */
  allows(name: MessageName): boolean {
    return setting(`alerts.message.${name}`) && this.#snooze.words(this.#standing()) === undefined;
  }
}
