import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { say } from "../../core/say.js";
import { FeedError } from "../feedError.js";

const SHAPE = /^db-[A-Za-z0-9]{29}$/;
const ANY_KEY = /db-[A-Za-z0-9]{29}/gi;
const HIDDEN = "db-***";
const BUCKET = 5;

/**
 * A Databento key that no log, message, file or JSON can show: its text stays in here. It leaves as the answer to a gateway's
 * challenge, which hides it, and as the `Authorization` header of HTTPS.
 */
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
    if (SHAPE.test(key)) return new ApiKey(key);
    throw new FeedError(
      say(
        'The Databento key cannot be one: it must be "db-" and 29 letters and digits, these are {0} characters; copy it again from databento.com/portal/keys',
        key.length,
      ),
      { retriable: false },
    );
  }

  /** What proves to the gateway that this key is known here: SHA-256 of challenge and key, and the key's last characters. */
  answer(challenge: string): string {
    const hash = createHash("sha256").update(`${challenge}|${this.#text}`).digest("hex");
    return `${hash}-${this.#text.slice(-BUCKET)}`;
  }

  /** The value of the `Authorization` header: HTTP Basic, the key as the user, no password. */
  authorization(): string {
    return `Basic ${encoded(`${this.#text}:`, "base64")}`;
  }

  /**
   * `text` without this key in any of its forms, without its last characters, which name it in a sign-in, and without whatever
   * looks like another key.
   */
  redact(text: string): string {
    const forms = [`${this.#text}:`, this.#text].flatMap((form) => [
      encoded(form, "base64"),
      encoded(form, "base64url"),
      encoded(form, "hex"),
    ]);
    // Servers write them in either case, and base64 without its padding.
    const pattern = new RegExp(forms.map((form) => form.replace(/=+$/, "").replace(/[+/]/g, "\\$&")).join("|"), "gi");
    const cut = text.replace(ANY_KEY, HIDDEN).replace(pattern, HIDDEN);
    return cut.replaceAll(this.#text.slice(-BUCKET), "***");
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
}

function encoded(text: string, encoding: "base64" | "base64url" | "hex"): string {
  return Buffer.from(text).toString(encoding);
}
