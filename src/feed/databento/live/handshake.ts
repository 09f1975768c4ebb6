import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import type { ApiKey } from "../apiKey.js";
import { ConnectionEnded } from "./connectionEnded.js";

/** What a sign-in says of itself. */
export interface SignIn {
  readonly key: ApiKey;
  readonly dataset: string;
  /** Name and version of this program; letters, digits and `. - /`. */
  readonly client: string;
  /** Seconds of silence after which the gateway sends a heartbeat, 5 to 1800. */
  readonly heartbeatSeconds: number;
  /** What the gateway does when it is read too slowly: warn and send all, or leave records out; undefined: as the schema's default is. */
  readonly slowReader?: "warn" | "skip" | undefined;
}

const LINE_LIMIT = 4096;
const GREETING_LINES = 16;

/**
 * The sign-in at a live gateway, bytes in and lines out: greeting, challenge, answer, result. Once it is `done`, `rest` holds
 * the bytes that came after it, which are DBN.
 *
 * Throws `FeedError` when the gateway refuses the key, `ConnectionEnded` when another try may help or nothing here is a gateway.
 */
export class Handshake {
  readonly #signIn: SignIn;
  #pending = new Uint8Array(0);
  #greetings: string[] = [];
  #state: "greeting" | "answered" | "done" = "greeting";

  constructor(signIn: SignIn) {
    this.#signIn = signIn;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  /** The bytes after the sign-in. */
  get rest(): Uint8Array {
    return this.#pending;
  }

  /** Whether something spoke that does not greet as a gateway does. */
  get looksForeign(): boolean {
    return this.#state === "greeting" && this.#greetings.some((line) => !line.startsWith("lsg"));
  }

  /** Takes the next bytes. Returns the lines to send. */
  receive(bytes: Uint8Array): readonly string[] {
    const replies: string[] = [];
    this.#pending = joined(this.#pending, bytes);
    while (!this.done) {
      const end = this.#pending.indexOf(0x0a);
      const said = end < 0 ? this.#pending : this.#pending.subarray(0, end);
      // The result of a sign-in is one, whatever bytes its words hold.
      if (!isResult(said)) requireText(said);
      if (end < 0) {
        if (this.#pending.length > LINE_LIMIT) throw notAGateway(say("a line of more than {0} bytes", LINE_LIMIT));
        break;
      }
      const line = String.fromCharCode(...this.#pending.subarray(0, end)).trimEnd();
      this.#pending = this.#pending.slice(end + 1);
      const reply = this.#take(line);
      if (reply !== undefined) replies.push(reply);
    }
    return replies;
  }

  #take(line: string): string | undefined {
    const fields = fieldsOf(line);
    if (fields.has("success")) this.#judge(fields);
    else if (this.#state === "answered") throw notAGateway(say("no answer to the sign-in"));
    else if (line.startsWith("cram=")) return this.#answer(line.slice("cram=".length));
    else this.#greet(line);
    return undefined;
  }

  #answer(challenge: string): string {
    if (challenge === "") throw notAGateway(say("an empty challenge"));
    const { key, dataset, client, heartbeatSeconds, slowReader } = this.#signIn;
    this.#state = "answered";
    const slow = slowReader === undefined ? "" : `|slow_reader_behavior=${slowReader}`;
    return `auth=${key.answer(challenge)}|dataset=${dataset}|encoding=dbn|compression=none|ts_out=0|client=${client}|heartbeat_interval_s=${heartbeatSeconds}${slow}\n`;
  }

  #greet(line: string): void {
    this.#greetings.push(line);
    if (line.startsWith("HTTP/")) throw notAGateway(say("a web server"));
    if (this.#greetings.length > GREETING_LINES) throw notAGateway(say("many lines without a challenge"));
  }

  #judge(fields: ReadonlyMap<string, string>): void {
    if (fields.get("success") === "1" && this.#state === "answered") {
      this.#state = "done";
      return;
    }
    const said = (fields.get("error") ?? "").replace(/[^ -~]+/g, "?");
    throw refusal(this.#signIn.key.redact(said));
  }
}

/** Why a gateway closes or refuses, by its own words. */
export function refusal(said: string): FeedError | ConnectionEnded {
  const words = said === "" ? "" : ` ("${said.slice(0, 200)}")`;
  if (/\blimit|too many/i.test(said)) return tooManyConnections(words);
  if (/internal|unavailable|maintenance|try again|timed? ?out/i.test(said)) {
    return new ConnectionEnded(say("Databento could not sign in{0}", words));
  }
  return new FeedError(
    say(
      "Databento refused the sign-in{0}: check the key at databento.com/portal/keys, and that it may read this dataset live",
      words,
    ),
    { retriable: false },
  );
}

/** The team has as many sessions as it may have. */
export function tooManyConnections(words: string): ConnectionEnded {
  return new ConnectionEnded(
    say(
      "Databento allows no further session{0}: 10 per dataset and team; close another program or window that is connected",
      words,
    ),
    { wait: "limit" },
  );
}

/** What answered is no gateway. */
function notAGateway(what: string): ConnectionEnded {
  return new ConnectionEnded(say("What answered is not a Databento gateway: it sent {0}", what), { fault: "foreign" });
}

function fieldsOf(line: string): ReadonlyMap<string, string> {
  const pairs = line.split("|").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return new Map(pairs);
}

const RESULT = Buffer.from("success=");

function isResult(bytes: Uint8Array): boolean {
  return RESULT.every((byte, index) => bytes[index] === byte);
}

function requireText(bytes: Uint8Array): void {
  const isText = bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0d);
  if (!isText) throw notAGateway(say("bytes that are no text"));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
