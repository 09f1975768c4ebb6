import { say } from "../core/say.js";
import { isBegunLine, mayBeLostSectors } from "./tornEnd.js";

/** What is wrong in the bytes of a journal file. */
export interface Found {
  /** Phrases that say what is not as it was written, few however much it is; a torn end is normal and none. */
  readonly damage: readonly string[];
  /** What a power cut leaves in the middle of a write, and damage might leave as well; in the words of `damage`. */
  readonly doubtful?: string;
  /** Bytes up to the end of all that, 0 for an undamaged file: they tell one damage from another. */
  readonly damagedUntil: number;
}

/** What is wrong in a file, place by place, in a few words however many there are. */
export class Places {
  readonly #buffer: Buffer;
  readonly #first: string[] = [];
  #firstAt = 0;
  #count = 0;
  #missing = 0;
  #until = 0;
  /** Gaps that a power cut may have torn, as long as no later append says that what stood there was on the disk. */
  #torn: (readonly [what: string, from: number, to: number, missing: number])[] = [];
  #isEdited = false;

  /** @param buffer the file */
  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  add(what: string, from: number, to: number, missing = 0): void {
    if (this.#count === 0) this.#firstAt = from;
    this.#count += 1;
    this.#missing += missing;
    if (this.#count <= MAX_PLACES) this.#first.push(what);
    this.#until = Math.max(this.#until, to);
  }

  /** @param missing records, by the number of the one behind it */
  addGap(from: number, to: number, missing: number): void {
    if (mayBeLostSectors(this.#buffer, from, to)) this.#torn.push([gap(from, to, missing), from, to, missing]);
    else this.add(gap(from, to, missing), from, to, missing);
  }

  /**
   * Adds the bytes behind the last record: a sealed file gets nothing more.
   *
   * @param last that record's type; undefined where nothing verifies
   */
  addEnd(from: number, last: string | undefined): void {
    const to = this.#buffer.length;
    const end = this.#buffer.subarray(from);
    const isOpen = last !== "seal";
    if (isOpen && mayBeLostSectors(this.#buffer, from, to)) this.#torn.push([gap(from, to, 0), from, to, 0]);
    else if (!isOpen || !isBegunLine(end)) this.add(gap(from, to, linesIn(end)), from, to, linesIn(end));
    else if (last === undefined) this.#torn.push([say("it has no whole record"), from, to, 0]);
  }

  /** A later append was made: what stood in the gaps before it was on the disk. */
  confirm(): void {
    for (const [what, from, to, missing] of this.#torn) this.add(what, from, to, missing);
    this.#torn = [];
  }

  edited(): void {
    this.#isEdited = true;
    this.#until = this.#buffer.length;
  }

  found(): Found {
    const damage = this.#count > MAX_PLACES ? [this.#inFewWords()] : [...this.#first];
    if (this.#isEdited) damage.push(say("it was edited by hand: line ends or a mark at its begin were changed"));
    const doubtful = this.#torn.map(([what]) => what).join(", ");
    const damagedUntil = this.#torn.reduce((until, [, , to]) => Math.max(until, to), this.#until);
    return doubtful === "" ? { damage, damagedUntil } : { damage, doubtful, damagedUntil };
  }

  #inFewWords(): string {
    const [places, first, missing] = [this.#count, this.#firstAt, this.#missing];
    return missing > 0
      ? say(
          "{0} places are not as they were written, the first at byte {1}; records in them: {2}",
          places,
          first,
          missing,
        )
      : say("{0} places are not as they were written, the first at byte {1}", places, first);
  }
}

/** So many are named one by one. */
const MAX_PLACES = 3;

function gap(from: number, to: number, missing: number): string {
  if (missing <= 0) return say("bytes {0} to {1} do not verify", from, to);
  if (missing === 1) return say("bytes {0} to {1} do not verify, 1 record", from, to);
  return say("bytes {0} to {1} do not verify, {2} records", from, to, missing);
}

const LF = 0x0a;

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
}
