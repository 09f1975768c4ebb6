import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRecord, NO_RECORD_BEFORE, parseJournal } from "../../src/store/record.js";
import { fill, micros } from "../support/outputs.js";
import { FileNode } from "./simulation/disk.js";
import { Random } from "./simulation/random.js";
import { openStore, temporaryFolder } from "./support.js";

/** The lines of appends, of each the lengths of its records' notes, as a journal has them in one file. */
function appends(notes: readonly (readonly number[])[]): readonly Buffer[] {
  let [prev, seq] = [NO_RECORD_BEFORE, 0];
  return notes.map((lengths, m) =>
    Buffer.concat(
      lengths.map((length) => {
        const data = { notes: "é\n\u0000x".repeat(length / 4) };
        const { line, hash } = encodeRecord({
          ...{
            v: 1,
            id: `ID${seq}`,
            sess: "S",
            seq,
            prev,
            t: micros(1000),
            m,
            type: seq === 0 ? "header" : "fill",
            data,
          },
        });
        prev = hash;
        seq += 1;
        return line;
      }),
    ),
  );
}

const append = fc.array(fc.nat(900), { minLength: 1, maxLength: 6 });
const someAppends = fc.array(append, { minLength: 2, maxLength: 6 });
/** Twenty records, each in an append of its own. */
const twenty = appends(Array.from({ length: 20 }, () => [200]));
const file = Buffer.concat(twenty);
const tenth = Buffer.concat(twenty.slice(0, 10)).length;
const change = (edit: (bytes: Buffer) => void) => {
  const bytes = Buffer.from(file);
  edit(bytes);
  return parseJournal(bytes);
};

describe("A journal that a kill or a power cut ended", () => {
  it("is not called damaged, whatever was lost of the last append", () => {
    fc.assert(
      fc.property(someAppends, fc.nat(), (notes, seed) => {
        const written = appends(notes);
        const confirmed = Buffer.concat(written.slice(0, -1));
        const node = new FileNode(1, 0);
        node.write(confirmed);
        node.sync();
        node.write(written.at(-1) ?? new Uint8Array());
        node.loseCache(new Random(seed));
        const { damage, records } = parseJournal(node.cache);
        expect(damage).toEqual([]);
        expect(records.length).toBeGreaterThanOrEqual(parseJournal(confirmed).records.length);
      }),
      { numRuns: 500 },
    );
  });

  /** Where the lines of bytes begin. */
  const linesOf = (bytes: Buffer) => [0, ...[...bytes.keys()].filter((at) => bytes[at] === 0x0a).map((at) => at + 1)];

  /** Loses the first whole sector of a line. */
  const loseSector = (bytes: Buffer, from: number) => {
    const sector = Math.ceil((from + 18) / 512) * 512;
    return bytes.fill(0, sector, sector + 512);
  };

  it("is damaged where a line before the lost sectors has a changed byte", () => {
    const bytes = Buffer.concat(appends([[100], [900, 900, 900, 100]]));
    const [, second = 0, third = 0] = linesOf(bytes);
    const lost = loseSector(Buffer.from(bytes), third);
    expect(parseJournal(lost)).toMatchObject({ damage: [], doubtful: expect.stringContaining(`bytes ${third} to`) });
    lost.writeUInt8(lost.readUInt8(second + 100) ^ 1, second + 100);
    expect(parseJournal(lost).damage).toEqual([expect.stringContaining(`bytes ${second} to`)]);
  });

  it("is damaged where the last line behind the lost sectors has a changed byte", () => {
    const bytes = Buffer.concat(appends([[100], [900, 900]]));
    const [, second = 0, third = 0] = linesOf(bytes);
    const lost = loseSector(Buffer.from(bytes), second);
    expect(parseJournal(lost)).toMatchObject({ damage: [], records: { length: 2 } });
    lost.writeUInt8(lost.readUInt8(third + 100) ^ 1, third + 100);
    expect(parseJournal(lost).damage).toEqual([expect.stringContaining(`bytes ${second} to`)]);
  });

  it("is damaged where a sign that no JSON has stands between two lost sectors", () => {
    const bytes = Buffer.concat(appends([[100], [2000, 100]]));
    const [, second = 0] = linesOf(bytes);
    const lost = loseSector(loseSector(Buffer.from(bytes), second), second + 1024);
    expect(parseJournal(lost)).toMatchObject({ damage: [], records: { length: 2 } });
    lost.writeUInt8(1, Math.ceil((second + 18) / 512) * 512 + 700);
    expect(parseJournal(lost)).toMatchObject({ damage: [expect.any(String)], records: { length: 2 } });
  });

  it("is damaged where no line begins as the one with the lost sector does", () => {
    const bytes = Buffer.concat(appends([[100], [900, 100]]));
    const [, second = 0] = linesOf(bytes);
    const lost = loseSector(Buffer.from(bytes), second);
    lost.write("x", second + 3);
    expect(parseJournal(lost)).toMatchObject({ damage: [expect.any(String)], records: { length: 2 } });
  });

  it("is damaged where bytes are missing between the lost sectors and the next record", () => {
    const bytes = Buffer.concat(appends([[100], [900, 100]]));
    const [, second = 0, third = 0] = linesOf(bytes);
    const lost = loseSector(Buffer.from(bytes), second);
    expect(parseJournal(lost)).toMatchObject({ damage: [], records: { length: 2 } });
    const cut = Buffer.concat([lost.subarray(0, third - 5), lost.subarray(third)]);
    expect(parseJournal(cut)).toMatchObject({ damage: [expect.any(String)], records: { length: 2 } });
  });

  it.each([
    ["has a sign in it that no JSON has", (end: Buffer) => end.fill(1, 40, 41)],
    ["is no begin of a line", () => Buffer.from("junk")],
    ["is no begin of a line, though of figures", () => Buffer.from("0000 1234")],
    ["says no length", (end: Buffer) => Buffer.concat([Buffer.from("0000x"), end.subarray(5)])],
  ])("is damaged where what is left of it %s", (_, edit) => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = appends([[100], [400]]);
    const left = (end: Buffer) => parseJournal(Buffer.concat([first, end])).damage;
    expect(left(Buffer.from(second.subarray(0, 60)))).toEqual([]);
    expect(left(edit(Buffer.from(second.subarray(0, 60))))).toHaveLength(1);
  });

  it("is damaged where it was sealed, though in the same append", () => {
    const sealed = (type: string) => {
      let prev = NO_RECORD_BEFORE;
      const lines = ["header", "fill", type].map((each, seq) => {
        const data = { notes: "x".repeat(seq === 1 ? 2000 : 0) };
        const { line, hash } = encodeRecord({
          v: 1,
          id: `${seq}`,
          sess: "S",
          seq,
          prev,
          t: micros(1),
          m: 1,
          type: each,
          data,
        });
        prev = hash;
        return line;
      });
      return parseJournal(loseSector(Buffer.concat(lines), lines[0]?.length ?? 0));
    };
    expect(sealed("fill")).toMatchObject({ damage: [], doubtful: expect.any(String), sealed: false });
    const { damage, doubtful } = sealed("seal");
    expect([damage.length, doubtful]).toEqual([1, undefined]);
  });

  it("has its lost sectors told as what they may be, also where records of that append stand behind them", () => {
    const written = appends([[0], [0], [0, 1200, 0]]);
    const bytes = Buffer.concat(written);
    bytes.fill(0, 1024, 1536);
    const { damage, doubtful, records } = parseJournal(bytes);
    expect(damage).toEqual([]);
    expect(doubtful).toMatch(/^bytes \d+ to \d+ do not verify, 1 record$/);
    expect(records.map(({ seq }) => seq)).toEqual([0, 1, 2, 4]);
    expect(parseJournal(file).doubtful).toBeUndefined();
  });

  it("is damaged where a later append says that the one with the lost sectors was on the disk", () => {
    const bytes = Buffer.from(file);
    bytes.fill(0, 1024, 1536);
    const { damage, doubtful } = parseJournal(bytes);
    expect(damage).toEqual([expect.stringMatching(/^bytes \d+ to \d+ do not verify, \d records?$/)]);
    expect(doubtful).toBeUndefined();
  });
});

describe("Damage that reaches the end of a journal without a seal is told:", () => {
  it.each([
    { what: "a bit in each of the last ten records", edit: flipEach, said: `bytes ${tenth} to ${file.length}` },
    {
      what: "a byte in the last record",
      edit: (bytes: Buffer) => bytes.write("X", bytes.length - 9),
      said: "1 record",
    },
    { what: "the last line end", edit: (bytes: Buffer) => bytes.write(" ", bytes.length - 1), said: "do not verify" },
    { what: "zeros from within a sector on", edit: (bytes: Buffer) => bytes.fill(0, tenth + 7), said: "do not verify" },
    {
      what: "zeros up to within a sector",
      edit: (bytes: Buffer) => bytes.fill(0, tenth, bytes.length - 3),
      said: "do not verify",
    },
    { what: "one bit in each record", edit: (bytes: Buffer) => flipEach(bytes, 0), said: "bytes 0 to" },
  ])("$what", ({ edit, said }) => {
    const { damage } = change(edit);
    expect(damage).toHaveLength(1);
    expect(damage.join()).toContain(said);
  });

  it.each([
    { what: "whole records of zeros", from: tenth },
    { what: "nothing but zeros", from: 0 },
  ])("$what, as what a power cut might have left as well", ({ from }) => {
    const { damage, doubtful } = change((bytes) => bytes.fill(0, from));
    expect([damage, doubtful]).toEqual([[], `bytes ${from} to ${file.length} do not verify`]);
  });

  it("another encoding", () => {
    const { damage, records } = parseJournal(Buffer.from(`\ufeff${file.toString("utf8")}`, "utf16le"));
    expect(records).toEqual([]);
    expect(damage).toHaveLength(1);
  });

  it("whatever bytes of the confirmed records are others", () => {
    const edit = fc.record({ at: fc.nat(), put: fc.uint8Array({ minLength: 1, maxLength: 700 }) });
    fc.assert(
      fc.property(someAppends, edit, (notes, { at, put }) => {
        const bytes = Buffer.concat(appends(notes));
        const before = Buffer.from(bytes);
        bytes.set(put.subarray(0, bytes.length - (at % bytes.length)), at % bytes.length);
        const { damage, doubtful } = parseJournal(bytes);
        expect(damage.length > 0 || doubtful !== undefined).toBe(!bytes.equals(before));
      }),
      { numRuns: 500 },
    );
  });
});

describe("However many places are damaged", () => {
  /** A journal in which an editor has put a space before each line. */
  function indented(lines: number): Buffer {
    const written = appends(Array.from({ length: lines }, () => [40]));
    return Buffer.concat(written.flatMap((line) => [Buffer.from(" "), line]));
  }

  it("they are told in a few words, with the first", () => {
    const { damage, records, damagedUntil } = parseJournal(indented(6_001));
    expect(records).toHaveLength(6_001);
    expect(damage).toEqual(["6001 places are not as they were written, the first at byte 0"]);
    expect(damagedUntil).toBeGreaterThan(1_000_000);
  });

  it("no byte behind them is copied to find the next record", () => {
    const bytes = indented(2_000);
    const copied: number[] = [];
    const toText = Buffer.prototype.toString;
    Buffer.prototype.toString = function (this: Buffer, encoding?: BufferEncoding, from = 0, to = this.length) {
      copied.push(Math.min(to, this.length) - from);
      return toText.call(this, encoding, from, to);
    };
    try {
      parseJournal(bytes);
    } finally {
      Buffer.prototype.toString = toText;
    }
    expect(copied.reduce((sum, length) => sum + length, 0)).toBeLessThan(3 * bytes.length);
  });
});

function flipEach(bytes: Buffer, from = tenth): void {
  for (let at = bytes.indexOf('"fill"', from); at >= 0; at = bytes.indexOf('"fill"', at + 1)) bytes.write("F", at + 1);
  if (from === 0) bytes.write("H", bytes.indexOf('"header"') + 1);
}

describe("A window that opens a folder", () => {
  /** A folder whose one journal has these bytes. */
  function folderOf(bytes: Uint8Array): { readonly folder: string; readonly path: string } {
    const folder = temporaryFolder();
    const path = join(folder, "journal", "01JXA000000000000000000000-000.jl");
    mkdirSync(join(folder, "journal"));
    writeFileSync(path, bytes);
    return { folder, path };
  }
  const warnings = async (folder: string) => {
    const store = await openStore(folder);
    await store.close();
    return store.warnings;
  };
  /** A journal that a killed window left. */
  async function killed(): Promise<Buffer> {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    for (let number = 0; number < 20; number += 1) await store.keep([fill({ id: `fill ${number}` })]);
    const [name = ""] = readdirSync(join(folder, "journal"));
    const bytes = readFileSync(join(folder, "journal", name));
    await store.close();
    return bytes;
  }

  it("tells each time of damage that reaches the end, in one line, and copies the file (D7)", async () => {
    const bytes = await killed();
    const middle = bytes.indexOf("\n", bytes.length >> 1) + 1;
    bytes.fill("#", middle + 30, middle + 31).fill("#", bytes.length - 9, bytes.length - 8);
    const { folder, path } = folderOf(bytes);
    for (let start = 0; start < 2; start += 1) {
      const said = await warnings(folder);
      expect(said).toEqual([
        expect.stringMatching(
          /^The journal ".*\.jl" is damaged: bytes \d+ to \d+ do not verify, 1 record; bytes \d+ to \d+ do not verify, 1 record\. All that still .* restore it\. A copy was put at "[^"]*"$/,
        ),
      ]);
    }
    const [copy = ""] = readdirSync(join(folder, "quarantine"));
    expect([readFileSync(join(folder, "quarantine", copy)), readFileSync(path)]).toEqual([bytes, bytes]);
  });

  it("tells once of what a power cut may have left as well, and copies it", async () => {
    const bytes = await killed();
    bytes.fill(0, bytes.indexOf("\n", bytes.length >> 1) + 1);
    const { folder } = folderOf(bytes);
    const readOnly = await openStore(folder, { readOnly: true });
    expect(readOnly.warnings).toHaveLength(1);
    await readOnly.close();
    const [said, ...more] = await warnings(folder);
    expect(more).toEqual([]);
    expect(said).toMatch(
      /^The journal ".*" was not written to its end: bytes \d+ to \d+ do not verify\. If the power .* A copy was put at ".*"$/,
    );
    const [copy = ""] = readdirSync(join(folder, "quarantine"));
    expect(readFileSync(join(folder, "quarantine", copy))).toEqual(bytes);
    expect(await warnings(folder)).toEqual([]);
  });

  it("does not fill the screen however many places are damaged", async () => {
    const { folder } = folderOf(Buffer.from((await killed()).toString("utf8").replace(/^0/gm, " 0")));
    const [said = "", ...more] = await warnings(folder);
    expect([more, said.length < 600]).toEqual([[], true]);
    expect(said).toContain("21 places are not as they were written, the first at byte 0. All");
  });
});
