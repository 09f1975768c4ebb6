import type { Mark, MarkRestored } from "./events.js";
import type { Instrument } from "./instrument.js";
import type { Records } from "./records.js";
import type { AccountName } from "./sizing/recommendation.js";
import { PaperPath, type Span, Watch } from "./watch.js";

/** What the open positions of both accounts, and paper entries, meet: it is told so that a restart knows it. */
export class Marks {
  readonly #manual: Watch;
  readonly #paper: Watch;
  readonly #paperPath = new PaperPath();
  #lastPaper = Number.NEGATIVE_INFINITY;

  constructor(records: Records, emit: (mark: Omit<Mark, "at">) => void) {
    this.#manual = new Watch("manual", records, emit);
    this.#paper = new Watch("paper", this.#paperPath, emit);
  }

  /** Tells an account's last print, unless it is told. */
  tell(account: AccountName): void {
    this.#of(account).tell();
  }

  tellAll(): void {
    this.#manual.tell();
    this.#paper.tell();
  }

  /** The paper account's position is opened, or its limit's peak begins anew: what it met before counts no more. */
  beginPaper(): void {
    this.#paperPath.beginAnew();
  }

  /** Nothing is open on the paper account any more that its last print could value. */
  endPaper(): void {
    this.#paper.forget();
  }

  /** @param limit the emergency stop's fraction, in force now */
  meetManual(span: Span, instrument: Instrument, limit: number): void {
    this.#manual.meet(span, instrument, limit);
  }

  /**
   * @param limit the emergency stop's fraction, in force now
   * @param isHeld whether the paper account has a position of it
   * @param changed whether an entry or a shadow goes on otherwise than before
   */
  meetPaper(span: Span, instrument: Instrument, limit: number, isHeld: boolean, changed: boolean): void {
    this.#lastPaper = Math.max(this.#lastPaper, span.end);
    if (isHeld) this.#paper.meet(span, instrument, limit);
    else if (changed) this.#paper.note(span, instrument);
    if (changed) this.#paper.tell();
  }

  /** Whether the paper account has met it since the start: it is not met again. */
  hasMet({ account, time }: MarkRestored): boolean {
    return account === "paper" && time <= this.#lastPaper;
  }

  /** Takes over what was told before a restart. */
  restore(mark: MarkRestored, limit: number, isHeld: boolean): void {
    this.#of(mark.account).restore(mark, limit, isHeld);
  }

  #of(account: AccountName): Watch {
    return account === "manual" ? this.#manual : this.#paper;
  }
}
