import { Temporal } from "temporal-polyfill";
import type { Instrument } from "./instrument.js";
import type { ContractChange } from "./market.js";
import type { EngineSettings, InstrumentSpec, RiskSettings } from "./settings.js";
import { MICROS_PER_SECOND, type Micros } from "./units.js";

const FUTURE = { sizeUnit: 1, session: "rth", commission: undefined, minStopTicks: 16 } as const;

/** The instruments that need no definition (`ENGINE.md` 2.3; QuantConnect/Lean's symbol properties agree). */
export const BUILT_IN: readonly InstrumentSpec[] = [
  { ...FUTURE, symbol: "ES", tickSize: 0.25, pointValue: 50, riskPerContract: undefined },
  { ...FUTURE, symbol: "MES", tickSize: 0.25, pointValue: 5, riskPerContract: undefined },
  { ...FUTURE, symbol: "NQ", tickSize: 0.25, pointValue: 20, riskPerContract: 0 },
  { ...FUTURE, symbol: "MNQ", tickSize: 0.25, pointValue: 2, riskPerContract: 0 },
];

const MONTH_CODES = "FGHJKMNQUVXZ";
const MONTH_NAMES = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const OUTRIGHT = /^([A-Z0-9]{1,3})([FGHJKMNQUVXZ])(\d{1,2})$/;
// Of so few letters it is the root of futures, which trade under longer names.
const PRODUCT = /^[A-Z0-9]{1,3}$/;
// ES.v.0: one actual contract a day, whose own name a file need not tell (`MARKET-DATA.md` d).
const CONTINUOUS = /^([A-Z0-9]{1,3})\.[cnv]\.\d+$/;

/** What is known of a raw symbol such as ESH4, or of a root: the user's instruments first, then the built-in ones. */
export function specFor(symbol: string, instruments: readonly InstrumentSpec[]): InstrumentSpec | undefined {
  const all = [...instruments, ...BUILT_IN];
  const root = rootOf(symbol);
  return all.find((spec) => spec.symbol === symbol) ?? all.find((spec) => spec.symbol === root);
}

/** Whether `symbol` is a contract of the instrument that the settings name; spreads are not. */
export function isContractOf(symbol: string, instrument: string): boolean {
  return symbol === instrument || rootOf(symbol) === instrument;
}

/** Whether `symbol` names one contract of an instrument: with month and year, or what has neither and is traded as it is. */
export function isOneContractOf(symbol: string, instrument: string): boolean {
  if (symbol === instrument) return !PRODUCT.test(symbol);
  return OUTRIGHT.exec(symbol)?.[1] === instrument;
}

/** Whether two names of one id can mean one contract: a continuous symbol such as ES.v.0 stands for a contract of its root. */
export function canBeSame(one: string, other: string): boolean {
  if (one === other) return true;
  return (CONTINUOUS.test(one) || CONTINUOUS.test(other)) && rootOf(one) === rootOf(other);
}

/** The nearest that a stop of an instrument may be, in ticks (`ENGINE.md` 5). */
export function minStopTicksOf(instrument: string, specs: readonly InstrumentSpec[]): number {
  return (specFor(instrument, specs) ?? FUTURE).minStopTicks;
}

function rootOf(symbol: string): string | undefined {
  return (OUTRIGHT.exec(symbol) ?? CONTINUOUS.exec(symbol))?.[1];
}

/**
 * The last trading date, a third Friday, of a raw symbol. One digit of a year is ambiguous by decade: the first
 * expiry on or after the date of the data is meant (`MARKET-DATA.md` d).
 *
 * @returns undefined for a symbol without month and year
 */
export function expiryOf(symbol: string, time: Micros): Temporal.PlainDate | undefined {
  const match = OUTRIGHT.exec(symbol);
  if (match === null) return undefined;
  const month = MONTH_CODES.indexOf(match[2] ?? "") + 1;
  const digits = match[3] ?? "";
  if (digits.length === 2) return thirdFriday(2000 + Number(digits), month);
  const today = dateOf(time);
  for (let year = today.year; year < today.year + 11; year++) {
    if (year % 10 !== Number(digits)) continue;
    const expiry = thirdFriday(year, month);
    if (Temporal.PlainDate.compare(expiry, today) >= 0) return expiry;
  }
  return undefined;
}

/** Whether the contract of a raw symbol, as named at `time`, trades no more after the day of `date`, YYYY-MM-DD. */
export function isOver(symbol: string, time: Micros, date: string): boolean {
  const expiry = expiryOf(symbol, time)?.toString();
  return expiry !== undefined && expiry <= date;
}

/** ESM5 on a date in 2025 is "ES JUN25"; a symbol without month and year is its own label. */
export function labelOf(symbol: string, time: Micros): string {
  const root = OUTRIGHT.exec(symbol)?.[1];
  const expiry = expiryOf(symbol, time);
  if (root === undefined || expiry === undefined) return symbol;
  return `${root} ${MONTH_NAMES[expiry.month - 1]}${String(expiry.year % 100).padStart(2, "0")}`;
}

/** "ES JUN25" and "ESM25" are ESM5; undefined for other text. */
export function symbolOf(label: string): string | undefined {
  const dated = datedOf(label);
  return dated === undefined ? undefined : `${dated.root}${MONTH_CODES[dated.month]}${dated.year % 10}`;
}

/** "ES JUN25" and "ESM25" are "ES JUN25"; undefined for text without a decade, such as "ESM5". */
export function datedLabelOf(label: string): string | undefined {
  const dated = datedOf(label);
  if (dated === undefined) return undefined;
  return `${dated.root} ${MONTH_NAMES[dated.month]}${String(dated.year).padStart(2, "0")}`;
}

/** @returns the month from 0, the year within its century */
function datedOf(label: string): { readonly root: string; readonly month: number; readonly year: number } | undefined {
  const [, root = "", code = "", digits = ""] = /^([A-Z0-9]{1,3})([FGHJKMNQUVXZ])(\d\d)$/.exec(label) ?? [];
  if (digits !== "") return { root, month: MONTH_CODES.indexOf(code), year: Number(digits) };
  const [, named = "", month = "", year = ""] = /^([A-Z0-9]{1,3}) ([A-Z]{3})(\d\d)$/.exec(label) ?? [];
  if (!MONTH_NAMES.includes(month)) return undefined;
  return { root: named, month: MONTH_NAMES.indexOf(month), year: Number(year) };
}

/**
 * The contract behind a `ContractChange`, with the money rules of the settings filled in.
 *
 * @returns undefined when neither the settings nor the event tell its tick size; with a point value of 0 when they do not tell that
 */
export function instrumentOf(change: ContractChange, settings: EngineSettings): Instrument | undefined {
  const spec = specFor(change.symbol, settings.instruments) ?? specFromDefinition(change);
  if (spec === undefined) return undefined;
  return {
    id: change.instrument,
    symbol: change.symbol,
    label: labelOf(change.symbol, change.time),
    root: spec.symbol,
    tickSize: spec.tickSize,
    pointValue: spec.pointValue,
    sizeUnit: spec.sizeUnit,
    commission: spec.commission ?? settings.paper.commission,
    riskPerContract: assumedRisk(spec, settings.risk),
    minStopTicks: spec.minStopTicks,
  };
}

/** A contract with what one of it is assumed to lose by the limits in force (R18): those of the start may have changed. */
export function withAssumedRisk(instrument: Instrument, settings: EngineSettings): Instrument {
  const spec = specFor(instrument.symbol, settings.instruments);
  return spec === undefined ? instrument : { ...instrument, riskPerContract: assumedRisk(spec, settings.risk) };
}

// A micro contract is a tenth of the setting, which is said of an ES (ENGINE.md 7).
function assumedRisk(spec: InstrumentSpec, { riskPerContractUsd }: RiskSettings): number {
  return spec.riskPerContract ?? riskPerContractUsd * (spec.symbol === "MES" ? 0.1 : 1);
}

function specFromDefinition(change: ContractChange): InstrumentSpec | undefined {
  const { symbol, tickSize, pointValue = 0 } = change;
  if (tickSize === undefined) return undefined;
  return { ...FUTURE, symbol, tickSize, pointValue, riskPerContract: 0 };
}

function thirdFriday(year: number, month: number): Temporal.PlainDate {
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  return first.add({ days: ((5 - first.dayOfWeek + 7) % 7) + 14 });
}

function dateOf(time: Micros): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(time / MICROS_PER_SECOND) * 1000)
    .toZonedDateTimeISO("UTC")
    .toPlainDate();
}
