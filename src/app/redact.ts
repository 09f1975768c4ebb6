/** A Databento key: `db-` and 29 letters and digits. */
const KEY = /\bdb-[A-Za-z0-9]{29}\b/g;

/** Homes of other users, and of this one under another name. */
const HOMES = /(\/(?:home|Users)\/|[A-Za-z]:\\Users\\)[^/\\\s"']+/g;

/**
 * A text that can be shown to strangers: without keys, and without what a path tells of its user.
 *
 * @param folders absolute folders with the names that stand in their place; the longest should come first
 */
export function redact(text: string, folders: readonly (readonly [folder: string, name: string])[]): string {
  let redacted = text.replace(KEY, "db-***");
  for (const [folder, name] of folders) if (folder.length > 1) redacted = redacted.replaceAll(folder, name);
  return redacted.replace(HOMES, "$1***");
}
