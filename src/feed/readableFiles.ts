import { say } from "../core/say.js";
/** A kind of recorded file that a replay reads, and the ends of its names. What a file is, its bytes tell, not its name. */
export interface ReadableKind {
  readonly name: string;
  readonly endings: readonly string[];
}

export const READABLE_KINDS: readonly ReadableKind[] = [
  { name: "DBN", endings: [".dbn", ".dbn.zst"] },
  { name: say("Databento CSV"), endings: [".csv", ".csv.zst"] },
  { name: say("Sierra Chart text"), endings: [".txt", ".txt.zst"] },
];

/** The last extension of every readable kind without its dot, as dialogs filter by it. */
export const READABLE_EXTENSIONS: readonly string[] = [
  ...new Set(
    READABLE_KINDS.flatMap(({ endings }) => endings.map((ending) => ending.slice(ending.lastIndexOf(".") + 1))),
  ),
];

/** Whether a file of a folder is one to replay, by its name. */
export function isReadableName(name: string): boolean {
  const lower = name.toLowerCase();
  return READABLE_KINDS.some(({ endings }) => endings.some((ending) => lower.endsWith(ending)));
}
