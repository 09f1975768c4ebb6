import { hash } from "node:crypto";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setImmediate as yielded } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EngineOutput, outputId } from "../../src/core/events.js";
import { type Fs, nodeFs } from "../../src/store/files.js";
import { Kept } from "../../src/store/kept.js";
import { packRows, unpackRows } from "../../src/store/packed.js";
import { versionOf } from "../../src/store/record.js";
import {
  readSnapshot,
  SNAPSHOT_VERSION,
  snapshotPath,
  snapshotState,
  writeSnapshot,
} from "../../src/store/snapshot.js";
import type { StoreOptions } from "../../src/store/store.js";
import {
  decision,
  exit,
  fill,
  footprint,
  after as later,
  mark,
  micros,
  oneOfEach,
  signal,
  ticks,
} from "../support/outputs.js";
import { all, faultyFs, listening, openStore, systemError, temporaryFolder } from "./support.js";

/** A folder with one of each output, sealed, and a snapshot of them. */
async function withSnapshot(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder, { snapshotAfter: 1 });
  await store.setMeta("demo.seed", 7);
  for (const output of oneOfEach()) await store.keep([output]);
  await store.close();
  const again = await openStore(folder, { snapshotAfter: 1 });
  await again.close();
  expect(existsSync(snapshotPath(folder))).toBe(true);
  return folder;
}

/** Opens a folder and says which journals it read. */
async function reading(folder: string, changes: Partial<StoreOptions> = {}) {
  const read: string[] = [];
  const fs: Fs = {
    ...nodeFs,
    readFile(path) {
      if (path.endsWith(".jl")) read.push(path);
      return nodeFs.readFile(path);
    },
  };
  const store = await openStore(folder, { readOnly: true, fs, ...changes });
  return { read, store, texts: all(store).map((output) => JSON.stringify(output)) };
}

/** What is told at a start. */
async function opened(folder: string, changes: Partial<StoreOptions> = {}): Promise<readonly string[]> {
  const store = await openStore(folder, changes);
  await store.close();
  return store.warnings;
}

const expected = () => oneOfEach().map((output) => JSON.stringify(output));
const journals = (folder: string) => readdirSync(join(folder, "journal")).map((name) => join(folder, "journal", name));

describe("A snapshot", () => {
  it("stands for the journals it was made of: none of them is read, and all is as it was (D10)", async () => {
    const folder = await withSnapshot();
    const { read, store, texts } = await reading(folder);
    expect(read).toEqual([]);
    expect(texts).toEqual(expected());
    expect(store.meta("demo.seed")).toBe(7);
    expect(
      store.outputs.every((output) => [...store.everything()].some((other) => outputId(other) === outputId(output))),
    ).toBe(true);
  });

  it("is made up for what was recorded since", async () => {
    const folder = await withSnapshot();
    const store = await openStore(folder);
    await store.keep([fill({ id: "later" })]);
    await store.close();
    const { read, texts } = await reading(folder);
    expect(read).toHaveLength(1);
    expect(texts.toSorted()).toEqual([...expected(), JSON.stringify(fill({ id: "later" }))].toSorted());
  });

  it("is passed over when one byte of it is another, wherever (D6, B3)", async () => {
    const folder = await withSnapshot();
    const bytes = readFileSync(snapshotPath(folder));
    for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 60)) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      writeFileSync(snapshotPath(folder), changed);
      const { read, texts } = await reading(folder);
      expect({ at, read: read.length, texts }).toEqual({ at, read: journals(folder).length, texts: expected() });
    }
  });

  it.each([0, 1, 70, -1])("is passed over when it is cut to %i bytes (D6)", async (length) => {
    const folder = await withSnapshot();
    const { length: whole } = readFileSync(snapshotPath(folder));
    truncateSync(snapshotPath(folder), length < 0 ? whole + length : length);
    const { read, texts } = await reading(folder);
    expect(read).toHaveLength(journals(folder).length);
    expect(texts).toEqual(expected());
  });

  it("is passed over when another version of the program made it (D6, D9)", async () => {
    const folder = await withSnapshot();
    const { read, texts } = await reading(folder, { appVersion: "0.0.9" });
    expect(read).toHaveLength(journals(folder).length);
    expect(texts).toEqual(expected());
  });

  it.each([
    ["another form", { format: "volume-cluster-snapshots" }],
    ["a later form of this version", { version: SNAPSHOT_VERSION + 1 }],
  ])("is passed over when its sums are right and it has %s (D6, D9)", async (_, changes) => {
    const folder = await withSnapshot();
    const whole = readFileSync(snapshotPath(folder));
    const end = whole.length - 64;
    const from = end - 10 - Number(whole.toString("latin1", end - 10, end));
    const directory = JSON.parse(whole.toString("utf8", from, end - 10));
    const text = Buffer.from(JSON.stringify({ ...directory, ...changes }));
    const body = Buffer.concat([whole.subarray(0, from), text, Buffer.from(String(text.length).padStart(10, "0"))]);
    writeFileSync(snapshotPath(folder), Buffer.concat([body, Buffer.from(hash("sha256", body))]));
    expect(await snapshotState(nodeFs, folder, "0.1.0")).toBe("other");
    const { read, texts } = await reading(folder);
    expect(read).toHaveLength(journals(folder).length);
    expect(texts).toEqual(expected());
  });

  it("is told whole, of another version, damaged or none", async () => {
    const folder = await withSnapshot();
    expect(await snapshotState(nodeFs, folder, "0.1.0")).toBe("whole");
    expect(await snapshotState(nodeFs, folder, "0.0.9")).toBe("other");
    // A right sum of nothing.
    writeFileSync(snapshotPath(folder), hash("sha256", ""));
    expect(await snapshotState(nodeFs, folder, "0.1.0")).toBe("damaged");
    rmSync(snapshotPath(folder));
    expect(await snapshotState(nodeFs, folder, "0.1.0")).toBe("none");
  });

  it("that cannot be read is as good as none", async () => {
    const folder = await withSnapshot();
    const fs = faultyFs((call, path) => {
      if (call === "readFile" && path === snapshotPath(folder)) throw systemError("EIO");
    });
    const store = await openStore(folder, { readOnly: true, fs });
    expect(all(store).map((output) => JSON.stringify(output))).toEqual(expected());
  });

  it("gives back to the last byte what it was made of", async () => {
    const folder = temporaryFolder();
    const rows = [fill({ id: "a" }), exit({ id: "b" })].map((output, t) => ({ id: `${t}`, t: micros(t), output }));
    const other = { v: 9, id: "c", t: micros(3), type: "of a later version", data: [1, { a: "b" }] };
    const packed = (text: string) => ({
      blocks: [Buffer.from(`one of ${text}`), Buffer.from(`another of ${text}`)],
      spans: [[1, 2] as const, [2, 7] as const].map(([first, last]) => [micros(first), micros(last)] as const),
      firsts: [`first of ${text}`, `second of ${text}`],
      rows: Buffer.from(`rows of ${text}`),
      dropped: [3, text.length],
    });
    const packs = { observations: packed("seen"), footprints: packed("footprints"), marks: packed("marks") };
    const kept = { records: Buffer.from("records"), last: "z", others: [other], ...packs };
    await writeSnapshot(nodeFs, folder, "0.1.0", {
      kind: "demo",
      files: new Map(),
      kept: { ...kept, rows: () => rows },
    });
    const again = await readSnapshot(nodeFs, folder, "0.1.0");
    if (again === undefined) throw new Error("It was written");
    const { rows: given, ...rest } = again.kept;
    expect(rest).toEqual(kept);
    expect([...given()]).toEqual(rows);
    expect(again).toMatchObject({ kind: "demo", files: new Map() });
  });

  it("is passed over when it is another folder's (D6, B3)", async () => {
    const folder = await withSnapshot();
    const other = temporaryFolder();
    const store = await openStore(other);
    await store.keep([fill({ id: "mine" })]);
    await store.close();
    const opened = await openStore(other, { snapshotAfter: 1 });
    await opened.close();
    writeFileSync(snapshotPath(other), readFileSync(snapshotPath(folder)));
    const { store: read } = await reading(other);
    expect(read.outputs.map(outputId)).toEqual(["mine"]);
  });

  it.each([
    { what: "is gone", harm: (path: string) => rmSync(path), said: /is gone\. .* at least (\d+); .* snapshot: \1\. / },
    { what: "was cut", harm: (path: string) => truncateSync(path, 2_000), said: /^What .* lacks was taken from the/ },
    { what: "was cut to nothing", harm: (path: string) => truncateSync(path, 0), said: /^What .* lacks was taken/ },
  ])("gives back what a journal had that $what, and says so (D11)", async ({ harm, said }) => {
    const folder = await withSnapshot();
    const [path = ""] = journals(folder);
    harm(path);
    const lacks = expect.stringMatching(said);
    for (let look = 0; look < 2; look += 1) {
      const { store, texts } = await reading(folder);
      await store.refresh();
      expect(texts).toEqual(expected());
      expect(store.warnings).toContainEqual(lacks);
      expect(store.warnings.join()).not.toContain("is missing,");
    }
    const store = await openStore(folder);
    expect(store.warnings).toContainEqual(lacks);
    expect(store.warnings.join()).not.toContain("while it was in use");
    expect(store.meta("demo.seed")).toBe(7);
    await store.close();
    // It was written again, once: the journals alone have everything.
    const size = () => journals(folder).reduce((sum, name) => sum + readFileSync(name).length, 0);
    const before = size();
    const again = await openStore(folder);
    await again.close();
    expect(again.warnings).toEqual([]);
    expect(size()).toBe(before);
    rmSync(snapshotPath(folder));
    expect((await reading(folder)).texts).toEqual(expected());
  });

  it("tells at each start of a journal that is gone and had more than it knows (D11)", async () => {
    const folder = await withSnapshot();
    const store = await openStore(folder);
    await store.keep([fill({ id: "later" })]);
    await store.close();
    const names = journals(folder);
    const seen = await openStore(folder, { snapshotAfter: 1 });
    await seen.close();
    // As if the snapshot had been made in the middle of it.
    const [last = ""] = names.slice(-1);
    appendFileSync(join(folder, "journal_ends.jsonl"), `\n{"file":"${basename(last)}","records":5}\n`);
    rmSync(last);
    for (let start = 0; start < 3; start += 1) {
      expect(await opened(folder)).toEqual([expect.stringMatching(/is (gone\. Records in it|missing, at least 5)/)]);
    }
  });

  it("of another version is kept aside before it is replaced, where a journal lacks something (D11)", async () => {
    const folder = await withSnapshot();
    rmSync(journals(folder)[0] ?? "");
    const bytes = readFileSync(snapshotPath(folder));
    const store = await openStore(folder, { appVersion: "0.2.0", snapshotAfter: 0 });
    await store.close();
    const [copy = ""] = readdirSync(join(folder, "quarantine"));
    expect(readFileSync(join(folder, "quarantine", copy))).toEqual(bytes);
    expect(store.warnings).toContainEqual(expect.stringContaining(join(folder, "quarantine", copy)));
    const whole = await withSnapshot();
    await (await openStore(whole, { appVersion: "0.2.0" })).close();
    expect(existsSync(join(whole, "quarantine"))).toBe(false);
  });

  it("hides no journal that was changed in place since, with the same number of bytes (D7, D11)", async () => {
    const folder = await withSnapshot();
    const [path = ""] = journals(folder);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(path, bytes);
    const log = listening();
    const store = await openStore(folder, { log });
    expect(log.lines.join()).toContain("is damaged");
    await store.close();
    // And what it lacks was written again: the journals alone have everything.
    rmSync(snapshotPath(folder));
    const { texts } = await reading(folder);
    expect(texts).toEqual(expected());
  });

  it("is compared with the journals while nothing else is to do: what a disk changed by itself is told and made up for", async () => {
    const folder = await withSnapshot();
    const [path = ""] = journals(folder);
    const before = await nodeFs.stat(path);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(path, bytes);
    // As if nobody had written it.
    const stat: Fs["stat"] = (of) => (of === path ? Promise.resolve(before) : nodeFs.stat(of));
    const store = await openStore(folder, { fs: { ...nodeFs, stat } });
    expect(store.warnings).toEqual([]);
    await store.flush();
    expect(store.warnings.join()).toContain("is damaged");
    await store.close();
    rmSync(snapshotPath(folder));
    const { texts } = await reading(folder);
    expect(texts).toEqual(expected());
  });

  it("tells of a damaged journal at each start", async () => {
    const folder = await withSnapshot();
    appendFileSync(journals(folder)[0] ?? "", "junk");
    for (let start = 0; start < 3; start += 1) {
      const log = listening();
      const store = await openStore(folder, { log, snapshotAfter: 1 });
      await store.close();
      expect(log.lines.filter((line) => line.includes("is damaged"))).toHaveLength(1);
    }
  });

  it("is on the disk when its window has closed, however long it is being written", async () => {
    const folder = await withSnapshot();
    rmSync(snapshotPath(folder));
    const closed = { is: false };
    const fs: Fs = {
      ...nodeFs,
      async rename(from, to) {
        // As long as the closing does not wait for it, or else for many turns.
        for (let turn = 0; to === snapshotPath(folder) && turn < 20_000 && !closed.is; turn += 1) await yielded();
        await nodeFs.rename(from, to);
      },
    };
    const store = await openStore(folder, { snapshotAfter: 1, fs });
    await store.close().then(() => {
      closed.is = true;
    });
    expect(existsSync(snapshotPath(folder))).toBe(true);
  });

  it("is no reason not to miss the last append of a killed window when it is cut off: it is written again", async () => {
    const folder = temporaryFolder();
    const killed = await openStore(folder, { snapshotAfter: 1 });
    await killed.keep([fill({ id: "first" })]);
    await killed.keep([fill({ id: "last" })]);
    await killed.flush();
    expect(existsSync(snapshotPath(folder))).toBe(true);
    const [journal = ""] = journals(folder);
    const window = await openStore(folder);
    expect(all(window).map(outputId)).toEqual(["first", "last"]);
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
    writeFileSync(
      journal,
      lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(""),
    );
    await window.refresh();
    await window.close();
    // It may be lost as well: what was recorded is in the journals.
    rmSync(snapshotPath(folder));
    expect((await reading(folder)).texts.map((text) => JSON.parse(text).id).sort()).toEqual(["first", "last"]);
  });

  it("is not written where a folder is only read", async () => {
    const folder = await withSnapshot();
    rmSync(snapshotPath(folder));
    await reading(folder, { snapshotAfter: 1 });
    expect(existsSync(snapshotPath(folder))).toBe(false);
  });
});

describe("Kept", () => {
  const FEW = { observations: 500, footprints: 500, marks: 500 };
  const record = (number: number, output: EngineOutput = signal({ time: later(number) })) => ({
    v: 1,
    id: String(number).padStart(8, "0"),
    t: micros(number),
    type: output.type,
    data: output,
  });

  it("packs old observations and has every one of them still, in order, before and after it was saved", async () => {
    const kept = new Kept(undefined, FEW);
    const records = Array.from({ length: 25_000 }, (_, number) => record(number));
    for (const each of records) kept.add(each);
    for (const same of [kept, await Kept.from(kept.save(), FEW)]) {
      expect(same.outputs.length).toBeLessThan(11_000);
      expect([...same.everything()].map((output) => JSON.stringify(output))).toEqual(
        records.map(({ data }) => JSON.stringify(data)),
      );
      expect(same.entries()).toHaveLength(25_000);
      expect(records.every(({ id, data }) => same.knows(id) && same.has(outputId(data) ?? ""))).toBe(true);
      expect(same.recordedAt(signal({ time: later(3) }))).toBe(3);
      // What it has is no news, be it packed.
      expect(same.add({ ...record(3), id: "90000000" })).toBeUndefined();
      expect([...same.everything()]).toHaveLength(25_000);
    }
  });

  it("gives the bars around a signal when it is asked for them and never among its outputs, old ones too", async () => {
    const around = (number: number, part: "before" | "path") =>
      footprint({ id: `footprint ${number} ${part}`, signal: later(Math.floor(number / 10)), part });
    const kept = new Kept(undefined, FEW);
    const records = Array.from({ length: 9_000 }, (_, number) =>
      record(number, around(number, number % 10 === 0 ? "before" : "path")),
    );
    for (const each of [...records.slice(1_000), ...records.slice(0, 1_000)]) kept.add(each);
    kept.add(record(9_000));
    for (const same of [kept, await Kept.from(kept.save(), FEW)]) {
      expect(same.outputs).toEqual([signal({ time: later(9_000) })]);
      expect([...same.everything()]).toEqual(same.outputs);
      expect(same.entries()).toHaveLength(9_001);
      for (const number of [3, 150, 899]) {
        const expected = records.slice(10 * number, 10 * number + 10).map(({ data }) => data);
        expect(same.footprints(later(number))).toEqual(expected);
      }
      expect(same.footprints(later(900))).toEqual([]);
      expect(records.every(({ data }) => same.has(outputId(data) ?? ""))).toBe(true);
      // A copy of an old one is no news and changes nothing; the first that was recorded counts.
      expect(same.add({ ...record(15, around(15, "path")), id: "90000015" })).toBeUndefined();
      expect(same.add({ ...record(25, around(25, "path")), id: "00000000" })).toBeUndefined();
      expect(same.footprints(later(1))).toHaveLength(10);
      expect(same.footprints(later(2))[0]).toEqual(around(25, "path"));
    }
  });

  it("tells a restart what positions met, in its place among all else, and shows it nowhere else", async () => {
    const records = Array.from({ length: 6_000 }, (_, number) =>
      record(
        number,
        number % 100 === 0 ? fill({ id: `${number}` }) : mark({ id: `mark ${number}`, time: later(number) }),
      ),
    );
    const kept = new Kept(undefined, FEW);
    for (const each of records) kept.add(each);
    for (const same of [kept, await Kept.from(kept.save(), FEW)]) {
      expect(same.outputs).toEqual(records.filter((_, number) => number % 100 === 0).map(({ data }) => data));
      expect([...same.forRestart()]).toEqual(records.map(({ data }) => data));
      expect([...same.everything()]).toEqual([...same.forRestart()]);
      expect(same.add({ ...record(7, mark({ id: "mark 7", time: later(7) })), id: "90000007" })).toBeUndefined();
      expect([...same.forRestart()]).toHaveLength(6_000);
    }
  });

  it("tells a restart what two windows wrote side by side in one order, as it was when it was asked", async () => {
    const at = (number: number) => mark({ id: `mark ${number}`, time: later(number) });
    const records = Array.from({ length: 5_000 }, (_, number) =>
      record(number, number % 50 === 0 ? fill({ id: `${number}` }) : at(number)),
    );
    const kept = new Kept(undefined, FEW);
    // Window by window, and of each the later half first.
    for (const window of [0, 1]) {
      const own = records.filter((_, number) => number % 2 === window);
      for (const each of [...own.slice(1_250), ...own.slice(0, 1_250)]) kept.add(each);
    }
    for (const same of [kept, await Kept.from(kept.save(), FEW)]) {
      const asked = same.forRestart();
      const first = asked[Symbol.iterator]().next();
      for (let number = 5_000; number < 7_000; number += 1) same.add(record(number, at(number)));
      same.add({ ...record(4_999, at(4_999)), id: "00000000x" });
      expect([first.value, ...asked]).toEqual(records.map(({ data }) => data));
      expect([...same.forRestart()]).toHaveLength(7_000);
    }
  });

  it("has its outputs in the order of their records, in whatever order they come and whenever somebody asks", () => {
    const step = fc.record({ record: fc.nat(60), trade: fc.nat(40), isAsked: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const kept = new Kept();
        const added: ReturnType<typeof record>[] = [];
        for (const { record: number, trade, isAsked } of steps) {
          const next = record(number, trade % 2 === 0 ? fill({ id: `${trade}` }) : signal({ time: later(trade) }));
          kept.add(next);
          added.push(next);
          const asked = isAsked ? kept.outputs : [];
          const inOne = new Kept();
          for (const each of isAsked ? added : []) inOne.add(each);
          expect(asked).toEqual(inOne.outputs);
        }
        const first = [...kept.outputs].map((output) => kept.recordedAt(output) ?? 0);
        expect(first).toEqual([...first].sort((a, b) => a - b));
      }),
    );
  });

  it("lets the one that was read first count of two records of one id, and tells that there are two", () => {
    const kept = new Kept();
    kept.add(record(1, fill({ price: ticks(24_042) })));
    kept.add(record(1, fill({ price: ticks(24_000) })));
    expect(kept.outputs).toEqual([fill({ price: ticks(24_042) })]);
    expect(kept.newDoubles()).toHaveLength(1);
  });

  it("leaves an answer that does not count readable for the programs that read it before", async () => {
    const kept = new Kept();
    kept.add(record(1, decision({ reason: "late" })));
    kept.add(record(2, decision({ reason: "news" })));
    for (const same of [kept, await Kept.from(kept.save())]) {
      expect(same.entries().map((entry) => entry.v ?? versionOf(entry))).toEqual([1, 1]);
    }
  });

  it("lets the first record of an observation count, though a later one is packed", () => {
    const kept = new Kept(undefined, FEW);
    for (let number = 0; number < 12_000; number += 1) kept.add({ ...record(number), id: String(number + 10_000_000) });
    kept.add({ ...record(7), id: "00000001" });
    const all = [...kept.everything()];
    expect(all).toHaveLength(12_000);
    expect(all[0]).toEqual(signal({ time: later(7) }));
  });
});

it("packed outputs come back to the last field, those with instruments of their own too", () => {
  const rows = oneOfEach().map((output, number) => ({ id: String(number), t: micros(number), output }));
  expect(JSON.stringify(unpackRows(packRows(rows)))).toBe(JSON.stringify(rows));
});

it("large databases that nobody has touched are not read at a start, and a touched one is made anew (D6, D10)", async () => {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  await store.keep(
    Array.from({ length: 5_000 }, (_, number) => exit({ id: `${number}`, recommendation: `${number}` })),
  );
  await store.close();
  const path = join(folder, "bayesian_stats.db");
  const bytes = readFileSync(path);
  expect(bytes.length).toBeGreaterThan(1_000_000);
  const reads: string[] = [];
  const readFile = (file: string) => {
    reads.push(file);
    return nodeFs.readFile(file);
  };
  const untouched = await openStore(folder, { fs: { ...nodeFs, readFile } });
  await untouched.close();
  expect(reads.filter((file) => file.endsWith(".db"))).toEqual([]);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, 500_000), Buffer.alloc(512), bytes.subarray(500_512)]));
  const touched = await openStore(folder);
  await touched.close();
  expect(readFileSync(path).equals(bytes)).toBe(true);
});
