import { basename, join } from "node:path";
import * as z from "zod/mini";
import { appendAll, type Fs } from "./files.js";

/*
 * A journal whose end was cut off, seal and all, looks like one whose window was killed. So that the two can be told apart, the end
 * of each finished file is noted beside the folder of the journals, too.
 */

const ENDS_FILE = "journal_ends.jsonl";

/**
 * Notes that a journal file is finished and how many of its records are on the disk for certain, its seal not counted. None:
 * all that it had was written elsewhere, so nothing is missing with it.
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
 * How many records the finished journals of a folder had, by the names of their files. What cannot be read says nothing: it is
 * only beside the journals that vouch for themselves.
 *
 * @param folder of the journals
 */
export async function readEnds(fs: Fs, folder: string): Promise<ReadonlyMap<string, number>> {
  const bytes = await fs.readFile(join(folder, "..", ENDS_FILE)).catch(() => new Uint8Array());
  const ends = Buffer.from(bytes).toString("utf8").split("\n").flatMap(endOf);
  return new Map(ends.map(({ file, records }) => [file, records]));
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
