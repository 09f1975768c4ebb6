import { say } from "../core/say.js";
import type { Fs } from "./files.js";
import { isOwnDatabase } from "./projection.js";
import type { ForeignTables } from "./query/foreignTables.js";
import { inWorker } from "./query/queryInWorker.js";
import { fileFailure, StoreError } from "./storeError.js";

const MAX_BYTES = 100_000_000;
const TIMEOUT_MS = 60_000;
const MAGIC = "SQLite format 3\0";

/** What another program's database is read with. */
export interface ForeignTools {
  /** Path of the built `queryWorker.cjs`. */
  readonly queryWorker: string;
  /** The bytes of `sql-wasm.wasm`. */
  readonly wasm: Uint8Array;
  /** Undefined: a minute. */
  readonly timeoutMs?: number | undefined;
  /** Ends it. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * Reads tables of another program's SQLite file, whose content is not to be trusted: a copy in memory is opened in a thread of
 * its own, which is ended when it takes too long.
 *
 * @param tables columns by table; a table that is absent gives no rows, other tables and columns are not looked at
 * @throws StoreError in one line: too large, not SQLite, damaged, not closed, of this program, of another form, or stopped
 */
export async function readForeignDatabase(
  tools: ForeignTools,
  fs: Fs,
  path: string,
  tables: Readonly<Record<string, readonly string[]>>,
): Promise<ForeignTables> {
  const database = await checkedBytes(fs, path);
  const { queryWorker, wasm, timeoutMs = TIMEOUT_MS, stop } = tools;
  const answer = await inWorker<ForeignTables>(queryWorker, { wasm, database, tables }, { timeoutMs, stop });
  if ("problem" in answer) throw refused(path, answer.problem);
  return answer.result;
}

async function checkedBytes(fs: Fs, path: string): Promise<Uint8Array> {
  try {
    const status = await fs.stat(path);
    if (status === undefined || !status.isFile) throw refused(path, say("it is no file"));
    if (status.size > MAX_BYTES)
      throw refused(path, say("it has {0} bytes, at most {1} are read", status.size, MAX_BYTES));
    for (const side of ["-wal", "-journal"]) {
      if (((await fs.stat(`${path}${side}`))?.size ?? 0) > 0) {
        throw refused(
          path,
          say('what was written last is still in "{0}": close the program that uses it first', `${path}${side}`),
        );
      }
    }
    const bytes = await fs.readFile(path);
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 100 || Buffer.from(bytes.subarray(0, 16)).toString("latin1") !== MAGIC) {
      throw refused(path, say("it is no SQLite database"));
    }
    if (isOwnDatabase(bytes))
      throw refused(path, say("it was made by this program; restore brings back its own backups"));
    const pageSize = header.getUint16(16) === 1 ? 65_536 : header.getUint16(16);
    const isCounted = header.getUint32(24) === header.getUint32(92);
    if (bytes.length % pageSize !== 0 || (isCounted && header.getUint32(28) * pageSize !== bytes.length)) {
      throw refused(path, say("it is cut off or damaged"));
    }
    return bytes;
  } catch (error) {
    throw fileFailure(say('Could not read "{0}"', path), error);
  }
}

function refused(path: string, why: string): StoreError {
  return new StoreError(say('"{0}" cannot be imported: {1}', path, why), { retriable: false });
}
