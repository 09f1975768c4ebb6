/** Runs something once, a while after the first of many requests. */
export class Soon {
  readonly #run: () => void;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(run: () => void, delayMs: number) {
    this.#run = run;
    this.#delayMs = delayMs;
  }

  /** Whether it is going to run. */
  get isDue(): boolean {
    return this.#timer !== undefined;
  }

  /** Asks for it; asking again before it ran changes nothing. */
  request(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#run();
    }, this.#delayMs);
  }

  /** Takes the request back. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
