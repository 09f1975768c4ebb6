import { loadCalendar } from "../app/calendar.js";
import { healthCheck } from "../app/healthCheck.js";
import { plainText } from "../app/plainText.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { readSettings } from "./readSettings.js";
import { CommandError } from "./usageError.js";

/** `check`: what the settings imply, before anything is started. */
export const check: Command = {
  summary: "Say what the settings imply for risk, signals and hours",
  usage: "[--settings FILE] [--json]",
  options: {
    settings: ["FILE", "JSON file with settings, by the keys of VS Code without the prefix; without it the defaults"],
    json: ["", "one JSON line each, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const settings = await readSettings(args.text("settings"));
    const items = healthCheck(settings, { time: terminal.now(), calendar: loadCalendar() });
    for (const item of items) {
      if (args.has("json")) terminal.out(JSON.stringify({ type: "check", ...item }));
      else terminal.out(plainText(`${item.level.padEnd(5)} ${item.title}: ${item.text}`));
    }
    const stopping = items.find((item) => item.level === "stop");
    if (stopping !== undefined) throw new CommandError(`No signal can be traded. ${stopping.title}: ${stopping.text}`);
  },
};
