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
      .filter(isFindable)
      .toSorted((one, other) => other.weight - one.weight);
  }

  /** The sentence in the other language; what it does not know stays as it is. */
  translated(sentence: string): string {
    return this.#best(sentence, new Map()).said;
  }

  /** Of all ways to put it together the one in which the most is known: a phrase may end with what belongs to a part of it. */
  #best(sentence: string, tried: Map<string, Translation>): Translation {
    const earlier = tried.get(sentence);
    if (earlier !== undefined) return earlier;
    const whole = this.#whole.get(sentence);
    let best: Translation = { said: whole ?? sentence, known: whole === undefined ? 0 : sentence.length };
    if (whole === undefined && /[A-Za-z]{2}/.test(sentence)) {
      for (const phrase of this.#phrases) {
        const values = valuesIn(sentence, phrase);
        if (values === undefined) continue;
        const made = this.#made(phrase, values, tried);
        if (made.known > best.known) best = made;
      }
    }
    tried.set(sentence, best);
    return best;
  }

  #made(phrase: Phrase, values: ReadonlyMap<number, string>, tried: Map<string, Translation>): Translation {
    const parts = new Map([...values].map(([place, value]) => [place, this.#best(value, tried)] as const));
    return {
      said: phrase.said.replace(/\{(\d+)\}/g, (place, index) => parts.get(Number(index))?.said ?? place),
      known: [...parts.values()].reduce((sum, { known }) => sum + known, phrase.weight),
    };
  }
}

/** A sentence in the other language, and how many of its signs that comes from. */
interface Translation {
  readonly said: string;
  readonly known: number;
}

export function phraseOf(text: string, said: string): Phrase {
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

/** Signs by which a phrase is known in any sentence, and letters at an end of one. */
const SIGNS = 7;
const LETTERS_AT_END = 4;

/**
 * Whether a phrase can be told from other people's words, such as those of a server: by enough of its own, or by no word,
 * where it only joins.
 */
export function isFindable({ fixed, places, isJoint }: Pick<Phrase, "fixed" | "places" | "isJoint">): boolean {
  if (places.length === 0) return false;
  const letters = (text = "") => text.replace(/[^A-Za-z]/g, "").length;
  return (
    isJoint ||
    fixed.join("").replace(/\s/g, "").length >= SIGNS ||
    letters(fixed[0]) >= LETTERS_AT_END ||
    letters(fixed.at(-1)) >= LETTERS_AT_END
  );
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
