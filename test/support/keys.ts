/**
 * Those of our keys that one of VS Code's own keys is in the way of, or the other way round: keys whose first stroke begins any key
 * of its. A chord behind the first stroke of a command could never be typed, and the other way round the command would be lost.
 *
 * @param taken as VS Code writes keys: `ctrl+k ctrl+c`
 */
export function collisions(ours: readonly string[], taken: readonly string[]): readonly string[] {
  const first = new Set(taken.map(firstStroke));
  return ours.filter((key) => first.has(firstStroke(key)));
}

/** In one spelling: the order of modifiers, their case and the name of the system's own key have no meaning. */
function firstStroke(key: string): string {
  const [stroke = ""] = key.toLowerCase().trim().split(" ");
  // The plus may be the key itself.
  const parts = stroke.replace(/\+\+$/, "+plus").split("+");
  const named = parts.map((part) => (part === "win" || part === "cmd" ? "meta" : part));
  return [...named.slice(0, -1).toSorted(), named.at(-1)].join("+");
}
