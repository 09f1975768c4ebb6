import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { ConnectionChange } from "../../src/core/market.js";
import type { Micros } from "../../src/core/units.js";
import { RTYPE } from "../../src/feed/databento/dbn/codes.js";
import { encodeConnection } from "../../src/feed/databento/dbn/connectionRecord.js";
import { encodeRecord } from "../../src/feed/databento/dbn/encode.js";
import { openReplay } from "../../src/feed/replay.js";
import { tickSizesOf } from "../../src/feed/tickSizes.js";
import { concatBytes, ESH4, eventLines, metadata, nanos, START, trade } from "../support/dbnBytes.js";
import { heartbeat, liveMetadata, mapping } from "../support/liveMarket.js";

const root = mkdtempSync(join(tmpdir(), "volume-cluster-join-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = (seconds: number) => (START + Math.round(seconds * 1e6)) as Micros;

function connection(state: ConnectionChange["state"], seconds: number): Uint8Array {
  return encodeConnection({ type: "connection", state, time: at(seconds) }, false);
}

/** A folder with these files, and what its replay says. */
async function replay(...files: readonly (readonly Uint8Array[])[]) {
  const folder = mkdtempSync(join(root, "folder-"));
  files.forEach((parts, index) => {
    writeFileSync(join(folder, `r-${index}.dbn`), concatBytes(...parts));
  });
  return played([folder]);
}

async function played(paths: readonly string[]) {
  const { feed, notes, files } = await openReplay(paths, { tickSizes: tickSizesOf([]) }, new AbortController().signal);
  const lines: string[] = [];
  for await (const events of feed.events(new AbortController().signal)) lines.push(...eventLines([events]));
  const trades = lines.filter((line) => line.includes("@"));
  const changes = lines.flatMap((line) => {
    if (!line.includes('"connection"')) return [];
    const { state, time, from, to } = JSON.parse(line);
    const seconds = (micros: number) => (micros - START) / 1e6;
    return [from === undefined ? `${state} ${seconds(time)}` : `${state} ${seconds(from)}-${seconds(to)}`];
  });
  return { trades, changes, notes, files };
}

/** How late a trade may come, in seconds. */
const LATEST = 0.3;

/** A quote with a trade in it at each of these times. */
function quotes(...seconds: readonly number[]): readonly Uint8Array[] {
  return seconds.map((second) =>
    encodeRecord({
      rtype: RTYPE.mbp1,
      instrument_id: ESH4,
      ts_event: nanos(second),
      ts_recv: nanos(second),
      price: "4800250000000",
      size: 1,
      action: "T",
      side: "B",
    }),
  );
}

interface Sketch {
  /** Tenths of a second since the one before; 0: the same nanosecond. */
  readonly step: number;
  readonly size: number;
  readonly isLate: boolean;
}

/** Trades as they come: many of one nanosecond, equal ones among them, some late. */
function tradesOf(sketches: readonly Sketch[]): readonly { readonly bytes: Uint8Array; readonly seconds: number }[] {
  let seconds = 1;
  return sketches.map(({ step, size, isLate }) => {
    seconds += step / 10;
    const time = isLate ? Math.max(1, seconds - LATEST) : seconds;
    return { bytes: trade({ seconds: time, size, raw: { ts_recv: nanos(seconds) } }), seconds: time };
  });
}

/**
 * What a run has recorded that was replayed all since the time of trade `from`, and was live from trade `live` until `end`. A
 * replay begins between two nanoseconds: of equal trades within one nobody could say which are missing.
 */
function recordingOf(
  trades: readonly { readonly bytes: Uint8Array; readonly seconds: number }[],
  { from, live, end }: { readonly from: number; readonly live: number; readonly end: number },
): readonly Uint8Array[] {
  const start = (trades[from]?.seconds ?? 0) - LATEST;
  const past = trades.slice(0, live).filter(({ seconds }) => seconds >= start);
  const since = trades.slice(live, end);
  const first = [...past, ...since][0]?.seconds ?? start;
  const bytesOf = (some: typeof trades) => some.map(({ bytes }) => bytes);
  const caughtUp = connection("caughtUp", past.at(-1)?.seconds ?? first);
  const head = [liveMetadata(), mapping("ESH4", ESH4, 1e5), connection("up", first)];
  return [...head, ...bytesOf(past), caughtUp, ...bytesOf(since)];
}

const sketch = fc.record({
  step: fc.constantFrom(0, 0, 0, 1, 2, 7, 900),
  size: fc.constantFrom(1, 2),
  isLate: fc.boolean(),
});

describe("Recordings of one market that overlap", () => {
  it("bring the trades of the whole, however it was cut into runs that each begin before the last one ended", async () => {
    const runs = fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(sketch, { minLength: 4, maxLength: 60 }), runs, async (sketches, given) => {
        const trades = tradesOf(sketches);
        const files: (readonly Uint8Array[])[] = [];
        let ended = 0;
        given.forEach(([begin, more, behind], index) => {
          const from = index === 0 ? 0 : begin % ended;
          const isLast = index === given.length - 1;
          const end = isLast ? trades.length : Math.min(trades.length, ended + 1 + (more % 20));
          // A later run has caught up at the earliest where the one before had ended.
          const live = index === 0 ? 0 : Math.min(end, Math.max(from + 1, ended) + (behind % 5));
          files.push(recordingOf(trades, { from, live, end }));
          ended = end;
        });
        const whole = await replay(recordingOf(trades, { from: 0, live: 0, end: trades.length }));
        const joined = await replay(...files);
        expect([...joined.trades].sort()).toEqual([...whole.trades].sort());
        expect(joined.changes.filter((line) => line.startsWith("gap"))).toEqual([]);
        expect(joined.files).toHaveLength(files.length);
      }),
      { numRuns: 60 },
    );
  });

  const some = (...seconds: readonly number[]) => seconds.map((second) => trade({ seconds: second }));
  const head = (seconds: number, id = ESH4) => [liveMetadata(), mapping("ESH4", id, 1e5), connection("up", seconds)];
  const live = (...seconds: readonly number[]) => {
    const [first = 0] = seconds;
    return [...head(first), connection("caughtUp", first), ...some(...seconds)];
  };
  const line = (second: number) => `${second} B 19201 x 1 @ ${ESH4}`;

  it("tell of the connection what the run told whose trades count, and of the time that is caught up with that it is past", async () => {
    const again = [...head(1), ...some(1, 2, 3, 4), connection("caughtUp", 4), ...some(5)];
    const { trades, changes, notes, files } = await replay(live(1, 2, 3), again);
    expect(trades).toEqual([1, 2, 3, 4, 5].map(line));
    expect(changes).toEqual(["up 1", "caughtUp 1", "up 3", "caughtUp 4"]);
    expect(notes).toEqual([`"${files[0]}" and "${files[1]}" hold some of the same time: what both hold counts once`]);
  });

  it("are of now wherever one of them was, also within the replay of another", async () => {
    const late = [...head(1), ...some(1, 2, 3, 4, 5, 6, 7, 8), connection("caughtUp", 8), ...some(9)];
    const { trades, changes } = await replay(late, live(4, 5, 6));
    expect(trades).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map(line));
    expect(changes).toEqual(["up 1", "caughtUp 4", "up 6", "caughtUp 8"]);
  });

  it("declare what none of them holds as a gap, once", async () => {
    const { trades, changes } = await replay(live(1, 2), live(600, 601), [
      ...head(600),
      ...some(600, 601, 602),
      connection("caughtUp", 602),
    ]);
    expect(trades).toEqual([1, 2, 600, 601, 602].map(line));
    expect(changes).toEqual(["up 1", "caughtUp 1", "gap 2-600", "up 601", "caughtUp 602"]);
  });

  it("declare no gap where one ended with heartbeats and the next repeats its last trade", async () => {
    const quiet = [...live(1, 2), heartbeat(30)];
    const { trades, changes } = await replay(quiet, [...head(2), ...some(2, 40), connection("caughtUp", 40)]);
    expect(trades).toEqual([1, 2, 40].map(line));
    expect(changes).toEqual(["up 1", "caughtUp 1", "up 30", "caughtUp 40"]);
  });

  it("take a record that was broken off from the run that has it whole", async () => {
    const torn = [...live(1, 2), trade({ seconds: 3 }).subarray(0, 20)];
    expect((await replay(torn, live(1, 2, 3, 4))).trades).toEqual([1, 2, 3, 4].map(line));
  });

  it("follow each other without a word where they are days of one run", async () => {
    const day = [liveMetadata(), mapping("ESH4", ESH4, 600), ...some(600, 601), connection("down", 601)];
    const { trades, changes, notes } = await replay(live(1, 2), day);
    expect(trades).toEqual([1, 2, 600, 601].map(line));
    expect(changes).toEqual(["up 1", "caughtUp 1", "down 601"]);
    expect(notes).toEqual([]);
  });

  it("may be the same file twice", async () => {
    const path = join(root, "twice.dbn");
    writeFileSync(path, concatBytes(...live(1, 2)));
    expect((await played([path, path])).trades).toEqual([1, 2].map(line));
  });

  it("declare a gap of the contract that is followed, and none of one that is followed no more", async () => {
    const rolled = [liveMetadata(), mapping("ESM4", 9, 600), connection("up", 600), trade({ seconds: 600, id: 9 })];
    const before = [...live(1, 2), mapping("ESM4", 9, 3), trade({ seconds: 3, id: 9 })];
    const { changes, trades } = await replay(before, rolled);
    expect(trades).toHaveLength(4);
    expect(changes).toEqual(["up 1", "caughtUp 1", "up 3", "gap 3-600"]);
  });

  it.each([
    ["a download of the same time", [metadata(), ...some(2, 3)]],
    ["a recording of other records of the same market", [...head(2), ...quotes(2)]],
    ["a recording of a contract more", [...head(2), mapping("ESM4", 9, 2), ...some(2), trade({ seconds: 2.5, id: 9 })]],
  ])("are refused with %s", async (_, other) => {
    await expect(replay(live(1, 2, 3), other)).rejects.toThrow(/both hold ESH4 .* which would count twice/);
  });

  it("say which of them changed after it was checked", async () => {
    const paths = [join(root, "one.dbn"), join(root, "two.dbn")] as const;
    writeFileSync(paths[0], concatBytes(...live(1, 2, 3)));
    writeFileSync(paths[1], concatBytes(...live(2, 3, 4)));
    const { feed } = await openReplay(paths, { tickSizes: tickSizesOf([]) }, new AbortController().signal);
    writeFileSync(paths[1], concatBytes(...live(2, 3, 4, 5)));
    const read = async () => {
      for await (const _ of feed.events(new AbortController().signal));
    };
    await expect(read()).rejects.toThrow(/^Could not read "[^"]*two\.dbn": it changed after it was checked[^"]*$/);
  });
});
