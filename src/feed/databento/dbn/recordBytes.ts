const FIRST_CAPACITY = 64 * 1024;

/** Collects records one after the other in bytes that are used again after `clear`. */
export class RecordBytes {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #size = 0;

  clear(): void {
    this.#size = 0;
  }

  /** Room for one more record of `size` bytes, its length written and all else zero; valid until the next call. */
  add(size: number): DataView {
    const start = this.#take(size);
    this.#bytes.fill(0, start, start + size);
    this.#bytes[start] = size / 4;
    return new DataView(this.#bytes.buffer, start, size);
  }

  /** Adds bytes as they are. */
  append(bytes: Uint8Array): void {
    const start = this.#take(bytes.length);
    this.#bytes.set(bytes, start);
  }

  /** All that was collected; valid until the next call of any method. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  #take(size: number): number {
    const start = this.#size;
    this.#size += size;
    if (this.#size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#size, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return start;
  }
}
