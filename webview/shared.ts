/**
 * A value in which every part that equals its part in the one before is that part itself: who compares by identity then sees what has
 * changed, and what has not. Both are data, as a message carries it.
 *
 * @returns `before` itself where nothing has changed
 */
export function shared<T>(before: unknown, after: T): T;
export function shared(before: unknown, after: unknown): unknown {
  if (Object.is(before, after)) return before;
  if (Array.isArray(before) && Array.isArray(after)) {
    const parts = after.map((part, at) => shared(before[at], part));
    return before.length === parts.length && parts.every((part, at) => Object.is(part, before[at])) ? before : parts;
  }
  if (!isRecord(before) || !isRecord(after)) return after;
  const parts = Object.entries(after).map(([key, part]) => [key, shared(before[key], part)] as const);
  const isSame =
    parts.length === Object.keys(before).length &&
    parts.every(([key, part]) => key in before && Object.is(part, before[key]));
  return isSame ? before : Object.fromEntries(parts);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
