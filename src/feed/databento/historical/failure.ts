import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import type { ApiKey } from "../apiKey.js";
import { oneLine } from "./oneLine.js";

/** What the body of a refusal says (`MARKET-DATA.md` c, errors). */
export interface RefusalText {
  /** Databento's own word such as `data_start_before_available_start`. */
  readonly case: string | undefined;
  readonly message: string;
  /** Where it is explained. */
  readonly docs: string | undefined;
}

/** What is known of a refusal beside its sentence. */
export interface FailureFacts extends RefusalText {
  /** 0 where no answer came. */
  readonly status: number;
  /** For Databento's support. */
  readonly requestId: string | undefined;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined;
}

/** The historical API refused, or could not be reached: `message` is the sentence for the user. */
export class HistoricalError extends FeedError {
  readonly facts: FailureFacts;

  constructor(message: string, facts: Partial<FailureFacts>, options: { retriable: boolean; cause?: unknown }) {
    super(message, options);
    this.name = "HistoricalError";
    const none = { case: undefined, message: "", docs: undefined, requestId: undefined, retryAfterMs: undefined };
    this.facts = { status: 0, ...none, ...facts };
  }
}

/** Reads a refusal's body: Databento's JSON in either of its forms, else the text itself. */
export function parseRefusal(body: string): RefusalText {
  const detail = detailOf(body);
  if (typeof detail === "string") return { case: undefined, message: detail, docs: undefined };
  if (typeof detail !== "object" || detail === null) return { case: undefined, message: body, docs: undefined };
  const text = (key: "case" | "message" | "docs") => {
    const value: unknown = Object.getOwnPropertyDescriptor(detail, key)?.value;
    return typeof value === "string" ? value : undefined;
  };
  return { case: text("case"), message: text("message") ?? body, docs: text("docs") };
}

function detailOf(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "detail" in parsed ? parsed.detail : undefined;
  } catch {
    return undefined;
  }
}

/** What an answer's head says of a refusal, cleaned of the key. */
export interface RefusalHead {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** The error for an answer that is a refusal. Nothing of what its body says is kept that could hold the key. */
export function refusal(head: RefusalHead, body: string, key: ApiKey): HistoricalError {
  const raw = parseRefusal(body);
  const said = { case: clean(raw.case, key), message: key.redact(raw.message), docs: clean(raw.docs, key) };
  const [what, advice] = MEANING[head.status] ?? (head.status >= 500 ? SERVER : REQUEST);
  const quoted = oneLine(said.message).replaceAll('"', "'");
  const words = [head.status, said.case, idText(head.requestId)];
  const told = words.filter((word) => word !== undefined && word !== "").join(", ");
  const page = /^https:\/\/databento\.com\/[\w./-]*$/.test(said.docs ?? "") ? (said.docs ?? "") : "";
  return new HistoricalError(
    say(
      "{0} ({1}). {2}",
      quoted === "" ? what : say('{0}: "{1}"', what, quoted),
      told,
      page === "" ? advice : `${advice}, see ${page}`,
    ),
    { ...head, ...said },
    { retriable: head.status === 429 || head.status >= 500 },
  );
}

/** What a server said in a word or two, fit for a message. */
export function clean(text: string | undefined, key: ApiKey): string | undefined {
  return text === undefined ? undefined : oneLine(key.redact(text));
}

/** "request id x", for support. */
export function idText(id: string | undefined): string | undefined {
  return id === undefined ? undefined : say("request id {0}", id);
}

const REQUEST = [say("Databento refused the request"), say("Correct the request")] as const;
const SERVER = [say("Databento's server failed"), say("Try again later")] as const;
const MEANING: Readonly<Record<number, readonly [what: string, advice: string]>> = {
  401: [say("Databento refused the key"), say("Check the key: it may be mistyped, or no longer active")],
  402: [say("Databento asks for a payment"), say("Check the billing of your Databento account")],
  403: [say("Databento does not let this account have that"), say("Check the licences of your Databento account")],
  404: [say("Databento does not know that"), say("Check dataset, schema and symbols")],
  422: [say("Databento refused the request"), say("Correct the range, the schema or the symbols")],
  429: [say("Databento asks for fewer requests"), say("Try again in a while")],
};

/** The error for an answer that never came, or broke off: the cause in words, for the system's own. */
export function unreachable(action: string, error: unknown): FeedError {
  if (error instanceof FeedError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const [reason, advice, retriable] = NETWORK[code] ?? tlsOf(code) ?? BROKEN;
  const named = code === "" || reason.includes(code) ? reason : say("{0} ({1})", reason, code);
  return new HistoricalError(say("{0}: {1}. {2}", action, named, advice), {}, { retriable, cause: error });
}

type Meaning = readonly [reason: string, advice: string, retriable: boolean];

const BROKEN: Meaning = [say("the connection broke off"), say("Check the network, then try again"), true];
const CHECK_PROXY = say("Check the network, and the proxy if there is one");
const NETWORK: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: [say("the name of Databento's server is not known here"), CHECK_PROXY, true],
  EAI_AGAIN: [say("the name of Databento's server could not be looked up"), CHECK_PROXY, true],
  ECONNREFUSED: [say("the server refused the connection"), CHECK_PROXY, true],
  ENETUNREACH: [say("there is no way to the server"), CHECK_PROXY, true],
  EHOSTUNREACH: [say("there is no way to the server"), CHECK_PROXY, true],
  ETIMEDOUT: [say("the server did not answer in time"), CHECK_PROXY, true],
  HPE_HEADER_OVERFLOW: [say("the answer's head is too long to be Databento's"), CHECK_PROXY, false],
};

function tlsOf(code: string): Meaning | undefined {
  if (code.startsWith("HPE_")) return [say("what answered does not speak HTTP"), CHECK_PROXY, false];
  if (!/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(code)) return undefined;
  return [
    say("the server's certificate is not trusted"),
    say("Something between here and Databento opens the connection: check the proxy or the virus scanner"),
    false,
  ];
}
