/** Runs a task beside the caller, one run at a time: what is asked for meanwhile is done by one more run. */
export class Coalesced {
  readonly #task: () => Promise<void>;
  #wanted = false;
  #running: Promise<void> | undefined;

  /** @param task does not reject */
  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Asks for a run that begins after this call. */
  request(): void {
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      await this.#task();
    }
  }
}
