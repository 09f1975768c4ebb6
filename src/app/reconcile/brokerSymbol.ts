import type { Instrument } from "../../core/instrument.js";
import { symbolOf } from "../../core/instruments.js";

const MONTH_CODES = "FGHJKMNQUVXZ";

/**
 * Whether a broker's name is that of a contract: `ESM5`, `ESM25`, `ESM2025`, `/ESM25:XCME`, `ESM5.CME`, `ES JUN25`, `ES 06-25`, or the
 * product alone.
 */
export function isBrokersName(written: string, { symbol, label, root }: Instrument): boolean {
  const text = written.toUpperCase().trim();
  const parts = text.split(/[:.@/#]+/);
  // A product beside a month is a contract of its own: only one that stands alone may be any.
  return [...parts, ...text.split(/[:.\s@/#]+/)].some((token, index) => {
    if (token === root) return index < parts.length;
    return token === symbol || token === label || rawOf(token) === symbol;
  });
}

function rawOf(text: string): string | undefined {
  const dated = /^([A-Z0-9]{1,4}) (\d{2})-(\d{2})$/.exec(text);
  if (dated !== null) return `${dated[1]}${MONTH_CODES[Number(dated[2]) - 1]}${Number(dated[3]) % 10}`;
  const year = /^([A-Z0-9]{1,3}[FGHJKMNQUVXZ])20\d(\d)$/.exec(text);
  if (year !== null) return `${year[1]}${year[2]}`;
  return symbolOf(text) ?? symbolOf(text.replace(/^([A-Z0-9]{1,3}) ?([A-Z]{3}) ?(\d{2})$/, "$1 $2$3"));
}
