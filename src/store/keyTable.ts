import { hash } from "node:crypto";

/** Words of a slot: 96 bits of the text's hash, and one more than its number; 0 stands for a free slot. */
const WORDS = 4;
const FIRST_SLOTS = 64;

/** It grows by half when four fifths are taken: a search looks at a dozen slots at most on average, side by side. */
const GROWTH = 1.5;
const FULL = 0.8;

/**
 * A map from texts to numbers in 16 bytes a slot: a `Map` takes eight times as much, which counts with a million ids. A text
 * is known by 96 bits of its SHA-256; among a million, two share them with a chance of 1 to 10^17.
 */
export class KeyTable {
  #cells: Uint32Array;
  #size = 0;
  /** Of the hashes of all texts: the same in whatever order they came. */
  readonly #sum = new Uint32Array(WORDS - 1);

  /** @param saved what `save` gave; it is the table's from then on */
  constructor(saved?: Uint8Array) {
    this.#cells = saved === undefined ? new Uint32Array(FIRST_SLOTS * WORDS) : wordsOf(saved);
    for (let slot = 0; slot < this.#cells.length; slot += WORDS)
      if (this.#cells[slot + WORDS - 1] !== 0) this.#count(slot);
  }

  /** How many texts it has. */
  get size(): number {
    return this.#size;
  }

  /** Tells the set of its texts from any other one, whatever their order: how many they are, and 96 bits. */
  get identity(): string {
    return `${this.#size} ${Array.from(this.#sum, (word) => word.toString(16).padStart(8, "0")).join("")}`;
  }

  has(text: string): boolean {
    return this.get(text) !== undefined;
  }

  get(text: string): number | undefined {
    const value = this.#cells[this.#slotOf(hash("sha256", text, "buffer")) + WORDS - 1] ?? 0;
    return value === 0 ? undefined : value - 1;
  }

  /**
   * @param value a whole number from 0 to 2^32 - 2
   * @returns whether it is a new text
   */
  set(text: string, value = 0): boolean {
    if ((this.#size + 1) * WORDS > FULL * this.#cells.length) this.#grow();
    const digest = hash("sha256", text, "buffer");
    const slot = this.#slotOf(digest);
    const isNew = this.#cells[slot + WORDS - 1] === 0;
    for (let word = 0; word < WORDS - 1; word += 1) this.#cells[slot + word] = digest.readUInt32LE(4 * word);
    this.#cells[slot + WORDS - 1] = value + 1;
    if (isNew) this.#count(slot);
    return isNew;
  }

  /** Its bytes as they are now. */
  save(): Uint8Array {
    return new Uint8Array(this.#cells.slice().buffer);
  }

  /** Counts a text that is new in its slot. */
  #count(slot: number): void {
    this.#size += 1;
    for (let word = 0; word < WORDS - 1; word += 1)
      this.#sum[word] = (this.#sum[word] ?? 0) ^ (this.#cells[slot + word] ?? 0);
  }

  /** Where a hash stands, or would. */
  #slotOf(digest: Buffer): number {
    const [first, second, third] = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)];
    const cells = this.#cells;
    let slot = slotFor(first, cells.length);
    while (cells[slot + 3] !== 0 && !(cells[slot] === first && cells[slot + 1] === second && cells[slot + 2] === third))
      slot = (slot + WORDS) % cells.length;
    return slot;
  }

  #grow(): void {
    const before = this.#cells;
    const cells = new Uint32Array(WORDS * Math.ceil((GROWTH * before.length) / WORDS));
    for (let from = 0; from < before.length; from += WORDS) {
      if (before[from + WORDS - 1] === 0) continue;
      let slot = slotFor(before[from] ?? 0, cells.length);
      while (cells[slot + WORDS - 1] !== 0) slot = (slot + WORDS) % cells.length;
      cells.set(before.subarray(from, from + WORDS), slot);
    }
    this.#cells = cells;
  }
}

/** Words of bytes that may begin anywhere. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / Uint32Array.BYTES_PER_ELEMENT);
}

function slotFor(word: number, length: number): number {
  return (word % (length / WORDS)) * WORDS;
}
