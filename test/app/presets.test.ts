import { describe, expect, it } from "vitest";
import { loadCalendar } from "../../src/app/calendar.js";
import { PRESETS, presetValues } from "../../src/app/presets.js";
import { KEYS } from "../../src/app/settingKeys.js";
import { flatSettings, parseSettings, parseSettingsText } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent } from "../../src/core/events.js";
import { MICROS_PER_MINUTE, type Micros } from "../../src/core/units.js";
import { at } from "../support/outputs.js";

/** What differs from the defaults, by flat keys. */
function changed(input: object): object {
  const defaults = flatSettings(parseSettings({}));
  const flat = Object.entries(flatSettings(parseSettings(input)));
  return Object.fromEntries(flat.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key])));
}

describe("A preset", () => {
  it("of none changes nothing", () => {
    expect(parseSettings({ preset: "none" })).toEqual(parseSettings({}));
    expect(parseSettings({}).preset).toBe("none");
  });

  it("of aggressive sends MARKET orders and lowers the high confidence to 0.75", () => {
    expect(changed({ preset: "aggressive" })).toEqual({
      preset: "aggressive",
      "order.defaultOrderType": "MARKET",
      "order.useMarketOrdersOnHighConfidence": true,
      "order.highConfidenceThreshold": 0.75,
    });
  });

  it("of conservative asks for one tick more and stays until cancelled", () => {
    expect(changed({ preset: "conservative" })).toEqual({
      preset: "conservative",
      "order.limitOffsetTicks": 1,
      "order.defaultValidity": "GTC",
    });
  });

  it("of v6_code is the earlier system as far as keys can say it", () => {
    expect(changed({ preset: "v6_code" })).toEqual({
      preset: "v6_code",
      "detector.barSeconds": 900,
      "detector.baseline": "day_mean",
      "detector.baselineBars": 2,
      "detector.allowShorts": false,
      "detector.entryMode": "retest",
      "bayes.pooledKappa": 0,
      "bayes.halfLifeDays": 0,
      "bayes.evidenceLadder": false,
      "bayes.context": "modal_bin",
      "paper.maxHoldMinutes": 60,
    });
  });

  it("gives way to every key that is set, be it to the default", () => {
    for (const [preset, values] of Object.entries(PRESETS)) {
      for (const key of Object.keys(values)) {
        const flat = flatSettings(parseSettings({}));
        expect(flatSettings(parseSettings({ preset, [key]: flat[key] }))[key], `${preset} ${key}`).toEqual(flat[key]);
      }
    }
    const later = parseSettings({ preset: "v6_code" }, { "detector.barSeconds": 300, preset: "aggressive" });
    expect(later.detector).toMatchObject({ barSeconds: 300, baseline: "rolling_mean" });
  });

  it("fills in where a key is there without a value", () => {
    expect(parseSettings({ preset: "v6_code", "detector.barSeconds": undefined }).detector.barSeconds).toBe(900);
  });

  it("has a name from the list, and nothing of a prototype is one", () => {
    expect(() => parseSettings({ preset: "fast" })).toThrow(
      'Setting "preset" is "fast", but must be one of "none", "aggressive", "conservative", "v6_code"',
    );
    for (const name of ["toString", "__proto__", "constructor", 5, undefined]) expect(presetValues(name)).toEqual({});
    expect(() => parseSettingsText('{"preset": "__proto__"}', "f")).toThrow('"preset" is "__proto__"');
  });

  it("says of the earlier system what no key can", () => {
    const { enumDescriptions } = KEYS.preset.meta() as { readonly enumDescriptions: readonly string[] };
    expect(enumDescriptions).toHaveLength(Object.keys(PRESETS).length);
    expect(enumDescriptions[3]).toMatch(/No key can say.*0\.5 % of the price.*quantities/);
  });

  it("of v6_code judges quarters of an hour by the day so far, and waits for the price to come back", () => {
    const open = at("2025-06-09T13:30:00Z");
    const minute = (value: number) => (open + value * MICROS_PER_MINUTE) as Micros;
    const trades = (...prints: readonly (readonly [minute: number, price: number, size: number])[]): EngineEvent => ({
      type: "trades",
      count: prints.length,
      time: Float64Array.from(prints, ([when]) => minute(when)),
      price: Int32Array.from(prints, ([, price]) => price),
      size: Uint32Array.from(prints, ([, , size]) => size),
      side: new Int8Array(prints.length),
      instrument: new Uint32Array(prints.length).fill(1),
    });
    const events: readonly EngineEvent[] = [
      { type: "contract", instrument: 1, symbol: "ESM5", time: open },
      // 22 quiet bars, of which the first two alone would do, then 4 times their mean at the low of the bar.
      ...Array.from({ length: 22 }, (_, i) => trades([15 * i + 1, 24_000 + (i % 2), 50], [15 * i + 9, 24_000, 50])),
      trades([331, 24_010, 20], [335, 24_000, 360], [344, 24_008, 20]),
      trades([345, 24_008, 1], [346, 24_003, 1]),
    ];
    const make = (input: object) => {
      const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;
      const engine = new Engine(parseSettings(input), mode, loadCalendar());
      return events.flatMap((event) => [...engine.process(event)]).filter(({ type }) => type !== "footprint");
    };
    expect(make({ preset: "v6_code" })).toMatchObject([
      { type: "signal", ratio: 4, volume: 400, baseline: 100, time: minute(345) },
      { type: "recommendation", time: minute(346), signalPrice: 24_003, context: "bin 0" },
    ]);
    expect(make({ preset: "v6_code", "detector.entryMode": "immediate" })[1]).toMatchObject({ signalPrice: 24_008 });
  });
});
