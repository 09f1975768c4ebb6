import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";

/** Where the historical API lives (`MARKET-DATA.md` c). */
const DATABENTO = "https://hist.databento.com";
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * The address of the historical API. The key travels in every request, so the list of hosts is in the code: Databento's
 * own by TLS, and for tests a server on this machine.
 *
 * @param override undefined for Databento
 * @throws FeedError for any other host
 */
export function historicalAddress(override?: string): URL {
  if (override === undefined) return new URL(DATABENTO);
  const url = URL.canParse(override) ? new URL(override) : undefined;
  const isPlain = url !== undefined && url.username === "" && url.password === "" && url.pathname === "/";
  if (isPlain && url.search === "" && url.hash === "") {
    if (url.origin === DATABENTO) return url;
    if (url.protocol === "http:" && LOOPBACK.has(url.hostname)) return url;
  }
  throw new FeedError(
    say(
      "The key is sent to {0} alone: another address can be a server on this machine such as http://127.0.0.1:8080, for tests",
      DATABENTO,
    ),
    { retriable: false },
  );
}
