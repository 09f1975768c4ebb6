import { describeFile } from "../feed/databento/describe.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { UsageError } from "./usageError.js";

/** `decode`: what a DBN file says, record by record. */
export const decode: Command = {
  summary: "Print a DBN file as JSON lines, the metadata first",
  usage: "FILE [--limit N]",
  options: { limit: ["N", "this many records at most"] },
  async run(args: Arguments, terminal: Terminal) {
    const [path, ...more] = args.positionals;
    if (path === undefined || more.length > 0) throw new UsageError("Name one DBN file to decode");
    const limit = args.number("limit", { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true });
    const options = { warn: terminal.log.warn, ...(limit === undefined ? {} : { limit }) };
    for await (const record of describeFile(path, options)) {
      terminal.out(JSON.stringify(record));
      await terminal.drained();
    }
  },
};
