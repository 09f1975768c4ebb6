import { say } from "../core/say.js";

/** Keeping or reading results failed: its message is one line for the user that says what failed, why and what to do. */
export class StoreError extends Error {
  /** Whether trying the same again may help. */
  readonly retriable: boolean;

  constructor(message: string, options: { retriable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = "StoreError";
    this.retriable = options.retriable;
  }
}

/** Tells what the file system said, for people; `action` is what was being done, such as `Could not write "x"`. */
export function fileFailure(action: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const known = KNOWN[errorCode(error) ?? ""];
  const said = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
  const sentence =
    known === undefined ? say("{0}: {1}. Check the data folder, then try again", action, said ?? "") : known(action);
  return new StoreError(sentence, { retriable: true, cause: error });
}

/** The system's name of an error, such as ENOSPC. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whether a write failed for want of room. */
export function isDiskFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

const KNOWN: Readonly<Record<string, (action: string) => string>> = {
  ENOSPC: (action) => say("{0}: the disk is full. Free some space, then try again", action),
  EDQUOT: (action) => say("{0}: the disk quota is used up. Free some space, then try again", action),
  EACCES: (action) => say("{0}: permission denied. Choose another data folder or change its permissions", action),
  EPERM: (action) => say("{0}: permission denied. Choose another data folder or change its permissions", action),
  EROFS: (action) => say("{0}: the disk is read-only. Choose a data folder on a disk that can be written", action),
  EIO: (action) =>
    say("{0}: the disk reported an error. Check the disk, or choose a data folder on another one", action),
  ENOENT: (action) => say("{0}: it does not exist. Check the data folder's path", action),
  ENOTDIR: (action) => say("{0}: a part of the path is a file. Choose another data folder", action),
  NOT_A_FILE: (action) =>
    say("{0}: a folder, a pipe or a device stands in its place. Move that away, then try again", action),
  EEXIST: (action) => say("{0}: a file is in its place. Choose another data folder", action),
  EMFILE: (action) => say("{0}: too many files are open. Close some programs, then try again", action),
  ENAMETOOLONG: (action) => say("{0}: the path is too long. Choose another data folder", action),
};
