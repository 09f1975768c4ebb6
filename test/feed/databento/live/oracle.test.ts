import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConnectionChange } from "../../../../src/core/market.js";
import { concatBytes, ESH4, START, trade, tradeLines } from "../../../support/dbnBytes.js";
import { FakeClock } from "../../../support/fakeClock.js";
import { FakeGateway } from "../../../support/fakeGateway.js";
import { type Fault, FaultyMarket, isLast, liveFeedAt, mapping, readUntil } from "../../../support/liveMarket.js";

const ESM4 = 99;
const ESU4 = 100;
const CONTRACTS = concatBytes(mapping(), mapping("ESM4", ESM4), mapping("ESU4", ESU4));

/** Trades of two contracts, of which many share their nanosecond, and some are equal in everything. */
const market = fc
  .array(
    fc.record({
      step: fc.constantFrom(0, 0, 0, 0.001, 0.001, 1),
      ticks: fc.integer({ min: -2, max: 2 }),
      size: fc.integer({ min: 1, max: 2 }),
      side: fc.constantFrom("A", "B"),
      id: fc.constantFrom(ESH4, ESH4, ESM4),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((sketches) => {
    let seconds = 1;
    return sketches.map(({ step, ticks, size, side, id }) => {
      seconds += step;
      return trade({ seconds, price: 4800 + ticks * 0.25, size, side, id });
    });
  });

/** Trades of three contracts, many of them late; one contract traded once, a while ago, so that replays reach back to it. */
const lateMarket = fc
  .array(
    fc.record({
      step: fc.constantFrom(0, 0.001, 0.5, 1),
      late: fc.constantFrom(0, 0, 0.001, 0.5, 5),
      size: fc.integer({ min: 1, max: 2 }),
      id: fc.constantFrom(ESH4, ESH4, ESM4),
    }),
    { minLength: 1, maxLength: 50 },
  )
  .map((sketches) => {
    let seconds = 8;
    const trades = sketches.map(({ step, late, size, id }) => {
      seconds += step;
      return trade({ seconds: seconds - late, size, id });
    });
    return [trade({ seconds: 2, id: ESU4 }), ...trades];
  });

const faults = fc.array(
  fc
    .record({
      after: fc.oneof(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 500, max: 4000 })),
      kind: fc.constantFrom<Fault["kind"]>("fin", "rst", "garbage", "stall"),
      missed: fc.integer({ min: 0, max: 12 }),
      sizes: fc.constantFrom([], [5], [7, 1, 48], [64, 3], [1000]),
    })
    // Garbage in the place of a sign-in is another matter (F7): three times of it and nobody tries again.
    .map((fault): Fault => (fault.kind === "garbage" && fault.after < 700 ? { ...fault, kind: "rst" } : fault)),
  { maxLength: 6 },
);

/** Damage three times in a row at one place is another matter (F6), as nobody tries again. */
const sparing = (script: readonly Fault[]) =>
  script.map(
    (fault, index): Fault => (fault.kind === "garbage" && index % 3 === 2 ? { ...fault, kind: "fin" } : fault),
  );

async function read(records: readonly Uint8Array[], script: readonly Fault[]) {
  const clock = new FakeClock(START);
  const faulty = new FaultyMarket(records, sparing(script), () => clock.advance(1000), undefined, CONTRACTS);
  const gateway = await FakeGateway.start(faulty.serve);
  const lines: string[] = [];
  const gaps: ConnectionChange[] = [];
  try {
    const { feed } = liveFeedAt(gateway.address, { clock });
    await readUntil(
      feed,
      (events) => {
        for (const event of events) {
          if (event.type === "trades") lines.push(...tradeLines(event));
          if (event.type === "connection" && event.state === "gap") gaps.push(event);
        }
      },
      isLast,
    );
  } finally {
    await gateway.close();
  }
  return { lines, gaps };
}

describe("a live feed under any faults", () => {
  it("tells the trades of the fault-free stream, each once and in order, and declares no gap", async () => {
    await fc.assert(
      fc.asyncProperty(market, faults, async (records, script) => {
        const whole = await read(records, []);
        const broken = await read(records, script);
        expect(whole.lines.length).toBe(records.length);
        expect(broken).toEqual({ lines: whole.lines, gaps: [] });
      }),
      { numRuns: 30 },
    );
  });

  it("tells each trade once where many are late and replays order them by time", async () => {
    await fc.assert(
      fc.asyncProperty(lateMarket, faults, async (records, script) => {
        const whole = await read(records, []);
        const broken = await read(records, script);
        expect(whole.lines.length).toBe(records.length);
        expect({ ...broken, lines: broken.lines.sort() }).toEqual({ lines: whole.lines.sort(), gaps: [] });
      }),
      { numRuns: 30 },
    );
  });

  it("lacks exactly what lies in the gaps that it declares, where the gateway no longer replays all", async () => {
    // Only faults after which the client has read all that was sent: who saw nothing cannot know what it lacks.
    const forgetful = fc.array(
      fc
        .tuple(faults, fc.constantFrom("aloud" as const, "silently" as const, undefined))
        .map(([list, forgets]) =>
          list.map((fault): Fault => ({ ...fault, kind: fault.kind === "garbage" ? "garbage" : "fin", forgets })),
        ),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(market, forgetful, async (records, lists) => {
        const { lines, gaps } = await read(records, lists.flat());
        const whole = (await read(records, [])).lines;
        const inside = (line: string, isInclusive: boolean) =>
          gaps.some(({ from = 0, to = 0 }) => {
            const time = Math.round(Number(line.split(" ")[0]) * 1e6) + START;
            return isInclusive ? from <= time && time <= to : from < time && time < to;
          });
        let next = 0;
        for (const line of whole) {
          if (line === lines[next] && !inside(line, false)) next++;
          else expect({ line, isDeclared: inside(line, true) }).toEqual({ line, isDeclared: true });
        }
        expect(next).toBe(lines.length);
      }),
      { numRuns: 30 },
    );
  });
});
