import { t } from "@vscode/l10n";
import { BACK, type Choice, pick } from "../ask.js";
import { setting } from "../configuration.js";
import { inLanguage } from "../language.js";
import { openAlertSettings, testMessage } from "../notices.js";
import type { Alerts } from "./alerts.js";
import { SOUND_NAMES, SOUND_WORDS, type SoundName } from "./soundNames.js";
import type { Sounds } from "./sounds.js";

/** As long as the message of a test stays. */
const SHOWN_MS = 10_000;

type Wanted = { readonly sound: SoundName } | "message" | "settings";

/**
 * Sounds and shows an alert as a signal would, and says what works on this machine and what holds it back. Each sound can be heard,
 * also while it is snoozed, switched off or quiet: whoever tests wants to hear it.
 */
export async function testAlerts(alerts: Alerts, sounds: Sounds): Promise<void> {
  const volume = Math.max(1, setting("alerts.sound.volume"));
  void sounds.play("signal", volume);
  void testMessage(t("This is how a signal is told"), after(SHOWN_MS));
  for (;;) {
    const { works, words: english } = await sounds.standing();
    const words = inLanguage(english);
    const wanted = await pick<Wanted>({
      title: t("Test Alerts"),
      placeholder: t("What you should have heard and seen just now. Enter tries it again"),
      choices: [
        ...SOUND_NAMES.map((sound): Choice<Wanted> => {
          const silent = alerts.whySilent(sound);
          const state = works && silent !== undefined ? t("{0}, but now silent: {1}", words, silent) : words;
          return {
            label: `$(${works ? "unmute" : "mute"}) ${inLanguage(SOUND_WORDS[sound])}`,
            description: state,
            value: { sound },
          };
        }),
        {
          label: `$(bell) ${t("A message")}`,
          description: alerts.allows("signal")
            ? t("shown, unless Do Not Disturb is on: an extension cannot see that")
            : t("not now: switched off or snoozed"),
          value: "message",
        },
        {
          label: `$(gear) ${t("Status bar, badge and the Pending view")}`,
          description: t("always on. Enter opens the settings of the rest"),
          value: "settings",
        },
      ],
    });
    if (wanted === undefined || wanted === BACK) return;
    if (wanted === "settings") return openAlertSettings();
    if (wanted === "message") void testMessage(t("This is how a signal is told"), after(SHOWN_MS));
    else await sounds.play(wanted.sound, volume);
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
