import { createHash } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkData } from "../../../src/app/data/checkData.js";
import { exportJournal } from "../../../src/app/data/exportJournal.js";
import { planRestore, restoreBackup } from "../../../src/app/data/restoreBackup.js";
import { VERSION } from "../../../src/app/version.js";
import { type EngineOutput, outputId } from "../../../src/core/events.js";
import { MANIFEST } from "../../../src/store/backupFolder.js";
import { encodeRecord, type JournalRecord, parseJournal } from "../../../src/store/record.js";
import type { Store } from "../../../src/store/store.js";
import { StoreError } from "../../../src/store/storeError.js";
import {
  all,
  faultyFs,
  handClock,
  listening,
  openStore,
  systemError,
  temporaryFolder,
  wasm,
} from "../../store/support.js";
import { fill, oneOfEach, paperTrade } from "../../support/outputs.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const tools = { wasm, log };

async function recorded(folder: string, ...batches: readonly (readonly EngineOutput[])[]): Promise<void> {
  const store = await openStore(folder, { kind: undefined });
  for (const outputs of batches) await store.keep(outputs);
  await store.close();
}

/** The identities of all that a folder has. */
async function idsIn(folder: string): Promise<ReadonlySet<string | undefined>> {
  return idsOf(all(await openStore(folder, { kind: undefined, readOnly: true })));
}

function idsOf(...outputs: readonly (readonly EngineOutput[])[]): ReadonlySet<string | undefined> {
  return new Set(outputs.flat().map(outputId));
}

/** A data folder with two closed trades, and its backup. */
async function backedUp() {
  const root = temporaryFolder();
  const [data, backup] = [join(root, "data"), join(root, "backup")];
  await recorded(data, oneOfEach(), paperTrade(1));
  const made = await exportJournal(data, backup, tools);
  return { root, data, backup, made };
}

const files = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();

describe("An export", () => {
  it("has the journals byte for byte, both databases, and a manifest with the checksum of each", async () => {
    const { data, backup, made } = await backedUp();
    const [journal = ""] = readdirSync(join(data, "journal"));
    expect(files(backup)).toEqual(
      ["bayesian_stats.db", "journal", `journal/${journal}`, MANIFEST, "paper_trades.db"].sort(),
    );
    expect(readFileSync(join(backup, "journal", journal))).toEqual(readFileSync(join(data, "journal", journal)));
    expect(JSON.parse(readFileSync(join(backup, MANIFEST), "utf8"))).toEqual(made.manifest);
    expect(made.manifest).toMatchObject({ kind: "live", counts: { recommendations: 2, fills: 2, trades: 2 } });
    expect(made.manifest.files.map(({ path }) => path).sort()).toEqual(
      ["bayesian_stats.db", `journal/${journal}`, "paper_trades.db"].sort(),
    );
  });

  it("leaves the data folder as it is, while a run goes on in it", async () => {
    const root = temporaryFolder();
    const store = await openStore(join(root, "data"));
    await store.keep(paperTrade(1));
    await store.flush();
    const before = files(join(root, "data"));
    await exportJournal(join(root, "data"), join(root, "backup"), tools);
    expect(files(join(root, "data"))).toEqual(before);
    await store.keep(paperTrade(2));
    await store.close();
    expect(await idsIn(join(root, "backup"))).toEqual(idsOf(paperTrade(1)));
  });

  it.each([
    { gone: 1, left: "beside a journal that is there" },
    { gone: 2, left: "also where no journal is left" },
  ])("has what only the snapshot still knows of, $left, and tells that journals are gone", async ({ gone }) => {
    const root = temporaryFolder();
    const [data, backup, elsewhere] = [join(root, "data"), join(root, "backup"), join(root, "elsewhere")];
    await recorded(data, paperTrade(1), oneOfEach());
    await recorded(data, paperTrade(2));
    const store = await openStore(data, { appVersion: VERSION, snapshotAfter: 1 });
    await store.close();
    const ids = await idsIn(data);
    for (const name of readdirSync(join(data, "journal")).sort().slice(0, gone)) rmSync(join(data, "journal", name));
    const before = files(data);
    const { problems } = await exportJournal(data, backup, tools);
    expect(problems.filter((line) => / is gone\. .*taken from the snapshot/.test(line))).toHaveLength(gone);
    expect(files(data)).toEqual(before);
    expect(await idsIn(backup)).toEqual(ids);
    await restoreBackup(elsewhere, backup, tools);
    expect(await idsIn(elsewhere)).toEqual(ids);
  });

  it("overwrites nothing", async () => {
    const { data, backup } = await backedUp();
    const before = readFileSync(join(backup, MANIFEST), "utf8");
    await expect(exportJournal(data, backup, tools)).rejects.toThrow(
      `"${backup}" exists and is not empty: nothing is overwritten. Name a new folder`,
    );
    expect(readFileSync(join(backup, MANIFEST), "utf8")).toBe(before);
    await expect(exportJournal(data, join(backup, MANIFEST), tools)).rejects.toThrow("nothing is overwritten");
    await expect(exportJournal(join(data, "no"), join(backup, "x"), tools)).rejects.toThrow("nothing to export");
  });

  it("that fails at any of its writes is told, and is no backup", async () => {
    const { root, data } = await backedUp();
    const calls = ["open", "append", "sync", "rename", "syncFolder"] as const;
    let failed = 0;
    for (let nth = 0; nth < 60; nth++) {
      const to = join(root, `half-${nth}`);
      let writes = 0;
      const fs = faultyFs((call, path) => {
        if (path.includes(to) && calls.some((each) => each === call) && writes++ === nth) throw systemError("ENOSPC");
      });
      const made = await exportJournal(data, to, { ...tools, fs }).catch((error: unknown) => error);
      if (!(made instanceof Error)) break;
      failed++;
      expect(made).toBeInstanceOf(StoreError);
      expect(made.message).toMatch(/the disk is full/);
      // A folder that was synced no more after its manifest got there is whole all the same.
      if (existsSync(join(to, MANIFEST))) continue;
      await expect(planRestore(join(root, "new"), to, tools)).rejects.toThrow(/is no backup/);
    }
    expect(failed).toBeGreaterThan(10);
  });
});

describe("A restore", () => {
  it("into a new folder gives the same outputs and the same databases, byte for byte", async () => {
    const { root, data, backup } = await backedUp();
    const there = join(root, "other machine");
    const plan = await planRestore(there, backup, tools);
    expect(plan).toMatchObject({ kind: "live", present: undefined, missing: { fills: 2, trades: 2 }, problems: [] });
    expect(existsSync(there)).toBe(false);
    const restored = await restoreBackup(there, backup, tools);
    expect(restored).toMatchObject({ added: plan.missingRecords, keptAside: undefined });
    expect(await idsIn(there)).toEqual(await idsIn(data));
    for (const name of ["bayesian_stats.db", "paper_trades.db"]) {
      expect(readFileSync(join(there, name)).equals(readFileSync(join(data, name))), name).toBe(true);
    }
  });

  it("brings back what was lost and keeps what was recorded since", async () => {
    const { root, data, backup } = await backedUp();
    rmSync(join(data, "journal"), { recursive: true });
    await recorded(data, paperTrade(3));
    const plan = await planRestore(data, backup, tools);
    expect(plan).toMatchObject({ missing: { fills: 2, trades: 2 }, onlyHere: { fills: 1, trades: 1 } });
    const { keptAside = "" } = await restoreBackup(data, backup, tools);
    expect(await idsIn(data)).toEqual(idsOf(oneOfEach(), paperTrade(1), paperTrade(3)));
    // The state of before is a backup itself.
    await restoreBackup(join(root, "before"), keptAside, tools);
    expect(await idsIn(join(root, "before"))).toEqual(idsOf(paperTrade(3)));
  });

  it("keeps the records and warns when a database cannot be written after them", async () => {
    const { root, backup } = await backedUp();
    const fs = faultyFs((call, path) => {
      if (call === "rename" && path.includes(".db")) throw systemError("ENOSPC");
    });
    const heard = listening();
    const { added } = await restoreBackup(join(root, "new"), backup, { wasm, log: heard, fs });
    expect(added).toBeGreaterThan(0);
    expect(heard.lines.filter((line) => line.includes('.db": the disk is full'))).toHaveLength(1);
    expect(await idsIn(join(root, "new"))).toEqual(idsOf(oneOfEach(), paperTrade(1)));
  });

  describe("has journals whose loss it has made good told of no more:", () => {
    const harms: readonly { name: string; kill?: true; harm: (path: string, bytes: Buffer) => void; check: string }[] =
      [
        { name: "one that is gone", harm: (path) => rmSync(path), check: "ok" },
        { name: "one that was cut", harm: (path, bytes) => writeFileSync(path, bytes.subarray(0, 900)), check: "warn" },
        {
          name: "one with a changed byte",
          harm: (path, bytes) => writeFileSync(path, flipped(bytes, 900)),
          check: "warn",
        },
        {
          name: "one of a killed window with a changed byte",
          kill: true,
          harm: (path, bytes) => writeFileSync(path, flipped(bytes, 900)),
          check: "warn",
        },
        { name: "one of a killed window that is gone", kill: true, harm: (path) => rmSync(path), check: "ok" },
        {
          name: "one of a killed window that was cut",
          kill: true,
          harm: (path, bytes) => writeFileSync(path, bytes.subarray(0, 900)),
          check: "warn",
        },
      ];
    it.each(harms)("$name", async ({ name: what, kill, harm, check }) => {
      const root = temporaryFolder();
      const [data, backup] = [join(root, "data"), join(root, "backup")];
      const store = await openStore(data);
      for (const id of ["A", "B", "C"]) await store.keep([fill({ id })]);
      const [name = ""] = readdirSync(join(data, "journal"));
      if (kill !== true) await store.close();
      await exportJournal(data, backup, tools);
      // A copy, which no window writes.
      const path = join(root, "harmed", "journal", name);
      cpSync(data, join(root, "harmed"), { recursive: true });
      await recorded(join(root, "harmed"), [fill({ id: "D" })]);
      harm(path, readFileSync(path));
      const warned = async () => (await openStore(join(root, "harmed"), { readOnly: true })).warnings;
      expect(await warned()).toHaveLength(1);
      const heard = listening();
      await restoreBackup(join(root, "harmed"), backup, { wasm, log: heard });
      expect(heard.lines.filter((line) => / is (damaged|missing)/.test(line))).toHaveLength(1);
      const mayHaveHadMore = heard.lines.filter((line) => line.includes("before its window had ended, with 4 records"));
      expect(mayHaveHadMore).toHaveLength(kill === true && !what.includes("byte") ? 1 : 0);
      expect(await idsIn(join(root, "harmed"))).toEqual(new Set(["A", "B", "C", "D"]));
      expect(await warned()).toEqual([]);
      const levels = (await checkData(join(root, "harmed"), tools)).map(({ level }) => level);
      expect(levels).toContain(check);
      expect(levels).not.toContain("stop");
      // Another damage of it is another matter.
      if (existsSync(path)) {
        writeFileSync(path, flipped(readFileSync(path), 500));
        expect(await warned()).toHaveLength(1);
      }
    });

    it("but not one that had more than the backup", async () => {
      const root = temporaryFolder();
      const [data, backup] = [join(root, "data"), join(root, "backup")];
      const store = await openStore(data);
      await store.keep([fill({ id: "A" })]);
      await exportJournal(data, backup, tools);
      for (const id of ["B", "C"]) await store.keep([fill({ id })]);
      await store.close();
      const [name = ""] = readdirSync(join(data, "journal"));
      const path = join(data, "journal", name);
      const bytes = readFileSync(path);
      for (const harm of [() => writeFileSync(path, flipped(bytes, bytes.length - 300)), () => rmSync(path)]) {
        harm();
        await restoreBackup(data, backup, tools);
        expect((await openStore(data, { readOnly: true })).warnings).toHaveLength(1);
      }
    });
  });

  it("says once what is wrong with a folder that has all of it already", async () => {
    const { data, backup } = await backedUp();
    const [name = ""] = readdirSync(join(data, "journal"));
    const path = join(data, "journal", name);
    const bytes = readFileSync(path);
    await recorded(data, paperTrade(2));
    await restoreBackup(data, backup, tools);
    rmSync(path);
    // Its records are in another one.
    writeFileSync(join(data, "journal", "copy.jl"), bytes);
    const heard = listening();
    expect(await restoreBackup(data, backup, { wasm, log: heard })).toMatchObject({ added: 0 });
    expect(heard.lines.filter((line) => line.includes(name))).toHaveLength(1);
  });

  it("counts and keeps aside what only the snapshot of a folder still has, and passes over one that it cannot use", async () => {
    const root = temporaryFolder();
    const [data, backup] = [join(root, "data"), join(root, "backup")];
    await recorded(data, paperTrade(1));
    await exportJournal(data, backup, tools);
    await recorded(data, paperTrade(2));
    await (await openStore(data, { appVersion: VERSION, snapshotAfter: 1 })).close();
    rmSync(join(data, "journal"), { recursive: true });
    const plan = await planRestore(data, backup, tools);
    expect(plan).toMatchObject({
      missingRecords: 0,
      missing: { trades: 0 },
      present: { trades: 2 },
      onlyHere: { trades: 1 },
    });
    writeFileSync(join(data, "snapshots", "journal.snapshot"), "no snapshot");
    expect(await planRestore(data, backup, tools)).toMatchObject({ missing: { trades: 1 }, present: undefined });
  });

  it("a second time changes nothing", async () => {
    const { data, backup } = await backedUp();
    const before = files(data);
    expect(await restoreBackup(data, backup, tools)).toMatchObject({ added: 0, keptAside: undefined });
    expect(files(data)).toEqual(before);
  });

  it("gives the union, whatever each side has", async () => {
    const some = fc.uniqueArray(fc.nat({ max: 7 }));
    await fc.assert(
      fc.asyncProperty(some, some, some, async (earlier, later, lostLater) => {
        const root = temporaryFolder();
        const [data, backup] = [join(root, "data"), join(root, "backup")];
        await recorded(data, [fill({ id: "first" })], ...earlier.map((trade) => paperTrade(trade)));
        await exportJournal(data, backup, tools);
        if (lostLater.length > 0) rmSync(join(data, "journal"), { recursive: true });
        await recorded(
          data,
          ...later.map((trade) => paperTrade(10 + trade)),
          ...lostLater.map((trade) => paperTrade(trade)),
        );
        const present = await idsIn(data);
        await restoreBackup(data, backup, tools);
        const expected = new Set([...present, ...(await idsIn(backup))]);
        expect(await idsIn(data)).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  });

  it("reaches a run that is open in the folder", async () => {
    const { data, backup } = await backedUp();
    rmSync(join(data, "journal"), { recursive: true });
    const open: Store = await openStore(data);
    await open.keep(paperTrade(3));
    await restoreBackup(data, backup, tools);
    expect(idsOf(await open.refresh())).toEqual(idsOf(oneOfEach(), paperTrade(1)));
    await open.close();
  });

  it("never mixes kinds", async () => {
    const { root, backup } = await backedUp();
    const demo = await openStore(join(root, "demo"), { kind: "demo" });
    await demo.keep(paperTrade(1));
    await demo.close();
    const before = files(join(root, "demo"));
    await expect(restoreBackup(join(root, "demo"), backup, tools)).rejects.toThrow(
      `"${join(root, "demo")}" holds demo results and the backup live ones: they are never mixed. Name another folder`,
    );
    expect(files(join(root, "demo"))).toEqual(before);
  });

  it("of a journal that was damaged when it was backed up restores what verifies, and says so", async () => {
    const root = temporaryFolder();
    const [data, backup] = [join(root, "data"), join(root, "backup")];
    await recorded(data, [fill({ id: "A" })], [fill({ id: "B" })], [fill({ id: "C" })]);
    const [name = ""] = readdirSync(join(data, "journal"));
    const path = join(data, "journal", name);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('"id":"B"') + 6] = 0x58;
    writeFileSync(path, bytes);
    const made = await exportJournal(data, backup, tools);
    expect(made.problems.join()).toContain("is damaged");
    const restored = await restoreBackup(join(root, "new"), backup, tools);
    expect(restored.plan.problems.join()).toContain("was damaged when it was backed up");
    expect(await idsIn(join(root, "new"))).toEqual(new Set(["A", "C"]));
  });
});

describe("A backup that is not as it was written is refused in one line, and nothing is touched:", () => {
  it("any changed byte of any of its files", async () => {
    const { root, data, backup } = await backedUp();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, change) => {
        const copy = join(root, "copy");
        rmSync(copy, { recursive: true, force: true });
        cpSync(backup, copy, { recursive: true });
        const names = files(copy).filter((name) => name.endsWith(".db") || name.endsWith(".jl"));
        const path = join(copy, names[which % names.length] ?? "");
        const bytes = readFileSync(path);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        writeFileSync(path, bytes);
        await expect(planRestore(data, copy, tools)).rejects.toThrow("does not match its checksum");
      }),
      { numRuns: 40 },
    );
  });

  const sabotage: readonly { name: string; act: (backup: string) => void; says: string }[] = [
    { name: "an unfinished one", act: (it) => rmSync(join(it, MANIFEST)), says: "was not finished" },
    {
      name: "a folder that is none",
      act: (it) => {
        rmSync(it, { recursive: true });
        mkdirSync(it);
      },
      says: "it has no manifest.json",
    },
    { name: "a missing file", act: (it) => rmSync(join(it, "paper_trades.db")), says: '"paper_trades.db" is missing' },
    {
      name: "a longer file",
      act: (it) => appendFileSync(join(it, "paper_trades.db"), "x"),
      says: '"paper_trades.db" has',
    },
    {
      name: "a file too many",
      act: (it) => writeFileSync(join(it, "journal/other.jl"), ""),
      says: '"journal/other.jl" is not in its manifest.json',
    },
    { name: "an empty manifest", act: (it) => writeFileSync(join(it, MANIFEST), ""), says: "is not one of this" },
    {
      name: "a deep manifest",
      act: (it) => writeFileSync(join(it, MANIFEST), "[".repeat(20_000)),
      says: "is not one of this",
    },
    {
      name: "a huge manifest",
      act: (it) => writeFileSync(join(it, MANIFEST), " ".repeat(1_000_001)),
      says: "its manifest.json is not one",
    },
    { name: "a foreign manifest", act: (it) => edit(it, { format: "x" }), says: "is not one of this program" },
    { name: "a newer one", act: (it) => edit(it, { version: 2 }), says: "made by a newer version: update" },
    { name: "another kind", act: (it) => edit(it, { kind: "demo" }), says: "does not hold demo results" },
    { name: "an impossible number", act: (it) => edit(it, { counts: { fills: -1 } }), says: "as it was written" },
    { name: "a field too many", act: (it) => edit(it, { more: 1 }), says: "as it was written" },
    {
      name: "a path that leads out",
      act: (it) => edit(it, { files: [{ path: "journal/../../x.jl", bytes: 0, sha256: "0".repeat(64) }] }),
      says: "as it was written",
    },
    {
      name: "a prototype",
      act: (it) => writeFileSync(join(it, MANIFEST), '{"__proto__":{"format":"volume-cluster-backup","version":1}}'),
      says: "is not one of this",
    },
    { name: "records without an id", act: (it) => forge(it, () => ({ id: "" })), says: "do not tell them apart" },
  ];
  it.each(sabotage)("$name", async ({ act, says }) => {
    const { data, backup } = await backedUp();
    act(backup);
    const before = files(data);
    const failure = await restoreBackup(data, backup, tools).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    const { message } = failure as StoreError;
    expect(message).toContain(says);
    expect(message).not.toContain("\n");
    expect(files(data)).toEqual(before);
    expect(Object.keys({})).toEqual([]);
  });
});

it.each([1e300, -1, 8.7e18, 0.5])("A record of a backup with the time %d is damage and is not restored", async (t) => {
  const { root, backup } = await backedUp();
  forge(backup, ({ type }) => (type === "fill" ? { t } : {}));
  const { plan } = await restoreBackup(join(root, "new"), backup, tools);
  expect(plan.problems.join()).toContain("do not verify");
  const store = await openStore(join(root, "new"), { readOnly: true });
  expect(store.warnings).toEqual([]);
  expect(store.outputs.length).toBeGreaterThan(0);
  expect(store.outputs.filter(({ type }) => type === "fill")).toEqual([]);
});

describe("The state kept aside", () => {
  it("is named by its moment", async () => {
    const { data, backup } = await backedUp();
    rmSync(join(data, "journal"), { recursive: true });
    await recorded(data, paperTrade(3));
    const { keptAside } = await restoreBackup(data, backup, { ...tools, clock: handClock() });
    expect(keptAside).toBe(join(data, "backups", "2025-06-09T13-30-00-000000Z-before-restore"));
  });
});

/** Writes the journal of a backup anew with other records, checksums and all. */
it("of a folder in which two records have one id is told of, made and restored whole", async () => {
  const [data, backup, other] = [temporaryFolder(), join(temporaryFolder(), "to"), join(temporaryFolder(), "other")];
  const store = await openStore(data);
  for (const id of ["A", "B"]) await store.keep([fill({ id })]);
  await store.close();
  const [name = ""] = readdirSync(join(data, "journal"));
  const path = join(data, "journal", name);
  const { records } = parseJournal(readFileSync(path));
  const double = { ...records[2], id: records[1]?.id ?? "" } as JournalRecord;
  writeFileSync(
    path,
    Buffer.concat(
      records
        .slice(0, 2)
        .concat(double)
        .map((record) => encodeRecord(record).line),
    ),
  );
  const told = expect.stringMatching(
    /^Records with the id of another one that say something else: 1, the first with 01/,
  );
  const { problems } = await exportJournal(data, backup, tools);
  expect(problems).toContainEqual(told);
  const restored = await restoreBackup(other, backup, tools);
  expect(restored.plan.problems.join()).toContain(
    "with the id of another one that say something else, all of them kept: 1",
  );
  const read = await openStore(other, { readOnly: true });
  expect(read.outputs.map(outputId)).toEqual(["A", "B"]);
  await read.close();
});

function forge(backup: string, change: (record: JournalRecord) => object): void {
  const { files: listed } = JSON.parse(readFileSync(join(backup, MANIFEST), "utf8"));
  const changed = listed.map((file: { readonly path: string }) => {
    if (!file.path.endsWith(".jl")) return file;
    const path = join(backup, file.path);
    const { records } = parseJournal(readFileSync(path));
    const bytes = Buffer.concat(records.map((record) => encodeRecord({ ...record, ...change(record) }).line));
    writeFileSync(path, bytes);
    return { path: file.path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  edit(backup, { files: changed });
}

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

function edit(backup: string, changes: object): void {
  const path = join(backup, MANIFEST);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
}
