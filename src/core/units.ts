/** A price as a whole number of ticks of its instrument. */
export type Ticks = number & { readonly unit: "ticks" };

/** A moment as whole microseconds since the Unix epoch, UTC; exact until the year 2255. */
export type Micros = number & { readonly unit: "micros" };

/** Booked money as whole hundredths of the account's currency. */
export type Cents = number & { readonly unit: "cents" };

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE = 60_000_000;
export const MICROS_PER_HOUR = 3_600_000_000;
export const MICROS_PER_DAY = 86_400_000_000;

/** Rounds half away from zero, as money is rounded when it is booked (`ENGINE.md` 2). */
export function roundHalfAway(value: number): number {
  return value < 0 ? -Math.floor(-value + 0.5) : Math.floor(value + 0.5);
}
