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
  // A crash may have torn the line before.
  const line = `\n${JSON.stringify({ file: basename(path), records })}\n`;
  const file = await fs.open(join(path, "..", "..", ENDS_FILE), "append");
  try {
    await appendAll(file, Buffer.from(line));
  } finally {
    await file.close();
  }
}

/**
 * How many records the journals of a folder have at the least, by the names of their files; 0 for one whose records are all
 * elsewhere. What cannot be read says nothing: it is only beside the journals that vouch for themselves.
 *
 * @param folder of the journals
 */
export async function readEnds(fs: Fs, folder: string): Promise<ReadonlyMap<string, number>> {
  const bytes = await fs.readFile(join(folder, "..", ENDS_FILE)).catch(() => new Uint8Array());
  const ends = new Map<string, number>();
  for (const { file, records } of Buffer.from(bytes).toString("utf8").split("\n").flatMap(endOf)) {
    const before = ends.get(file) ?? records;
    ends.set(file, Math.min(before, records) === 0 ? 0 : Math.max(before, records));
  }
  return ends;
}

const endSchema = z.object({ file: z.string().check(z.regex(/^[^/\\]+\.jl$/)), records: z.int() });

function endOf(line: string): readonly z.infer<typeof endSchema>[] {
  try {
    const end = endSchema.safeParse(JSON.parse(line));
    return end.success ? [end.data] : [];
  } catch {
    return [];
  }
}
