import { basename, join } from "node:path";
import * as z from "zod/mini";
import { appendAll, type Fs } from "./files.js";

/*
 * A journal whose end was cut off, seal and all, looks like one whose window was killed, and one that is gone looks like none. So
 * that they can be told apart, it is noted beside the folder of the journals, too, how far each file has come: when it is made,
 * when another window first reads it, and when it is finished.
 */

const ENDS_FILE = "journal_ends.jsonl";

/**
 * Notes how many records of a journal file are on the disk for certain, its seal not counted. None: all that it had was written
 * elsewhere, so nothing is missing with it.
 */
export async function noteEnd(fs: Fs, path: string, records: number): Promise<void> {
  await addLine(fs, path, { file: basename(path), records });
}

async function addLine(fs: Fs, path: string, note: object): Promise<void> {
  // A crash may have torn the line before.
  const line = `\n${JSON.stringify(note)}\n`;
  const file = await fs.open(join(path, "..", "..", ENDS_FILE), "append");
  try {
    await appendAll(file, Buffer.from(line));
  } finally {
    await file.close();
  }
}

/**
 * Notes that nothing is missing with a damaged journal file: what it lost is in other ones.
 *
 * @param damage tells it from any other damage of that file
 */
export async function noteSettled(fs: Fs, path: string, damage: string): Promise<void> {
  await addLine(fs, path, { file: basename(path), settled: damage });
}

/** What is noted of the journals of a folder. What cannot be read says nothing: it is only beside the journals that vouch for themselves. */
export interface Notes {
  /** How many records they have at the least, by the names of their files; 0 for one whose records are all elsewhere. */
  readonly ends: ReadonlyMap<string, number>;
  /** The damages with which nothing is missing, by the names of their files. */
  readonly settled: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads the notes of one folder again and again: each time only if they have changed, and it makes sense only of what has been added. */
export class NotesReader {
  readonly #fs: Fs;
  readonly #path: string;
  /** Of what was read; undefined before, and after a failure. */
  #mark: string | undefined;
  /** What was read, up to the end of its last line. */
  #read: Buffer = Buffer.alloc(0);
  #ends = new Map<string, number>();
  #settled = new Map<string, Set<string>>();

  /** @param folder of the journals */
  constructor(fs: Fs, folder: string) {
    this.#fs = fs;
    this.#path = join(folder, "..", ENDS_FILE);
  }

  async read(): Promise<Notes> {
    const status = await this.#fs.stat(this.#path).catch(() => undefined);
    const mark = status && `${status.size} ${status.identity} ${status.changed}`;
    if (mark === undefined || mark !== this.#mark) {
      const bytes = await this.#fs.readFile(this.#path).catch(() => undefined);
      this.#mark = bytes && mark;
      this.#take(bytes === undefined ? Buffer.alloc(0) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    return { ends: this.#ends, settled: this.#settled };
  }

  #take(bytes: Buffer): void {
    if (!bytes.subarray(0, this.#read.length).equals(this.#read)) {
      this.#read = Buffer.alloc(0);
      this.#ends = new Map();
      this.#settled = new Map();
    }
    const lines = bytes.toString("utf8", this.#read.length).split("\n");
    for (const line of lines) this.#add(line);
    // The last one may be on its way still.
    this.#read = bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
  }

  #add(line: string): void {
    if (line === "") return;
    for (const { file, records } of parsed(endSchema, line)) {
      const before = this.#ends.get(file) ?? records;
      this.#ends.set(file, Math.min(before, records) === 0 ? 0 : Math.max(before, records));
    }
    for (const { file, settled } of parsed(settledSchema, line)) {
      this.#settled.set(file, (this.#settled.get(file) ?? new Set()).add(settled));
    }
  }
}

const fileSchema = z.string().check(z.regex(/^[^/\\]+\.jl$/));
const endSchema = z.object({ file: fileSchema, records: z.int() });
const settledSchema = z.object({ file: fileSchema, settled: z.string() });

/** Empty for a line that is none of that kind. */
function parsed<T extends z.ZodMiniType>(schema: T, line: string): readonly z.infer<T>[] {
  try {
    const found = schema.safeParse(JSON.parse(line));
    return found.success ? [found.data] : [];
  } catch {
    return [];
  }
}
