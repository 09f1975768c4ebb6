import { basename } from "node:path";
import { inFile, readFileBytes, unverifiedLine } from "../fileBytes.js";
import { DbnFramer, recordSize } from "./dbn/framer.js";
import { describeMetadata } from "./dbn/metadata.js";
import { readRecord } from "./dbn/record.js";

/** How much of a file is described. */
export interface DescribeOptions {
  /** Records at most, the metadata not counted; default all. */
  readonly limit?: number;
  /** Told, in one sentence, what cannot be verified of the file. */
  readonly warn?: (sentence: string) => void;
}

/**
 * A DBN file as plain objects, for `decode`: the metadata first, then one object per record in DBN's own names, 64-bit
 * integers as text.
 *
 * A fragment (`.dbn.frag`, `.dbn.frag.zst`) has no metadata: its first object says so, and each record's version is told
 * by its size. Throws `FeedError` with the file's name.
 */
export async function* describeFile(
  path: string,
  options: DescribeOptions = {},
): AsyncGenerator<object, void, undefined> {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const kind = /\.frag(\.zst)?$/i.test(basename(path)) ? "fragment" : "stream";
  let objects: object[] = kind === "fragment" ? [{ type: "metadata", version: null, fragment: true }] : [];
  let records = 0;
  let tsOut = false;
  const framer = new DbnFramer(
    {
      readMetadata(metadata) {
        tsOut = metadata.tsOut;
        objects.push(describeMetadata(metadata));
      },
      readRecords(block, start) {
        let at = start;
        while (at < block.bytes.length) {
          const size = recordSize(block, at);
          if (at + size > block.bytes.length) break;
          if (records < limit) objects.push(readRecord(block, at, tsOut));
          records += 1;
          at += size;
        }
        return at;
      },
    },
    kind,
  );
  const unverified = () => options.warn?.(unverifiedLine(path));
  try {
    for await (const bytes of readFileBytes(path, undefined, unverified)) {
      framer.push(bytes);
      yield* objects;
      objects = [];
      if (records >= limit) return;
    }
    framer.end();
    yield* objects;
  } catch (error) {
    throw inFile(path, error);
  }
}
