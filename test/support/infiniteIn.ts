/** Names every number of a value, at any depth, that is not finite. */
export function infiniteIn(value: unknown, name = "value"): readonly string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${name} is ${value}`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => infiniteIn(inner, `${name}.${key}`));
}
