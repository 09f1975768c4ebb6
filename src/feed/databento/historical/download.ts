import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { say } from "../../../core/say.js";
import { FeedError, StoppedError } from "../../feedError.js";
import { type CheckedFile, checkDbnFile, mustAnswer } from "./dbnCheck.js";
import { HistoricalError } from "./failure.js";
import type { HistoricalClient } from "./historicalClient.js";
import type { RangeRequest } from "./rangeRequest.js";

export interface DownloadOptions {
  /** The most that it may cost, in US dollars. */
  readonly maxCost: number;
  readonly stop: AbortSignal;
  /** Told the cost before anything is billed; when it resolves to false nothing is. */
  readonly onCost?: (dollars: number) => boolean | Promise<boolean>;
  /** Told the bytes so far, often. */
  readonly onBytes?: (bytes: number) => void;
}

/** A download that is complete and verified. */
export interface Download extends CheckedFile {
  readonly path: string;
  /** US dollars, as told before. */
  readonly cost: number;
  /** Of the compressed file. */
  readonly bytes: number;
  readonly requestId: string | undefined;
}

/**
 * Downloads a range into a new file. The cost is asked first and never above `maxCost`. The bytes go to `PATH.partial`,
 * which is read back whole (every frame's checksum, every record, what it says of itself) and only then becomes the file;
 * whatever fails, it is removed, so that there is a complete file or none.
 *
 * @returns undefined when `onCost` said no
 * @throws FeedError: one line that names the file
 */
export async function downloadRange(
  client: HistoricalClient,
  request: RangeRequest,
  path: string,
  options: DownloadOptions,
): Promise<Download | undefined> {
  await mustBeNew(path);
  const cost = await client.cost(request, options.stop);
  if (cost > options.maxCost) throw tooDear(cost, options.maxCost);
  if ((await options.onCost?.(cost)) === false) return undefined;
  const partial = `${path}.partial`;
  const file = await create(partial, path);
  try {
    const { requestId, bytes } = await fill(file, client, request, path, options);
    const checked = await checkDbnFile(partial, options.stop).catch((error) => {
      throw unusable(path, error, requestId);
    });
    try {
      mustAnswer(checked, request);
    } catch (error) {
      throw unusable(path, error, requestId);
    }
    await mustBeNew(path);
    await rename(partial, path).catch((error) => {
      throw notWritten(path, error);
    });
    await syncFolder(dirname(path));
    return { ...checked, path, cost, bytes, requestId };
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Dollars as they are shown: two decimals, more where it is less than a cent. */
export function dollars(amount: number): string {
  const text = amount > 0 && amount < 0.01 ? amount.toPrecision(2) : amount.toFixed(2);
  return `$${text}`;
}

async function fill(
  file: FileHandle,
  client: HistoricalClient,
  request: RangeRequest,
  path: string,
  { stop, onBytes }: DownloadOptions,
): Promise<{ requestId: string | undefined; bytes: number }> {
  let bytes = 0;
  try {
    const answer = await client.range(request, stop);
    for await (const chunk of answer.body) {
      await file.writeFile(chunk).catch((error) => {
        throw notWritten(path, error);
      });
      bytes += chunk.length;
      onBytes?.(bytes);
    }
    await file.sync().catch((error) => {
      throw notWritten(path, error);
    });
    return { requestId: answer.requestId, bytes };
  } finally {
    await file.close();
  }
}

async function create(partial: string, path: string): Promise<FileHandle> {
  try {
    // One that a killed download left behind.
    await rm(partial, { force: true });
    return await open(partial, "wx", 0o600);
  } catch (error) {
    throw notWritten(path, error);
  }
}

/**
 * Refuses a name under which nothing can be downloaded, before anything is asked.
 *
 * @throws FeedError when there is such a file already, or no folder for it
 */
export async function mustBeNew(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    await stat(dirname(path)).catch((error) => {
      throw notWritten(path, error);
    });
    return;
  }
  throw new FeedError(say('"{0}" exists already: name another file, or remove that one', basename(path)), {
    retriable: false,
  });
}

function tooDear(cost: number, maxCost: number): FeedError {
  return new FeedError(
    say(
      "This costs {0}, more than the most it may cost, {1} (history.maxCost): nothing was downloaded. Ask for less, or raise the limit",
      dollars(cost),
      dollars(maxCost),
    ),
    { retriable: false },
  );
}

function unusable(path: string, error: unknown, requestId: string | undefined): unknown {
  if (!(error instanceof FeedError)) return error;
  const sentence = say('The download of "{0}" was not kept: {1}', basename(path), error.message);
  if (error instanceof StoppedError) return new StoppedError(sentence);
  const told = requestId === undefined ? sentence : say("{0} (request id {1})", sentence, requestId);
  return new HistoricalError(told, { requestId }, { retriable: false, cause: error });
}

const DISK: Readonly<Record<string, string>> = {
  ENOENT: say("its folder does not exist; make it, or name another"),
  ENOTDIR: say("its folder does not exist; make it, or name another"),
  EACCES: say("writing there is not allowed; name another folder"),
  EPERM: say("writing there is not allowed; name another folder"),
  EROFS: say("the disk is read-only; name another folder"),
  ENOSPC: say("the disk is full; free some space"),
  EDQUOT: say("the disk quota is used up; free some space"),
  ENAMETOOLONG: say("the name is too long; name another file"),
};

function notWritten(path: string, error: unknown): FeedError {
  if (error instanceof FeedError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const reason = DISK[code] ?? say("the system refused ({0}); name another file", code);
  return new FeedError(say('Could not write "{0}": {1}', basename(path), reason), { retriable: false, cause: error });
}

/** Makes the new name durable; Windows cannot open a folder, and some network disks cannot sync one. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch {
    // The file itself is on the disk; only its name may be lost in a power cut, and then it is downloaded again.
  } finally {
    await folder.close();
  }
}
