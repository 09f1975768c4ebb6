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

/** The damages of a journal file with which nothing is missing. */
export async function readSettled(fs: Fs, folder: string, name: string): Promise<ReadonlySet<string>> {
  const lines = (await readLines(fs, folder)).flatMap((line) => parsed(settledSchema, line));
  return new Set(lines.flatMap(({ file, settled }) => (file === name ? settled : [])));
}

/**
 * How many records the journals of a folder have at the least, by the names of their files; 0 for one whose records are all
 * elsewhere. What cannot be read says nothing: it is only beside the journals that vouch for themselves.
 *
 * @param folder of the journals
 */
export async function readEnds(fs: Fs, folder: string): Promise<ReadonlyMap<string, number>> {
  const ends = new Map<string, number>();
  for (const { file, records } of (await readLines(fs, folder)).flatMap((line) => parsed(endSchema, line))) {
    const before = ends.get(file) ?? records;
    ends.set(file, Math.min(before, records) === 0 ? 0 : Math.max(before, records));
  }
  return ends;
}

async function readLines(fs: Fs, folder: string): Promise<readonly string[]> {
  const bytes = await fs.readFile(join(folder, "..", ENDS_FILE)).catch(() => new Uint8Array());
  return Buffer.from(bytes).toString("utf8").split("\n");
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
