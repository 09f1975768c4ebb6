/** The most records that are remembered: 20 bytes each, and more than a minute of a busy market. */
const MOST = 131_072;
const FIRST = 1024;

/** A record as it is remembered. */
export interface SeenRecord {
  readonly key: number;
  /** Nanoseconds. */
  readonly time: bigint;
  readonly print: number;
}

/** The records that were seen last, in the order of their arrival; plain columns, because every record of the feed is added. */
export class SeenWindow {
  #key = new Float64Array(FIRST);
  #time = new BigUint64Array(FIRST);
  #print = new Int32Array(FIRST);
  #count = 0;
  #next = 0;
  #forgotten = 0n;

  /** Nanoseconds up to which records may have been forgotten; 0 when none was. */
  get forgotten(): bigint {
    return this.#forgotten;
  }

  add(key: number, time: bigint, print: number): void {
    if (this.#count === this.#key.length && this.#count < MOST) this.#grow();
    const at = this.#next;
    if (this.#count < this.#key.length) this.#count += 1;
    else if ((this.#time[at] ?? 0n) > this.#forgotten) this.#forgotten = this.#time[at] ?? 0n;
    this.#key[at] = key;
    this.#time[at] = time;
    this.#print[at] = print;
    this.#next = (at + 1) % this.#key.length;
  }

  /** What was seen from `start` on. */
  *since(start: bigint): Generator<SeenRecord, void, undefined> {
    for (let index = 0; index < this.#count; index++) {
      const time = this.#time[index] ?? 0n;
      if (time >= start) yield { key: this.#key[index] ?? 0, time, print: this.#print[index] ?? 0 };
    }
  }

  clear(): void {
    this.#count = 0;
    this.#next = 0;
    this.#forgotten = 0n;
  }

  #grow(): void {
    const size = this.#count * 2;
    const key = new Float64Array(size);
    const time = new BigUint64Array(size);
    const print = new Int32Array(size);
    key.set(this.#key);
    time.set(this.#time);
    print.set(this.#print);
    this.#key = key;
    this.#time = time;
    this.#print = print;
    this.#next = this.#count;
  }
}
