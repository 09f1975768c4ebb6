import { isIPv4 } from "node:net";
import { say } from "../../../core/say.js";
import { FeedError } from "../../feedError.js";

/** Where a live gateway listens. Made by the two functions below alone, so that no other host is ever reached. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** A gateway on this computer: a test's. It shares this computer's clock and may play any day. */
  readonly loopback: boolean;
}

const PORT = 13_000;
const DATABENTO = /^[a-z0-9][a-z0-9-]{0,62}\.lsg\.databento\.com$/;
const DATASET = /^[A-Z0-9]{1,8}\.[A-Z0-9]{1,8}$/;

/** Databento's gateway of a dataset, such as `glbx-mdp3.lsg.databento.com:13000`. Throws `FeedError` for what is no dataset. */
export function gatewayOf(dataset: string): GatewayAddress {
  requireDataset(dataset);
  return { host: `${dataset.toLowerCase().replace(".", "-")}.lsg.databento.com`, port: PORT, loopback: false };
}

/** Throws `FeedError` unless `dataset` may be the name of one. */
export function requireDataset(dataset: string): void {
  if (DATASET.test(dataset)) return;
  throw refused(say('{0} is not a dataset; name one such as "GLBX.MDP3"', JSON.stringify(dataset)));
}

/**
 * Reads `HOST:PORT`, or `HOST` for the usual port. Only Databento's live gateways and this computer itself are accepted.
 * Throws `FeedError` for any other.
 */
export function parseGateway(text: string): GatewayAddress {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:]+)\]|([^:\s]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = (bracketed ?? plain ?? "").toLowerCase();
  const port = digits === undefined ? PORT : Number(digits);
  const loopback = isLoopback(host);
  if (port >= 1 && port <= 65_535 && (loopback || DATABENTO.test(host))) return { host, port, loopback };
  throw refused(
    say(
      '"{0}" is not a gateway that may be used: only Databento\'s own (NAME.lsg.databento.com:13000) and this computer (127.0.0.1:PORT) are',
      text.slice(0, 100),
    ),
  );
}

/** The address as people write it. */
export function addressText({ host, port }: GatewayAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function refused(message: string): FeedError {
  return new FeedError(message, { retriable: false });
}
