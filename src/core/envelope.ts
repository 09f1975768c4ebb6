/** A message between the panel and the extension. */
export interface Envelope<Message> {
  /** Rises from each message of a sender to its next. */
  readonly number: number;
  /** When it was sent, wall-clock milliseconds; undefined where the sender's clock is no matter. */
  readonly at?: number | undefined;
  readonly message: Message;
}

/** Numbers what one side sends. */
export class Outbox<Message> {
  #last: number;

  /**
   * @param now wall-clock milliseconds. The page of a panel is made anew whenever it was hidden: where its numbers begin with the
   *   clock, they go on rising without anything that has to be remembered.
   */
  constructor(now: number) {
    this.#last = now;
  }

  /** @param at wall-clock milliseconds, where whoever takes it is to know the time here */
  pack(message: Message, at?: number): Envelope<Message> {
    return { number: ++this.#last, ...(at !== undefined && { at }), message };
  }
}

/** Takes what the other side sends, each message once and in order. */
export class Inbox<Message> {
  readonly #parse: (raw: unknown) => Envelope<Message> | undefined;
  #last = 0;
  #at: number | undefined;
  #dropped = 0;

  /** @param parse undefined for anything that is no message */
  constructor(parse: (raw: unknown) => Envelope<Message> | undefined) {
    this.#parse = parse;
  }

  /** Messages that were none, and those that came again or behind a later one. */
  get dropped(): number {
    return this.#dropped;
  }

  /** When the message that was taken last was sent, by the sender's clock, wall-clock milliseconds; undefined where it does not say. */
  get at(): number | undefined {
    return this.#at;
  }

  /** The message, or undefined where it is dropped. */
  take(raw: unknown): Message | undefined {
    const envelope = this.#parse(raw);
    if (envelope === undefined || envelope.number <= this.#last) {
      this.drop();
      return undefined;
    }
    this.#last = envelope.number;
    this.#at = envelope.at;
    return envelope.message;
  }

  /** Counts a message that is not even looked at. */
  drop(): void {
    this.#dropped++;
  }

  /** The other side begins anew, maybe by a clock that was put back. What was dropped stays counted. */
  restart(): void {
    this.#last = 0;
  }
}
