import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { say } from "../core/say.js";
import { FeedError } from "./feedError.js";
import { decompressZstd } from "./zstd.js";

/** Bytes read at a time: larger chunks decode slower, smaller ones cost a turn each (`PERFORMANCE.md` 2). */
const CHUNK_BYTES = 256 * 1024;

const MAGIC_BYTES = 8;
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** A file's size and time of change: what must not differ between two readings of it. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * Reads a regular file in chunks, decompressed where it is zstd by its first bytes. A chunk is valid until the next one is
 * asked for. Throws `FeedError`, without the file's name, for whatever is no regular, complete, unchanging file with
 * something in it.
 *
 * @param expected the stamp of an earlier reading; a file that changed since is refused
 * @param unverified called when something in it has no checksum, so that damage of it cannot be seen
 */
export async function* readFileBytes(
  path: string,
  expected?: Stamp,
  unverified: () => void = () => undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await openRegular(path);
  try {
    const magic = new Uint8Array(MAGIC_BYTES);
    const { bytesRead } = await file.read(magic, 0, MAGIC_BYTES, 0);
    if (bytesRead === 0) throw unusable(say("it is empty; download it again"));
    const isZstd = ZSTD_MAGIC.every((byte, index) => magic[index] === byte) || isSkippable(magic);
    if (isZstd) await refuseDbz(file, magic);
    const chunks = readChunks(file, expected);
    yield* isZstd ? decompressZstd(chunks, { unverified }) : chunks;
  } finally {
    await file.close();
  }
}

/** Says of which file a part has no checksum. */
export function unverifiedLine(path: string): string {
  return say('"{0}" has no checksum, or not everywhere: damage in it cannot be seen', path);
}

/** The stamp of a file as it is now. Throws the system's error. */
export async function stampOf(path: string): Promise<Stamp> {
  const { size, mtimeMs } = await stat(path);
  return { size, mtimeMs };
}

/** An error that says of which file it speaks. */
class NamedError extends FeedError {}

/** Says of which file a `FeedError` speaks, once, and turns the system's errors into one; other errors stay as they are. */
export function inFile(path: string, error: unknown): unknown {
  if (error instanceof NamedError) return error;
  const name = say('Could not read "{0}"', path);
  if (error instanceof FeedError) {
    return new NamedError(say("{0}: {1}", name, error.message), { retriable: error.retriable, cause: error });
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reason = typeof code === "string" ? SYSTEM_ERRORS[code] : undefined;
  return reason === undefined
    ? error
    : new NamedError(say("{0}: {1}", name, reason), { retriable: false, cause: error });
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: say("there is no such file; check the path"),
  ENOTDIR: say("there is no such file; check the path"),
  EACCES: say("reading it is not allowed; check its permissions"),
  EPERM: say("reading it is not allowed; check its permissions"),
  EISDIR: say("it is a folder; choose a file in it"),
  ELOOP: say("its links lead in a circle; check the path"),
  ENAMETOOLONG: say("its name is too long; check the path"),
  EMFILE: say("too many files are open; close some and try again"),
  ENFILE: say("too many files are open; close some and try again"),
  EIO: say("the disk failed while it was read; check the disk"),
  ERR_INVALID_ARG_VALUE: say("its path is not valid; check the path"),
};

async function openRegular(path: string): Promise<FileHandle> {
  refuseSpecial(await stat(path)); // before it is opened: opening a pipe waits for a writer
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    refuseSpecial(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function refuseSpecial(status: { isFile(): boolean; isDirectory(): boolean }): void {
  if (status.isFile()) return;
  throw unusable(
    status.isDirectory()
      ? say("it is a folder; choose a file in it")
      : say("it is a pipe or a device; choose a regular file"),
  );
}

async function* readChunks(file: FileHandle, expected?: Stamp): AsyncGenerator<Uint8Array, void, undefined> {
  const before = await file.stat();
  if (expected !== undefined && isOther(before, expected)) {
    throw unusable(say("it changed after it was checked; try again when nothing writes to it"));
  }
  const buffer = new Uint8Array(CHUNK_BYTES);
  let position = 0;
  while (position < before.size) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, before.size - position), position);
    if (bytesRead === 0) break;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  const after = await file.stat();
  if (isOther(after, before)) {
    throw unusable(say("it changed while it was read (at byte {0}); try again when nothing writes to it", position));
  }
}

function isOther(a: Stamp, b: Stamp): boolean {
  return a.size !== b.size || a.mtimeMs !== b.mtimeMs;
}

/** The format before DBN, `.dbz`, begins with a skippable frame that holds "DBZ". */
async function refuseDbz(file: FileHandle, magic: Uint8Array): Promise<void> {
  if (!isSkippable(magic)) return;
  const content = new Uint8Array(3);
  await file.read(content, 0, content.length, magic.length);
  if (String.fromCharCode(...content) !== "DBZ") return;
  throw unusable(say("it is in the old DBZ format; download it again as DBN"));
}

function isSkippable(magic: Uint8Array): boolean {
  return ((magic[0] ?? 0) & 0xf0) === 0x50 && magic[1] === 0x2a && magic[2] === 0x4d && magic[3] === 0x18;
}

function unusable(reason: string): FeedError {
  return new FeedError(reason, { retriable: false });
}
