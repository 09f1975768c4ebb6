import type { ConnectionChange } from "../../../core/market.js";
import type { Micros } from "../../../core/units.js";
import { RTYPE } from "./codes.js";
import { encodeRecord } from "./encode.js";
import type { GatewayMessage } from "./gatewayMessage.js";

const MARK = "volume-cluster connection ";
const UNSET_CODE = 255;
const LONGEST = 160;

/** A message as it can be recorded: printable ASCII without quotes, of at most 160 characters. */
export function recordable(message: string): string {
  return message
    .replace(/["\\]/g, "'")
    .replace(/[^ -~]+/g, "?")
    .slice(0, LONGEST);
}

/**
 * A change of the connection as a system record, so that a recording is DBN throughout and other programs read past it.
 *
 * @param change its message is `recordable`
 * @param tsOut whether the stream's records end with the time of sending
 */
export function encodeConnection(change: ConnectionChange, tsOut: boolean): Uint8Array {
  const { state, from, to, instrument, message } = change;
  return encodeRecord({
    rtype: RTYPE.system,
    ts_event: (BigInt(change.time) * 1000n).toString(),
    msg: `${MARK}${JSON.stringify({ state, from, to, instrument, message })}`,
    code: UNSET_CODE,
    ...(tsOut ? { ts_out: "0" } : {}),
  });
}

/** The change that a recorded system record tells of; undefined for any other. */
export function connectionOf({ kind, text }: GatewayMessage, time: Micros): ConnectionChange | undefined {
  if (kind !== "system" || !text.startsWith(MARK)) return undefined;
  const told = parse(text.slice(MARK.length));
  const state = STATES.find((known) => known === told.state);
  if (state === undefined) return undefined;
  const { from, to, instrument, message } = told;
  return {
    type: "connection",
    time,
    state,
    ...(typeof from === "number" ? { from: from as Micros } : {}),
    ...(typeof to === "number" ? { to: to as Micros } : {}),
    ...(typeof instrument === "number" ? { instrument } : {}),
    ...(typeof message === "string" ? { message } : {}),
  };
}

const STATES = ["down", "up", "caughtUp", "gap"] as const;

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
