import { join } from "node:path";
import { specFor } from "../core/instruments.js";
import { type TradingDay, TradingHours } from "../core/session.js";
import { MICROS_PER_MINUTE, type Micros } from "../core/units.js";
import { REAL_CLOCK } from "../feed/clock.js";
import type { ApiKey } from "../feed/databento/apiKey.js";
import { type GatewayAddress, parseGateway } from "../feed/databento/live/gatewayAddress.js";
import type { LiveOptions } from "../feed/databento/live/liveFeed.js";
import { Recorder } from "../feed/databento/live/recorder.js";
import type { LiveSchema, Subscription } from "../feed/databento/live/subscription.js";
import { tickSizesOf } from "../feed/tickSizes.js";
import { loadCalendar } from "./calendar.js";
import { rollItems } from "./healthRoll.js";
import { calendarItem } from "./healthSession.js";
import { inEnglish } from "./language.js";
import type { Log } from "./log.js";
import { marketPast } from "./marketPast.js";
import type { Settings } from "./settings.js";
import { VERSION } from "./version.js";

/** What a person asks for beside the settings; what is absent follows from them. */
export interface LiveWishes {
  readonly gateway?: GatewayAddress | undefined;
  readonly dataset?: string | undefined;
  readonly schema?: LiveSchema | undefined;
  readonly symbols?: readonly string[] | undefined;
  readonly stypeIn?: string | undefined;
  /** A server on this machine in the place of Databento's history, for tests. */
  readonly history?: string | undefined;
}

/** Before a trading day opens, a new session learns which contract a continuous symbol means on it. */
const RENEW_BEFORE = 15 * MICROS_PER_MINUTE;

/**
 * The options of a live feed, from the settings: the contract that they name, or the one with the most volume. Within a trading
 * day it begins with the day so far (`live.backfill`), so that the baseline is warm.
 *
 * @param folder the data folder; there it is recorded, if the settings say so, and history is kept
 */
export function liveOptions(
  settings: Settings,
  key: () => ApiKey,
  context: {
    readonly wishes?: LiveWishes;
    readonly folder: string | undefined;
    readonly log: Log;
    /** Undefined: the computer's clock. */
    readonly now?: () => Micros;
  },
): LiveOptions {
  const { wishes = {}, folder, log, now = REAL_CLOCK.wall } = context;
  const dataset = wishes.dataset ?? settings.live.dataset;
  const named = settings.live.gateway === "" ? undefined : parseGateway(settings.live.gateway);
  const gateway = wishes.gateway ?? named;
  const days = new Days(settings);
  const tape =
    folder === undefined || !settings.live.record
      ? undefined
      : new Recorder({
          folder: join(folder, "recordings"),
          name: `${dataset.toLowerCase().replace(".", "-")}.${wishes.schema ?? settings.live.schema}`,
          dayOf: (time) => days.endingAfter(time),
          onFailure: ({ message }) => log.error(`The live feed is no longer recorded, it goes on: ${message}`),
        });
  const subscriptions = subscriptionsOf(settings, wishes);
  // A gateway on this computer may play any day: of its past nothing is known, unless it is told where it is.
  const backfill = gateway?.loopback === true && wishes.history === undefined ? "off" : settings.live.backfill;
  const start = backfill === "off" ? undefined : days.begun(now());
  const [market] = subscriptions;
  const past =
    backfill !== "history" || market === undefined
      ? undefined
      : marketPast({
          key,
          dataset,
          market,
          start,
          maxCost: settings.history.maxCost,
          folder: folder === undefined ? undefined : join(folder, "history"),
          log,
          now,
          address: wishes.history,
        });
  return {
    key,
    dataset,
    subscriptions,
    tickSizes: tickSizesOf(settings.instruments),
    client: `volume-cluster-workbench/${VERSION}`,
    staleSeconds: settings.live.staleSeconds,
    onMessage: (text) => log.info(`Databento's gateway says: ${text}`),
    isOpen: (now) => days.isOpen(now),
    notices: (now) => inEnglish(() => dateNotices(settings, now)),
    renewAt: (now) => days.renewalAfter(now),
    ...(gateway === undefined ? {} : { gateway }),
    ...(tape === undefined ? {} : { tape }),
    ...(start === undefined ? {} : { start }),
    ...(past === undefined ? {} : { past }),
  };
}

/** A roll that is near, and a table of holidays that is short. */
function dateNotices(settings: Settings, now: Micros): readonly string[] {
  const items = [...rollItems(settings, { time: now }), calendarItem(loadCalendar(), now)];
  return items.flatMap(({ level, text }) => (level === "warn" ? [text] : []));
}

/** The market, and of Databento's own gateways also whether it is halted; another gateway may not know of that. */
function subscriptionsOf(settings: Settings, wishes: LiveWishes): readonly Subscription[] {
  const symbols = wishes.symbols ?? [symbolOf(settings)];
  const stypeIn = wishes.stypeIn ?? stypeOf(symbols);
  const market: Subscription = { schema: wishes.schema ?? settings.live.schema, stypeIn, symbols };
  return wishes.gateway?.loopback === true ? [market] : [market, { schema: "status", stypeIn, symbols }];
}

/** What is followed: the root of a future means its contract with the most volume; whatever has a longer name is itself. */
export function symbolOf({ contract }: Settings): string {
  if (contract.pin !== "") return contract.pin;
  return /^[A-Z0-9]{1,3}$/.test(contract.instrument) ? `${contract.instrument}.v.0` : contract.instrument;
}

function stypeOf(symbols: readonly string[]): string {
  if (symbols.every((symbol) => /\.[cnv]\.\d+$/.test(symbol))) return "continuous";
  return symbols.every((symbol) => /\.(FUT|OPT|SPOT)$/.test(symbol)) ? "parent" : "raw_symbol";
}

/** The trading days of the settings' instrument. */
class Days {
  readonly #hours: TradingHours;
  #known: { readonly from: number; readonly day: TradingDay | undefined } | undefined;

  constructor({ contract, instruments }: Settings) {
    const hours = contract.session ?? specFor(contract.instrument, instruments)?.session ?? "rth";
    this.#hours = new TradingHours(hours, loadCalendar());
  }

  endingAfter(time: Micros): TradingDay | undefined {
    const known = this.#known;
    if (known?.day !== undefined && known.from <= time && time < known.day.close) return known.day;
    const day = this.#hours.dayEndingAfter(time);
    this.#known = { from: time, day };
    return day;
  }

  isOpen(now: Micros): boolean {
    const day = this.endingAfter(now);
    return day !== undefined && day.open <= now;
  }

  /** When the trading day began that `now` is in. */
  begun(now: Micros): Micros | undefined {
    const day = this.endingAfter(now);
    return day !== undefined && day.open < now ? day.open : undefined;
  }

  renewalAfter(now: Micros): Micros | undefined {
    const day = this.#hours.dayEndingAfter(now);
    if (day === undefined || now < day.open - RENEW_BEFORE) return before(day);
    return before(this.#hours.dayEndingAfter(day.close));
  }
}

function before(day: TradingDay | undefined): Micros | undefined {
  return day === undefined ? undefined : ((day.open - RENEW_BEFORE) as Micros);
}
