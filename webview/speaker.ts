/** A browser that lets a page sound does so at once. */
const PATIENCE_MS = 300;

/**
 * Plays the host's sounds where its machine is not the user's. A browser keeps a page silent until the user has clicked or typed in
 * it: whether it does is told whenever that becomes known, or changes.
 */
export class Speaker {
  readonly #tell: (allowed: boolean) => void;
  #context: AudioContext | undefined;
  #isAllowed: boolean | undefined;

  constructor(tell: (allowed: boolean) => void) {
    this.#tell = tell;
  }

  /** The user has touched the page: from now on it may sound. */
  async unlock(): Promise<void> {
    if (this.#isAllowed !== true) await this.#wake();
  }

  /** Plays a WAV file in base64, if the browser lets it. What cannot be played is told as not allowed. */
  async play(wav: string): Promise<void> {
    const context = await this.#wake();
    if (context === undefined) return;
    try {
      const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
      const source = context.createBufferSource();
      source.buffer = await context.decodeAudioData(bytes.buffer);
      source.connect(context.destination);
      source.start();
    } catch {
      this.#note(false);
    }
  }

  /** Undefined where the page may not sound. */
  async #wake(): Promise<AudioContext | undefined> {
    try {
      this.#context ??= new AudioContext();
      const context = this.#context;
      // While it is not allowed this waits for a gesture, perhaps for ever.
      if (context.state !== "running") await Promise.race([context.resume(), after(PATIENCE_MS)]);
      this.#note(context.state === "running");
      return context.state === "running" ? context : undefined;
    } catch {
      this.#note(false);
      return undefined;
    }
  }

  #note(isAllowed: boolean): void {
    if (isAllowed !== this.#isAllowed) this.#tell(isAllowed);
    this.#isAllowed = isAllowed;
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
