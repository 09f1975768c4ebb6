import { kindOfSymbols, rangeToHave, tellConditions } from "../app/historyRange.js";
import { dollars, downloadRange, mustBeNew } from "../feed/databento/historical/download.js";
import { HistoricalClient } from "../feed/databento/historical/historicalClient.js";
import { isoNanos, nanosIso } from "../feed/databento/historical/isoNanos.js";
import { checkRange, type RangeRequest } from "../feed/databento/historical/rangeRequest.js";
import { FeedError } from "../feed/feedError.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { environmentKey } from "./environmentKey.js";
import { readSettings } from "./readSettings.js";
import { UsageError } from "./usageError.js";

const NANOS_PER_DAY = 86_400_000_000_000n;

/** `download`: a range of Databento's historical data into a file, its cost first. */
export const download: Command = {
  summary: "Download historical data from Databento; the cost is shown first and has a limit",
  usage:
    "--symbols S --start TIME --output FILE [--end TIME] [--dataset D] [--schema S] [--stype-in T] [--max-cost DOLLARS] [--cost-only] [--settings FILE] [--url URL] [--json]",
  options: {
    symbols: ["S", "separated by commas, such as ES.v.0 or ESM5"],
    start: ["TIME", "from this on, in UTC: 2025-06-09 or 2025-06-09T13:30:00Z"],
    end: ["TIME", "before this; without it one day after the start"],
    output: ["FILE", "the new file, such as es.dbn.zst"],
    dataset: ["D", "default GLBX.MDP3"],
    schema: ["S", "default trades; ohlcv-1m for bars of a minute"],
    "stype-in": ["T", "the kind of the symbols; default continuous for ES.v.0, parent for ES.FUT, else raw_symbol"],
    "max-cost": ["DOLLARS", "download nothing that costs more; default the setting history.maxCost"],
    "cost-only": ["", "tell the cost and download nothing"],
    settings: ["FILE", "JSON file with settings, by the keys of VS Code without the prefix"],
    url: ["URL", "a server on this machine in the place of Databento, for tests"],
    json: ["", "one JSON line, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const output = args.has("cost-only") ? "" : args.required("output");
    const asked = asUsage(() => checkRange(requestOf(args)));
    const settings = await readSettings(args.text("settings"));
    if (output !== "") await mustBeNew(output);
    const limit = args.number("max-cost", { min: 0, max: 10_000, whole: false }) ?? settings.history.maxCost;
    const address = args.text("url");
    const note = (text: string) => terminal.log.warn(text);
    const client = new HistoricalClient({
      key: environmentKey(terminal),
      ...(address === undefined ? {} : { address }),
      note,
    });
    const request = await rangeToHave(client, asked, terminal.stop(), note);
    await tellConditions(client, request, terminal.stop(), note);
    if (args.has("cost-only")) {
      const cost = await client.cost(request, terminal.stop());
      terminal.out(args.has("json") ? JSON.stringify({ type: "cost", cost }) : `It costs ${dollars(cost)}`);
      return;
    }
    const done = await downloadRange(client, request, output, {
      maxCost: limit,
      stop: terminal.stop(),
      onCost: (cost) => {
        terminal.log.info(`It costs ${dollars(cost)}, at most ${dollars(limit)} is allowed`);
        return true;
      },
      onBytes: (bytes) => terminal.progress(`${(bytes / 1e6).toFixed(1)} MB received`),
    });
    if (done === undefined) return;
    const { cost, bytes, records, requestId, metadata } = done;
    for (const symbol of metadata.notFound) terminal.log.warn(`"${symbol}" was not found in that range`);
    for (const symbol of metadata.partial) terminal.log.warn(`"${symbol}" was found on a part of that range only`);
    if (records === 0) terminal.log.warn("There is no record in that range: check the symbols and the hours");
    const line = {
      type: "download",
      file: output,
      cost,
      bytes,
      records,
      requestId,
      start: nanosIso(request.start),
      end: nanosIso(request.end),
    };
    terminal.out(
      args.has("json")
        ? JSON.stringify(line)
        : `${output}: ${records} records, ${bytes} bytes, verified, ${dollars(cost)}`,
    );
  },
};

function requestOf(args: Arguments): RangeRequest {
  const symbols = args.required("symbols").split(",");
  const start = timeOf("start", args.required("start"));
  const end = args.text("end");
  return {
    dataset: args.text("dataset") ?? "GLBX.MDP3",
    schema: args.text("schema") ?? "trades",
    symbols,
    stypeIn: args.text("stype-in") ?? kindOfSymbols(symbols),
    start,
    end: end === undefined ? start + NANOS_PER_DAY : timeOf("end", end),
  };
}

/** What was typed cannot be asked for: that is the usage, not the market. */
function asUsage<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof FeedError) throw new UsageError(error.message);
    throw error;
  }
}

function timeOf(option: string, text: string): bigint {
  const nanos = isoNanos(text);
  if (nanos !== undefined) return nanos;
  throw new UsageError(`"--${option} ${text}" is not a time in UTC such as 2025-06-09 or 2025-06-09T13:30:00Z`);
}
