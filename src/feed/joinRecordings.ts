import { MICROS_PER_SECOND } from "../core/units.js";
import { JoinedRuns } from "./databento/live/joinedRuns.js";
import { inFile } from "./fileBytes.js";
import { openDbn, type Recording } from "./recording.js";

/** The recording of a live run. */
type Live = Recording & { readonly live: NonNullable<Recording["live"]> };

/** A stretch of a joined recording that comes from one file. */
interface Part {
  readonly file: Live;
  /** Micros from which on it is left to the next part; undefined: it is read to its end. */
  readonly end: number | undefined;
}

/** How long two parts overlap, so that the second can be seen to follow on the first. */
const SEAM = MICROS_PER_SECOND;

/** Recordings in their order, and those among them that were joined. */
export interface Joining {
  readonly recordings: readonly Recording[];
  /** The files that hold some of the same time, in groups. */
  readonly overlapping: readonly (readonly string[])[];
}

/**
 * Joins recordings of live runs of one market, so that they play as one uninterrupted recording: a run that was stopped and
 * started again begins with the day so far, which the one before has as well, or later, with a hole. The days of one run follow
 * each other and are no part of it.
 *
 * @param recordings by the time of their first record
 */
export async function joinRecordings(recordings: readonly Recording[], stop: AbortSignal): Promise<Joining> {
  const chains: Live[][] = [];
  const joined: Recording[] = [];
  const overlapping: (readonly string[])[] = [];
  for (const recording of recordings) {
    if (!isLive(recording)) continue;
    const chain = chains.findLast((before) => follows(recording, before));
    if (chain === undefined) chains.push([recording]);
    else chain.push(recording);
  }
  const inChains = new Set<Recording>();
  for (const chain of chains) {
    const [first] = chain;
    if (first === undefined || chain.length === 1) continue;
    for (const file of chain) inChains.add(file);
    if (chain.some((file, index) => overlap(chain.slice(0, index), file)))
      overlapping.push(chain.map(({ path }) => path));
    const read = () => joinedBytes(partsOf(chain));
    const isVerified = chain.every((file) => file.isVerified);
    joined.push({ ...(await openDbn(first.path, read(), read, stop)), isVerified });
  }
  const alone = recordings.filter((recording) => !inChains.has(recording));
  const all = [...alone, ...joined].sort((a, b) => a.received.start - b.received.start);
  return { recordings: all, overlapping };
}

function isLive(recording: Recording): recording is Live {
  return recording.live !== undefined && recording.spans.length > 0;
}

/** Whether a recording is of the market of those before it, and either of the same time or of a later run. */
function follows(file: Live, before: readonly Live[]): boolean {
  const isSameMarket = before.every((other) => areOfOneMarket(file, other));
  if (!isSameMarket || !before.some((other) => sharesContract(file, other))) return false;
  return file.live.isBeginning || overlap(before, file);
}

/** Whether they hold records of the same types and, of the time that both hold, of no contract that one does not know. */
function areOfOneMarket(one: Live, other: Live): boolean {
  if (one.live.tsOut !== other.live.tsOut || one.live.types.join() !== other.live.types.join()) return false;
  return holdsNoneBut(one, other) && holdsNoneBut(other, one);
}

function holdsNoneBut(one: Live, { live: { mapped }, received }: Live): boolean {
  return one.spans.every(
    ({ instrument, start, end }) =>
      instrument === undefined || mapped.has(instrument) || end <= received.start || received.end <= start,
  );
}

function sharesContract(one: Live, other: Live): boolean {
  return one.spans.some(({ instrument }) => other.spans.some((span) => span.instrument === instrument));
}

function overlap(before: readonly Live[], file: Live): boolean {
  return before.some(({ received }) => file.received.start < received.end);
}

/** Which file is read when: where several hold a time, the one that was live the longest, else the one that becomes so first. */
function partsOf(files: readonly Live[]): readonly Part[] {
  const parts: Part[] = [];
  const left = new Set(files);
  let at = 0;
  while (left.size > 0) {
    const ready = [...left].filter(({ received }) => received.start <= at && at <= received.end);
    const file = firstLive(ready) ?? firstBegun([...left].filter(({ received }) => at < received.start));
    if (file === undefined) break;
    const { start, end } = file.received;
    at = Math.max(at, start);
    const next = soonestLive([...left], at, Math.min(liveFrom(file), end));
    parts.push({ file, end: next === undefined ? undefined : next + SEAM });
    if (next === undefined) left.delete(file);
    at = next ?? end;
  }
  return parts;
}

/** Micros from which a recording is of now and not of what its run had missed; that of a run's later day always is. */
function liveFrom({ live: { isBeginning, caughtUp }, received }: Live): number {
  const from = isBeginning ? (caughtUp ?? Number.POSITIVE_INFINITY) : received.start;
  return Math.max(from, received.start);
}

function firstLive([first, ...others]: readonly Live[]): Live | undefined {
  return others.reduce((best, file) => (best !== undefined && liveFrom(file) < liveFrom(best) ? file : best), first);
}

/** The one that begins first, of those that begin together the one that is live first. */
function firstBegun(files: readonly Live[]): Live | undefined {
  const start = Math.min(...files.map(({ received }) => received.start));
  return firstLive(files.filter(({ received }) => received.start === start));
}

/** When the first of these becomes live between two times; undefined where none does. */
function soonestLive(files: readonly Live[], from: number, until: number): number | undefined {
  const times = files.flatMap((file) => {
    const time = liveFrom(file);
    return from < time && time < until && time < file.received.end ? [time] : [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

async function* joinedBytes(parts: readonly Part[]): AsyncGenerator<Uint8Array, void, undefined> {
  const runs = new JoinedRuns();
  for (const { file, end } of parts) {
    runs.begin(end);
    try {
      for await (const bytes of file.live.read()) yield runs.push(bytes);
      yield runs.end();
    } catch (error) {
      throw inFile(file.path, error);
    }
  }
}
