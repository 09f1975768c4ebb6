import { z } from "zod";
import type { Envelope } from "../core/envelope.js";
import type { WebviewMessage } from "../core/protocol.js";

/** Of a picture in base64. */
const MOST_PICTURE = 8_000_000;

// Every text is bounded and no other field is let through, so a message that is no picture has a few hundred bytes at most.
const id = z.string().min(1).max(100);

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const period = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  z.strictObject({ kind: z.literal("days"), days: z.int().min(1).max(100_000) }),
  z.strictObject({ kind: z.literal("range"), from: date, to: date }),
]);

const MESSAGE: z.ZodType<WebviewMessage> = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("recordFill"), recommendation: id }),
  z.strictObject({ type: z.literal("skip"), recommendation: id }),
  z.strictObject({ type: z.literal("copyTicket"), recommendation: id }),
  z.strictObject({ type: z.literal("recordExit"), recommendation: id }),
  z.strictObject({ type: z.literal("showPending") }),
  z.strictObject({ type: z.literal("openEvidence"), recommendation: id }),
  z.strictObject({ type: z.literal("period"), period }),
  z.strictObject({ type: z.literal("start") }),
  z.strictObject({ type: z.literal("sounds"), allowed: z.boolean() }),
  z.strictObject({
    type: z.literal("picture"),
    png: z
      .string()
      .max(MOST_PICTURE)
      .regex(/^[A-Za-z0-9+/]*={0,2}$/),
  }),
  z.strictObject({ type: z.literal("dropped"), count: z.int().min(1) }),
]);

const ENVELOPE: z.ZodType<Envelope<WebviewMessage>> = z.strictObject({ number: z.int().min(1), message: MESSAGE });

/** A message from the panel, which is outside; undefined for anything that is none. */
export function parseWebviewMessage(raw: unknown): Envelope<WebviewMessage> | undefined {
  return ENVELOPE.safeParse(raw).data;
}
