import { setImmediate } from "node:timers/promises";
import { say } from "../../../core/say.js";
import { FeedError, StoppedError } from "../../feedError.js";
import { readFileBytes } from "../../fileBytes.js";
import { TS_OUT_BYTES } from "../dbn/codes.js";
import { DbnFramer, recordSize, tooShort } from "../dbn/framer.js";
import { LAYOUTS, layoutOf } from "../dbn/layouts.js";
import type { Metadata } from "../dbn/metadata.js";
import type { RangeRequest } from "./rangeRequest.js";

/** A file that was read to its end. */
export interface CheckedFile {
  readonly metadata: Metadata;
  readonly records: number;
}

/**
 * Reads a whole file: every zstd frame by its checksum, every record by its size. Throws `FeedError`, without the file's
 * name, for damage and truncation.
 */
export async function checkDbnFile(path: string, stop: AbortSignal): Promise<CheckedFile> {
  let metadata: Metadata | undefined;
  let records = 0;
  const framer = new DbnFramer({
    readMetadata(found) {
      metadata = found;
    },
    readRecords(block, start) {
      const tail = metadata?.tsOut === true ? TS_OUT_BYTES : 0;
      let at = start;
      while (at < block.bytes.length) {
        const size = recordSize(block, at);
        if (at + size > block.bytes.length) break;
        const rtype = block.bytes[at + 1] ?? 0;
        if (LAYOUTS.has(rtype) && layoutOf(rtype, size - tail) === undefined) throw tooShort(block, at, rtype);
        records += 1;
        at += size;
      }
      return at;
    },
  });
  for await (const bytes of readFileBytes(path)) {
    if (stop.aborted) throw new StoppedError(say("it was stopped"));
    framer.push(bytes);
    await setImmediate();
  }
  framer.end();
  if (metadata === undefined) throw new Error("A complete file without metadata");
  return { metadata, records };
}

/** Throws `FeedError`, without the file's name, when a file is not what was asked for. */
export function mustAnswer({ metadata }: CheckedFile, request: RangeRequest): void {
  const { dataset, schema, stypeIn, start, end } = metadata;
  const differs =
    difference(say("dataset"), dataset, request.dataset) ??
    difference(say("schema"), schema, request.schema) ??
    difference(say("symbol type"), stypeIn, request.stypeIn);
  if (differs !== undefined) throw new FeedError(differs, { retriable: false });
  if (start > request.start || (end !== undefined && end < request.end)) {
    throw new FeedError(say("it covers less than the range that was asked for; ask for a shorter one"), {
      retriable: false,
    });
  }
  const other = metadata.symbols.find((symbol) => !request.symbols.includes(symbol));
  if (other === undefined || request.symbols.includes("ALL_SYMBOLS")) return;
  throw new FeedError(say("it holds {0}, which was not asked for; download it again", JSON.stringify(other)), {
    retriable: false,
  });
}

function difference(what: string, found: string | undefined, asked: string): string | undefined {
  return found === asked
    ? undefined
    : say('its {0} is {1} instead of "{2}"; download it again', what, JSON.stringify(found ?? "unknown"), asked);
}
