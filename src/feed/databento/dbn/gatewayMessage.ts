import type { PlainRecord } from "./record.js";

/** What the gateway itself says, in a system or an error record. */
export interface GatewayMessage {
  readonly kind: "system" | "error";
  readonly text: string;
  /** Undefined in DBN version 1, which has none. */
  readonly code: number | undefined;
  /** False of an error that another one of the same series follows. */
  readonly isLast: boolean;
}

const HEARTBEAT_CODE = 0;

/** Reads the message of a system or an error record. */
export function gatewayMessageOf(record: PlainRecord): GatewayMessage {
  const kind = record.type === "system" ? "system" : "error";
  const code = typeof record.code === "number" ? record.code : undefined;
  const text = String(kind === "system" ? record.msg : record.err);
  return { kind, text, code, isLast: record.is_last !== 0 };
}

/** Whether a message says nothing but that time passes; DBN version 1 tells it by its text. */
export function isHeartbeat({ kind, text, code }: GatewayMessage): boolean {
  return kind === "system" && (code === HEARTBEAT_CODE || (code === undefined && text === "Heartbeat"));
}

/** The raw symbol of a mapping record: what went out, unless that is the id; then what came in. */
export function mappedSymbolOf(record: PlainRecord): string {
  const out = String(record.stype_out_symbol);
  return out === String(record.instrument_id) ? String(record.stype_in_symbol) : out;
}

/** Whether a requested symbol stands for another contract from time to time, such as ES.v.0 or NQ.c.1. */
export function isContinuous(symbol: string): boolean {
  return /^[A-Z0-9]{1,3}\.[cnv]\.\d+$/.test(symbol);
}

/** Whether a mapping record resolves a continuous symbol of rank 0, such as ES.v.0: it names the contract of the day. */
export function isOfTheDay(record: PlainRecord): boolean {
  return /^[A-Z0-9]{1,3}\.[cnv]\.0$/.test(String(record.stype_in_symbol ?? ""));
}
