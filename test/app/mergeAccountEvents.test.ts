import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeAccountEvents, RecordedEvents } from "../../src/app/mergeAccountEvents.js";
import type { AccountEvent, EngineEvent } from "../../src/core/events.js";
import type { TradeBatch } from "../../src/core/market.js";
import type { Micros } from "../../src/core/units.js";
import { limits as limitsOutput } from "../support/outputs.js";

function batch(...times: readonly number[]): TradeBatch {
  return {
    type: "trades",
    count: times.length,
    // Longer than count, as a feed's arrays may be.
    time: Float64Array.from([...times, 999, 999]),
    price: Int32Array.from([...times, 0, 0]),
    size: new Uint32Array(times.length + 2).fill(1),
    side: new Int8Array(times.length + 2),
    instrument: new Uint32Array(times.length + 2),
  };
}

const clock = (time: number): EngineEvent => ({ type: "clock", time: time as Micros });

function account(at: number | undefined, id = `at ${at}`): AccountEvent {
  const event = { type: "account", kind: "halt", id, account: "manual", time: 0 as Micros } as const;
  return at === undefined ? event : { ...event, at: at as Micros };
}

async function* turns(...events: readonly (readonly EngineEvent[])[]): AsyncGenerator<readonly EngineEvent[]> {
  for (const turn of events) yield turn;
}

/** The merged stream as words: trades by their times, `|10` a clock, `at 10` an account event. */
async function merged(
  source: AsyncIterable<readonly EngineEvent[]>,
  recorded: readonly AccountEvent[],
): Promise<string[]> {
  const words: string[] = [];
  for await (const events of mergeAccountEvents(source, new RecordedEvents(recorded, []))) {
    for (const event of events) {
      if (event.type === "trades") words.push([...event.time.subarray(0, event.count)].join(" "));
      else if (event.type === "clock") words.push(`|${event.time}`);
      else words.push(event.type === "account" ? event.id : event.type);
    }
  }
  return words;
}

describe("mergeAccountEvents", () => {
  it("passes a feed through when nothing was recorded", async () => {
    expect(await merged(turns([batch(1, 2)], [clock(3)]), [])).toEqual(["1 2", "|3"]);
  });

  it("puts events from before the feed's first moment first, without a clock", async () => {
    expect(await merged(turns([batch(10, 20)]), [account(3), account(9)])).toEqual(["at 3", "at 9", "10 20"]);
  });

  it("puts new limits at their time, between trades or at the end, and leaves the clock alone", async () => {
    const { limits } = limitsOutput();
    const change = (time: number): AccountEvent => {
      return { type: "account", kind: "limits", id: `limits ${time}`, time: time as Micros, limits };
    };
    const recorded = [account(9), change(20)];
    expect(await merged(turns([batch(10, 20, 30)]), recorded)).toEqual(["at 9", "10 20", "limits 20", "30"]);
    expect(await merged(turns([batch(11, 12)]), recorded)).toEqual(["at 9", "11 12", "limits 20"]);
  });

  it("cuts a batch after the last trade that was seen when the event acted", async () => {
    const words = await merged(turns([batch(10, 20, 20, 30)]), [account(20)]);
    expect(words).toEqual(["10 20 20", "|20", "at 20", "30"]);
  });

  it("brings the time to the event's moment where no trade did", async () => {
    expect(await merged(turns([batch(10, 30)]), [account(15), account(25)])).toEqual([
      "10",
      "|15",
      "at 15",
      "|25",
      "at 25",
      "30",
    ]);
  });

  it("puts an event of the first trade's own moment after it", async () => {
    expect(await merged(turns([batch(10, 30)]), [account(10)])).toEqual(["10", "|10", "at 10", "30"]);
  });

  it("puts an event between batches, before clocks and bars that are later", async () => {
    const bar = { type: "bar", instrument: 1, start: 20, end: 40, dirty: false } as unknown as EngineEvent;
    const words = await merged(turns([batch(10)], [clock(12)], [bar]), [account(11), account(39)]);
    expect(words).toEqual(["10", "|11", "at 11", "|12", "|39", "at 39", "bar"]);
  });

  it("keeps what came after the feed for its end", async () => {
    expect(await merged(turns([batch(10)]), [account(10), account(50)])).toEqual([
      "10",
      "|10",
      "at 10",
      "|50",
      "at 50",
    ]);
  });

  it("gives everything at once when the feed is empty", async () => {
    expect(await merged(turns(), [account(10), account(5)])).toEqual(["at 10", "at 5"]);
  });

  it("keeps an event without a moment behind the one before it", async () => {
    const words = await merged(turns([batch(10, 20, 30)]), [account(15), account(undefined, "undated"), account(25)]);
    expect(words).toEqual(["10", "|15", "at 15", "undated", "20", "|25", "at 25", "30"]);
  });

  it("is not moved by contracts, which bear other times", async () => {
    const contract = { type: "contract", instrument: 1, symbol: "ESM5", time: 500 as Micros } as const;
    expect(await merged(turns([contract], [batch(10)]), [account(5)])).toEqual(["contract", "at 5", "10"]);
  });

  it("gives years of them in pieces, and asks for none before its turn", async () => {
    let asked = 0;
    function* years(): Generator<AccountEvent> {
      for (; asked < 1_000; ) yield account(asked, `${asked++}`);
    }
    const pieces: number[] = [];
    for await (const events of mergeAccountEvents(turns([batch(950, 2_000)]), new RecordedEvents(years(), []))) {
      pieces.push(events.length);
      expect(asked).toBeLessThanOrEqual(pieces.reduce((sum, length) => sum + length, 1));
    }
    expect(asked).toBe(1_000);
    expect(Math.max(...pieces)).toBeLessThan(200);
  });

  it("lets what was given and not told wait again, and what came meanwhile behind it", async () => {
    const ids = Array.from({ length: 350 }, (_, number) => `${number}`);
    const recorded = new RecordedEvents(
      ids.map((id, number) => account(number, id)),
      [],
    );
    const feed = mergeAccountEvents(turns([batch(1_000)]), recorded);
    for (let piece = 0; piece < 2; piece += 1) {
      const { value = [] } = await feed.next();
      for (const event of value) recorded.told(event);
    }
    // Of the third piece a few alone.
    const { value = [] } = await feed.next();
    for (const event of value.slice(0, 7)) recorded.told(event);
    recorded.push([account(2_000, "later")]);
    await feed.return(undefined);
    expect(recorded.areTold).toBe(false);
    recorded.giveBack();
    const again: string[] = [];
    for (let events = recorded.take(); events.length > 0; events = recorded.take()) {
      again.push(...events.map(({ id }) => id));
      for (const event of events) recorded.told(event);
    }
    expect(again).toEqual([...ids.slice(207), "later"]);
    expect(recorded.areTold).toBe(true);
  });

  it("never takes a source that failed for one that is at its end", () => {
    function* failing(): Generator<AccountEvent> {
      yield account(1);
      throw new Error("The block is damaged");
    }
    const recorded = new RecordedEvents(failing(), []);
    for (let time = 0; time < 3; time += 1) {
      expect(() => [...recorded.rest()]).toThrow("The block is damaged");
      recorded.giveBack();
    }
  });

  it("announces the recommendations that come, and after they were told none", () => {
    const recorded = new RecordedEvents([account(20)], ["R"]);
    const first = [...recorded.around(batch(10))];
    expect(first.map((event) => (event.type === "account" ? event.kind : event.type))).toEqual(["issued", "trades"]);
    const told = new RecordedEvents([account(5)], ["R"]);
    expect([...told.around(batch(10))].map((event) => event.type)).toEqual(["account", "trades"]);
  });

  it("loses no trade, no event and no order, wherever batches end", async () => {
    const times = fc
      .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 })
      .map((list) => list.sort((a, b) => a - b));
    const cuts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(times, times, cuts, async (trades, moments, places) => {
        const edges = [
          0,
          ...places.map((place) => Math.min(place, trades.length)).sort((a, b) => a - b),
          trades.length,
        ];
        const parts = edges.slice(1).map((end, i) => [batch(...trades.slice(edges[i], end))]);
        const words = await merged(
          turns(...parts),
          moments.map((at) => account(at)),
        );
        const seen = words.filter((word) => /^\d/.test(word)).flatMap((word) => word.split(" ").map(Number));
        expect(seen).toEqual(trades);
        expect(words.filter((word) => word.startsWith("at"))).toEqual(moments.map((at) => `at ${at}`));
        let last = 0;
        for (const word of words.filter((each) => each !== "")) {
          const time = Number(/\d+$/.exec(word)?.[0]);
          const first = Number(/\d+/.exec(word)?.[0]);
          if (first >= (trades[0] ?? 0)) expect(first, words.join(", ")).toBeGreaterThanOrEqual(last);
          last = Math.max(last, time);
        }
      }),
    );
  });
});
