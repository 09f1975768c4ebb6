import { instrumentOf, specFor } from "../core/instruments.js";
import type { Calendar } from "../core/session.js";
import type { Cents, Micros } from "../core/units.js";
import type { HealthItem } from "./healthItem.js";
import { riskItems } from "./healthRisk.js";
import { rollItems } from "./healthRoll.js";
import { sessionItems } from "./healthSession.js";
import { signalItems } from "./healthSignals.js";
import type { Settings } from "./settings.js";

/** When and with what the settings would be started. */
export interface HealthMoment {
  readonly time: Micros;
  readonly calendar: Calendar;
  /** The contract of a market that has no other one, as the demo has, by its label. */
  readonly onlyContract?: string;
  /** The account's closed balance; absent: that of a new account. */
  readonly balance?: Cents;
}

/**
 * Says before the start what the settings imply, in the numbers of the functions that will size and time the signals. Pure: the
 * same arguments give the same sentences.
 *
 * @returns money first, then signals, the session and the roll; every question gets its item, also when all is well
 */
export function healthCheck(settings: Settings, moment: HealthMoment): readonly HealthItem[] {
  const { instrument: symbol } = settings.contract;
  const hours = settings.contract.session ?? specFor(symbol, settings.instruments)?.session ?? "rth";
  const balance = moment.balance ?? (Math.round(settings.paper.startBalance * 100) as Cents);
  const instrument = instrumentOf({ type: "contract", instrument: 0, symbol, time: moment.time }, settings);
  return [
    // No settings pass the check without a description of their instrument.
    ...(instrument === undefined ? [] : riskItems(settings, instrument, balance)),
    ...signalItems(settings),
    ...sessionItems(settings, hours, moment),
    ...rollItems(settings, moment),
  ];
}
