import { say } from "../core/say.js";
import { FeedError } from "./feedError.js";
import { readFileBytes } from "./fileBytes.js";

/** How the bytes of a recorded file, decompressed, are to be read. */
export type FileKind = "dbn" | "databentoCsv" | "sierraText";

const HEAD_BYTES = 64 * 1024;

/** What people choose by mistake, by the first bytes, and what to do instead. */
const FOREIGN: readonly (readonly [start: string, advice: string])[] = [
  ["DBZ", say("it is in the old DBZ format; download it again as DBN")],
  ["SCID", say("it is a binary file of Sierra Chart; export it there as text")],
  ["PK\u0003\u0004", say("it is a zip archive; unpack it, then replay what is in it")],
  ["\u001f\u008b", say("it is compressed with gzip; unpack it, then replay what is in it")],
  ["PAR1", say("it is a Parquet file; download it again as DBN or CSV")],
  ["{", say("it is JSON; download it again as DBN or CSV")],
  ["SQLite format 3", say("it is a database; choose a file of trades or bars")],
];

/** A header that names a date, or rows that lack their header. */
const SIERRA = /\bdate|^\d{4}[-/]\d/;

/** Tells the kind of a file by its first bytes. Throws `FeedError`, without its name, for what cannot be replayed. */
export async function kindOf(path: string): Promise<FileKind> {
  const head = await headOf(path);
  if (head.startsWith("DBN".slice(0, head.length))) return "dbn";
  const foreign = FOREIGN.find(([start]) => head.startsWith(start));
  if (foreign !== undefined) throw new FeedError(foreign[1], { retriable: false });
  const header = (/^[^\r\n]*/.exec(head)?.[0] ?? "").toLowerCase();
  if (/\bts_(event|recv)\b/.test(header)) return "databentoCsv";
  const isUtf16 = head.startsWith("\u00ff\u00fe") || head.startsWith("\u00fe\u00ff");
  if (isUtf16 || SIERRA.test(header)) return "sierraText";
  throw new FeedError(
    say(
      "it is not in the DBN format, nor a CSV file of Databento or a text file of Sierra Chart with its header; choose another file",
    ),
    { retriable: false },
  );
}

async function headOf(path: string): Promise<string> {
  let head = "";
  for await (const bytes of readFileBytes(path)) {
    head += Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES)).toString("latin1");
    if (head.length >= HEAD_BYTES || head.includes("\n") || head.startsWith("DBN")) break;
  }
  return head;
}
