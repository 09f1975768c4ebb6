/** A map of the entries that were set last: at least of `entries`, at most of twice as many. */
export class Recent<K, V> {
  readonly #entries: number;
  #newer = new Map<K, V>();
  #older: ReadonlyMap<K, V> = new Map();

  constructor(entries: number) {
    this.#entries = entries;
  }

  get(key: K): V | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: K, value: V): void {
    if (this.#newer.size >= this.#entries && !this.#newer.has(key)) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, value);
  }
}
