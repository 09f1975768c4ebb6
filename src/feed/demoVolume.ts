import { Random } from "../core/random.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../core/units.js";
import { DEMO_MINUTES } from "./demoCalendar.js";
import { STREAM, timeOfDay } from "./demoWalk.js";

/** A minute in which volume surges: many prints within seconds, at one price, at the minute's start or at its end. */
export interface Surge {
  readonly minute: number;
  /** Volume of the whole minute over the mean of the twenty before it. */
  readonly ratio: number;
  readonly prints: number;
  readonly atStart: boolean;
  /** Share of buyers among its prints, in [0, 1]. */
  readonly buyers: number;
}

/** Minutes before a surge whose mean it is measured with. */
const BASELINE_MINUTES = 20;
/** Surges lie in this part of the session, in equal parts of it, a few minutes in a row. */
const FIRST_MINUTE = 22;
const LAST_MINUTE = 374;
const SPELLS_PER_DAY = 5;
const MINUTES_PER_SPELL = 3;
/** Left free between two spells. */
const QUIET_MINUTES = 30;

/**
 * When and how strongly volume surges on a day. Knows no price. Each surge is a little stronger than the one before, so
 * that a rule which asks for the highest ratio of the last hours is not blind after the first.
 */
export function surges(seed: number, day: number): readonly Surge[] {
  const random = new Random(seed, day, STREAM.surges);
  const planned: Surge[] = [];
  const part = (LAST_MINUTE - FIRST_MINUTE) / SPELLS_PER_DAY;
  let ratio = random.between(4.1, 7);
  for (let spell = 0; spell < SPELLS_PER_DAY; spell++) {
    const first = Math.floor(FIRST_MINUTE + part * spell + random.between(0, part - QUIET_MINUTES));
    for (let minute = first; minute < first + MINUTES_PER_SPELL; minute++) {
      ratio += random.between(0.05, 0.2);
      planned.push({
        minute,
        ratio,
        prints: random.whole(12, 25),
        atStart: random.unit() < 0.5,
        buyers: random.between(0.2, 0.8),
      });
    }
  }
  return planned;
}

/** Columns that a day's volume fills; the price column is not among them. */
export interface VolumeColumns {
  readonly time: Float64Array;
  readonly size: Uint32Array;
  readonly side: Int8Array;
}

/**
 * Fills times, sizes and sides of a day whose minutes have `counts` ordinary prints each and, in some, a surge. Times never
 * decrease and stay inside their minute.
 *
 * @param open start of the session in microseconds
 */
export function fillVolume(
  columns: VolumeColumns,
  open: number,
  counts: Uint16Array,
  planned: readonly Surge[],
  random: Random,
): void {
  const volumes = new Float64Array(DEMO_MINUTES);
  const surgeAt = new Map(planned.map((surge) => [surge.minute, surge]));
  let at = 0;
  for (let minute = 0; minute < DEMO_MINUTES; minute++) {
    const count = counts[minute] ?? 0;
    const surge = surgeAt.get(minute);
    const start = open + minute * MICROS_PER_MINUTE;
    const ordinary = { at, count, start, span: MICROS_PER_MINUTE };
    if (surge !== undefined) {
      ordinary.span -= SURGE_MICROS;
      if (surge.atStart) {
        ordinary.at += surge.prints;
        ordinary.start += SURGE_MICROS;
      }
    }
    fillTimes(columns.time, ordinary, random);
    const busy = (0.7 + 0.9 * timeOfDay(minute)) * random.between(0.75, 1.25);
    let volume = fillOrdinary(columns, ordinary, busy, random);
    if (surge !== undefined) {
      const burst = {
        at: surge.atStart ? at : at + count,
        count: surge.prints,
        start: surge.atStart ? start : start + MICROS_PER_MINUTE - SURGE_MICROS,
        span: SURGE_MICROS,
      };
      fillTimes(columns.time, burst, random);
      const total = Math.ceil(surge.ratio * mean(volumes, minute - BASELINE_MINUTES, minute));
      fillSurge(columns, burst, { volume: total - volume, buyers: surge.buyers }, random);
      volume = total;
    }
    volumes[minute] = volume;
    at += count + (surge?.prints ?? 0);
  }
}

/** Prints `[at, at + count)`, spread over `[start, start + span)`. */
interface Block {
  readonly at: number;
  readonly count: number;
  readonly start: number;
  readonly span: number;
}

const SURGE_MICROS = 2 * MICROS_PER_SECOND;

/** One print somewhere in each of `count` equal parts of the span. */
function fillTimes(time: Float64Array, block: Block, random: Random): void {
  const part = block.span / block.count;
  for (let i = 0; i < block.count; i++) time[block.at + i] = Math.floor(block.start + (i + random.unit()) * part);
}

/** @returns the block's volume */
function fillOrdinary(columns: VolumeColumns, block: Block, busy: number, random: Random): number {
  let volume = 0;
  for (let i = block.at; i < block.at + block.count; i++) {
    const bits = random.bits();
    const size = 1 + Math.floor((SIZES[bits >>> 20] ?? 0) * busy);
    columns.size[i] = size;
    columns.side[i] = (bits & 0x1f) === 0 ? 0 : (bits & 0x20) === 0 ? -1 : 1;
    volume += size;
  }
  return volume;
}

/** Splits `volume` over the block in proportion to drawn sizes; the last print takes what is left. */
function fillSurge(
  columns: VolumeColumns,
  block: Block,
  surge: { readonly volume: number; readonly buyers: number },
  random: Random,
): void {
  const weights = Array.from({ length: block.count }, () => 1 + (SIZES[random.bits() >>> 20] ?? 0));
  const scale = (surge.volume - block.count) / weights.reduce((sum, weight) => sum + weight, 0);
  let left = surge.volume;
  weights.forEach((weight, i) => {
    const size = i === block.count - 1 ? left : 1 + Math.floor(weight * scale);
    columns.size[block.at + i] = size;
    columns.side[block.at + i] = random.unit() < surge.buyers ? 1 : -1;
    left -= size;
  });
}

function mean(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] ?? 0;
  return sum / (to - from);
}

/**
 * Sizes of prints beyond the first contract, one for each 4096th of the chance: Pareto II (Lomax 1954) with exponent 2.2,
 * mean about 15, most small and a few in the hundreds.
 */
const SIZES = Float64Array.from({ length: 4096 }, (_, i) => 18 * ((1 - (i + 0.5) / 4096) ** (-1 / 2.2) - 1));
