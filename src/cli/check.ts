import { loadCalendar } from "../app/calendar.js";
import { checkData } from "../app/data/checkData.js";
import { healthCheck } from "../app/healthCheck.js";
import type { HealthItem } from "../app/healthItem.js";
import { plainText } from "../app/plainText.js";
import { checkFolder } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { readSettings } from "./readSettings.js";
import { CommandError, UsageError } from "./usageError.js";

/** `check`: what the settings imply, before anything is started; or whether a data folder is as it was written. */
export const check: Command = {
  summary: "Say what the settings imply for risk, signals and hours; with --data, verify every byte of a data folder",
  usage: "[--settings FILE | --data FOLDER] [--json]",
  options: {
    settings: ["FILE", "JSON file with settings, by the keys of VS Code without the prefix; without it the defaults"],
    data: ["FOLDER", "verify this data folder instead: journals, snapshot and databases; nothing in it is touched"],
    json: ["", "one JSON line each, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    if (!args.has("data")) return checkSettings(args, terminal);
    if (args.has("settings")) throw new UsageError('"--settings" and "--data" are two checks: give one of them');
    const folder = args.required("data");
    await checkFolder(folder);
    const items = await checkData(folder, terminal);
    print(items, args, terminal);
    const bad = items.filter(({ level }) => level === "stop");
    if (bad.length === 0) return;
    const what = bad.length === 1 ? "1 thing does" : `${bad.length} things do`;
    throw new CommandError(`"${folder}" is not as it was written: ${what} not verify. Each line above says what to do`);
  },
};

async function checkSettings(args: Arguments, terminal: Terminal): Promise<void> {
  const settings = await readSettings(args.text("settings"));
  const items = healthCheck(settings, { time: terminal.now(), calendar: loadCalendar() });
  print(items, args, terminal);
  const stopping = items.find((item) => item.level === "stop");
  if (stopping !== undefined) throw new CommandError(`No signal can be traded. ${stopping.title}: ${stopping.text}`);
}

function print(items: readonly HealthItem[], args: Arguments, terminal: Terminal): void {
  for (const item of items) {
    if (args.has("json")) terminal.out(JSON.stringify({ type: "check", ...item }));
    else terminal.out(plainText(`${item.level.padEnd(5)} ${item.title}: ${item.text}`));
  }
}
