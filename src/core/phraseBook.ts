/** English texts with places `{0}`, each with what it is in another language, where the places may stand in another order. */
export type Phrases = Readonly<Record<string, string>>;

interface Phrase {
  /** The fixed parts, one more than there are places between them. */
  readonly fixed: readonly string[];
  /** The number in each place. */
  readonly places: readonly number[];
  /** The text in the other language. */
  readonly said: string;
  /** Signs of fixed text: of two phrases that fit, the one with more of it is meant. */
  readonly weight: number;
  /** Only joins parts, such as `{0}: {1}`. */
  readonly isJoint: boolean;
}

/**
 * Puts sentences of `say` into another language, also those that were kept long ago or come from another program: it finds the
 * phrase that makes the sentence, and what stands in its places, which may be sentences themselves.
 */
export class PhraseBook {
  readonly #whole: ReadonlyMap<string, string>;
  readonly #phrases: readonly Phrase[];

  constructor(phrases: Phrases) {
    this.#whole = new Map(Object.entries(phrases));
    this.#phrases = Object.entries(phrases)
      .map(([text, said]) => phraseOf(text, said))
      .filter(({ places }) => places.length > 0)
      .toSorted((one, other) => other.weight - one.weight);
  }

  /** The sentence in the other language; what it does not know stays as it is. */
  translated(sentence: string): string {
    const whole = this.#whole.get(sentence);
    if (whole !== undefined) return whole;
    if (!/[A-Za-z]{2}/.test(sentence)) return sentence;
    for (const phrase of this.#phrases) {
      const values = valuesIn(sentence, phrase);
      if (values === undefined) continue;
      return phrase.said.replace(/\{(\d+)\}/g, (place, index) => {
        const value = values.get(Number(index));
        return value === undefined ? place : this.translated(value);
      });
    }
    return sentence;
  }
}

function phraseOf(text: string, said: string): Phrase {
  const parts = text.split(/\{(\d+)\}/);
  const fixed = parts.filter((_, index) => index % 2 === 0);
  const all = fixed.join("");
  return {
    fixed,
    places: parts.filter((_, index) => index % 2 === 1).map(Number),
    said,
    weight: all.length,
    isJoint: !/[A-Za-z]/.test(all),
  };
}

/** What stands in the places of a phrase, by their numbers; undefined when it does not make the sentence. */
function valuesIn(sentence: string, { fixed, places, isJoint }: Phrase): ReadonlyMap<number, string> | undefined {
  const [first = "", ...rest] = fixed;
  const last = rest.pop() ?? "";
  const end = sentence.length - last.length;
  if (end < first.length || !sentence.startsWith(first) || !sentence.endsWith(last)) return undefined;
  const values = new Map<number, string>();
  let from = first.length;
  for (const [index, place] of places.entries()) {
    const next = rest[index];
    const until = next === undefined ? end : sentence.indexOf(next, from);
    if (until < from || until > end) return undefined;
    const value = sentence.slice(from, until);
    if (isJoint && value === "") return undefined;
    if ((values.get(place) ?? value) !== value) return undefined;
    values.set(place, value);
    from = until + (next?.length ?? 0);
    if (next !== undefined && from > end) return undefined;
  }
  return values;
}
