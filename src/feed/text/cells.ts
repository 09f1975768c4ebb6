import { parse } from "csv-parse/sync";
import { say } from "../../core/say.js";
import { damaged } from "./textLines.js";

/** What may part the cells of a line. */
const SEPARATORS = [",", ";", "\t"] as const;
export type Separator = (typeof SEPARATORS)[number];

/** The separator of a file, by its header. */
export function separatorOf(header: string): Separator {
  return SEPARATORS.find((separator) => header.includes(separator)) ?? ",";
}

/**
 * The cells of one line. Market data is hardly ever quoted: a line without a quote is split as it is, seven times as fast as
 * by csv-parse, which reads the others.
 */
export function cellsOf(line: string, separator: Separator, number: number): readonly string[] {
  if (!line.includes('"')) return line.split(separator);
  try {
    const [cells] = parse(line, { delimiter: separator, relax_column_count: true });
    return cells ?? [];
  } catch {
    throw damaged(number, say("has a quote that does not end; the file is damaged"));
  }
}

/** The columns of a header: where each is, by its name in lower case without blanks. Throws when a name is there twice. */
export function columnsOf(cells: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  cells.forEach((cell, index) => {
    const name = cell.trim().toLowerCase().replaceAll(" ", "");
    if (columns.has(name) && name !== "") throw damaged(1, say('names the column "{0}" twice', name));
    columns.set(name, index);
  });
  return columns;
}

/** Refuses a line that has not as many cells as the header. */
export function requireCells(cells: readonly string[], count: number, number: number): void {
  if (cells.length === count) return;
  throw damaged(
    number,
    say("has {0} cells where the header has {1}; the file is cut off or damaged", cells.length, count),
  );
}
