import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRecord, isCopy, type JournalRecord, NO_RECORD_BEFORE, parseJournal } from "../../src/store/record.js";
import { micros } from "../support/outputs.js";

const contents = fc.array(
  fc.record({
    type: fc.constantFrom("fill", "exit", "meta", "of a later version"),
    data: fc.jsonValue(),
    v: fc.constantFrom(1, 1, 1, 2),
  }),
  { minLength: 1, maxLength: 12 },
);

interface Written {
  readonly bytes: Buffer;
  readonly records: readonly JournalRecord[];
  /** Where each line ends. */
  readonly ends: readonly number[];
}

function write(entries: readonly { type: string; data: unknown; v?: number }[]): Written {
  let prev = NO_RECORD_BEFORE;
  const records: JournalRecord[] = [];
  const lines: Uint8Array[] = [];
  const ends: number[] = [];
  for (const [seq, { type, data, v = 1 }] of entries.entries()) {
    const record = { v, id: `ID${seq}`, sess: "S", seq, prev, t: micros(1000 + seq), m: seq, type, data };
    const { line, hash } = encodeRecord(record);
    records.push(JSON.parse(JSON.stringify(record)));
    lines.push(line);
    ends.push((ends.at(-1) ?? 0) + line.length);
    prev = hash;
  }
  return { bytes: Buffer.concat(lines), records, ends };
}

const five = write(["header", "fill", "exit", "meta", "seal"].map((type) => ({ type, data: { text: `a ${type}\n` } })));

describe("encodeRecord", () => {
  it("writes length, checksum and JSON on one line", () => {
    const { line } = encodeRecord({
      v: 1,
      id: "I",
      sess: "S",
      seq: 0,
      prev: "0",
      t: micros(2),
      m: 3,
      type: "x",
      data: "é\n",
    });
    const json = '{"v":1,"id":"I","sess":"S","seq":0,"prev":"0","t":2,"m":3,"type":"x","data":"é\\n"}';
    expect(Buffer.from(line).toString("utf8")).toMatch(new RegExp(`^000000${Buffer.byteLength(json)} [0-9a-f]{8} \\{`));
    expect(Buffer.from(line).subarray(18).toString("utf8")).toBe(`${json}\n`);
  });
});

describe("parseJournal", () => {
  it("reads back what was written", () => {
    fc.assert(
      fc.property(contents, (entries) => {
        const { bytes, records } = write(entries);
        expect(parseJournal(bytes)).toEqual({ records, damage: [], damagedUntil: 0, sealed: false });
      }),
    );
  });

  it("stops at a torn end without a word, wherever it was torn, unless nothing is left of it all", () => {
    for (let length = 0; length < five.bytes.length; length += 1) {
      const whole = five.ends.filter((end) => end <= length).length;
      const parsed = parseJournal(five.bytes.subarray(0, length));
      expect(parsed.records).toEqual(five.records.slice(0, whole));
      expect(parsed.damage).toEqual([]);
      expect(parsed.doubtful).toBe(length > 0 && whole === 0 ? "it has no whole record" : undefined);
      expect(parsed.sealed).toBe(false);
    }
    expect(parseJournal(five.bytes).sealed).toBe(true);
  });

  it("loses at most the record of a changed byte, and says so, also of the last", () => {
    for (let offset = 0; offset < five.bytes.length; offset += 1) {
      for (const change of [0x01, 0x20, 0x80, 0xff]) {
        const bytes = Buffer.from(five.bytes);
        bytes.writeUInt8(bytes.readUInt8(offset) ^ change, offset);
        const { records, damage } = parseJournal(bytes);
        const hit = five.ends.findIndex((end) => offset < end);
        expect(records).toEqual(five.records.filter((_, index) => index !== hit));
        expect(damage, `byte ${offset}`).not.toEqual([]);
      }
    }
  });

  it("gives a prefix or a report after any change, and never a record that was not written", () => {
    const cut = fc.record({ from: fc.nat(), length: fc.nat(40), put: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(contents, fc.array(cut, { minLength: 1, maxLength: 3 }), (entries, cuts) => {
        const { bytes, records } = write(entries);
        let changed: Buffer = bytes;
        for (const { from, length, put } of cuts) {
          const at = from % (changed.length + 1);
          changed = Buffer.concat([changed.subarray(0, at), put, changed.subarray(at + length)]);
        }
        const parsed = parseJournal(changed);
        const known = records.map((record) => JSON.stringify(record));
        for (const record of parsed.records) expect(known).toContain(JSON.stringify(record));
        if (parsed.damage.length === 0) expect(parsed.records).toEqual(records.slice(0, parsed.records.length));
      }),
      { numRuns: 300 },
    );
  });

  it("goes on behind damage in the middle, and says where it is", () => {
    const [first = 0, second = 0] = five.ends;
    const bytes = Buffer.from(five.bytes).fill(0, first + 3, second - 3);
    const { records, damage, damagedUntil } = parseJournal(bytes);
    expect(records.map(({ type }) => type)).toEqual(["header", "exit", "meta", "seal"]);
    expect(damage).toEqual([`bytes ${first} to ${second} do not verify, 1 record`]);
    expect(damagedUntil).toBe(second);
  });

  it.each([
    { name: "a line was taken out", lines: [0, 1, 3, 4] },
    { name: "a line stands twice", lines: [0, 1, 1, 2, 3, 4] },
    { name: "lines changed places", lines: [0, 2, 1, 3, 4] },
    { name: "something was added behind the seal", lines: [0, 1, 2, 3, 4, 1] },
  ])("reports that $name", ({ lines }) => {
    const line = (index: number) => five.bytes.subarray(five.ends[index - 1] ?? 0, five.ends[index]);
    const { records, damage } = parseJournal(Buffer.concat(lines.map(line)));
    expect(records).toHaveLength(lines.length);
    expect(damage.length).toBeGreaterThan(0);
  });

  /** The five lines, the one at `index` with something else in it and whole as any. */
  const withLine = (index: number, changes: object, before = Buffer.alloc(0)) => {
    const line = (at: number) => five.bytes.subarray(five.ends[at - 1] ?? 0, five.ends[at]);
    const { line: other } = encodeRecord({ ...(five.records[index] as JournalRecord), ...changes });
    return parseJournal(
      Buffer.concat([...[0, 1, 2, 3, 4].map((at) => (at === index ? Buffer.concat([before, other]) : line(at)))]),
    );
  };

  it("reports that a record was put in the place of another, by the one behind it", () => {
    const { records, damage } = withLine(2, { data: "another" });
    expect(records).toHaveLength(5);
    expect(damage).toEqual(["record 3 does not follow the one before it"]);
  });

  it("reports a record of another number, though it names the one before it", () => {
    const { records, damage } = withLine(4, { seq: 7 });
    expect(records).toHaveLength(5);
    expect(damage).toEqual(["record 7 does not follow the one before it"]);
  });

  it("reports of a record behind rubbish that it does not follow, where none is missing between them", () => {
    const rubbish = Buffer.from("rubbish in the middle\n");
    const gap = `bytes ${five.ends[1]} to ${(five.ends[1] ?? 0) + rubbish.length} do not verify`;
    expect(withLine(2, {}, rubbish).damage).toEqual([gap]);
    expect(withLine(2, { prev: NO_RECORD_BEFORE }, rubbish).damage).toEqual([
      gap,
      "record 2 does not follow the one before it",
      "record 3 does not follow the one before it",
    ]);
    const [early] = withLine(2, { seq: 0 }, rubbish).damage.slice(1);
    expect(early).toBe("record 0 does not follow the one before it");
  });

  it("reads a record of the very first moment", () => {
    expect(withLine(4, { t: 0 })).toMatchObject({ damage: [], sealed: true });
  });

  it.each([
    { m: null },
    { m: "4" },
    { v: "1" },
    { v: 1.5 },
    { seq: "4" },
    { id: 4 },
    { sess: null },
    { prev: 0 },
    { type: 7 },
  ])("takes a whole line with %j for damage", (changes) => {
    const { records, damage } = withLine(4, changes);
    expect([records.length, damage.length]).toEqual([4, 1]);
  });

  it("takes an open end that lacks its line end alone for torn, and for damage where a byte of it is another", () => {
    const { bytes, ends } = write(["header", "fill", "exit"].map((type) => ({ type, data: {} })));
    const torn = Buffer.from(bytes.subarray(0, -1));
    expect(parseJournal(torn)).toMatchObject({ damage: [], damagedUntil: 0 });
    torn.writeUInt8(torn.readUInt8(torn.length - 4) ^ 1, torn.length - 4);
    expect(parseJournal(torn).damage).toEqual([`bytes ${ends[1]} to ${torn.length} do not verify`]);
  });

  it("reports a record behind the seal that follows it in every other way", () => {
    const { bytes, records } = write(["header", "fill", "seal", "fill"].map((type) => ({ type, data: {} })));
    const parsed = parseJournal(bytes);
    expect(parsed.records).toEqual(records);
    expect(parsed.damage).toEqual(["record 3 stands behind the seal"]);
  });

  it("reports whatever stands behind a seal, be it half a record", () => {
    const parsed = parseJournal(Buffer.concat([five.bytes, Buffer.from("junk")]));
    expect(parsed.records).toEqual(five.records);
    expect(parsed.damage).toEqual([`bytes ${five.bytes.length} to ${five.bytes.length + 4} do not verify`]);
    expect(parsed.damagedUntil).toBe(five.bytes.length + 4);
    expect(parseJournal(Buffer.concat([five.bytes, five.bytes.subarray(0, 30)])).damage).toHaveLength(1);
  });

  it.each([1e300, -1, 8.7e18, 0.5])("takes a whole line with the time %d for damage, also at the end", (t) => {
    const record = five.records.at(-1);
    if (record === undefined) throw new Error("no record");
    const { line } = encodeRecord({ ...record, t: t as typeof record.t });
    const { records, damage } = parseJournal(Buffer.concat([five.bytes.subarray(0, five.ends[3]), line]));
    expect(records).toEqual(five.records.slice(0, 4));
    expect(damage).toHaveLength(1);
  });

  it.each([
    { name: "a mark at its begin", edit: (text: string) => `\ufeff${text}` },
    { name: "other line ends", edit: (text: string) => text.replaceAll("}\n", "}\r\n") },
  ])("reads a file that an editor gave $name, and says so", ({ edit }) => {
    const { records, damage } = parseJournal(Buffer.from(edit(five.bytes.toString("utf8"))));
    expect(records).toEqual(five.records);
    expect(damage).toEqual(["it was edited by hand: line ends or a mark at its begin were changed"]);
  });

  it("is not led astray by a huge length", () => {
    const bytes = Buffer.concat([Buffer.from("99999999 00000000 {}\n"), five.bytes]);
    const { records, damage } = parseJournal(bytes);
    expect(records).toEqual(five.records);
    expect(damage).toEqual(["bytes 0 to 21 do not verify"]);
  });

  it("finds a record whose begin looks like the end of the rubbish before it", () => {
    const { records } = parseJournal(Buffer.concat([Buffer.from("x00000000 "), five.bytes]));
    expect(records).toEqual(five.records);
  });
});

describe("A copy of a record", () => {
  const record = { t: micros(5), type: "fill", data: { id: "a", price: 7 } };
  it.each([
    [{}, true],
    [{ data: { price: 7, id: "a" } }, true],
    [{ t: micros(6) }, false],
    [{ type: "exit" }, false],
    [{ data: { id: "a", price: 8 } }, false],
  ])("with %j is one: %s", (changes, is) => {
    expect(isCopy(record, { ...record, ...changes })).toBe(is);
  });
});
