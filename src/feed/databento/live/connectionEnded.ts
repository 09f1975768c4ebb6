/** How soon another try makes sense: after the usual wait, the long one of a limit, or the shortest. */
export type Wait = "usual" | "limit" | "short";

/** What may be wrong for good: what answered is no gateway, or what the gateway sent is no DBN that can be read. */
export type Fault = "foreign" | "unreadable";

/** One connection ended, and another try may do better. Its message is one line for the user. */
export class ConnectionEnded extends Error {
  readonly wait: Wait;
  /** Where it is there each time, trying for long is of no use. */
  readonly fault: Fault | undefined;

  constructor(message: string, options: { wait?: Wait; fault?: Fault | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "ConnectionEnded";
    this.wait = options.wait ?? "usual";
    this.fault = options.fault;
  }
}
