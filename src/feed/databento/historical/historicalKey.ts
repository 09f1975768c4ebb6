import { inspect } from "node:util";
import { FeedError } from "../../feedError.js";

const SHAPE = /^db-[A-Za-z0-9]{29}$/;
const ANY_KEY = /db-[A-Za-z0-9]{29}/g;
const HIDDEN = "db-***";

/**
 * Databento's key for HTTP. It cannot be printed: as text, JSON or in a debugger's view it is `db-***`. It leaves this
 * object as an `Authorization` header alone.
 */
export class HistoricalKey {
  readonly #value: string;

  /** @throws FeedError, which does not tell the text, when it cannot be a key */
  constructor(text: string) {
    const value = text.trim();
    if (!SHAPE.test(value)) {
      const reason = value === "" ? "There is no Databento key" : "That is not a Databento key";
      throw new FeedError(
        `${reason}: it has 32 characters and begins with "db-"; copy it from your Databento account`,
        {
          retriable: false,
        },
      );
    }
    this.#value = value;
  }

  /** The value of the `Authorization` header: HTTP Basic, the key as the user, no password. */
  authorization(): string {
    return `Basic ${this.#encoded()}`;
  }

  /** `text` without this key in any of its forms, and without whatever looks like another. */
  redact(text: string): string {
    const forms = [
      this.#encoded(),
      Buffer.from(this.#value).toString("base64"),
      Buffer.from(this.#value).toString("hex"),
    ];
    const cut = forms.reduce((rest, form) => rest.replaceAll(form, HIDDEN), text.replace(ANY_KEY, HIDDEN));
    const bucket = new RegExp(`\\b${this.#value.slice(-5)}\\b`, "g"); // letters and digits, by SHAPE
    return cut.replace(bucket, "***");
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }

  #encoded(): string {
    return Buffer.from(`${this.#value}:`).toString("base64");
  }
}
