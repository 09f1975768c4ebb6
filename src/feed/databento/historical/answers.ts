import { z } from "zod";
import { isoNanos } from "./isoNanos.js";

const time = z.string().transform((text, context) => {
  const nanos = isoNanos(text);
  if (nanos !== undefined) return nanos;
  context.addIssue({ code: "custom", message: "a time in UTC" });
  return z.NEVER;
});

const span = z.object({ start: time, end: time });

/** `metadata.get_cost`: US dollars. */
export const cost = z.number().min(0);

/** `metadata.get_dataset_range`: what this account may have, `[start, end)` in nanoseconds, as a whole and by schema. */
export const datasetRange = span.extend({ schema: z.record(z.string(), span).optional() });

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const names = z.array(z.string());

/** `symbology.resolve`: what each symbol meant on the dates `[d0, d1)`. */
export const resolution = z.object({
  result: z.record(z.string(), z.array(z.object({ d0: date, d1: date, s: z.string() }))),
  partial: names.optional(),
  not_found: names.optional(),
});
