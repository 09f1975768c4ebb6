import { crc32 } from "./crc32.js";

/*
 * Each append to a journal waits until the one before it is on the disk, so a kill or a power cut can tear the last one alone. A
 * kill leaves a piece of it from its begin on. Of what was not synced, a power cut keeps or loses whole sectors, in any order;
 * a lost one holds zeros, or what was in it before, with zeros behind it. Nothing else is a torn end.
 */

/** The smallest that a disk writes at once; what it or the system writes in one piece is a multiple. */
const SECTOR_BYTES = 512;

/** `<len:8> <crc32:8hex> ` */
export const FRAME_BYTES = 18;
const LF = 0x0a;
const BEGUN_FRAME = /^(?:\d{0,8}|\d{8} [0-9a-f]{0,8} ?)$/;
/** JSON has none of them. */
const CONTROL = /[\x00-\x09\x0b-\x1f]/;

/** Whether bytes are the begin of a line that was not written to its end. */
export function isBegunLine(bytes: Buffer): boolean {
  const text = bytes.toString("latin1");
  if (text.includes("\n") || CONTROL.test(text) || !BEGUN_FRAME.test(text.slice(0, FRAME_BYTES))) return false;
  if (bytes.length < FRAME_BYTES) return true;
  const missing = Number(text.slice(0, 8)) - (bytes.length - FRAME_BYTES);
  // Its line end alone may be missing.
  return missing > 0 || (missing === 0 && crcOf(bytes.subarray(FRAME_BYTES)) === text.slice(9, 17));
}

/**
 * Whether bytes that do not verify may be lines of one append of which sectors were lost: there are runs of zeros that begin
 * and end with sectors, and each line that does not verify reaches into one. Damage may look the same.
 *
 * @param from where a line begins; `to` is where the next record that verifies begins, or the end of the file
 */
export function mayBeLostSectors(file: Buffer, from: number, to: number): boolean {
  let fragment = from;
  for (let zero = file.indexOf(0, from); zero >= 0 && zero < to; zero = file.indexOf(0, fragment)) {
    const end = endOfZeros(file, zero, to);
    if (zero !== from && !isSectorBegin(zero)) return false;
    if (end !== file.length && !isSectorBegin(end)) return false;
    if (!isPiece(file.subarray(fragment, zero), fragment === from)) return false;
    fragment = end;
  }
  if (fragment === from) return false;
  const rest = file.subarray(fragment, to);
  const isWhole = to === file.length || rest.indexOf(LF) === rest.length - 1;
  return isWhole && isPiece(rest, false);
}

/** Whether bytes between lost sectors may belong to an append: every line of it that is there as a whole would verify. */
function isPiece(bytes: Buffer, isLineBegin: boolean): boolean {
  const end = bytes.indexOf(LF);
  if (isLineBegin || end >= 0) return isBegunLine(bytes.subarray(isLineBegin ? 0 : end + 1));
  return !CONTROL.test(bytes.toString("latin1"));
}

function endOfZeros(file: Buffer, from: number, to: number): number {
  let end = from;
  while (end < to && file[end] === 0) end += 1;
  return end;
}

function isSectorBegin(offset: number): boolean {
  return offset % SECTOR_BYTES === 0;
}

function crcOf(json: Uint8Array): string {
  return crc32(json).toString(16).padStart(8, "0");
}
