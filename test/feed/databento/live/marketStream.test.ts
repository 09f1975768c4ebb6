import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/events.js";
import type { Micros } from "../../../../src/core/units.js";
import { MarketStream } from "../../../../src/feed/databento/live/marketStream.js";
import { NO_TAPE } from "../../../../src/feed/databento/live/tape.js";
import { Timeliness } from "../../../../src/feed/databento/live/timeliness.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { concatBytes, cutBytes, START, START_NANOS, trade, tradeLines } from "../../../support/dbnBytes.js";
import {
  gatewayError,
  heartbeat,
  liveMetadata,
  mapping,
  replayCompleted,
  system,
  timeOf,
} from "../../../support/liveMarket.js";

const HEAD = concatBytes(liveMetadata(), system(1, "ok"), mapping());
const RECORDS = [1, 2, 2, 2, 3, 4].map((seconds, index) => trade({ seconds, size: 1 + (index % 2) }));

function streamOf(isChecked = false, replayed: { start?: Micros; subscriptions?: number } = {}): MarketStream {
  return new MarketStream({
    tickSizes: tickSizesOf([]),
    start: replayed.start,
    subscriptions: replayed.subscriptions ?? 1,
    timeliness: new Timeliness({ limitSeconds: 6, isChecked }),
    tape: NO_TAPE,
    hasPast: false,
    redact: (text) => text,
  });
}

/** What a stream tells of one session's bytes, in the pieces in which they come. */
function told(stream: MarketStream, pieces: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const note = (event: EngineEvent) => {
    if (event.type === "trades") lines.push(...tradeLines(event));
    else lines.push(JSON.stringify(event));
  };
  for (const piece of pieces) for (const events of stream.receive(piece, START as never)) events.forEach(note);
  return lines;
}

const tradesOf = (lines: readonly string[]) => lines.filter((line) => line.includes("@"));

describe("F1: a live stream", () => {
  const session = concatBytes(
    HEAD,
    ...RECORDS,
    gatewayError(4, "NOPE"),
    heartbeat(5),
    trade({ seconds: 6, price: 4800.3 }),
    mapping("ESM4", 99),
    trade({ seconds: 7, id: 99 }),
    heartbeat(8),
  );
  const whole = read([session]);

  function read(pieces: readonly Uint8Array[]): string[] {
    const stream = streamOf();
    stream.begin();
    const lines = told(stream, pieces);
    // What comes before the first trade has no time, and so no order.
    const first = lines.findIndex((line) => line.includes("@"));
    return [...lines.slice(0, first).sort(), ...lines.slice(first)];
  }

  it("tells the same wherever its bytes are cut, and byte by byte", () => {
    expect(tradesOf(whole)).toHaveLength(RECORDS.length + 1);
    for (let cut = 0; cut <= session.length; cut++) expect(read(cutBytes(session, [cut]))).toEqual(whole);
    expect(read(cutBytes(session, [...session.keys()]))).toEqual(whole);
  });

  it("tells the same in any pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (places) => {
        expect(read(cutBytes(session, places))).toEqual(whole);
      }),
    );
  });
});

describe("F2: a live stream that breaks off", () => {
  const session = concatBytes(HEAD, ...RECORDS, heartbeat(5));
  const lines = (() => {
    const stream = streamOf();
    stream.begin();
    return tradesOf(told(stream, [session]));
  })();

  it("at any byte loses and repeats nothing, and asks for no more than it lacks", () => {
    for (let cut = 0; cut <= session.length; cut++) {
      const stream = streamOf();
      stream.begin();
      const first = told(stream, [session.subarray(0, cut)]);
      stream.down("broken");
      const start = stream.begin();
      const replay = RECORDS.filter((record) => timeOf(record) >= (start ?? START_NANOS));
      const second = told(stream, [concatBytes(HEAD, ...replay, replayCompleted(), heartbeat(6))]);
      expect({ cut, lines: tradesOf([...first, ...second]) }).toEqual({ cut, lines });
      expect(stream.gaps).toEqual([]);
      const isTold = first.length > 0 && tradesOf(first).length > 0;
      if (isTold) expect(Number((start ?? 0n) / 1000n)).toBeGreaterThanOrEqual(START + 1e6);
    }
  });
});

describe("F18: a live stream whose records are of the future by this computer's clock", () => {
  const ahead = (seconds: number) => trade({ seconds: 60 + seconds });

  it("blames one on the record, two in a row on the clock, until one is not", () => {
    const stream = streamOf(true);
    stream.begin();
    told(stream, [concatBytes(HEAD, trade({ seconds: 0 }))]);
    const problems = [ahead(1), trade({ seconds: 0.1 }), ahead(2), ahead(3), ahead(4), trade({ seconds: 0.2 })].map(
      (record) => {
        told(stream, [record]);
        return stream.problem?.split(";")[0];
      },
    );
    const blamed = "Databento's times are ahead of this computer's clock";
    expect(problems).toEqual([undefined, undefined, undefined, blamed, blamed, undefined]);
    expect(stream.dropped).toBe(4);
  });
});

describe("A replay of two schemas", () => {
  const begun = () => streamOf(false, { start: START as Micros, subscriptions: 2 });
  const states = (lines: readonly string[]) =>
    lines.flatMap(
      (each) => /"state":"(\w+)"/.exec(each)?.[1] ?? (each.includes("@") ? (each.split(" ")[0] ?? "") : []),
    );
  const session = (...parts: readonly Uint8Array[]) => {
    const stream = begun();
    expect(stream.begin()).toBe(START_NANOS);
    return { lines: states(told(stream, [HEAD, ...parts])), stream };
  };
  const at = (seconds: number) => trade({ seconds });
  const done = (schema: string) => system(3, `Finished ${schema} replay`);

  it("is over when both are", () => {
    const { lines } = session(at(1), done("trades"), at(2), done("status"), at(3));
    expect(lines).toEqual(["up", "1", "2", "caughtUp", "3"]);
  });

  it("is over when trades have gone on for 5 s, though of the other nothing is said", () => {
    const { lines, stream } = session(at(1), done("trades"), at(2), at(5), at(6), at(7));
    expect(lines).toEqual(["up", "1", "2", "5", "6", "caughtUp", "7"]);
    expect(stream.isReplaying).toBe(false);
  });

  it("is not over when the other alone is, however long its trades go on", () => {
    // The newest is kept back until another one shows that its nanosecond is whole.
    const { lines, stream } = session(done("status"), ...[1, 100, 2_000, 3_000].map(at));
    expect(lines).toEqual(["up", "1", "100", "2000"]);
    expect(stream.isReplaying).toBe(true);
  });

  it("is asked for anew in each session", () => {
    const stream = begun();
    stream.begin();
    told(stream, [HEAD, at(1), done("trades")]);
    stream.down("lost");
    stream.begin();
    expect(states(told(stream, [HEAD, at(1), at(2), at(60)]))).not.toContain("caughtUp");
  });
});

describe("What is replayed of a trading day", () => {
  const start = START as Micros;
  const gaps = (stream: MarketStream) => stream.gaps.map(({ from, to }) => [(from - START) / 1e6, (to - START) / 1e6]);

  it.each([
    ["begins with its open", [0], []],
    ["begins 15 minutes after its open", [900], []],
    ["begins more than 15 minutes after its open", [900.001], [[0, 900.001]]],
    ["begins late with a trade of before", [-5, 3600], []],
  ])("%s: the gaps are %j of %j", (_, seconds, expected) => {
    const stream = streamOf(false, { start });
    stream.begin();
    const lines = told(stream, [HEAD, ...seconds.map((second) => trade({ seconds: second })), replayCompleted()]);
    expect(gaps(stream)).toEqual(expected);
    const changes = lines.flatMap((line) => /"state":"(\w+)"/.exec(line)?.[1] ?? []);
    expect(changes).toEqual(["up", ...expected.map(() => "gap"), "caughtUp"]);
  });

  it("is over by the second heartbeat in a row, where nobody says that it is", () => {
    const stream = streamOf(false, { start });
    stream.begin();
    told(stream, [HEAD, trade({ seconds: 1 }), heartbeat(2), trade({ seconds: 3 }), heartbeat(4)]);
    expect(stream.isReplaying).toBe(true);
    told(stream, [heartbeat(5)]);
    expect(stream.isReplaying).toBe(false);
  });

  it("is no gap where nothing was replayed at all, nor where nothing was asked for", () => {
    const silent = streamOf(false, { start });
    silent.begin();
    told(silent, [HEAD, replayCompleted(), trade({ seconds: 7200 }), heartbeat(7201)]);
    expect(gaps(silent)).toEqual([]);
    const fresh = streamOf();
    fresh.begin();
    told(fresh, [HEAD, trade({ seconds: 7200 })]);
    expect(gaps(fresh)).toEqual([]);
  });

  it("is a gap once, where the gateway said so itself", () => {
    const stream = streamOf(false, { start });
    stream.begin();
    expect(() => told(stream, [concatBytes(liveMetadata(), gatewayError(8, "aged out"))])).toThrow("without it");
    stream.begin();
    told(stream, [HEAD, trade({ seconds: 7200 })]);
    expect(stream.gaps).toMatchObject([{ reason: "the gateway no longer replays what was missed" }]);
  });
});
