/** How soon another try makes sense: after the usual wait, the long one of a limit, or the shortest. */
export type Wait = "usual" | "limit" | "short";

/** One connection ended, and another try may do better. Its message is one line for the user. */
export class ConnectionEnded extends Error {
  readonly wait: Wait;
  /** What answered is no gateway: trying for long is of no use. */
  readonly foreign: boolean;

  constructor(message: string, options: { wait?: Wait; foreign?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "ConnectionEnded";
    this.wait = options.wait ?? "usual";
    this.foreign = options.foreign ?? false;
  }
}
