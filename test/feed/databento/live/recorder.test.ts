import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Micros } from "../../../../src/core/units.js";
import { ContractBook } from "../../../../src/feed/databento/dbn/contractBook.js";
import { DbnDecoder } from "../../../../src/feed/databento/dbn/dbnDecoder.js";
import { Recorder } from "../../../../src/feed/databento/live/recorder.js";
import { tickSizesOf } from "../../../../src/feed/tickSizes.js";
import { concatBytes, cutBytes, eventLines, START, trade } from "../../../support/dbnBytes.js";
import { liveMetadata, mapping } from "../../../support/liveMarket.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-recorder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAY = 100e6;

/** The trades of each file, by its name, after these records came in these chunks. */
function recorded(chunks: readonly Uint8Array[]): Record<string, readonly string[]> {
  const own = mkdtempSync(join(folder, "run-"));
  const tape = new Recorder({
    folder: own,
    name: "x",
    dayOf: (time) => {
      const day = Math.floor((time - START) / DAY);
      return { date: `day${day}`, close: (START + (day + 1) * DAY) as Micros };
    },
    onFailure: (error) => expect.unreachable(error.message),
  });
  tape.begin(liveMetadata());
  for (const chunk of chunks) tape.write(chunk);
  tape.close();
  return Object.fromEntries(
    readdirSync(own).map((name) => {
      const decoder = new DbnDecoder(new ContractBook(tickSizesOf([])));
      const lines = eventLines([decoder.push(readFileSync(join(own, name)))]);
      decoder.end();
      return [name, lines.filter((line) => line.includes("@")).map((line) => line.split(" ")[0] ?? "")];
    }),
  );
}

describe("a recording", () => {
  it("has in each file exactly its day, however many days a chunk spans and however the records are cut", () => {
    const times = [1, 50, 99, 100, 150, 199, 200, 320];
    const records = concatBytes(...times.map((seconds) => trade({ seconds })));
    const days = {
      "x-day0.dbn": ["1", "50", "99"],
      "x-day1.dbn": ["100", "150", "199"],
      "x-day2.dbn": ["200"],
      "x-day3.dbn": ["320"],
    };
    fc.assert(
      fc.property(fc.array(fc.nat(times.length), { maxLength: 4 }), (places) => {
        const parts = cutBytes(
          records,
          places.map((place) => place * 48),
        );
        expect(recorded([mapping(), ...parts])).toEqual(days);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps a late trade in the file of the day that has begun, so that the order stays", () => {
    const records = [99, 100, 98, 101].map((seconds) => trade({ seconds }));
    expect(recorded([concatBytes(mapping(), ...records)])).toEqual({
      "x-day0.dbn": ["99"],
      "x-day1.dbn": ["100", "98", "101"],
    });
  });
});
