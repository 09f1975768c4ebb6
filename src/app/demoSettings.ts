import type { Settings } from "./settings.js";

/** The settings as the demo holds them: its market is one future in simulated regular hours, and both accounts learn from each other. */
export function demoSettings(settings: Settings): Settings {
  return {
    ...settings,
    contract: { instrument: settings.demo.instrument, pin: "", session: "rth" },
    instruments: [],
    bayes: { ...settings.bayes, learnFrom: "both" },
  };
}
