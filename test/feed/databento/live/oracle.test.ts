import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/events.js";
import { ESH4, START, trade, tradeLines } from "../../../support/dbnBytes.js";
import { FakeClock } from "../../../support/fakeClock.js";
import { FakeGateway } from "../../../support/fakeGateway.js";
import { type Fault, FaultyMarket, isLast, liveFeedAt, readUntil } from "../../../support/liveMarket.js";

/** Trades of which many share their nanosecond, and some are equal in everything. */
const market = fc
  .array(
    fc.record({
      step: fc.constantFrom(0, 0, 0, 0.001, 0.001, 1),
      ticks: fc.integer({ min: -2, max: 2 }),
      size: fc.integer({ min: 1, max: 2 }),
      side: fc.constantFrom("A", "B"),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((sketches) => {
    let seconds = 1;
    return sketches.map(({ step, ticks, size, side }) => {
      seconds += step;
      return trade({ seconds, price: 4800 + ticks * 0.25, size, side, id: ESH4 });
    });
  });

const faults = fc.array(
  fc
    .record({
      after: fc.oneof(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 500, max: 4000 })),
      kind: fc.constantFrom<Fault["kind"]>("fin", "rst", "garbage", "stall"),
      missed: fc.integer({ min: 0, max: 12 }),
      sizes: fc.constantFrom([], [1], [7, 1, 48], [64, 3], [1000]),
    })
    // Garbage in the place of a sign-in is another matter (F7): three times of it and nobody tries again.
    .map((fault): Fault => (fault.kind === "garbage" && fault.after < 700 ? { ...fault, kind: "rst" } : fault)),
  { maxLength: 6 },
);

async function read(records: readonly Uint8Array[], script: readonly Fault[]) {
  const clock = new FakeClock(START);
  const faulty = new FaultyMarket(records, script, () => clock.advance(45_000));
  const gateway = await FakeGateway.start(faulty.serve);
  const lines: string[] = [];
  const gaps: EngineEvent[] = [];
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
      { numRuns: 60 },
    );
  });
});
