import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { eventsOf, readTape, TAPE_HOURS } from "../support/tape.js";

const OPEN = Date.UTC(2025, 5, 9, 9) * 1000;
const MODE = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;

/** What becomes of the signals of a tape under the retest mode, with the minute of the day. */
function retested(tape: string, settings: object = {}): readonly string[] {
  const { trades, end } = readTape(tape, OPEN);
  const all = { "contract.session": TAPE_HOURS, "detector.entryMode": "retest", ...settings };
  const engine = new Engine(parseSettings(all), MODE, NO_HOLIDAYS);
  return eventsOf(trades, end)
    .flatMap((event) => engine.process(event))
    .filter(({ type }) => type !== "footprint")
    .map((output) => {
      const minute = "time" in output ? (output.time - OPEN) / 60e6 : 0;
      return `${output.type}${output.type === "refusal" ? ` ${output.reason}` : ""} ${minute}`;
    });
}

const QUIET = "N 1000x50 1002x50 | ".repeat(20);
const AWAY = "N 1020x50 1022x50 | ";
const BUY = "A 1000x300 B 1008x100 | ";
const HIGHER_BUY = "A 1020x400 B 1028x100 | ";

describe("A signal that waits for its retest", () => {
  it("is issued at the first trade within three ticks of its modal price", () => {
    expect(retested(`${QUIET}${BUY}${AWAY.repeat(2)}N 1004x1 1003x1`)).toEqual([
      "signal 21",
      `recommendation ${23 + 1 / 60}`,
    ]);
  });

  it("waits for the end of the bar in which an intrabar trigger saw it", () => {
    const settings = { "detector.trigger": "intrabar" };
    const outputs = retested(`${QUIET}A 1000x300 B 1008x100 N 1000x1 1001x1 | 1020x1 1000x1`, settings);
    expect(outputs).toEqual([`signal ${20 + 1 / 60}`, `recommendation ${21 + 1 / 60}`]);
  });

  it("counts its thirty minutes from the end of that bar", () => {
    const settings = { "detector.trigger": "intrabar" };
    expect(retested(QUIET + BUY + AWAY.repeat(30), settings)).toEqual([`signal ${20 + 1 / 60}`, "refusal EXPIRED 51"]);
  });

  it("expires after thirty minutes to the microsecond, also when another signal comes at that very moment", () => {
    expect(retested(QUIET + BUY + AWAY.repeat(29) + HIGHER_BUY)).toEqual([
      "signal 21",
      "signal 51",
      "refusal EXPIRED 51",
    ]);
  });

  it("ends when a newer signal takes its place: each signal has one answer", () => {
    const settings = { "detector.cooldownMinutes": 10 };
    const outputs = retested(QUIET + BUY + AWAY.repeat(19) + HIGHER_BUY + AWAY, settings);
    expect(outputs.slice(0, 3)).toEqual(["signal 21", "signal 41", "refusal EXPIRED 41"]);
    expect(outputs[3]).toMatch(/^recommendation/);
  });
});
