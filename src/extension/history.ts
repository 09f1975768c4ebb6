import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { t } from "@vscode/l10n";
import { loadCalendar } from "../app/calendar.js";
import { dayRange, kindOfSymbols, rangeToHave, tellConditions } from "../app/historyRange.js";
import { symbolOf } from "../app/liveOptions.js";
import { parseSettings } from "../app/settings.js";
import { say } from "../core/say.js";
import { TradingHours } from "../core/session.js";
import { MICROS_PER_DAY, type Micros } from "../core/units.js";
import { type Download, dollars, downloadRange } from "../feed/databento/historical/download.js";
import { nanosIso } from "../feed/databento/historical/isoNanos.js";
import { checkRange, checkSymbols, type RangeRequest } from "../feed/databento/historical/rangeRequest.js";
import { FeedError } from "../feed/feedError.js";
import { historicalClient } from "./databento.js";
import { dataFolder } from "./folders.js";
import { inLanguage, sentences } from "./language.js";
import { oneLine } from "./notices.js";
import type { RunHost } from "./openRun.js";

/** What is to be downloaded, as it was typed. */
export interface HistoryWish {
  readonly symbol: string;
  /** `2025-06-09`, or `2025-06-09 to 2025-06-13`. */
  readonly days: string;
  readonly schema: string;
}

/** How a download talks to the user. */
export interface DownloadTalk {
  readonly tell: (text: string) => void;
  readonly stop: AbortSignal;
  /** Asked once the cost is known, and not above the limit: whether it is wanted. */
  readonly confirm: (what: string, detail: string) => Promise<boolean>;
}

/** A file in the data folder, and the line that says so. */
export interface HistoryFile {
  readonly path: string;
  readonly text: string;
}

/** Days beyond which no trading day is looked for. */
const LONGEST_BREAK_DAYS = 7;

/** What is asked for most often: the contract of the settings, on the last trading day that is over. */
export function usualWish(host: RunHost, now: Micros): HistoryWish {
  const settings = parseSettings(host.settings);
  const hours = new TradingHours("rth", loadCalendar());
  let days = "";
  for (let back = 1; back <= LONGEST_BREAK_DAYS && days === ""; back++) {
    const day = hours.dayEndingAfter((now - back * MICROS_PER_DAY) as Micros);
    if (day !== undefined && day.close <= now) days = day.date;
  }
  return { symbol: symbolOf(settings), days, schema: "trades" };
}

/** Why a text names no symbol; undefined when it does. */
export function symbolProblem(text: string): string | undefined {
  try {
    checkSymbols([text.trim()]);
    return undefined;
  } catch (error) {
    return oneLine(error);
  }
}

/** Why a text names no days; undefined when it does. */
export function daysProblem(text: string): string | undefined {
  return dayRange(text) === undefined
    ? say("Type a day as 2025-06-09, or the first and the last as 2025-06-09 to 2025-06-13, in UTC")
    : undefined;
}

/** The file of a wish, where all of it was downloaded before. */
export function downloadedBefore(wish: HistoryWish, host: RunHost): HistoryFile | undefined {
  return alreadyAt(pathOf(wish, host, requestOf(wish, host)));
}

/**
 * Downloads a wish into `history` in the data folder.
 *
 * @returns undefined when the user did not want it, or stopped it: then there is no file
 * @throws FeedError
 */
export async function downloadWish(
  wish: HistoryWish,
  key: string,
  host: RunHost,
  { tell, stop, confirm }: DownloadTalk,
): Promise<HistoryFile | undefined> {
  const notes: string[] = [];
  const note = (text: string) => {
    host.log.warn(text);
    notes.push(text);
  };
  const client = historicalClient(key, host, (text) => {
    host.log.warn(text);
    tell(text);
  });
  try {
    tell(say("Asking what it costs"));
    const whole = requestOf(wish, host);
    const request = await rangeToHave(client, whole, stop, note);
    const path = pathOf(wish, host, request);
    const before = alreadyAt(path);
    if (before !== undefined) return before;
    await tellConditions(client, request, stop, note);
    await mkdir(join(dataFolder(host), "history"), { recursive: true }).catch((error: unknown) => {
      throw new FeedError(
        say('The folder for it could not be made: {0}. Check "volumeCluster.data.folder"', oneLine(error)),
        { retriable: false, cause: error },
      );
    });
    const { maxCost } = parseSettings(host.settings).history;
    const done = await downloadRange(client, request, path, {
      maxCost,
      stop,
      onCost: (cost) =>
        confirm(question(wish, cost), sentences([...notes.map(inLanguage), costDetail(request, maxCost)])),
      onBytes: seldom((bytes) => tell(say("{0} MB received", (bytes / 1e6).toFixed(1)))),
    });
    return done && { path, text: doneText(done, isPart(request, whole) ? request : undefined) };
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  }
}

function requestOf({ symbol, days, schema }: HistoryWish, host: RunHost): RangeRequest {
  const range = dayRange(days);
  if (range === undefined) {
    throw new FeedError(
      say('"{0}" names no days: type a day as 2025-06-09, or the first and the last as 2025-06-09 to 2025-06-13', days),
      { retriable: false },
    );
  }
  const { dataset } = parseSettings(host.settings).live;
  const symbols = [symbol.trim()];
  return checkRange({ dataset, schema, symbols, stypeIn: kindOfSymbols(symbols), ...range });
}

/**
 * Such as `history/glbx-mdp3.trades.ES.v.0.2025-06-09.dbn.zst`; a sign that a disk may not know becomes a hyphen. Of a part of the days
 * the name says from when to when: it must not be taken for all of them once there is more.
 */
function pathOf(wish: HistoryWish, host: RunHost, request: RangeRequest): string {
  const { symbol, days, schema } = wish;
  const { dataset } = parseSettings(host.settings).live;
  const compact = (nanos: bigint) => nanosIso(nanos).replace(/[-:]/g, "");
  const range = isPart(request, requestOf(wish, host))
    ? `${compact(request.start)}_${compact(request.end)}`
    : days.match(/[\d-]{10}/g)?.join("_");
  const parts = [dataset.toLowerCase().replace(".", "-"), schema, symbol.trim(), range];
  const name = parts.join(".").replace(/[^A-Za-z0-9._-]/g, "-");
  return join(dataFolder(host), "history", `${name}.dbn.zst`);
}

function alreadyAt(path: string): HistoryFile | undefined {
  return existsSync(path) ? { path, text: say('"{0}" is there already: nothing was downloaded', path) } : undefined;
}

function isPart(request: RangeRequest, whole: RangeRequest): boolean {
  return request.start !== whole.start || request.end !== whole.end;
}

function question({ symbol, days, schema }: HistoryWish, cost: number): string {
  return t("Download {0} of {1}, {2}, for {3}?", schema, symbol.trim(), days.trim(), dollars(cost));
}

function costDetail({ start, end }: RangeRequest, maxCost: number): string {
  return t(
    "From {0} to {1}. Databento bills it; at most {2} is allowed (history.maxCost)",
    nanosIso(start),
    nanosIso(end),
    dollars(maxCost),
  );
}

/** @param part what there was of the days, where it was not all */
function doneText({ path, cost, bytes, records, metadata }: Download, part: RangeRequest | undefined): string {
  const missing = [...metadata.notFound, ...metadata.partial];
  const count = records.toLocaleString("en-US");
  const size = (bytes / 1e6).toFixed(1);
  const whole = say('"{0}": {1} records, {2} MB, verified, {3}', path, count, size, dollars(cost));
  const done =
    part === undefined
      ? whole
      : say(
          "{0}. Only from {1} to {2}: download it again once Databento has the rest",
          ...[whole, nanosIso(part.start), nanosIso(part.end)],
        );
  if (records === 0) return say("{0}. There is no record in that range: check the symbol and the days", done);
  if (missing.length === 0) return done;
  return say("{0}. {1} was not found on all of that range", done, missing.join(", "));
}

const SELDOM_MS = 250;

/** The same, called four times a second at most. */
function seldom(tell: (bytes: number) => void): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    const now = performance.now();
    if (now - told < SELDOM_MS) return;
    told = now;
    tell(bytes);
  };
}
