import { describe, expect, it } from "vitest";
import type { Micros } from "../../src/core/units.js";
import { type FeedStanding, feedNotes, feedWords, isFresh } from "../../src/extension/feedWords.js";
import { statusLook } from "../../src/extension/statusText.js";
import type { LiveState } from "../../src/feed/databento/live/health.js";
import { RECOMMENDATION_ID, recommendation } from "../support/outputs.js";
import { engineView, feed, standing } from "./support.js";

const NOW = 1_000_000;
const ago = (seconds: number) => ((NOW - seconds * 1000) * 1000) as Micros;
const gap = (from: number, to: number) => ({
  from: ago(from),
  to: ago(to),
  reason: "the replay no longer holds it",
  instrument: undefined,
});

/** `level | what the status bar shows | what a screen reader says` */
function words(of: FeedStanding): string {
  const { level, short, spoken } = feedWords(of, NOW);
  return `${level} | ${short} | ${spoken}`;
}

function look(of: FeedStanding, seconds = 0): string {
  const { text, background, counting } = statusLook(standing({ feed: of }), NOW + seconds * 1000);
  return `${text} | ${background ?? "plain"} | ${counting}`;
}

describe("A live feed in words", () => {
  it.each<[string, FeedStanding, string]>([
    [
      "trades",
      feed({}, { lastTradeAt: ago(3) }),
      "good | last trade 3 s ago | live feed connected, last trade 3 seconds ago",
    ],
    [
      "is quiet",
      feed({}, { lastTradeAt: ago(240) }),
      "good | last trade 4 min ago | live feed connected, last trade 4 minutes ago",
    ],
    ["has not traded", feed(), "good | no trade yet | live feed connected, no trade yet"],
    [
      "follows a symbol that nobody knows",
      feed({ message: "Databento does not know a symbol: ESX9" }),
      "bad | Databento does not know a symbol | Databento does not know a symbol: ESX9",
    ],
    ["begins", feed({ state: "connecting" }, { attempt: 1 }), "busy | Connecting | Connecting to Databento"],
    [
      "comes back",
      feed({ state: "authenticating", lastHeardAt: ago(20) }, { attempt: 1 }),
      "bad | Reconnecting (attempt 1) | Reconnecting to Databento, attempt 1",
    ],
    [
      "waits for its next try",
      feed(
        { state: "backoff", message: "The gateway closed the connection; next try in 4 s", retryAt: ago(-4) },
        { attempt: 2 },
      ),
      "bad | Reconnecting (attempt 3) in 4 s | The gateway closed the connection, reconnecting",
    ],
    [
      "catches up",
      feed({ state: "replaying", reconnects: 1 }, { attempt: 1 }),
      "bad | Catching up | Catching up with what was missed: no call until then",
    ],
    [
      "begins with the day so far",
      feed({ state: "replaying", message: "Reading what came before" }),
      "busy | Catching up | Reading what came before: no call until then",
    ],
    ["is dead", feed({ state: "stale", lastHeardAt: ago(9) }), "bad | No data for 9 s | No data for 9 seconds"],
    [
      "is behind, and silent for less than the limit that is set",
      feed({ state: "stale", lastHeardAt: ago(30), staleSeconds: 40, message: "the data are 41 s old" }),
      "bad | The data are 41 s old | The data are 41 s old: no call until that is over",
    ],
    [
      "brings what is old",
      feed({ state: "stale", lastHeardAt: ago(0), message: "the data are 8 s old" }),
      "bad | The data are 8 s old | The data are 8 s old: no call until that is over",
    ],
    [
      "has another clock",
      feed({
        state: "stale",
        lastHeardAt: ago(0),
        message: "The clock of this computer is 3.0 s ahead: set it by a time server",
      }),
      "bad | The clock of this computer is 3.0 s ahead | The clock of this computer is 3.0 s ahead: set it by a time server: no call until that is over",
    ],
    [
      "is of a closed market",
      feed({ state: "closedMarket" }),
      "good | Market closed | The market is closed, the feed is connected",
    ],
  ])("says how it is when it %s", (_case, of, expected) => {
    expect(words(of)).toBe(expected);
  });

  it("lets calls be made by what is of now alone", () => {
    const states: readonly LiveState[] = [
      "idle",
      "connecting",
      "authenticating",
      "subscribing",
      "replaying",
      "live",
      "stale",
      "closedMarket",
      "backoff",
      "fatal",
      "ended",
    ];
    expect(states.filter((state) => isFresh(feed({ state })))).toEqual(["live", "closedMarket"]);
  });

  it("counts what is missing, and repeats what the gateway said", () => {
    const notices = ["Databento does not know a symbol: ESX9"];
    expect(feedNotes(feed({ gaps: [gap(32, 20)], notices, dropped: 2 }))).toEqual([
      "1 gap of 12 s (the replay no longer holds it): no bar that it touches gives a signal",
      "Databento does not know a symbol: ESX9",
      "2 records without a time or of the future were not used",
    ]);
    expect(feedNotes(feed({ gaps: [gap(90, 80), gap(32, 20)] }))[0]).toMatch(/^2 gaps, the last of 12 s/);
    expect(feedNotes(feed())).toEqual([]);
  });
});

describe("The status bar item of a live feed", () => {
  it("looks different for a quiet market and a dead feed, by ages that are found out when they are shown", () => {
    const quiet = feed({}, { lastTradeAt: ago(3) });
    expect(look(quiet)).toBe("$(eye) Watching · 3.2x of 4.0x · last trade 3 s ago | plain | true");
    expect(look(quiet, 30)).toBe("$(eye) Watching · 3.2x of 4.0x · last trade 33 s ago | plain | true");
    const dead = feed({ state: "stale", lastHeardAt: ago(9) });
    expect(look(dead)).toBe("$(warning) No data for 9 s | warning | true");
    expect(look(dead, 1)).toBe("$(warning) No data for 10 s | warning | true");
  });

  it("shows a gap for a minute", () => {
    const missing = feed({ gaps: [gap(32, 20)] }, { lastTradeAt: ago(3) });
    expect(look(missing)).toBe("$(eye) Watching · 3.2x of 4.0x · gap of 12 s | plain | true");
    expect(look(missing, 41)).toBe("$(eye) Watching · 3.2x of 4.0x · last trade 44 s ago | plain | true");
  });

  it.each<[Partial<FeedStanding["health"]>, string]>([
    [{ state: "connecting" }, "$(sync~spin) Connecting | plain | true"],
    [{ state: "connecting", lastHeardAt: ago(30) }, "$(sync~spin) Reconnecting (attempt 1) | warning | true"],
    [{ state: "replaying" }, "$(sync~spin) Catching up | plain | true"],
    [{ state: "replaying", reconnects: 1 }, "$(sync~spin) Catching up | warning | true"],
    [{ state: "closedMarket" }, "$(clock) Market closed | plain | true"],
  ])("says %j", (health, expected) => {
    expect(look(feed(health, { attempt: 1 }))).toBe(expected);
  });

  it("counts no seconds on data that are not of now, and says so for the ear, too", () => {
    const pending = [recommendation({ account: "manual", lateAfter: ((NOW + 20_000) * 1000) as Micros })];
    const stale = standing({ feed: feed({ state: "stale", lastHeardAt: ago(9) }), view: engineView({ pending }) });
    const { text, spoken, background, command } = statusLook(stale, NOW);
    expect(text).toBe("$(warning) NO CALL: BUY 2 ES JUN25 @ 6010.75 is withdrawn · No data for 9 s");
    expect(spoken).toBe("No call: buy 2 ES JUN25 at 6010.75 is withdrawn. No data for 9 seconds");
    expect([background, command]).toEqual(["warning", "volumeCluster.recordFill"]);
    const again = { ...stale, feed: feed(), deadlines: new Map([[RECOMMENDATION_ID, NOW + 20_000]]) };
    expect(statusLook(again, NOW).text).toBe("$(bell-dot) BUY 2 ES JUN25 @ 6010.75 · 20 s");
  });

  it("is late, not withdrawn, once the seconds are over", () => {
    const pending = [recommendation({ account: "manual", lateAfter: ago(1) })];
    const stale = standing({ feed: feed({ state: "stale", lastHeardAt: ago(9) }), view: engineView({ pending }) });
    expect(statusLook(stale, NOW).text).toBe("$(history) BUY 2 ES JUN25 @ 6010.75 · late · No data for 9 s");
  });
});
