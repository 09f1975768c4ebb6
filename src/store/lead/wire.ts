import type { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import * as z from "zod/mini";
import { LEASE } from "./lease.js";

/** Characters of a line; what is longer is no leader's or follower's. */
const MAX_LINE = 4096;

/** What a window may leave unread before it is taken for one that hangs: bytes it has not fetched, messages nobody asked for. */
const MAX_UNSENT = 1 << 20;
const MAX_WAITING = 16;

const HEX = z.string().check(z.regex(/^[0-9a-f]{32,64}$/));

/** All that a leader and its followers say to each other, a line of JSON each. */
const MESSAGE = z.discriminatedUnion("type", [
  /** The leader's first word. */
  z.strictObject({ type: z.literal("who"), nonce: HEX }),
  /** The follower's answer. */
  z.strictObject({ type: z.literal("follower"), nonce: HEX, proof: HEX }),
  /** From here on both know each other. */
  z.strictObject({ type: z.literal("leader"), proof: HEX, lease: LEASE }),
  /** Something was recorded, or the state of the feed is another. */
  z.strictObject({ type: z.literal("news"), status: z.string().check(z.maxLength(1000)) }),
  /** The leader ends its feed as its user wants it. */
  z.strictObject({ type: z.literal("ended") }),
  /** A follower's user wants the feed in his window. */
  z.strictObject({ type: z.literal("handOver") }),
  z.strictObject({ type: z.literal("ping") }),
  /** `time`: what the leader's market has reached, in microseconds; absent before it has begun. */
  z.strictObject({ type: z.literal("pong"), time: z.optional(z.int().check(z.gte(0))) }),
]);

export type Message = z.infer<typeof MESSAGE>;

/** One end of a conversation. Whatever is no message ends it. */
export class Wire {
  readonly #socket: Socket;
  readonly #waiting: Message[] = [];
  #hear: ((message: Message) => void) | undefined;
  /** Resolves when it is over, whoever ended it. */
  readonly closed: Promise<void>;

  /** @param silenceMs the longest silence of the other end */
  constructor(socket: Socket, silenceMs: number) {
    this.#socket = socket;
    // A socket's own time-out begins anew with what is sent, too.
    const silence = setTimeout(() => socket.destroy(), silenceMs);
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    void this.closed.then(() => clearTimeout(silence));
    // "close" follows.
    socket.on("error", () => undefined);
    const decoder = new StringDecoder("utf8");
    let line = "";
    socket.on("data", (bytes) => {
      silence.refresh();
      const [first = "", ...rest] = decoder.write(bytes).split("\n");
      line += first;
      for (const next of rest) {
        this.#read(line);
        line = next;
      }
      if (line.length > MAX_LINE) socket.destroy();
    });
  }

  /** What comes from now on goes to `hear`; what came before, first. */
  listen(hear: (message: Message) => void): void {
    this.#hear = hear;
    for (const message of this.#waiting.splice(0)) hear(message);
  }

  /** The next message; rejects when the conversation ends before it. */
  next(): Promise<Message> {
    return new Promise((resolve, reject) => {
      const early = this.#waiting.shift();
      if (early !== undefined) return resolve(early);
      this.#hear = (message) => {
        this.#hear = undefined;
        resolve(message);
      };
      void this.closed.then(() => reject(new Error("The other window hung up")));
    });
  }

  say(message: Message): void {
    if (this.#socket.writableLength > MAX_UNSENT) this.#socket.destroy();
    else if (this.#socket.writable) this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  /** Says a last word and hangs up. */
  end(message?: Message): void {
    if (message !== undefined) this.say(message);
    this.#socket.end();
    this.#socket.destroySoon();
  }

  #read(line: string): void {
    const message = line.length > MAX_LINE ? undefined : understood(line);
    if (message === undefined || this.#waiting.length === MAX_WAITING) this.#socket.destroy();
    else if (this.#hear === undefined) this.#waiting.push(message);
    else this.#hear(message);
  }
}

function understood(line: string): Message | undefined {
  try {
    return MESSAGE.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
