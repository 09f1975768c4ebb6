/** A fill as it is typed in one line, taken apart but not yet read. */
export interface FillText {
  /** Absent: as recommended. */
  readonly quantity: string | undefined;
  readonly price: string;
  readonly notes: string | undefined;
}

/**
 * Takes a line such as `2 @ 6010.50 filled at once` apart. The quantity may be missing. Notes begin with a letter, so that a
 * price in two parts (`21 000.25`) is refused as a price and not cut in half.
 */
export function splitFillText(text: string): FillText {
  const [, quantity, rest = ""] = /^\s*(?:([^@\p{L}]*?)\s*@)?\s*(.*?)\s*$/su.exec(text) ?? [];
  const [, price = "", notes] = /^(.*?)(?:\s+(\p{L}.*))?$/su.exec(rest) ?? [];
  return { quantity, price, notes };
}
