import { constants } from "node:fs";
import {
  access,
  type FileHandle,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  stat,
  statfs,
  unlink,
} from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./storeError.js";

/** A file open for adding to its end. */
export interface OpenFile {
  /** Adds bytes at the end. It may add fewer than given, on a full disk without an error. Returns how many. */
  append(bytes: Uint8Array): Promise<number>;
  /** Resolves when all bytes so far are on the disk (`fdatasync`). After it rejected, the file must not be used again. */
  sync(): Promise<void>;
  /** Cuts the file at `length` bytes; the next `append` goes there. For files opened with `createNew`. */
  truncate(length: number): Promise<void>;
  /** Names the file on its disk, see `FileStatus.identity`. */
  identity(): Promise<string>;
  close(): Promise<void>;
}

export interface FileStatus {
  /** Bytes. */
  readonly size: number;
  /** A regular file: reading anything else may wait for ever. */
  readonly isFile: boolean;
  readonly isFolder: boolean;
  /** Nobody may write it, or this process may not. */
  readonly readOnly: boolean;
  /** Names the file on its disk: another file in its place has another one. */
  readonly identity: string;
  /** When it was made and last changed, in milliseconds of wall time. */
  readonly created: number;
  readonly modified: number;
  /** Differs after any change of its bytes or attributes that is not of the same few milliseconds; nobody can set it. */
  readonly changed: number;
}

/** The `code` of the failure where something stands in a file's place that is none: a folder, a pipe, a socket, a device. */
export const NOT_A_FILE = "NOT_A_FILE";

/**
 * The file system as the store uses it. Failures carry the system's `code` (`ENOSPC`, `EIO`, ...) or `NOT_A_FILE`: nothing but a
 * regular file is opened, because any other may let its reader or writer wait for ever. The second adapter is the simulator of
 * crashes and faults.
 */
export interface Fs {
  /** Whose calls these are: locks and temporary files bear it. */
  readonly processId: number;
  /** Whether a process of this machine runs. */
  isRunning(processId: number): boolean;
  /** `createNew` fails with EEXIST where there is a file; `append` makes the file if there is none. Mode 0600. */
  open(path: string, mode: "createNew" | "append"): Promise<OpenFile>;
  readFile(path: string): Promise<Uint8Array>;
  /** Names without the folder, in any order; empty for a folder that does not exist. */
  readdir(path: string): Promise<readonly string[]>;
  /** Undefined for what does not exist. */
  stat(path: string): Promise<FileStatus | undefined>;
  /** Bytes that this user may still write on the disk of a folder; undefined where the system does not say. */
  room(path: string): Promise<number | undefined>;
  /** The path behind symbolic links; `path` itself where nothing exists yet. */
  realPath(path: string): Promise<string>;
  /** Makes a folder in one that exists, mode 0700; EEXIST where there is something already. */
  mkdir(path: string): Promise<void>;
  /** Makes created, renamed and removed names of a folder durable. Does nothing on Windows, which cannot open a folder. */
  syncFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Harmless where there is no such file. */
  remove(path: string): Promise<void>;
}

/** Adds all of `bytes`, however few the system takes at a time. */
export async function appendAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const added = await file.append(bytes.subarray(done));
    if (added <= 0) throw Object.assign(new Error("no byte was written"), { code: "ENOSPC" });
    done += added;
  }
}

/**
 * Makes a folder and those above it; its name is durable when it resolves. Harmless where it exists: its name is made durable
 * all the same, for another process may have been killed between making it and that.
 *
 * Level by level, because Node's own `recursive` goes round for ever where the system denies a name in a folder that exists, as
 * in `/proc` or in a working folder that was deleted.
 */
export async function makeFolder(fs: Fs, path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await fs.mkdir(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT" && parent !== path) {
      await makeFolder(fs, parent);
      // Another window may have made it meanwhile.
      await fs.mkdir(path).catch((again: unknown) => requireFolder(fs, path, again));
    } else {
      await requireFolder(fs, path, error);
      return syncName(fs, parent);
    }
  }
  await fs.syncFolder(parent);
}

/** Rethrows why a folder could not be made, unless there is one. */
async function requireFolder(fs: Fs, path: string, error: unknown): Promise<void> {
  if ((await fs.stat(path))?.isFolder !== true) throw error;
}

/** The folder above one that exists may be somebody else's, who lets nobody look into it. */
async function syncName(fs: Fs, parent: string): Promise<void> {
  await fs.syncFolder(parent).catch((error: unknown) => {
    if (errorCode(error) !== "EACCES" && errorCode(error) !== "EPERM") throw error;
  });
}

/** The real file system. */
export const nodeFs: Fs = {
  processId: process.pid,
  isRunning,
  async open(path, mode) {
    // "ax" would forbid truncation on Windows, so a new file is opened "wx" and its end is counted here.
    return mode === "createNew"
      ? new CountedFile(await open(path, "wx", 0o600))
      : new CountedFile(await opened(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT), "end");
  },
  async readFile(path) {
    const handle = await opened(path, constants.O_RDONLY);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  },
  readdir: (path) => readdir(path).catch(unlessMissing([])),
  async stat(path) {
    const found = await stat(path, { bigint: true }).catch(unlessMissing(undefined));
    if (found === undefined) return undefined;
    const refused = await access(path, constants.W_OK).then(
      () => false,
      () => true,
    );
    return {
      size: Number(found.size),
      isFile: found.isFile(),
      isFolder: found.isDirectory(),
      readOnly: refused || (found.mode & 0o222n) === 0n,
      identity: identityOf(found),
      created: Number(found.birthtimeMs),
      modified: Number(found.mtimeMs),
      changed: Number(found.ctimeNs),
    };
  },
  async room(path) {
    const disk = await statfs(path).catch(() => undefined);
    // Some network file systems say that they have no blocks at all.
    return disk === undefined || disk.blocks === 0 ? undefined : disk.bavail * disk.bsize;
  },
  realPath: (path) => realpath(path).catch(unlessMissing(path)),
  mkdir: (path) => mkdir(path, { mode: 0o700 }),
  syncFolder,
  rename: renamePatiently,
  remove: (path) => unlink(path).catch(unlessMissing(undefined)),
};

/** Opens a regular file without waiting, whatever stands in its place. */
async function opened(path: string, flags: number): Promise<FileHandle> {
  try {
    // Windows has no such flag, and no pipes among its files.
    const handle = await open(path, flags | (constants.O_NONBLOCK ?? 0), 0o600);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    if (!NO_FILE_CODES.has(errorCode(error))) throw error;
  }
  throw Object.assign(new Error(`"${path}" is not a regular file`), { code: NOT_A_FILE });
}

/** What the system says of a folder, of a socket, and of a pipe that nobody reads. */
const NO_FILE_CODES: ReadonlySet<string | undefined> = new Set(["EISDIR", "ENXIO", "ENODEV"]);

class CountedFile implements OpenFile {
  readonly #handle: FileHandle;
  #length: number | undefined;

  constructor(handle: FileHandle, where?: "end") {
    this.#handle = handle;
    this.#length = where === "end" ? undefined : 0;
  }

  async append(bytes: Uint8Array): Promise<number> {
    const { bytesWritten } = await this.#handle.write(bytes, 0, bytes.length, this.#length ?? null);
    if (this.#length !== undefined) this.#length += bytesWritten;
    return bytesWritten;
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  async truncate(length: number): Promise<void> {
    await this.#handle.truncate(length);
    this.#length = length;
  }

  async identity(): Promise<string> {
    return identityOf(await this.#handle.stat({ bigint: true }));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function isRunning(processId: number): boolean {
  try {
    // Signal 0 asks and does nothing.
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder and keep its names durable by themselves.
    if (errorCode(error) !== "EINVAL" && errorCode(error) !== "ENOTSUP") throw error;
  } finally {
    await handle.close();
  }
}

/** Virus scanners and indexers on Windows hold a file for a moment: ten tries over two seconds. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const held = ["EPERM", "EBUSY", "EACCES"].includes(errorCode(error) ?? "");
      if (process.platform !== "win32" || !held || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 40 * attempt));
    }
  }
}

function unlessMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (errorCode(error) === "ENOENT") return instead;
    throw error;
  };
}
