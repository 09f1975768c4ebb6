import type { Contents } from "../app/data/contents.js";
import { exportJournal } from "../app/data/exportJournal.js";
import { exportedWords } from "../app/data/words.js";
import { printed } from "../app/lines.js";
import { isoTime } from "../app/times.js";
import { checkFolder, DATA_OPTION, dataTools } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";

/** `export`: a backup of a data folder. */
export const exportCommand: Command = {
  summary: "Back a data folder up: its journals, its databases and a manifest with their checksums",
  usage: "--data FOLDER --to FOLDER [--json]",
  options: {
    ...DATA_OPTION,
    to: ["FOLDER", "a new folder for the backup; nothing is overwritten"],
    json: ["", "a JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const folder = args.required("data");
    const to = args.required("to");
    await checkFolder(folder);
    const made = await exportJournal(folder, to, dataTools(terminal));
    if (args.has("json")) {
      const { manifest, contents, problems } = made;
      terminal.out(printed({ type: "export", folder: to, ...manifest, contents: contentsFields(contents), problems }));
    } else for (const line of exportedWords(made)) terminal.out(line);
  },
};

/** What records hold, as fields of a JSON line. */
export function contentsFields({ from, to, ...counts }: Contents): object {
  const iso = (time: typeof from) => (time === undefined ? null : isoTime(time));
  return { ...counts, from: iso(from), to: iso(to) };
}
