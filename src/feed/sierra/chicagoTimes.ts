import { Temporal } from "temporal-polyfill";
import { say } from "../../core/say.js";
import type { Micros } from "../../core/units.js";
import { FeedError } from "../feedError.js";
import { damaged } from "../text/textLines.js";

const ZONE = "America/Chicago";
const DATE = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/;

/** An hour of a local day: once as a rule, twice when clocks go back, never when they go forward. */
interface LocalHour {
  readonly first: number;
  readonly second: number | undefined;
}

/**
 * Reads the local times of a Sierra Chart export, which has no zone: Chicago's.
 *
 * The hour that happens twice in autumn is told apart by order: times that go back in it are its second pass. Where no time
 * goes back, nobody knows which of the two is meant, and that is an error, as is the hour that spring leaves out.
 */
export class ChicagoTimes {
  readonly #hours = new Map<string, LocalHour | undefined>();
  #before = Number.NEGATIVE_INFINITY;
  #isSecondPass = false;
  /** The line of the first time whose pass is not known yet. */
  #unsure: number | undefined;

  /** Throws `FeedError` for what is no date and time, for one that there was not, and late for one that stays ambiguous. */
  read(date: string, time: string, line: number): Micros {
    const clock = TIME.exec(time);
    if (clock === null || Number(clock[2]) > 59 || Number(clock[3] ?? 0) > 59)
      throw damaged(line, notATime(date, time));
    const hour = this.#hourOf(date, clock[1] ?? "", line);
    if (hour === undefined)
      throw damaged(line, say("has the time {0} {1}, which there was not in Chicago", date, time));
    const within = Number(clock[2]) * 60e6 + Number(clock[3] ?? 0) * 1e6 + Number((clock[4] ?? "").padEnd(6, "0"));
    const micros = this.#choose(hour, within, line);
    this.#before = micros;
    return micros as Micros;
  }

  /** Says that the file is over. */
  end(): void {
    if (this.#unsure === undefined) return;
    throw new FeedError(
      say(
        "line {0} lies in an hour that happened twice in Chicago, and nothing tells which is meant; remove that hour",
        this.#unsure,
      ),
      { retriable: false },
    );
  }

  #choose({ first, second }: LocalHour, within: number, line: number): number {
    if (second === undefined) {
      this.end();
      this.#isSecondPass = false;
      return first + within;
    }
    if (!this.#isSecondPass && first + within >= this.#before) {
      this.#unsure ??= line;
      return first + within;
    }
    this.#isSecondPass = true;
    this.#unsure = undefined;
    return second + within;
  }

  #hourOf(date: string, hour: string, line: number): LocalHour | undefined {
    const key = `${date} ${hour}`;
    if (!this.#hours.has(key)) this.#hours.set(key, localHour(date, hour, line));
    return this.#hours.get(key);
  }
}

// Chicago's clocks change on whole hours.
function localHour(date: string, hour: string, line: number): LocalHour | undefined {
  const match = DATE.exec(date);
  if (match === null) throw damaged(line, notATime(date, `${hour}:00`));
  const [year, month, day] = match.slice(1).map(Number);
  let local: Temporal.PlainDateTime;
  try {
    local = Temporal.PlainDateTime.from({ year, month, day, hour: Number(hour) }, { overflow: "reject" });
  } catch {
    throw damaged(line, notATime(date, `${hour}:00`));
  }
  const first = local.toZonedDateTime(ZONE, { disambiguation: "earlier" });
  const second = local.toZonedDateTime(ZONE, { disambiguation: "later" });
  if (!first.toPlainDateTime().equals(local)) return undefined;
  const firstMicros = first.epochMilliseconds * 1000;
  const secondMicros = second.epochMilliseconds * 1000;
  return { first: firstMicros, second: firstMicros === secondMicros ? undefined : secondMicros };
}

function notATime(date: string, time: string): string {
  return say('has "{0}" as its time; it must be written as 2019/12/20 and 14:55:00', `${date} ${time}`.slice(0, 40));
}
