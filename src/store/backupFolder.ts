import { createHash } from "node:crypto";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import * as z from "zod/mini";
import { say } from "../core/say.js";
import { replaceFile } from "./atomicFile.js";
import { appendAll, type Fs, makeFolder } from "./files.js";
import type { JournalKind } from "./journal.js";
import { isCopy, type JournalRecord, parseJournal, RECORD_VERSION } from "./record.js";
import { fileFailure, StoreError } from "./storeError.js";
import { isUlid } from "./ulid.js";

/** Says of which files a backup consists. It is written last: a folder without it is one that was not finished. */
export const MANIFEST = "manifest.json";

export const BACKUP_FORMAT = "volume-cluster-backup";
const BACKUP_VERSION = 1;

/** The folder in a data folder in which the program itself keeps backups. */
export const BACKUPS = "backups";

/** A manifest is a few lines per file; more is none. */
const MAX_MANIFEST_BYTES = 1_000_000;
/** What one file of a backup may hold; the journal of many years is a tenth of it. */
const MAX_FILE_BYTES = 1_000_000_000;

/** A file of a backup as its manifest names it. */
export interface BackupFile {
  /** Below the backup's folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, in hex. */
  readonly sha256: string;
}

/** What a backup says of itself; the counts are for people, the files for the check. */
export interface Manifest {
  readonly format: typeof BACKUP_FORMAT;
  readonly version: number;
  readonly app: string;
  readonly kind: JournalKind;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly files: readonly BackupFile[];
}

/** A backup whose every byte was checked. */
export interface Backup {
  readonly manifest: Manifest;
  /** Everything its journals hold, without headers and seals; one may be there twice. */
  readonly records: readonly JournalRecord[];
  /** The bytes of its journals, by the names of their files. */
  readonly journals: ReadonlyMap<string, Uint8Array>;
  /** One sentence for each journal that was damaged when it was backed up. */
  readonly problems: readonly string[];
}

/**
 * Makes sure that a folder may be filled: it does not exist or is empty.
 *
 * @throws StoreError
 */
export async function requireNewFolder(fs: Fs, folder: string): Promise<void> {
  const failed = say('Could not export to "{0}"', folder);
  try {
    if ((await fs.stat(folder))?.isFile === true || (await fs.readdir(folder)).length > 0) {
      throw new StoreError(say('"{0}" exists and is not empty: nothing is overwritten. Name a new folder', folder), {
        retriable: false,
      });
    }
    await makeFolder(fs, folder);
  } catch (error) {
    throw fileFailure(failed, error);
  }
}

/**
 * Makes sure that nothing is recorded into a backup: it would be damaged by that.
 *
 * @throws StoreError
 */
export async function refuseBackup(fs: Fs, folder: string): Promise<void> {
  if ((await fs.stat(join(folder, MANIFEST))) === undefined) return;
  throw new StoreError(
    say(
      '"{0}" is a backup (it has a {1}): nothing is recorded in it. Restore it into another folder, and use that',
      folder,
      MANIFEST,
    ),
    { retriable: false },
  );
}

/**
 * Makes sure that a backup does not come to lie among the journals, or anywhere in its data folder but under `backups`.
 *
 * @throws StoreError
 */
export async function refuseInside(fs: Fs, folder: string, to: string): Promise<void> {
  const inside = relative(await placeOf(fs, folder), await placeOf(fs, to));
  const [first] = inside.split(sep);
  // The data folder itself is refused as one that is not empty.
  if (inside === "" || first === ".." || isAbsolute(inside) || (first === BACKUPS && inside !== BACKUPS)) return;
  throw new StoreError(say('"{0}" lies in the data folder "{1}" itself: name a folder outside of it', to, folder), {
    retriable: false,
  });
}

/** Where a path leads, with the links of as much of it as exists resolved. */
async function placeOf(fs: Fs, path: string): Promise<string> {
  const whole = resolve(path);
  if ((await fs.stat(whole)) !== undefined || dirname(whole) === whole) return fs.realPath(whole);
  return join(await placeOf(fs, dirname(whole)), basename(whole));
}

/** Writes a new file below a backup's folder, on the disk when it resolves, and describes it. */
export async function writeBackupFile(fs: Fs, folder: string, path: string, bytes: Uint8Array): Promise<BackupFile> {
  const file = await fs.open(join(folder, path), "createNew");
  try {
    await appendAll(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, bytes: bytes.length, sha256: sha256(bytes) };
}

/** Ends a backup: from now on it is one. */
export async function writeManifest(
  fs: Fs,
  folder: string,
  said: Omit<Manifest, "format" | "version">,
): Promise<Manifest> {
  const manifest: Manifest = { format: BACKUP_FORMAT, version: BACKUP_VERSION, ...said };
  await replaceFile(fs, join(folder, MANIFEST), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return manifest;
}

/**
 * Reads a backup and checks every byte of it.
 *
 * @throws StoreError in one line: it is none, was not finished, is damaged, or of a newer version
 */
export async function readBackup(fs: Fs, folder: string): Promise<Backup> {
  try {
    const manifest = await readManifest(fs, folder);
    const journals = new Map<string, Uint8Array>();
    for (const file of manifest.files) {
      const bytes = await checkedFile(fs, folder, file);
      if (file.path.startsWith("journal/")) journals.set(basename(file.path), bytes);
    }
    const unnamed = (await fs.readdir(join(folder, "journal"))).find((name) => !journals.has(name));
    if (unnamed !== undefined) throw damaged(folder, say('"journal/{0}" is not in its {1}', unnamed, MANIFEST));
    return { manifest, journals, ...recordsOf(folder, manifest, journals) };
  } catch (error) {
    throw fileFailure(say('Could not read the backup "{0}"', folder), error);
  }
}

async function readManifest(fs: Fs, folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const status = await fs.stat(path);
  if (status === undefined) {
    const begun = (await fs.readdir(join(folder, "journal"))).length > 0;
    throw new StoreError(
      begun
        ? say(
            '"{0}" has a journal and no {1}: it is no backup, or one that was not finished. Export it anew',
            folder,
            MANIFEST,
          )
        : say('"{0}" is no backup: it has no {1}. Name a folder that was made by an export', folder, MANIFEST),
      { retriable: false },
    );
  }
  if (!status.isFile || status.size > MAX_MANIFEST_BYTES) throw damaged(folder, say("its {0} is not one", MANIFEST));
  const value = parsed(Buffer.from(await fs.readFile(path)).toString("utf8"));
  const said = formatSchema.safeParse(value);
  if (!said.success) throw damaged(folder, say("its {0} is not one of this program", MANIFEST));
  if (said.data.version > BACKUP_VERSION) throw newer(folder);
  const manifest = manifestSchema.safeParse(value);
  if (!manifest.success) throw damaged(folder, say("its {0} is not as it was written", MANIFEST));
  return manifest.data;
}

async function checkedFile(fs: Fs, folder: string, file: BackupFile): Promise<Uint8Array> {
  const path = join(folder, file.path);
  const status = await fs.stat(path);
  if (status === undefined) throw damaged(folder, say('"{0}" is missing', file.path));
  if (!status.isFile || status.size !== file.bytes || file.bytes > MAX_FILE_BYTES) {
    throw damaged(folder, say('"{0}" has {1} bytes, not {2}', file.path, status.size, file.bytes));
  }
  const bytes = await fs.readFile(path);
  if (sha256(bytes) !== file.sha256) throw damaged(folder, say('"{0}" does not match its checksum', file.path));
  return bytes;
}

function recordsOf(folder: string, { kind }: Manifest, journals: ReadonlyMap<string, Uint8Array>) {
  const records: JournalRecord[] = [];
  const problems: string[] = [];
  const byId = new Map<string, JournalRecord>();
  let doubles = 0;
  for (const [name, bytes] of journals) {
    const journal = parseJournal(bytes);
    if (journal.damage.length > 0) {
      problems.push(say('The journal "{0}" was damaged when it was backed up: {1}', name, journal.damage.join("; ")));
    } else if (journal.doubtful !== undefined) {
      problems.push(say('The journal "{0}" was not written to its end: {1}', name, journal.doubtful));
    }
    for (const record of journal.records) {
      if (record.v > RECORD_VERSION) throw newer(folder);
      if (record.type === "header" && kindOf(record.data) !== kind) {
        throw damaged(folder, say('"journal/{0}" does not hold {1} results', name, kind));
      }
      if (record.type === "header" || record.type === "seal") continue;
      if (!isUlid(record.id)) {
        throw damaged(folder, say('"journal/{0}" has records whose ids do not tell them apart', name));
      }
      const other = byId.get(record.id);
      if (other !== undefined && !isCopy(record, other)) doubles += 1;
      byId.set(record.id, record);
      records.push(record);
    }
  }
  if (doubles > 0) {
    problems.push(say("Records with the id of another one that say something else, all of them kept: {0}", doubles));
  }
  return { records, problems };
}

function kindOf(header: unknown): unknown {
  return typeof header === "object" && header !== null && "kind" in header ? header.kind : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(folder: string, what: string): StoreError {
  return new StoreError(
    say('The backup "{0}" is damaged or foreign: {1}. Nothing was changed. Use another backup', folder, what),
    {
      retriable: false,
    },
  );
}

function newer(folder: string): StoreError {
  return new StoreError(say('The backup "{0}" was made by a newer version: update, then restore it', folder), {
    retriable: false,
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const formatSchema = z.looseObject({ format: z.literal(BACKUP_FORMAT), version: z.int() });

const count = z.int().check(z.gte(0));
const manifestSchema = z.strictObject({
  format: z.literal(BACKUP_FORMAT),
  version: z.int(),
  app: z.string(),
  kind: z.enum(["live", "replay", "demo"]),
  created: z.string(),
  counts: z.record(z.string(), count),
  files: z.array(
    z.strictObject({
      // A file of a journal, or one of the databases: no name may lead out of the folder.
      path: z.string().check(z.regex(/^(journal\/[^/\\:\u0000]+\.jl|bayesian_stats\.db|paper_trades\.db)$/)),
      bytes: count,
      sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
});
