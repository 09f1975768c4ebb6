import type { z } from "zod";
import { BUILT_IN, datedLabelOf, isOneContractOf, minStopTicksOf, specFor, symbolOf } from "../core/instruments.js";
import { say } from "../core/say.js";
import type { EngineSettings, Hours, InstrumentSpec } from "../core/settings.js";
import { bracket } from "../core/sizing/bracket.js";
import type { Ticks } from "../core/units.js";
import { repeatedKeys } from "./jsonKeys.js";
import { type PresetName, presetValues } from "./presets.js";
import { FLAT, INNER_NAMES, KEYS } from "./settingKeys.js";
import { problemsOf, SettingsError, show } from "./settingsError.js";

/** All settings: what the engine is told, and what the shells need for themselves. */
export interface Settings extends EngineSettings {
  /** Where the values come from that nobody set. */
  readonly preset: PresetName;
  readonly data: {
    /** Absolute folder; "" for the shell's own. */
    readonly folder: string;
  };
  readonly live: {
    /** Databento's name of it, such as GLBX.MDP3. */
    readonly dataset: string;
    readonly schema: "trades" | "mbp-1" | "tbbo" | "ohlcv-1s" | "ohlcv-1m";
    /** One of Databento's gateways; "" for the dataset's own. */
    readonly gateway: string;
    /** Where the day so far comes from when the feed is started within it. */
    readonly backfill: "history" | "gateway" | "off";
    /** Seconds of silence, and of age, after which the data are stale; a heartbeat's interval and a second at least. */
    readonly staleSeconds: number;
    /** Whether what the feed brings is recorded in the data folder. */
    readonly record: boolean;
  };
  readonly demo: {
    readonly seed: number;
    readonly instrument: "MES" | "ES";
  };
  readonly history: {
    /** US dollars that one download may cost at most. */
    readonly maxCost: number;
  };
  readonly replay: {
    /** Times real time; 0: as fast as it can. */
    readonly speed: number;
  };
  /** What VS Code sounds, and when. */
  readonly "alerts.sound": Group<"alerts.sound">;
  /** What VS Code tells in messages. */
  readonly "alerts.message": Group<"alerts.message">;
  readonly review: {
    readonly funFacts: boolean;
    /** Dollars of a latte, and of the least profit that is vacation funds. */
    readonly lattePrice: number;
    readonly vacationFrom: number;
  };
  readonly display: {
    /** Results in R in the place of money. */
    readonly discreet: boolean;
    /** Of an order ticket; "" stands for a field a line. */
    readonly orderTicket: string;
  };
}

/** All settings by their keys. */
export type Flat = z.output<typeof FLAT>;

const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 64;

/**
 * Checks settings by their flat keys (`detector.volumeThreshold`) and fills in the defaults, those of the preset first; nothing is
 * converted.
 *
 * @param input a JSON value: an object of keys and values; absent keys take their defaults
 * @param overrides the same, wins over `input`
 * @throws SettingsError for an unknown key, a value of the wrong type or out of range, or settings that contradict each other
 */
export function parseSettings(input: unknown, overrides: Readonly<Record<string, unknown>> = {}): Settings {
  if (!isPlainObject(input)) throw new SettingsError([say("Settings must be a JSON object of keys and values")]);
  if (isDeeperThan(input, MAX_DEPTH))
    throw new SettingsError([say("Settings are nested more than {0} levels deep", MAX_DEPTH)]);
  const merged = withPreset({ ...input, ...overrides });
  const parsed = FLAT.safeParse(merged);
  if (!parsed.success) throw failure(problemsOf(parsed.error.issues, merged, Object.keys(KEYS), INNER_NAMES));
  const contradictions = contradictionsOf(parsed.data);
  if (contradictions.length > 0) throw failure(contradictions);
  return nest(parsed.data);
}

/**
 * Reads settings from the text of a JSON file of at most 1 MB.
 *
 * @param name what to call the text in a message, such as its path
 * @throws SettingsError as `parseSettings`, and for text that is no JSON or names a key twice
 */
export function parseSettingsText(
  text: string,
  name: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Settings {
  if (text.length > MAX_BYTES)
    throw new SettingsError([say("{0} has more than 1 MB: it cannot be a settings file", name)]);
  let input: unknown;
  try {
    input = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new SettingsError([say("{0} is not JSON: check its commas, quotes and braces", name)], { cause });
  }
  const repeated = repeatedKeys(text);
  if (repeated.length > 0)
    throw failure(repeated.map((key) => say("Setting {0} is given twice in {1}: keep one", show(key), name)));
  if (!isPlainObject(input)) {
    throw new SettingsError([say("{0} must be a JSON object with settings, but is {1}", name, show(input))]);
  }
  return parseSettings(input, overrides);
}

/** The same settings by their flat keys again, as plain JSON that `parseSettings` takes. */
export function flatSettings(settings: Settings): Readonly<Record<string, unknown>> {
  const { preset, instruments, contract, ...others } = settings;
  const { pinLabel: _, ...keys } = contract;
  const entries = Object.entries({ contract: keys, ...others }).flatMap(([name, values]) =>
    Object.entries(values).map(([key, value]) => [`${name}.${key}`, value ?? ""] as const),
  );
  return { preset, ...Object.fromEntries(entries), instruments };
}

// A key that is set wins, also over a preset that is set beside it.
function withPreset(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const absent = Object.entries(presetValues(input.preset)).filter(([key]) => input[key] === undefined);
  return { ...input, ...Object.fromEntries(absent) };
}

function nest(flat: Flat): Settings {
  const session = flat["contract.session"];
  const pinLabel = datedLabelOf(flat["contract.pin"]);
  return {
    preset: flat.preset,
    contract: {
      ...group(flat, "contract"),
      pin: pinOf(flat),
      ...(pinLabel === undefined ? {} : { pinLabel }),
      session: session === "" ? undefined : (session as Hours),
    },
    instruments: flat.instruments.map(instrumentSpec),
    detector: group(flat, "detector"),
    order: group(flat, "order"),
    bayes: group(flat, "bayes"),
    risk: group(flat, "risk"),
    paper: group(flat, "paper"),
    data: group(flat, "data"),
    live: group(flat, "live"),
    demo: group(flat, "demo"),
    history: group(flat, "history"),
    replay: group(flat, "replay"),
    "alerts.sound": group(flat, "alerts.sound"),
    "alerts.message": group(flat, "alerts.message"),
    review: group(flat, "review"),
    display: group(flat, "display"),
  };
}

type Group<P extends string> = {
  readonly [K in keyof Flat as K extends `${P}.${infer Name}` ? Name : never]: Flat[K];
};

function group<P extends string>(flat: Flat, prefix: P): Group<P> {
  const entries = Object.entries(flat).filter(([key]) => key.startsWith(`${prefix}.`));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length + 1), value])) as Group<P>;
}

function instrumentSpec(entry: Flat["instruments"][number]): InstrumentSpec {
  return { ...entry, commission: entry.commission, riskPerContract: entry.riskPerContract };
}

// What no single range can say.
function contradictionsOf(flat: Flat): readonly string[] {
  const found: string[] = [];
  const mustBe = (holds: boolean, key: keyof Flat, relation: string, other: keyof Flat) => {
    if (!holds)
      found.push(
        say(
          'Setting "{0}" is {1}, but must be {2} "{3}", which is {4}',
          key,
          String(flat[key]),
          relation,
          other,
          String(flat[other]),
        ),
      );
  };
  found.push(...unknownInstrument(flat));
  mustBe(flat["detector.longMax"] < flat["detector.shortMin"], "detector.longMax", say("below"), "detector.shortMin");
  found.push(...uselessTarget(flat));
  const { "contract.instrument": instrument, "contract.pin": pin } = flat;
  if (pin !== "" && !isOneContractOf(pinOf(flat), instrument)) {
    found.push(say('Setting "contract.pin" is {0}, but must be {1}', show(pin), contractOf(instrument)));
  }
  const seen = new Set<string>();
  for (const { symbol } of flat.instruments) {
    if (seen.has(symbol)) found.push(`Setting "instruments" describes "${symbol}" twice`);
    seen.add(symbol);
  }
  return found;
}

// Without its tick size and the value of a point no price of it could be read and no trade be sized.
function unknownInstrument(flat: Flat): readonly string[] {
  const symbol = flat["contract.instrument"];
  const own = flat.instruments.map(instrumentSpec);
  if (specFor(symbol, own) !== undefined) return [];
  const known = [...BUILT_IN, ...own].map((spec) => show(spec.symbol)).join(", ");
  const example = `{"symbol": ${show(symbol)}, "tickSize": …, "pointValue": …, "session": …}`;
  return [
    say(
      'Setting "contract.instrument" is {0}, but must be one of {1}: describe another in the setting "instruments", as {2}',
      show(symbol),
      known,
      example,
    ),
  ];
}

// A stop is never nearer, so no target is either.
function uselessTarget(flat: Flat): readonly string[] {
  const [order, symbol] = [group(flat, "order"), flat["contract.instrument"]];
  const { defaultOrderType: type, profitTargetRatio: ratio } = order;
  const nearest = minStopTicksOf(symbol, flat.instruments.map(instrumentSpec));
  const { price, target, targetTicks } = bracket("BUY", 0 as Ticks, nearest, type, order);
  if (target > price) return [];
  const least = Math.ceil((1e4 * (targetTicks + price - target + 1)) / nearest) / 1e4;
  const why = say(
    "the target of a {0} entry in {1} would be no tick beyond it, with the nearest stop of {2} ticks",
    type,
    symbol,
    nearest,
  );
  return [say('Setting "order.profitTargetRatio" is {0}, but must be at least {1}: {2}', ratio, least, why)];
}

/** The raw symbol of the contract that is pinned. */
function pinOf(flat: Flat): string {
  return symbolOf(flat["contract.pin"]) ?? flat["contract.pin"];
}

function contractOf(instrument: string): string {
  const [symbol, label] = [`${instrument}M5`, `${instrument} JUN25`];
  const product = show(instrument);
  return isOneContractOf(symbol, instrument)
    ? say(
        'empty or one contract of "contract.instrument", which is {0}, such as {1} or {2}',
        product,
        show(symbol),
        show(label),
      )
    : say('empty or one contract of "contract.instrument", which is {0}', product);
}

function failure(problems: readonly string[]): SettingsError {
  const [first = say("Settings cannot be used"), ...rest] = problems;
  return new SettingsError([first, ...rest]);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Iterative: hostile nesting must not end in a stack overflow.
function isDeeperThan(root: unknown, limit: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return false;
}
