import { readFileSync } from "node:fs";
import { Temporal } from "temporal-polyfill";
import type { EngineEvent } from "../../src/core/events.js";
import type { Bar } from "../../src/core/market.js";
import type { Micros, Ticks } from "../../src/core/units.js";

/**
 * Reads a file of Sierra Chart bars the simplest way (Chicago's time, ES ticks of 0.25): an independent reader for the
 * engine's tests.
 *
 * @param id a made-up instrument_id
 */
export function readBarText(path: string, symbol: string, id: number, seconds: number): EngineEvent[] {
  const midnights = new Map<string, number>();
  const bars = readFileSync(path, "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => toBar(line.split(", "), id, seconds, midnights));
  return [{ type: "contract", instrument: id, symbol, time: bars[0]?.start ?? (0 as Micros) }, ...bars];
}

function toBar(cells: string[], instrument: number, seconds: number, cache: Map<string, number>): Bar {
  const [date = "", time = "", open, high, low, close, volume, , bid, ask] = cells;
  const start = chicago(`${date} ${time}`, cache) as Micros;
  const ticks = (text: string | undefined) => (Number(text) / 0.25) as Ticks;
  return {
    type: "bar",
    instrument,
    start,
    end: (start + seconds * 1_000_000) as Micros,
    open: ticks(open),
    high: ticks(high),
    low: ticks(low),
    close: ticks(close),
    volume: Number(volume),
    buyVolume: Number(ask),
    sellVolume: Number(bid),
    profile: undefined,
    dirty: false,
  };
}

// One look-up of the zone an hour is enough: changes happen on whole hours.
function chicago(text: string, cache: Map<string, number>): number {
  const hour = text.slice(0, text.lastIndexOf(":") - 2);
  let start = cache.get(hour);
  if (start === undefined) {
    const [year, month, day, hours] = (text.match(/\d+/g) ?? []).map(Number);
    start = Temporal.ZonedDateTime.from({
      timeZone: "America/Chicago",
      year,
      month,
      day,
      hour: hours,
    } as never).epochMilliseconds;
    cache.set(hour, start);
  }
  const [, , , , minutes = 0, seconds = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return (start + (minutes * 60 + seconds) * 1000) * 1000;
}
