import { t } from "@vscode/l10n";
import type { Micros } from "../core/units.js";
import type { Gap, LiveHealth } from "../feed/databento/live/health.js";
import { inLanguage } from "./language.js";

/** A live feed at one moment. */
export interface FeedStanding {
  readonly health: LiveHealth;
  /** Connections that were begun since the last one that brought data, the present one included; 0 while it brings data. */
  readonly attempt: number;
  /** By the market's clock. */
  readonly lastTradeAt: Micros | undefined;
}

/** How a live feed is, in words. */
export interface FeedWords {
  /** `good`: what comes is of now, or nothing can come; `busy`: the first connection; `bad`: no call can be made. */
  readonly level: "good" | "busy" | "bad";
  /** For the status bar. */
  readonly short: string;
  /** One sentence without ages, for what is not drawn each second. */
  readonly sentence: string;
  /** For a screen reader: no abbreviation. */
  readonly spoken: string;
}

/** A gap is news for as long as a bar that it touches is the last one. */
const GAP_IS_NEWS_MS = 60_000;

/** Whether a call may be shown as one to act on: what comes is of now (`RELIABILITY.md` 3.2). */
export function isFresh({ health }: FeedStanding): boolean {
  return health.state === "live" || health.state === "closedMarket";
}

/**
 * How a live feed is. A quiet market tells when it traded last, a dead feed since when nothing was heard.
 *
 * @param now wall-clock milliseconds
 */
export function feedWords(feed: FeedStanding, now: number): FeedWords {
  const { health, attempt } = feed;
  switch (health.state) {
    case "live":
      return liveWords(feed, now);
    case "stale":
      return staleWords(health, now);
    case "closedMarket":
      return words("good", t("Market closed"), t("The market is closed, the feed is connected"));
    case "replaying":
      return catchingUp(health);
    case "backoff":
      return waitWords(feed, now);
    default:
      // Whoever was heard before is lost.
      return attempt > 1 || health.lastHeardAt !== undefined
        ? words("bad", t("Reconnecting (attempt {0})", attempt), t("Reconnecting to Databento, attempt {0}", attempt))
        : words("busy", t("Connecting"), t("Connecting to Databento"));
  }
}

/** `last trade 3 s ago`; before the first `no trade yet`. */
export function lastTrade({ lastTradeAt }: FeedStanding, now: number): string {
  return lastTradeAt === undefined ? t("no trade yet") : t("last trade {0} ago", age(now - lastTradeAt / 1000));
}

/** What a person should know beside how it is now: what is missing, and what the gateway said. */
export function feedNotes({ health }: FeedStanding): readonly string[] {
  const { gaps, notices, dropped } = health;
  const last = gaps.at(-1);
  return [
    ...(last === undefined ? [] : [gapWords(gaps.length, last)]),
    ...notices.slice(-3).map(inLanguage),
    ...(dropped === 0 ? [] : [t("{0} records without a time or of the future were not used", dropped)]),
  ];
}

/** `gap of 12 s` for a minute after it. */
export function newGap({ health }: FeedStanding, now: number): string | undefined {
  const last = health.gaps.at(-1);
  if (last === undefined || now - last.to / 1000 > GAP_IS_NEWS_MS) return undefined;
  return t("gap of {0} s", gapSeconds(last));
}

function liveWords(feed: FeedStanding, now: number): FeedWords {
  const { message } = feed.health;
  // What the gateway said, such as that it does not know the symbol, is why nothing comes.
  if (message !== undefined && feed.lastTradeAt === undefined)
    return words("bad", firstPart(inLanguage(message)), inLanguage(message));
  const traded = lastTrade(feed, now);
  return {
    ...words("good", traded, t("The live feed is connected")),
    spoken: t("live feed connected, {0}", aloud(traded)),
  };
}

function staleWords({ lastHeardAt, staleSeconds, message }: LiveHealth, now: number): FeedWords {
  const silent = lastHeardAt === undefined ? 0 : now - lastHeardAt / 1000;
  if (silent > staleSeconds * 1000) {
    const short = t("No data for {0}", age(silent));
    const sentence = t("No data come from the live feed: no call until they do");
    return { ...words("bad", short, sentence), spoken: aloud(short) };
  }
  // The message is a sentence whose first part says what is wrong.
  const whole = message === undefined ? t("the data are stale") : inLanguage(message);
  return words("bad", capital(firstPart(whole)), t("{0}: no call until that is over", capital(whole)));
}

/** After a lost connection with what was missed, at a start with the day so far. */
function catchingUp({ reconnects, message }: LiveHealth): FeedWords {
  const level = reconnects === 0 ? "busy" : "bad";
  const what = message === undefined ? t("Catching up with what was missed") : inLanguage(message);
  return words(level, t("Catching up"), t("{0}: no call until then", what));
}

function waitWords({ health, attempt }: FeedStanding, now: number): FeedWords {
  const left = health.retryAt === undefined ? 0 : Math.max(0, Math.ceil((health.retryAt / 1000 - now) / 1000));
  const next = attempt + 1;
  const short = left > 0 ? t("Reconnecting (attempt {0}) in {1} s", next, left) : t("Reconnecting (attempt {0})", next);
  const said = health.message?.replace(/; next try in \d+ s$/, "");
  const reason = said === undefined ? t("The connection was lost") : inLanguage(said);
  return { ...words("bad", short, t("Connecting again: {0}", reason)), spoken: t("{0}, reconnecting", reason) };
}

function words(level: FeedWords["level"], short: string, sentence: string): FeedWords {
  return { level, short, sentence, spoken: sentence };
}

/** `9 s`, `4 min`, `2 h`. */
function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return t("{0} s", seconds);
  return seconds < 7200 ? t("{0} min", Math.floor(seconds / 60)) : t("{0} h", Math.floor(seconds / 3600));
}

// Abbreviations are English ones: where there are others, nothing is replaced.
function aloud(text: string): string {
  return text
    .replace(/ s\b/, " seconds")
    .replace(/ min\b/, " minutes")
    .replace(/ h\b/, " hours");
}

function gapWords(count: number, last: Gap): string {
  const [seconds, reason] = [gapSeconds(last), inLanguage(last.reason)];
  return count === 1
    ? t("1 gap of {0} s ({1}): no bar that it touches gives a signal", seconds, reason)
    : t("{0} gaps, the last of {1} s ({2}): no bar that it touches gives a signal", count, seconds, reason);
}

function gapSeconds({ from, to }: Gap): number {
  return Math.max(1, Math.ceil((to - from) / 1_000_000));
}

function firstPart(sentence: string): string {
  return sentence.split(/[:：]/)[0] ?? sentence;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
