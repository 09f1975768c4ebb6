import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PRESETS } from "../../src/app/presets.js";
import { KEYS } from "../../src/app/settingKeys.js";
import { flatSettings, parseSettings, parseSettingsText } from "../../src/app/settings.js";
import { SettingsError } from "../../src/app/settingsError.js";

const LTC = {
  symbol: "LTCUSDT",
  tickSize: 0.01,
  pointValue: 1,
  sizeUnit: 0.001,
  commission: 0,
  riskPerContract: 0,
  session: { timeZone: "UTC", open: "00:00", close: "00:00", days: [1, 2, 3, 4, 5, 6, 7] },
};

function problemOf(input: unknown): string {
  try {
    parseSettings(input);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return "none";
}

describe("parseSettings", () => {
  it.each([
    ["ES JUN25", "ESM5", "ES"],
    ["MNQ DEC26", "MNQZ6", "MNQ"],
    ["ESM5", "ESM5", "ES"],
    ["ESM25", "ESM5", "ES"],
    ["LTCUSDT", "LTCUSDT", "LTCUSDT"],
    ["", "", "ES"],
  ])("takes the contract %j for %j of %s", (pin, symbol, instrument) => {
    const input = { "contract.pin": pin, "contract.instrument": instrument, instruments: [LTC] };
    expect(parseSettings(input).contract.pin).toBe(symbol);
  });

  it.each(["XX", "ES", "ESM5-ESU5", "ES.FUT", "NQM5", "MES JUN25"])(
    "names the pin %j, which is no contract of ES, with what is allowed",
    (pin) => {
      expect(problemOf({ "contract.pin": pin })).toBe(
        `Setting "contract.pin" is "${pin}", but must be empty or one contract of "contract.instrument", which is "ES", such as "ESM5" or "ES JUN25"`,
      );
    },
  );

  it("gives no futures' names for an instrument that has none", () => {
    expect(problemOf({ "contract.pin": "XX", "contract.instrument": "LTCUSDT", instruments: [LTC] })).toBe(
      'Setting "contract.pin" is "XX", but must be empty or one contract of "contract.instrument", which is "LTCUSDT"',
    );
  });

  it.each(["ES JUX25", "es jun25", "ES JUN2025", "ESM5 ", "ESM5|x=1", "ESM5\nstart_session"])(
    "takes %j for no contract",
    (pin) => {
      expect(() => parseSettings({ "contract.pin": pin })).toThrow(/contract\.pin/);
    },
  );

  it("gives the defaults of the specification for an empty object", () => {
    const settings = parseSettings({});
    expect(settings.detector).toMatchObject({
      volumeThreshold: 4,
      barSeconds: 60,
      baselineBars: 20,
      cooldownMinutes: 30,
    });
    expect(settings.order).toMatchObject({
      defaultOrderType: "LIMIT",
      highConfidenceThreshold: 0.8,
      profitTargetRatio: 2,
    });
    expect(settings.bayes).toMatchObject({
      pooledKappa: 10,
      halfLifeDays: 180,
      maxMultiplier: 3,
      learnFrom: "account",
    });
    expect(settings.risk).toMatchObject({ maxRiskPerTrade: 0.02, hardRiskCap: 0.1, maxDailyTrades: 10 });
    expect(settings.paper).toMatchObject({ startBalance: 15_000, commission: 2.5, entryLatencySeconds: 20 });
    expect(settings.contract).toEqual({ instrument: "ES", pin: "", session: undefined });
    expect(settings.instruments).toEqual([]);
  });

  it("reads an instrument around the clock, with the least stop that it does not name", () => {
    const settings = parseSettings({ "contract.instrument": "LTCUSDT", instruments: [LTC] });
    expect(settings.instruments).toEqual([{ ...LTC, minStopTicks: 16 }]);
    expect(settings.contract.instrument).toBe("LTCUSDT");
  });

  it.each([
    [{}, '"ES", "MES", "NQ", "MNQ"'],
    [{ instruments: [LTC] }, '"ES", "MES", "NQ", "MNQ", "LTCUSDT"'],
  ])("refuses an instrument that is described nowhere, beside %j", (more, known) => {
    expect(problemOf({ "contract.instrument": "XX", ...more })).toBe(
      `Setting "contract.instrument" is "XX", but must be one of ${known}: describe another in the setting "instruments", as {"symbol": "XX", "tickSize": …, "pointValue": …, "session": …}`,
    );
  });

  it("knows a contract by the instrument that it is of", () => {
    expect(parseSettings({ "contract.instrument": "ESM5" }).contract.instrument).toBe("ESM5");
  });

  it("leaves commission and risk of an instrument open when they are not given", () => {
    const { commission, riskPerContract, ...rest } = LTC;
    const [spec] = parseSettings({ instruments: [rest] }).instruments;
    expect(spec).toMatchObject({ commission: undefined, riskPerContract: undefined });
  });

  it("lets overrides win over the input", () => {
    expect(parseSettings({ "demo.seed": 5 }, { "demo.seed": 7 }).demo.seed).toBe(7);
  });

  it.each([
    [
      { "detector.volumeTreshold": 5 },
      'Unknown setting "detector.volumeTreshold": did you mean "detector.volumeThreshold"?',
    ],
    [{ "zzz.qqqqqqqqqqqqq": 5 }, 'Unknown setting "zzz.qqqqqqqqqqqqq"'],
    [
      { "detector.volumeThreshold": "4" },
      'Setting "detector.volumeThreshold" is "4", but must be a number from 0.1 to 1000',
    ],
    [
      { "detector.volumeThreshold": 1e9 },
      'Setting "detector.volumeThreshold" is 1000000000, but must be a number from 0.1 to 1000',
    ],
    [
      { "detector.volumeThreshold": Number.NaN },
      'Setting "detector.volumeThreshold" is NaN, but must be a number from 0.1 to 1000',
    ],
    [
      { "paper.startBalance": Number.POSITIVE_INFINITY },
      'Setting "paper.startBalance" is Infinity, but must be an amount in whole cents from 1 to 1000000000',
    ],
    [
      { "paper.startBalance": 10.005 },
      'Setting "paper.startBalance" is 10.005, but must be an amount in whole cents from 1 to 1000000000',
    ],
    [{ "detector.barSeconds": 0.5 }, 'Setting "detector.barSeconds" is 0.5, but must be a whole number from 1 to 3600'],
    [{ "detector.allowShorts": 1 }, 'Setting "detector.allowShorts" is 1, but must be true or false'],
    [
      { "order.defaultOrderType": "limit" },
      'Setting "order.defaultOrderType" is "limit", but must be one of "LIMIT", "MARKET", "STOP_LIMIT"',
    ],
    [{ "risk.hardRiskCap": null }, 'Setting "risk.hardRiskCap" is null, but must be a number from 0.001 to 0.1'],
    [{ "contract.instrument": "ES|x\n" }, "1 to 22 capital letters"],
    [{ "contract.session": "night" }, '"rth", "globex", "continuous"'],
    [
      { "contract.session": { timeZone: "Mars/Olympus", open: "09:00", close: "16:00", days: [1] } },
      'Setting "contract.session.timeZone" is "Mars/Olympus", but must be an IANA time zone',
    ],
    [
      { "contract.session": { timeZone: "UTC", open: "9:00", close: "16:00", days: [1] } },
      'Setting "contract.session.open" is "9:00", but must be a time of day as HH:MM',
    ],
    [{ "contract.session": { timeZone: "UTC", open: "09:00", close: "16:00", days: [] } }, "a list of weekdays"],
    [{ "contract.session": { timeZone: "UTC", open: "09:00", close: "16:00", days: [1, 1] } }, "each once"],
    [
      { instruments: [{ ...LTC, ticksize: 1 }] },
      'Setting "instruments[0]" has an unknown name "ticksize": did you mean "tickSize"?',
    ],
    [
      { instruments: [{ ...LTC, tickSize: 0 }] },
      'Setting "instruments[0].tickSize" is 0, but must be a number above 0',
    ],
    [{ instruments: [{ ...LTC, tickSize: undefined }] }, 'Setting "instruments[0].tickSize" is missing'],
    [{ instruments: [{ ...LTC, tickSize: 1e-12 }] }, 'Setting "instruments[0].tickSize" is 1e-12'],
    [{ instruments: [LTC, LTC] }, 'Setting "instruments" describes "LTCUSDT" twice'],
    [
      { "detector.longMax": 0.9 },
      'Setting "detector.longMax" is 0.9, but must be below "detector.shortMin", which is 0.85',
    ],
    [
      { "order.profitTargetRatio": 0.1, "contract.instrument": "LTCUSDT", instruments: [{ ...LTC, minStopTicks: 9 }] },
      'Setting "order.profitTargetRatio" is 0.1, but must be at least 0.1112: the target of a LIMIT entry in LTCUSDT would be no tick beyond it, with the nearest stop of 9 ticks',
    ],
    [
      { "order.profitTargetRatio": 0.18, "order.defaultOrderType": "STOP_LIMIT" },
      'Setting "order.profitTargetRatio" is 0.18, but must be at least 0.1875: the target of a STOP_LIMIT entry in ES would be no tick beyond it, with the nearest stop of 16 ticks',
    ],
    [{ "data.folder": "relative/path" }, "the absolute path of a folder"],
    [{ "data.folder": "//server/share" }, "the absolute path of a folder"],
    [[], "Settings must be a JSON object of keys and values"],
    [null, "Settings must be a JSON object of keys and values"],
    ["x", "Settings must be a JSON object of keys and values"],
  ])("refuses %j", (input, message) => {
    expect(problemOf(input)).toContain(message);
  });

  it("refuses keys that would reach a prototype, at the top and inside", () => {
    expect(() => parseSettingsText('{"__proto__": {"polluted": 1}}', "f")).toThrow(SettingsError);
    const inside = JSON.stringify({ instruments: [LTC] }).replace('"symbol"', '"__proto__":{"polluted":1},"symbol"');
    expect(() => parseSettingsText(inside, "f")).toThrow(SettingsError);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("names the first problem and counts the others", () => {
    expect(problemOf({ "detector.longMax": -1, "detector.shortMin": 7 })).toMatch(/longMax.*\(and 1 more\)$/);
  });

  it("refuses twenty thousand levels without running out of stack", () => {
    const deep = `{"instruments": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    expect(() => parseSettingsText(deep, "f")).toThrow("nested more than 64 levels");
  });

  it("refuses text that is too long, is no JSON, or holds numbers beyond every range", () => {
    expect(() => parseSettingsText(" ".repeat(1_048_577), "big.json")).toThrow("big.json has more than 1 MB");
    expect(() => parseSettingsText("{,}", "bad.json")).toThrow("bad.json is not JSON");
    for (const text of ["[]", "null", "7", '"x"']) {
      const why = `bad.json must be a JSON object with settings, but is ${text}`;
      expect(() => parseSettingsText(text, "bad.json")).toThrow(why);
    }
    expect(() => parseSettingsText('{"demo.seed": 1e999}', "f")).toThrow('"demo.seed" is Infinity');
  });

  it.each([
    { text: '{"demo.seed": 1, "demo.seed": 1}', says: 'Setting "demo.seed" is given twice in my.json: keep one' },
    { text: '{"demo.seed": 1, "demo.s\\u0065ed": 2}', says: '"demo.seed" is given twice' },
    { text: '{"instruments": [{}, {"tickSize": 1, "tickSize": 2}]}', says: '"instruments[1].tickSize" is given twice' },
    {
      text: '{"a": 1, "a": 2, "b": {}, "b": [], "b": 3}',
      says: '"a" is given twice in my.json: keep one (and 1 more)',
    },
    { text: '{"a\\u001b": 1, "a\\u001b": 2}', says: 'Setting "a\\u001b" is given twice' },
  ])("names a key that $text has twice", ({ text, says }) => {
    expect(() => parseSettingsText(text, "my.json")).toThrow(says);
  });

  it("takes the same name in two instruments, and text that only looks like keys", () => {
    const text = JSON.stringify({
      instruments: [LTC, { ...LTC, symbol: "XRPUSDT" }],
      "contract.instrument": "LTCUSDT",
    });
    expect(parseSettingsText(text, "f").instruments).toHaveLength(2);
    expect(() => parseSettingsText('{"data.folder": "\\"a\\": 1, \\"a\\": 2, {[", "demo.seed": 1}', "f")).toThrow(
      'Setting "data.folder" is',
    );
  });

  it("takes the byte order mark of an editor", () => {
    expect(parseSettingsText('\uFEFF{"demo.seed": 9}', "f").demo.seed).toBe(9);
  });

  it("gives a message of one short line whatever the value", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(KEYS)), fc.jsonValue(), (key, value) => {
        const message = problemOf({ [key]: value });
        expect(message).not.toMatch(/[\p{Cc}]/u);
        expect(message.length).toBeLessThan(400);
      }),
    );
  });

  it("comes back the same through its flat keys", () => {
    const settings = parseSettings({
      "contract.session": "globex",
      instruments: [LTC],
      "paper.startBalance": 20_000.5,
    });
    const stored: unknown = JSON.parse(JSON.stringify(flatSettings(settings)));
    expect(parseSettings(stored)).toEqual(settings);
    for (const preset of Object.keys(PRESETS)) {
      const chosen = parseSettings({ preset, "detector.cooldownMinutes": 7 });
      expect(parseSettings(JSON.parse(JSON.stringify(flatSettings(chosen))))).toEqual(chosen);
    }
  });
});
