import type { Recommendation } from "./sizing/recommendation.js";

/** The recommendations that were issued, in this run or in an earlier one. */
export class IssuedBook {
  readonly #book = new Map<string, Recommendation>();
  readonly #expected = new Set<string>();

  /** Oldest first. */
  get all(): Iterable<Recommendation> {
    return this.#book.values();
  }

  get(id: string): Recommendation | undefined {
    return this.#book.get(id);
  }

  /** Returns whether it is new. */
  add(recommendation: Recommendation): boolean {
    const isNew = !this.#book.has(recommendation.id);
    this.#book.set(recommendation.id, recommendation);
    return isNew;
  }

  /** Takes note of what was issued in an earlier run and comes again from the journal. */
  expect(recommendations: readonly string[]): void {
    for (const id of recommendations) this.#expected.add(id);
  }

  /** Whether one was issued, or comes again. */
  has(id: string): boolean {
    return this.#book.has(id) || this.#expected.has(id);
  }
}
