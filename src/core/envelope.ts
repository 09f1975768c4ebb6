/** A message between the panel and the extension. */
export interface Envelope<Message> {
  /** Rises from each message of a sender to its next. */
  readonly number: number;
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

  pack(message: Message): Envelope<Message> {
    return { number: ++this.#last, message };
  }
}

/** Takes what the other side sends, each message once and in order. */
export class Inbox<Message> {
  readonly #parse: (raw: unknown) => Envelope<Message> | undefined;
  #last = 0;
  #dropped = 0;

  /** @param parse undefined for anything that is no message */
  constructor(parse: (raw: unknown) => Envelope<Message> | undefined) {
    this.#parse = parse;
  }

  /** Messages that were none, and those that came again or behind a later one. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The message, or undefined where it is dropped. */
  take(raw: unknown): Message | undefined {
    const envelope = this.#parse(raw);
    if (envelope === undefined || envelope.number <= this.#last) {
      this.drop();
      return undefined;
    }
    this.#last = envelope.number;
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
