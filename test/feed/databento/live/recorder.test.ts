import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
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

  it.skipIf(process.platform === "win32")(
    "ends with a whole record where the disk takes no more, and is none where it took nothing",
    () => {
      const program = join(folder, "record.cjs");
      const source = `
      import { Recorder } from ${JSON.stringify(fileURLToPath(new URL("../../../../src/feed/databento/live/recorder.ts", import.meta.url)))};
      const [folder, head, records] = process.argv.slice(2);
      const failures = [];
      const dayOf = () => ({ date: "day", close: Infinity });
      const tape = new Recorder({ folder, name: "x", dayOf, onFailure: (error) => failures.push(error.code) });
      tape.begin(Buffer.from(head, "hex"));
      for (let i = 0; i < 400; i++) tape.write(Buffer.from(records, "hex"));
      tape.close();
      console.log(failures.join());`;
      buildSync({ stdin: { contents: source, resolveDir: folder }, bundle: true, platform: "node", outfile: program });
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
      const [head, records] = [hex(liveMetadata()), hex(concatBytes(mapping(), trade({ seconds: 1 })))];
      // A file may have so many KiB; what is beyond is refused as by a full disk, and node is not ended by the signal.
      const record = (name: string, limit: number) =>
        execFileSync("bash", [
          "-c",
          'trap "" XFSZ; ulimit -f "$0"; exec "$@"',
          ...[`${limit}`, process.execPath, program, join(folder, name), head, records],
        ]);
      expect(`${record("full", 19)}`.trim()).toBe("EFBIG");
      const bytes = readFileSync(join(folder, "full", "x-day.dbn"));
      expect(bytes.length).toBeGreaterThan(19_456 - records.length);
      const decoder = new DbnDecoder(new ContractBook(tickSizesOf([])));
      decoder.push(bytes.subarray(0, -1));
      decoder.push(bytes.subarray(-1));
      expect((bytes.length - head.length / 2) % (records.length / 2)).toBe(0);
      expect(`${record("none", 0)}`.trim()).toBe("EFBIG");
      expect(readdirSync(join(folder, "none"))).toEqual([]);
    },
  );

  it("keeps a late trade in the file of the day that has begun, so that the order stays", () => {
    const records = [99, 100, 98, 101].map((seconds) => trade({ seconds }));
    expect(recorded([concatBytes(mapping(), ...records)])).toEqual({
      "x-day0.dbn": ["99"],
      "x-day1.dbn": ["100", "98", "101"],
    });
  });
});
