import type { Micros } from "../core/units.js";
import type { Gap, LiveHealth } from "../feed/databento/live/health.js";

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
      return words("good", "Market closed", "The market is closed, the feed is connected");
    case "replaying":
      return catchingUp(health);
    case "backoff":
      return waitWords(feed, now);
    default:
      // Whoever was heard before is lost.
      return attempt > 1 || health.lastHeardAt !== undefined
        ? words("bad", `Reconnecting (attempt ${attempt})`, `Reconnecting to Databento, attempt ${attempt}`)
        : words("busy", "Connecting", "Connecting to Databento");
  }
}

/** `last trade 3 s ago`; before the first `no trade yet`. */
export function lastTrade({ lastTradeAt }: FeedStanding, now: number): string {
  return lastTradeAt === undefined ? "no trade yet" : `last trade ${age(now - lastTradeAt / 1000)} ago`;
}

/** What a person should know beside how it is now: what is missing, and what the gateway said. */
export function feedNotes({ health }: FeedStanding): readonly string[] {
  const { gaps, notices, dropped } = health;
  const last = gaps.at(-1);
  const counted = gaps.length === 1 ? "1 gap" : `${gaps.length} gaps, the last`;
  return [
    ...(last === undefined
      ? []
      : [`${counted} of ${gapSeconds(last)} s (${last.reason}): no bar that it touches gives a signal`]),
    ...notices.slice(-3),
    ...(dropped === 0 ? [] : [`${dropped} records without a time or of the future were not used`]),
  ];
}

/** `gap of 12 s` for a minute after it. */
export function newGap({ health }: FeedStanding, now: number): string | undefined {
  const last = health.gaps.at(-1);
  if (last === undefined || now - last.to / 1000 > GAP_IS_NEWS_MS) return undefined;
  return `gap of ${gapSeconds(last)} s`;
}

function liveWords(feed: FeedStanding, now: number): FeedWords {
  const { message } = feed.health;
  // What the gateway said, such as that it does not know the symbol, is why nothing comes.
  if (message !== undefined && feed.lastTradeAt === undefined) return words("bad", firstPart(message), message);
  const traded = lastTrade(feed, now);
  return { ...words("good", traded, "The live feed is connected"), spoken: `live feed connected, ${aloud(traded)}` };
}

function staleWords({ lastHeardAt, staleSeconds, message }: LiveHealth, now: number): FeedWords {
  const silent = lastHeardAt === undefined ? 0 : now - lastHeardAt / 1000;
  if (silent > staleSeconds * 1000) {
    const short = `No data for ${age(silent)}`;
    const sentence = "No data come from the live feed: no call until they do";
    return { ...words("bad", short, sentence), spoken: aloud(short) };
  }
  // The message is a sentence whose first part says what is wrong.
  const problem = capital(firstPart(message ?? "the data are stale"));
  return words("bad", problem, `${capital(message ?? problem)}: no call until that is over`);
}

/** After a lost connection with what was missed, at a start with the day so far. */
function catchingUp({ reconnects, message }: LiveHealth): FeedWords {
  const level = reconnects === 0 ? "busy" : "bad";
  return words(level, "Catching up", `${message ?? "Catching up with what was missed"}: no call until then`);
}

function waitWords({ health, attempt }: FeedStanding, now: number): FeedWords {
  const left = health.retryAt === undefined ? 0 : Math.max(0, Math.ceil((health.retryAt / 1000 - now) / 1000));
  const short = `Reconnecting (attempt ${attempt + 1})${left > 0 ? ` in ${left} s` : ""}`;
  const reason = (health.message ?? "The connection was lost").replace(/; next try in \d+ s$/, "");
  return { ...words("bad", short, `${reason}: connecting again`), spoken: `${reason}, reconnecting` };
}

function words(level: FeedWords["level"], short: string, sentence: string): FeedWords {
  return { level, short, sentence, spoken: sentence };
}

/** `9 s`, `4 min`, `2 h`. */
function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

function aloud(text: string): string {
  return text
    .replace(/ s\b/, " seconds")
    .replace(/ min\b/, " minutes")
    .replace(/ h\b/, " hours");
}

function gapSeconds({ from, to }: Gap): number {
  return Math.max(1, Math.ceil((to - from) / 1_000_000));
}

function firstPart(sentence: string): string {
  return sentence.split(":")[0] ?? sentence;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
