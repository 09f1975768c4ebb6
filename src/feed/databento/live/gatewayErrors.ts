import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";
import { UnknownVersion } from "../dbn/metadata.js";
import { ConnectionEnded } from "./connectionEnded.js";
import { tooManyConnections } from "./handshake.js";

const SIGN_IN = 1;
const DEACTIVATED = 2;
const LIMIT = 3;
const SYMBOL = 4;
const SUBSCRIPTION = 5;
const INTERNAL = 6;
const SKIPPED = 7;

/** The error that says that what is to be replayed is too old. */
export const AGED_OUT = 8;

/** The errors after which nothing that follows is of use; before others the ones that the next session would not tell again. */
const ENDING: readonly number[] = [SIGN_IN, DEACTIVATED, LIMIT, AGED_OUT, SUBSCRIPTION, INTERNAL, SKIPPED];

/** Whether nothing that follows such an error record is of use. */
export function endsSession(code: number | undefined): boolean {
  return gravestOf([code]) !== undefined;
}

/** Which of these errors decides what becomes of the session; undefined where none ends it. */
export function gravestOf(codes: readonly (number | undefined)[]): number | undefined {
  return ENDING.find((code) => codes.includes(code));
}

/**
 * What the error record of a session ends: with `FeedError` everything, until a person acts, with `ConnectionEnded` the session.
 *
 * @param text one line as it may be shown
 * @returns undefined for an error with which the session goes on
 */
export function endingOf(code: number | undefined, text: string): FeedError | ConnectionEnded | undefined {
  const words = text === "" ? "" : ` ("${text}")`;
  switch (code) {
    case SIGN_IN:
      return fatal(say("Databento refused the key{0}: check it at databento.com/portal/keys and set it anew", words));
    case DEACTIVATED:
      return fatal(
        say("The Databento key or its account was deactivated{0}: make a new key at databento.com/portal/keys", words),
      );
    case LIMIT:
      return tooManyConnections(words);
    case SUBSCRIPTION:
      return fatal(
        say(
          "Databento refused the subscription{0}: check dataset, schema and symbols, and that the plan covers them live",
          words,
        ),
      );
    case INTERNAL:
      return new ConnectionEnded(say("Databento's gateway failed{0}", words));
    case SKIPPED:
      return new ConnectionEnded(say("Databento left records out because this computer read too slowly{0}", words));
    default:
      return undefined;
  }
}

/** An error with which a session goes on, in words. */
export function noticeOf(code: number | undefined, text: string): string {
  return code === SYMBOL ? say("Databento does not know a symbol: {0}", text) : say("Databento says: {0}", text);
}

/** What the gateway sent is no DBN: of a newer version no session will send another, damage may be of once. */
export function unreadable(cause: unknown): FeedError | ConnectionEnded {
  // What a person would do about a file is of no use here.
  const reason = cause instanceof Error ? cause.message.replace(/;[^;]*$/, "") : "";
  if (cause instanceof UnknownVersion) {
    return fatal(say("Databento's gateway speaks what this program cannot read ({0}): update this program", reason));
  }
  return new ConnectionEnded(say("The gateway sent what is no DBN: {0}", reason), { fault: "unreadable", cause });
}

function fatal(message: string): FeedError {
  return new FeedError(message, { retriable: false });
}
