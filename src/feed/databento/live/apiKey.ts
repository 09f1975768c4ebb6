import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { FeedError } from "../../feedError.js";

const BUCKET = 5;

/** A Databento key that no log, message, file or JSON can show: its text stays in here. */
export class ApiKey {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /**
   * Takes the text of a key: 32 letters and digits, beginning with "db-". Blanks around it are left out.
   *
   * @throws FeedError, without the text
   */
  static parse(text: string): ApiKey {
    const key = text.trim();
    if (/^db-[A-Za-z0-9]{29}$/.test(key)) return new ApiKey(key);
    throw new FeedError(
      `The Databento key cannot be one: it must be "db-" and 29 letters and digits, these are ${key.length} characters; copy it again from databento.com/portal/keys`,
      { retriable: false },
    );
  }

  /** What proves to the gateway that this key is known here: SHA-256 of challenge and key, and the key's last characters. */
  answer(challenge: string): string {
    const hash = createHash("sha256").update(`${challenge}|${this.#text}`).digest("hex");
    return `${hash}-${this.#text.slice(-BUCKET)}`;
  }

  /** `text` without the key and without its last characters, which name it in a sign-in. */
  redact(text: string): string {
    return text.replaceAll(this.#text, "db-***").replaceAll(this.#text.slice(-BUCKET), "***");
  }

  toString(): string {
    return "db-***";
  }

  toJSON(): string {
    return "db-***";
  }

  [inspect.custom](): string {
    return "db-***";
  }
}
