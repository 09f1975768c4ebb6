import * as http from "node:http";
import * as https from "node:https";
import { say } from "../../../core/say.js";
import { type Clock, sleep } from "../../clock.js";
import { StoppedError } from "../../feedError.js";
import type { ApiKey } from "../apiKey.js";
import { clean, HistoricalError, idText, type RefusalHead, refusal, unreachable } from "./failure.js";
import { oneLine } from "./oneLine.js";

/** One call of the API. */
export interface Call {
  readonly method: "GET" | "POST";
  /** Such as `metadata.get_cost`. */
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** An answer that is no refusal; its body is read once. */
export interface Answer {
  readonly requestId: string | undefined;
  /** What the server warns of, in its own words. */
  readonly warnings: readonly string[];
  readonly contentType: string;
  /** Whether the body tells where it ends, so that a cut one is noticed. */
  readonly isFramed: boolean;
  /** Throws `HistoricalError` when it breaks off or stalls. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Longest wait for the head of an answer: the official Python client's. */
export const HEAD_MS = 100_000;
/** In every such stretch of a body at least `LEAST_BYTES` must come: less is a stalled server, or one that dawdles on purpose. */
export const BODY_MS = 60_000;
const LEAST_BYTES = 256;
const REFUSAL_BYTES = 64 * 1024;

/**
 * The requests to the historical API, one host, one key, no redirect ever followed.
 *
 * By node:https, not fetch: it streams with back-pressure, knows a cut body from a whole one, never follows a redirect,
 * and needs no undici internals. In VS Code's host the editor puts its own agent under node:https, so that `http.proxy`
 * and its certificates hold (`http.proxySupport`); in the terminal Node 20 uses no proxy, and HTTPS_PROXY is not read.
 */
export class Connection {
  readonly #address: URL;
  readonly #key: ApiKey;
  readonly #clock: Clock;

  /** @param address from `historicalAddress`, which knows where the key may go */
  constructor(address: URL, key: ApiKey, clock: Clock) {
    this.#address = address;
    this.#key = key;
    this.#clock = clock;
  }

  /** Sends a call and waits for the head of its answer. Throws `HistoricalError` for whatever is no success. */
  async send(call: Call, stop: AbortSignal): Promise<Answer> {
    const message = await this.#head(call, stop);
    const status = message.statusCode ?? 0;
    const head: RefusalHead = {
      status,
      requestId: clean(message.headers["request-id"]?.toString(), this.#key),
      retryAfterMs: retryAfter(message),
    };
    if (200 <= status && status < 300) return this.#answer(message, head, call, stop);
    if (300 <= status && status < 400) {
      message.destroy();
      throw this.#redirected(head);
    }
    throw refusal(head, await this.#refusalText(message, call, stop), this.#key);
  }

  #answer(message: http.IncomingMessage, { status, requestId }: RefusalHead, call: Call, stop: AbortSignal): Answer {
    const { headers } = message;
    const encoding = headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") {
      message.destroy();
      throw new HistoricalError(
        say(
          'Databento\'s answer is packed as "{0}", which was not asked for. Check the proxy if there is one',
          oneLine(encoding),
        ),
        { status, requestId },
        { retriable: false },
      );
    }
    return {
      requestId,
      warnings: warningsOf(headers["x-warning"]).map((text) => oneLine(this.#key.redact(text))),
      contentType: headers["content-type"] ?? "",
      isFramed: headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined,
      body: this.#body(message, call, stop),
    };
  }

  #head(call: Call, stop: AbortSignal): Promise<http.IncomingMessage> {
    const answered = new AbortController();
    const form = new URLSearchParams(call.fields).toString();
    const isGet = call.method === "GET";
    const url = new URL(`/v0/${call.name}${isGet ? `?${form}` : ""}`, this.#address);
    return new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = (url.protocol === "https:" ? https : http).request(url, {
        method: call.method,
        headers: {
          authorization: this.#key.authorization(),
          accept: "application/json, application/octet-stream",
          "accept-encoding": "identity",
          "user-agent": "volume-cluster-workbench",
          ...(isGet ? {} : { "content-type": "application/x-www-form-urlencoded", "content-length": form.length }),
        },
        signal: stop,
      });
      request.on("response", resolve);
      request.on("error", (error) => reject(this.#failure(call, error, stop)));
      request.end(isGet ? undefined : form);
      void sleep(this.#clock, HEAD_MS, answered.signal).then(() => {
        if (!answered.signal.aborted) request.destroy(Object.assign(new Error("no head"), { code: "ETIMEDOUT" }));
      });
    }).finally(() => answered.abort());
  }

  async *#body(
    message: http.IncomingMessage,
    call: Call,
    stop: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const over = new AbortController();
    let received = 0;
    void this.#watch(() => received, over.signal, message);
    try {
      for await (const chunk of message) {
        received += chunk.length;
        yield chunk;
      }
      if (!message.complete) throw new Error("The body ended before its end");
    } catch (error) {
      throw this.#failure(call, error, stop);
    } finally {
      over.abort();
      message.destroy();
    }
  }

  async #watch(received: () => number, over: AbortSignal, message: http.IncomingMessage): Promise<void> {
    while (!over.aborted) {
      const before = received();
      await sleep(this.#clock, BODY_MS, over);
      if (over.aborted || received() - before >= LEAST_BYTES) continue;
      message.destroy(Object.assign(new Error("stalled"), { code: "ETIMEDOUT" }));
      return;
    }
  }

  async #refusalText(message: http.IncomingMessage, call: Call, stop: AbortSignal): Promise<string> {
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of this.#body(message, call, stop)) {
        parts.push(chunk);
        size += chunk.length;
        if (size >= REFUSAL_BYTES) break;
      }
    } catch (error) {
      // The status is what matters: a refusal whose text is cut is still that refusal.
      if (stop.aborted) throw error;
    }
    return Buffer.concat(parts).subarray(0, REFUSAL_BYTES).toString("utf8");
  }

  #redirected(head: RefusalHead): HistoricalError {
    const told = [head.status, idText(head.requestId)].filter((word) => word !== undefined).join(", ");
    return new HistoricalError(
      say(
        "The answer was a redirect ({0}), which Databento does not send; it was not followed, so that the key goes nowhere else. Check the network, and the proxy if there is one",
        told,
      ),
      head,
      { retriable: false },
    );
  }

  #failure(call: Call, error: unknown, stop: AbortSignal): Error {
    const action = say("Could not ask Databento for {0}", THING[call.name] ?? call.name);
    if (stop.aborted) return new StoppedError(say("{0}: it was stopped", action));
    return unreachable(action, error);
  }
}

const THING: Readonly<Record<string, string>> = {
  "timeseries.get_range": say("market data"),
  "metadata.get_cost": say("the cost"),
  "metadata.get_dataset_range": say("what it has"),
  "metadata.get_dataset_condition": say("how good its data are"),
  "symbology.resolve": say("the contracts"),
};

/** A list of strings in JSON; whatever else is there is one warning. */
function warningsOf(header: string | string[] | undefined): readonly string[] {
  if (header === undefined) return [];
  const text = header.toString();
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed.map(String);
  } catch {
    // Not JSON: its text is the warning.
  }
  return [text];
}

/** Retry-After in milliseconds: seconds, or a date that is measured by the answer's own. */
function retryAfter(message: http.IncomingMessage): number | undefined {
  const text = message.headers["retry-after"];
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const [until, now] = [dateOf(text), dateOf(message.headers.date)];
  return until === undefined || now === undefined ? undefined : Math.max(0, until - now);
}

/** A date as HTTP writes it, such as Mon, 09 Jun 2025 14:00:12 GMT; V8 would take "1.5" for one as well. */
function dateOf(text = ""): number | undefined {
  const millis = Date.parse(text);
  return !Number.isNaN(millis) && new Date(millis).toUTCString() === text ? millis : undefined;
}
