/** How many entries at the begin of a list are the same as before, each a plain record whose fields are no objects. */
export function sameAtBegin<T extends object>(before: readonly T[], after: readonly T[]): number {
  const first = after.findIndex((entry, at) => !isSame(before[at], entry));
  return first < 0 ? after.length : first;
}

function isSame<T extends object>(before: T | undefined, after: T): boolean {
  if (before === after) return true;
  return before !== undefined && (Object.keys(after) as (keyof T)[]).every((key) => Object.is(before[key], after[key]));
}
