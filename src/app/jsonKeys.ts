import { say } from "../core/say.js";

/** An object or a list that is being read. */
interface Level {
  /** Keys seen so far; undefined in a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the index that is being read. */
  at: string | number;
}

// Strings, and what separates values; numbers and words in between do not matter.
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * The keys that an object of a JSON text names more than once, of which `JSON.parse` silently keeps the last: as paths such as
 * `instruments[0].tickSize`, each once.
 *
 * @param text valid JSON, however deep
 */
export function repeatedKeys(text: string): readonly string[] {
  const repeated = new Set<string>();
  const levels: Level[] = [];
  let string = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token.startsWith('"')) string = token;
    else if (token === "{") levels.push({ keys: new Set(), at: "" });
    else if (token === "[") levels.push({ keys: undefined, at: 0 });
    else if (token === "}" || token === "]") levels.pop();
    else if (level === undefined) throw new Error(say('"{0}" outside of every object: the text is not JSON', token));
    else if (token === ":") {
      // Escapes make two spellings of one key.
      const key = String(JSON.parse(string));
      level.at = key;
      if (level.keys?.has(key)) repeated.add(pathOf(levels));
      level.keys?.add(key);
    } else if (typeof level.at === "number") level.at++;
  }
  return [...repeated];
}

function pathOf(levels: readonly Level[]): string {
  return levels.reduce((path, { at }) => {
    if (typeof at === "number") return `${path}[${at}]`;
    return path === "" ? at : `${path}.${at}`;
  }, "");
}
