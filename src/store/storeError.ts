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
  const [reason, advice] = known ?? [said, "Check the data folder, then try again"];
  return new StoreError(`${action}: ${reason}. ${advice}`, { retriable: true, cause: error });
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

const FREE_SPACE = "Free some space, then try again";
const PERMISSION = "Choose another data folder or change its permissions";
const DISK = "Check the disk, or choose a data folder on another one";

const KNOWN: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  ENOSPC: ["the disk is full", FREE_SPACE],
  EDQUOT: ["the disk quota is used up", FREE_SPACE],
  EACCES: ["permission denied", PERMISSION],
  EPERM: ["permission denied", PERMISSION],
  EROFS: ["the disk is read-only", "Choose a data folder on a disk that can be written"],
  EIO: ["the disk reported an error", DISK],
  ENOENT: ["it does not exist", "Check the data folder's path"],
  ENOTDIR: ["a part of the path is a file", "Choose another data folder"],
  NOT_A_FILE: ["a folder, a pipe or a device stands in its place", "Move that away, then try again"],
  EEXIST: ["a file is in its place", "Choose another data folder"],
  EMFILE: ["too many files are open", "Close some programs, then try again"],
  ENAMETOOLONG: ["the path is too long", "Choose another data folder"],
};
