import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { say } from "../core/say.js";
import { Conditions, type DayCondition } from "./databento/conditions.js";
import type { Mapping } from "./databento/dbn/metadata.js";
import { FeedError } from "./feedError.js";
import { inFile } from "./fileBytes.js";
import { isReadableName } from "./readableFiles.js";

/** The files of a folder that are to be replayed, checked against the folder's manifest where it has one. */
export interface RecordedFolder {
  readonly paths: readonly string[];
  /** Which ids are which symbols, where the folder tells: a CSV file need not. */
  readonly mappings: readonly Mapping[];
  /** How good Databento says that the data of each day are. */
  readonly conditions: readonly DayCondition[];
}

const JSON_LIMIT = 64 * 1024 * 1024;

/** A name in the folder itself: nothing that leads out of it. */
const fileName = z
  .string()
  .regex(/^[^/\\]+$/)
  .refine((name) => name !== "." && name !== "..");

const Manifest = z.object({
  files: z.array(z.object({ filename: fileName, size: z.number(), hash: z.string() })),
});

const Symbology = z.object({
  result: z.record(z.string(), z.array(z.object({ d0: z.string(), d1: z.string(), s: z.string() }))),
});

/**
 * Finds the recorded files of a folder: the data files that the `manifest.json` of a batch download names, after their sizes
 * and SHA-256 hashes were checked; without a manifest every file whose name is that of a readable kind.
 *
 * @throws FeedError where the manifest cannot be read, a file is missing or differs, or there is nothing to replay
 */
export async function readFolder(folder: string): Promise<RecordedFolder> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.map(({ name }) => name).sort();
    const manifest = names.includes("manifest.json")
      ? await readJson(join(folder, "manifest.json"), Manifest)
      : undefined;
    const listed = manifest?.files.map(({ filename }) => filename) ?? names;
    for (const file of manifest?.files ?? []) await verify(folder, file);
    const paths = listed.filter(isReadableName).map((name) => join(folder, name));
    if (paths.length === 0) throw nothingIn(entries.some((entry) => entry.isDirectory()));
    const symbology = names.includes("symbology.json")
      ? await readJson(join(folder, "symbology.json"), Symbology)
      : undefined;
    const conditions = names.includes("condition.json")
      ? await readJson(join(folder, "condition.json"), Conditions)
      : [];
    return { paths, mappings: mappingsOf(symbology), conditions };
  } catch (error) {
    throw inFile(folder, error);
  }
}

async function verify(folder: string, file: z.infer<typeof Manifest>["files"][number]): Promise<void> {
  const { filename, size, hash } = file;
  const path = join(folder, filename);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw unusable(say('its manifest names "{0}", which is not there; download it again', filename));
  if (found.size !== size) {
    throw unusable(
      say('"{0}" has {1} bytes where the manifest says {2}; download it again', filename, found.size, size),
    );
  }
  const expected = /^sha256:([0-9a-f]{64})$/i.exec(hash)?.[1]?.toLowerCase();
  if (expected === undefined)
    throw unusable(say('its manifest has no SHA-256 hash of "{0}"; download it again', filename));
  const actual = createHash("sha256");
  for await (const bytes of createReadStream(path)) actual.update(bytes);
  if (actual.digest("hex") !== expected) {
    throw unusable(say('"{0}" differs from its hash in the manifest; download it again', filename));
  }
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const name = basename(path);
  if ((await stat(path)).size > JSON_LIMIT) throw unusable(say("its {0} is larger than any; download it again", name));
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw unusable(say("its {0} is not JSON; download it again", name));
    throw error;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(
    say(
      "its {0} is not as Databento writes it (at {1}); download it again",
      name,
      issue?.path.join(".") || say("its top"),
    ),
  );
}

function mappingsOf(symbology: z.infer<typeof Symbology> | undefined): readonly Mapping[] {
  return Object.entries(symbology?.result ?? {}).map(([requested, intervals]) => ({
    requested,
    intervals: intervals.flatMap(({ d0, d1, s }) => {
      const [start, end] = [toDate(d0), toDate(d1)];
      return start === undefined || end === undefined ? [] : [{ start, end, symbol: s }];
    }),
  }));
}

/** YYYY-MM-DD as the number YYYYMMDD. */
function toDate(text: string): number | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Number(text.replaceAll("-", "")) : undefined;
}

function nothingIn(hasFolders: boolean): FeedError {
  return unusable(
    hasFolders
      ? say("it is a folder without a file to replay, and the folders in it are not searched; choose one of them")
      : say("it is a folder without a file to replay; choose a folder of DBN or CSV files"),
  );
}

function unusable(reason: string): FeedError {
  return new FeedError(reason, { retriable: false });
}
