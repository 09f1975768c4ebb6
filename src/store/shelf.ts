import { outputId } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { type SortedRun, sortedRuns } from "./inOrder.js";
import { BLOCK_ROWS, byId, type KeptRecord, Packed, type PackedBytes, subjectTime } from "./packed.js";

/** So many blocks are packed at a time: to find the oldest, all that are at hand are sorted. */
const BLOCKS_AT_ONCE = 2;

/** Outputs by their identity, of which the newest are at hand and the older ones packed. */
export class Shelf {
  readonly #rows = new Map<string, KeptRecord>();
  readonly #packed: Packed;
  readonly #atHand: number;

  /**
   * @param atHand how many are not packed, at the least
   * @param packed what `save` gave
   */
  constructor(atHand: number, packed?: PackedBytes) {
    this.#atHand = atHand;
    this.#packed = new Packed(packed);
  }

  has(id: string): boolean {
    return this.#rows.has(id) || this.#packed.has(id);
  }

  get(id: string): KeptRecord | undefined {
    return this.#rows.get(id) ?? this.#packed.get(id);
  }

  /**
   * Puts one in the place of what it had under that identity.
   *
   * @returns whether others were packed for it
   */
  set(id: string, row: KeptRecord): boolean {
    if (!this.#rows.has(id)) this.#packed.drop(id);
    this.#rows.set(id, row);
    if (this.#rows.size < this.#atHand + BLOCKS_AT_ONCE * BLOCK_ROWS) return false;
    this.#pack();
    return true;
  }

  /** Those at hand, in no order. */
  atHand(): Iterable<KeptRecord> {
    return this.#rows.values();
  }

  /** All of them, the packed ones block by block. */
  *all(): Iterable<KeptRecord> {
    yield* this.#packed.all();
    yield* this.#rows.values();
  }

  /** All of them as they are now, the packed ones to be unpacked later. */
  runs(): readonly SortedRun[] {
    return [...this.#packed.runs(), ...sortedRuns(this.#rows.values())];
  }

  /** Those about a moment of the market, in no order. */
  *about(time: Micros): Iterable<KeptRecord> {
    yield* this.#packed.about(time);
    for (const row of this.#rows.values()) if (subjectTime(row.output) === time) yield row;
  }

  /** The packed ones as they are now. */
  save(): PackedBytes {
    return this.#packed.save();
  }

  #pack(): void {
    const oldest = [...this.#rows.values()].sort(byId).slice(0, BLOCKS_AT_ONCE * BLOCK_ROWS);
    for (let first = 0; first < oldest.length; first += BLOCK_ROWS) {
      this.#packed.add(oldest.slice(first, first + BLOCK_ROWS));
    }
    for (const { output } of oldest) this.#rows.delete(outputId(output) ?? "");
  }
}
