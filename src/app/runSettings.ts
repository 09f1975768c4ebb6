import { limitsOf, type RiskLimits } from "../core/guards/looserLimits.js";
import type { Memory } from "./memory.js";
import { parseSettings, type Settings } from "./settings.js";
import { SettingsError } from "./settingsError.js";

/** The settings of the folder's last feed, so that what is recorded later counts by the same rules. */
export const SETTINGS_META = "run.settings";

/** Whether the engine took the folder's signals by itself; absent before anybody said so. */
export const PAPER_META = "run.paper";

/** What earlier versions took unchecked, and what is recorded later does not ask for: a pin, and an instrument of which nothing was known. */
const UNCHECKED = [{}, { "contract.pin": "" }, { "contract.pin": "", "contract.instrument": "ES" }];

/**
 * Reads stored settings, without a contract that an earlier version took and this one does not.
 * Those of a newer version may have keys that this one does not know: then the defaults are the best there is.
 */
export function settingsOf(stored: unknown): Settings {
  for (const overrides of UNCHECKED) {
    const settings = readable(stored ?? {}, overrides);
    if (settings !== undefined) return settings;
  }
  return parseSettings({});
}

function readable(stored: unknown, overrides: Readonly<Record<string, unknown>>): Settings | undefined {
  try {
    return parseSettings(stored, overrides);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/**
 * The settings with the start balance of the folder: once equity was kept there, its peaks were measured with that one, and a
 * smaller one would look like a loss.
 */
export function withStartBalance(settings: Settings, memory: Memory): Settings {
  const stored = memory.meta(SETTINGS_META);
  if (stored === undefined || !memory.outputs.some(({ type }) => type === "equity")) return settings;
  const { startBalance } = settingsOf(stored).paper;
  return { ...settings, paper: { ...settings.paper, startBalance } };
}

/** The limits with which the folder began: those before the first change, else those of its last feed. */
export function firstLimits(memory: Memory): RiskLimits | undefined {
  const first = memory.outputs.find((output) => output.type === "limits");
  return first?.before ?? limitsOfFeed(memory);
}

/** The limits that were wanted last. */
export function lastLimits(memory: Memory): RiskLimits | undefined {
  const last = memory.outputs.findLast((output) => output.type === "limits");
  return last?.limits ?? limitsOfFeed(memory);
}

function limitsOfFeed(memory: Memory): RiskLimits | undefined {
  const stored = memory.meta(SETTINGS_META);
  return stored === undefined ? undefined : limitsOf(settingsOf(stored).risk);
}
