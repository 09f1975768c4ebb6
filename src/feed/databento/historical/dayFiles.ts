import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { FeedError } from "../../feedError.js";
import { checkDbnFile, mustAnswer } from "./dbnCheck.js";
import { downloadRange } from "./download.js";
import type { HistoricalClient } from "./historicalClient.js";
import type { RangeRequest } from "./rangeRequest.js";

export interface DayFilesOptions {
  /** Where downloads are kept: a subfolder of the data folder; made if there is none. */
  readonly folder: string;
  /** The most that the missing part may cost, in US dollars. */
  readonly maxCost: number;
  readonly stop: AbortSignal;
  readonly onCost?: (dollars: number) => boolean | Promise<boolean>;
  readonly onBytes?: (bytes: number) => void;
}

/** What there is of a range: verified files one after the other, and how far they reach. */
export interface DayFiles {
  readonly files: readonly string[];
  /** Nanoseconds; the live stream has to go on from here. */
  readonly until: bigint;
}

/**
 * The files of a range, from the folder where they are there already; the rest, as far as this account may have it, is
 * downloaded. A kept file that fails its check is removed and fetched anew. Throws `FeedError`.
 */
export async function dayFiles(
  client: HistoricalClient,
  request: RangeRequest,
  options: DayFilesOptions,
): Promise<DayFiles> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const files: string[] = [];
  let until = request.start;
  for (;;) {
    const kept = await keptFrom(request, until, options);
    if (kept === undefined) break;
    files.push(kept.path);
    until = kept.end;
  }
  if (until >= request.end) return { files, until };
  const has = await client.available(request.dataset, request.schema, options.stop);
  const missing = { ...request, start: until, end: has.end < request.end ? has.end : request.end };
  if (missing.end <= missing.start || missing.start < has.start) return { files, until };
  const path = join(options.folder, nameOf(missing));
  const done = await downloadRange(client, missing, path, options);
  return done === undefined ? { files, until } : { files: [...files, path], until: missing.end };
}

/** The longest kept file that begins at `start` and is whole. */
async function keptFrom(
  request: RangeRequest,
  start: bigint,
  { folder, stop }: DayFilesOptions,
): Promise<{ readonly path: string; readonly end: bigint } | undefined> {
  const prefix = `${prefixOf(request)}.${start}-`;
  const ends = (await readdir(folder)).flatMap((name) => {
    const end = name.startsWith(prefix) ? /^(\d{1,19})\.dbn\.zst$/.exec(name.slice(prefix.length))?.[1] : undefined;
    return end === undefined || BigInt(end) > request.end ? [] : [BigInt(end)];
  });
  for (const end of ends.sort((a, b) => (a > b ? -1 : 1))) {
    const path = join(folder, nameOf({ ...request, start, end }));
    try {
      mustAnswer(await checkDbnFile(path, stop), { ...request, start, end });
      return { path, end };
    } catch (error) {
      if (!(error instanceof FeedError) || stop.aborted) throw error;
      await rm(path, { force: true });
    }
  }
  return undefined;
}

function nameOf(request: RangeRequest): string {
  return `${prefixOf(request)}.${request.start}-${request.end}.dbn.zst`;
}

/** What the range is of, as a file name: symbols may hold what file systems forbid, and be many. */
function prefixOf({ dataset, schema, symbols, stypeIn }: RangeRequest): string {
  const [only = ""] = symbols;
  const isPlain = symbols.length === 1 && /^[A-Z0-9]+(\.[a-zA-Z]+(\.\d+)?)?$/.test(only);
  const of = isPlain ? only : createHash("sha256").update(symbols.join(",")).digest("hex").slice(0, 16);
  return `${dataset}.${schema}.${stypeIn}.${of}`;
}
