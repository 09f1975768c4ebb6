/** A feed failed: its message is one line for the user that says what failed, why and what to do. */
export class FeedError extends Error {
  /** Whether trying again may help. */
  readonly retriable: boolean;

  constructor(message: string, options: { retriable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = "FeedError";
    this.retriable = options.retriable;
  }
}

/** Somebody stopped it: what was asked for is not done, and nothing has failed. */
export class StoppedError extends FeedError {
  constructor(message: string) {
    super(message, { retriable: false });
    this.name = "StoppedError";
  }
}
