import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { TimeOfDay } from "../../src/core/detector/baseline.js";
import { Engine } from "../../src/core/engine.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { MICROS_PER_DAY } from "../../src/core/units.js";
import { eventsOf, readTape, TAPE_HOURS } from "../support/tape.js";

const OPEN = Date.UTC(2025, 5, 9, 9) * 1000;
const QUIET = "N 1000x50 1002x50 | ";

/** What the detector says after twenty quiet minutes of 100 contracts, one line for each cluster. */
function detect(tape: string, settings: object = {}): readonly string[] {
  const { trades, end } = readTape(QUIET.repeat(20) + tape, OPEN);
  const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
  const engine = new Engine(parseSettings({ "contract.session": TAPE_HOURS, ...settings }), mode, NO_HOLIDAYS);
  return eventsOf(trades, end)
    .flatMap((event) => engine.process(event))
    .filter((output) => output.type === "signal" || output.type === "cluster")
    .map((found) => {
      const what = found.type === "signal" ? found.direction : found.reason;
      return `${what} ${found.close} poc ${found.pointOfControl} ${found.ratio.toFixed(1)}x`;
    });
}

const BUY = "A 1000x300 B 1008x100 | ";
const SHORT = "B 1008x300 A 1000x100 | ";

describe("a bar after twenty quiet minutes of 100 contracts", () => {
  it.each<{ name: string; tape: string; clusters: readonly string[] }>([
    { name: "stays silent below the threshold", tape: "A 1000x300 B 1008x99 |", clusters: [] },
    { name: "signals at exactly the threshold", tape: BUY, clusters: ["BUY 1008 poc 1000 4.0x"] },
    { name: "signals the other way with its volume at the high", tape: SHORT, clusters: ["SHORT 1000 poc 1008 4.0x"] },
    { name: "waits for the bar to close", tape: "A 1000x300 B 1008x100", clusters: [] },
    { name: "needs a range for a direction", tape: "N 1000x450 |", clusters: ["NO_DIRECTION 1000 poc 1000 4.5x"] },
    {
      name: "has no direction with its volume in the middle",
      tape: "N 1000x50 1004x300 1008x50 |",
      clusters: ["NO_DIRECTION 1008 poc 1004 4.0x"],
    },
    {
      name: "is weak where its volume is not quite at the low",
      tape: "N 1000x50 1001x300 1008x50 |",
      clusters: ["WEAK 1008 poc 1001 4.0x"],
    },
    {
      name: "cools down after a signal",
      tape: `${BUY}B 1008x600 A 1000x100 |`,
      clusters: ["BUY 1008 poc 1000 4.0x", "COOLDOWN 1000 poc 1008 6.1x"],
    },
    {
      name: "signals again exactly thirty minutes after a signal",
      tape: BUY + QUIET.repeat(29) + BUY,
      clusters: ["BUY 1008 poc 1000 4.0x", "BUY 1008 poc 1000 4.0x"],
    },
    {
      name: "still cools down one minute before that",
      tape: BUY + QUIET.repeat(28) + BUY,
      clusters: ["BUY 1008 poc 1000 4.0x", "COOLDOWN 1008 poc 1000 4.0x"],
    },
    {
      name: "is outranked by a higher ratio of the last two hours, also of a cluster without a direction",
      tape: `N 1000x500 | ${QUIET.repeat(29)}${BUY}`,
      clusters: ["NO_DIRECTION 1000 poc 1000 5.0x", "RANK 1008 poc 1000 4.0x"],
    },
    {
      name: "takes the lower of two points of control at the same distance from the mean price",
      tape: "N 1000x200 1008x200 |",
      clusters: ["BUY 1008 poc 1000 4.0x"],
    },
    {
      name: "takes the nearer of two points of control to the mean price",
      tape: "N 1000x180 1006x60 1008x180 |",
      clusters: ["SHORT 1008 poc 1008 4.2x"],
    },
  ])("$name", ({ tape, clusters }) => {
    expect(detect(tape)).toEqual(clusters);
  });

  it.each([
    { at: 1003, answer: "BUY" },
    { at: 1004, answer: "NO_DIRECTION" },
    { at: 1016, answer: "NO_DIRECTION" },
    { at: 1017, answer: "SHORT" },
  ])(
    "has its volume at an end up to exactly 15 % of the range from it: $at of 1000 to 1020 is $answer",
    ({ at, answer }) => {
      const found = detect(`N 1000x50 ${at}x300 1020x50 |`, { "detector.minSignalStrength": 0 });
      expect(found).toEqual([`${answer} 1020 poc ${at} 4.0x`]);
    },
  );

  it.each([
    [0.5, "BUY"],
    [0.51, "RANK"],
  ])("is not outranked by what ended exactly at the beginning of the window: %f hours give %s", (hours, answer) => {
    const found = detect(`N 1000x500 | ${QUIET.repeat(29)}${BUY}`, { "detector.rankWindowHours": hours });
    expect(found[1]).toBe(`${answer} 1008 poc 1000 4.0x`);
  });

  it("answers SHORT with silence where shorts are not allowed", () => {
    expect(detect(SHORT, { "detector.allowShorts": false })).toEqual(["NO_DIRECTION 1000 poc 1008 4.0x"]);
  });

  it.each([
    ["modal", "BUY"],
    ["delta", "SHORT"],
    ["absorption", "BUY"],
    ["modal_and_delta", "NO_DIRECTION"],
  ])("is read by the rule %s as %s, when sellers met buyers at the low", (rule, answer) => {
    expect(detect(BUY, { "detector.directionRule": rule })).toEqual([`${answer} 1008 poc 1000 4.0x`]);
  });
});

describe("the rolling mean confirmed by the time of day", () => {
  it.each([
    [598, []],
    [600, ["signal"]],
  ])("needs twice the usual volume of the minute too: %i of 300", (volume, types) => {
    const usual = QUIET.repeat(20) + "N 1000x150 1002x150 | ".repeat(5);
    const days = [0, 1, 2, 3, 4].flatMap((day) => readTape(usual, OPEN + day * MICROS_PER_DAY).trades);
    const spike = `${QUIET.repeat(20)}A 1000x${volume - 1} B 1008x1 |`;
    const today = readTape(spike, OPEN + 5 * MICROS_PER_DAY);
    const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
    const settings = { "contract.session": TAPE_HOURS, "detector.baseline": "rolling_and_tod" };
    const engine = new Engine(parseSettings(settings), mode, NO_HOLIDAYS);
    const outputs = eventsOf([...days, ...today.trades], today.end).flatMap((event) => engine.process(event));
    expect(outputs.map(({ type }) => type).filter((type) => type === "signal")).toEqual(types);
  });

  it("forgets what is more than twenty trading days old", () => {
    const baseline = new TimeOfDay(0, 5);
    for (const volume of [1_000_000, ...Array(10).fill(100), ...Array(10).fill(300)]) {
      baseline.add(volume, 0);
      baseline.endDay();
    }
    expect(baseline.level(0)).toEqual({ sum: 400, count: 2 });
  });
});

describe("the intrabar trigger confirmed by the time of day", () => {
  it("fires at the first trade that reaches both ratios, not only the rolling one", () => {
    const usual = QUIET.repeat(20) + "N 1000x150 1002x150 | ".repeat(5);
    const days = [0, 1, 2, 3, 4].flatMap((day) => readTape(usual, OPEN + day * MICROS_PER_DAY).trades);
    const today = readTape(
      `${QUIET.repeat(20)}A 1000x100 1008x100 1000x100 1000x100 1000x100 1000x100 1000x100`,
      OPEN + 5 * MICROS_PER_DAY,
    );
    const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
    const settings = { "detector.baseline": "rolling_and_tod", "detector.trigger": "intrabar" };
    const engine = new Engine(parseSettings({ "contract.session": TAPE_HOURS, ...settings }), mode, NO_HOLIDAYS);
    const outputs = eventsOf([...days, ...today.trades], undefined).flatMap((event) => engine.process(event));
    // 4 x 100 after the fourth trade; 2 x 300, the median of the minutes around it, after the sixth.
    expect(outputs.filter(({ type }) => type === "signal")).toMatchObject([
      { volume: 600, partial: true, direction: "BUY" },
    ]);
  });
});

describe("every baseline", () => {
  /** What a spike says after so many bars of these volumes. */
  function spikeAfter(volumes: readonly number[], spike: number, settings: object): readonly string[] {
    const bars = volumes.map((volume) => `N 1000x${volume / 2} 1002x${volume / 2} | `).join("");
    const { trades, end } = readTape(`${bars}N 1000x${spike - 1} 1008x1 |`, OPEN);
    const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
    const engine = new Engine(parseSettings({ "contract.session": TAPE_HOURS, ...settings }), mode, NO_HOLIDAYS);
    const outputs = eventsOf(trades, end).flatMap((event) => engine.process(event));
    return outputs.flatMap((output) => (output.type === "signal" ? [output.ratio.toFixed(3)] : []));
  }
  const bars = (count: number, volume = 100) => Array.from({ length: count }, () => volume);

  it.each(["rolling_mean", "rolling_median", "ewma", "day_mean"])(
    "%s needs its number of bars, not one less",
    (kind) => {
      const settings = { "detector.baseline": kind, "detector.baselineBars": 10 };
      expect(spikeAfter(bars(9), 1000, settings)).toEqual([]);
      expect(spikeAfter(bars(10), 1000, settings)).toEqual(["10.000"]);
    },
  );

  // One of 200 that has left the last ten bars, or has not.
  it.each([
    ["rolling_mean", [200, ...bars(10)], "8.000"],
    ["rolling_mean", [...bars(9), 200], "7.273"],
    ["rolling_median", [...bars(5), ...bars(5, 200)], "5.333"],
    ["rolling_median", [...bars(4), ...bars(6, 200)], "4.000"],
    // 100 + 2/11 of 100.
    ["ewma", [...bars(10), 200], "6.769"],
    // Seeded with the mean of 20, 40 ... 200, which is 110: 800/110. A bar of 220 then moves it by 2/11 of 110 to 130: 800/130.
    ["ewma", [20, 40, 60, 80, 100, 120, 140, 160, 180, 200], "7.273"],
    ["ewma", [20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220], "6.154"],
    ["day_mean", [200, ...bars(10)], "7.333"],
  ])("%s weighs the bars that it has seen: %j", (kind, volumes, ratio) => {
    const settings = { "detector.baseline": kind, "detector.baselineBars": 10, "detector.minSignalStrength": 0 };
    expect(spikeAfter(volumes, 800, settings)).toEqual([ratio]);
  });
});

describe("the baseline time_of_day", () => {
  const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
  /** The minutes 7 to 13 of a day. */
  const PAST = [10, 300, 100, 100, 200, 300, 10];

  /** What a minute of so many contracts at minute 10 says after `days` days. */
  function spikeAfter(days: number, volume: number): readonly string[] {
    const settings = {
      "contract.session": TAPE_HOURS,
      "detector.baseline": "time_of_day",
      "detector.minSignalStrength": 0,
    };
    const engine = new Engine(parseSettings(settings), mode, NO_HOLIDAYS);
    const past = PAST.map((size) => `N 1000x${size / 2} 1002x${size / 2} | `).join("");
    const history = Array.from({ length: days }, (_, day) =>
      readTape(`${"| ".repeat(7)}N ${past}`, OPEN + day * MICROS_PER_DAY),
    );
    const today = readTape(`${"| ".repeat(10)}N 1000x${volume - 1} 1008x1 |`, OPEN + days * MICROS_PER_DAY);
    const trades = [...history.flatMap((day) => day.trades), ...today.trades];
    const outputs = eventsOf(trades, today.end).flatMap((event) => engine.process(event));
    return outputs.flatMap((found) => (found.type === "signal" ? [`${found.baseline} ${found.ratio}`] : []));
  }

  it("is the median of two minutes on either side, all days together", () => {
    // Of 300, 100, 100, 200 and 300 it is 200; one minute on either side has 100, 100 and 200: 100; three have 100, too.
    expect(spikeAfter(5, 800)).toEqual(["200 4"]);
    expect(spikeAfter(5, 799)).toEqual([]);
  });

  it("needs five days", () => {
    expect(spikeAfter(4, 800)).toEqual([]);
  });
});

describe("a threshold with decimals", () => {
  // Twenty minutes of 50 contracts in all: at 4.4 a bar needs 4.4 * 50 / 20 = 11 exactly, at 4.0001 of 20,000 a minute 80,002.
  it.each([
    { trigger: "bar_close", times: 4.4, minutes: [...Array(10).fill(2), ...Array(10).fill(3)], reached: 11 },
    { trigger: "intrabar", times: 4.4, minutes: [...Array(10).fill(2), ...Array(10).fill(3)], reached: 11 },
    { trigger: "bar_close", times: 4.0001, minutes: Array(20).fill(20_000), reached: 80_002 },
    { trigger: "intrabar", times: 4.0001, minutes: Array(20).fill(20_000), reached: 80_002 },
  ])("is reached exactly: $times, $trigger", ({ trigger, times, minutes, reached }) => {
    const settings = {
      "detector.volumeThreshold": times,
      "detector.trigger": trigger,
      "detector.minSignalStrength": 0,
    };
    const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
    const volumes = (volume: number) => {
      const quiet = minutes.map((size: number) => `N 1000x${size} | `).join("");
      const { trades, end } = readTape(`${quiet}N 1000x1 1008x1 1000x${volume - 2} |`, OPEN);
      const engine = new Engine(parseSettings({ "contract.session": TAPE_HOURS, ...settings }), mode, NO_HOLIDAYS);
      const outputs = eventsOf(trades, end).flatMap((event) => engine.process(event));
      return outputs.flatMap((found) => (found.type === "signal" ? [found.volume] : []));
    };
    expect(volumes(reached)).toEqual([reached]);
    expect(volumes(reached - 1)).toEqual([]);
  });
});
