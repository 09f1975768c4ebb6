import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Fs, nodeFs } from "../../src/store/files.js";
import { Journal } from "../../src/store/journal.js";
import { JOURNAL_FORMAT, parseJournal } from "../../src/store/record.js";
import { Reserve } from "../../src/store/reserve.js";
import { StoreError } from "../../src/store/storeError.js";
import { Ulids } from "../../src/store/ulid.js";
import { micros } from "../support/outputs.js";
import { faultyFs, handClock, smallDisk, systemError, temporaryFolder } from "./support.js";

const SESSION = "01JXA000000000000000000000";

function journalIn(folder: string, fs: Fs = nodeFs) {
  const clock = handClock();
  const ids = new Ulids(clock, () => 0.5);
  const journal = new Journal({
    fs,
    clock,
    folder: join(folder, "journal"),
    session: SESSION,
    header: () => ({ format: JOURNAL_FORMAT, version: 1, app: "0.1.0", kind: "demo", host: "here", pid: 7 }),
    reserve: new Reserve(fs, folder),
    nextId: () => ids.next(),
    everything: () => [],
    left: () => undefined,
  });
  onTestFinished(() => journal.close().catch(() => undefined));
  return journal;
}

const entry = (id: string) => ({ id, t: micros(5), type: "fill", data: { id } });

/** `000: header A B` per file; a file without a whole record has its number alone. */
function read(folder: string): string[] {
  const names = readdirSync(join(folder, "journal")).sort();
  return names.map((name) => {
    const { records } = parseJournal(readFileSync(join(folder, "journal", name)));
    return `${name.slice(27, 30)}: ${records.map(({ type, id }) => (type === "fill" ? id : type)).join(" ")}`.trimEnd();
  });
}

/** Fails the nth call of a kind, from 0, on journal files. */
function failing(call: string, nth: number, code: string): Fs {
  let seen = 0;
  return faultyFs((name, path) => {
    if (name !== call || !path.includes("journal")) return;
    seen += 1;
    if (seen === nth + 1) throw systemError(code);
  });
}

describe("Journal", () => {
  it("makes its file with the first append, for this user alone", async () => {
    const folder = temporaryFolder();
    const journal = journalIn(folder);
    await journal.close();
    expect(readdirSync(folder)).toEqual([]);
    await journal.append([entry("A")]);
    expect(statSync(join(folder, "journal")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "journal", `${SESSION}-000.jl`)).mode & 0o777).toBe(0o600);
  });

  it("leaves no empty file behind when the disk is too full for its first append, and begins anew once there is room (D3)", async () => {
    const folder = temporaryFolder();
    const disk = smallDisk(100);
    const journal = journalIn(folder, disk);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(journal.append([entry("A")])).rejects.toThrow("NOT SAVED");
      expect(readdirSync(join(folder, "journal"))).toEqual([]);
    }
    await journal.close();
    expect(readdirSync(join(folder, "journal"))).toEqual([]);
    disk.free = 10_000;
    await journal.append([entry("A")]);
    await journal.close();
    expect(read(folder)).toEqual(["000: header A seal"]);
  });

  it("removes nothing that stands in its file's place when its first append fails", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "journal", `${SESSION}-000.jl`);
    const fs = faultyFs((call, of) => {
      if (call !== "append" || of !== path) return;
      rmSync(path);
      writeFileSync(path, "another's");
      throw systemError("ENOSPC");
    });
    const journal = journalIn(folder, fs);
    await expect(journal.append([entry("A")])).rejects.toThrow("NOT SAVED");
    expect(readdirSync(join(folder, "journal"))).toEqual([`${SESSION}-000.jl`]);
    await journal.abandon();
  });

  it("begins with a header, ends with a seal, and chains its records", async () => {
    const folder = temporaryFolder();
    const journal = journalIn(folder);
    await journal.append([entry("A"), entry("B")]);
    await journal.append([entry("C")]);
    await journal.close();
    const { records, damage, sealed } = parseJournal(readFileSync(join(folder, "journal", `${SESSION}-000.jl`)));
    expect(records.map(({ type, seq, sess }) => [type, seq, sess === SESSION])).toEqual([
      ["header", 0, true],
      ["fill", 1, true],
      ["fill", 2, true],
      ["fill", 3, true],
      ["seal", 4, true],
    ]);
    expect(records[0]?.data).toEqual({
      ...{ format: "volume-cluster-journal", version: 1, app: "0.1.0", kind: "demo", host: "here", pid: 7, segment: 0 },
    });
    expect(records[4]?.data).toEqual({ records: 4 });
    expect([damage, sealed]).toEqual([[], true]);
    const [first, a, b, c] = records.map(({ m }) => m);
    expect([first, b]).toEqual([a, a]);
    expect(c).toBeGreaterThan(a ?? Number.NaN);
  });

  it("syncs the folder once its file is synced for the first time, and never again", async () => {
    const calls: string[] = [];
    const journal = journalIn(
      temporaryFolder(),
      faultyFs((call) => void calls.push(call)),
    );
    await journal.append([entry("A")]);
    await journal.append([entry("B")]);
    const changes = calls.filter((call) => call !== "stat" && call !== "identity");
    const noted = ["open", "append", "close"];
    expect(changes).toEqual([
      "mkdir",
      "syncFolder",
      "open",
      "append",
      "sync",
      "syncFolder",
      ...noted,
      "append",
      "sync",
    ]);
  });

  it("never makes the file of another journal its own", async () => {
    const folder = temporaryFolder();
    await journalIn(folder).append([entry("A")]);
    await expect(journalIn(folder).append([entry("B")])).rejects.toThrow("a file is in its place");
    expect(read(folder)).toEqual(["000: header A"]);
  });

  it("takes the reserve's room when the disk is full, wherever it fills up", async () => {
    for (let room = 0; room < 500; room += 31) {
      const folder = temporaryFolder();
      const disk = smallDisk(10_000_000);
      await new Reserve(disk, folder).take();
      disk.free = room;
      const journal = journalIn(folder, disk);
      await journal.append([entry("A")]);
      await journal.append([entry("B")]);
      expect(read(folder)).toEqual(["000: header A B"]);
    }
  });

  it("says NOT SAVED on a full disk without a reserve, leaves no half record, and goes on when there is room", async () => {
    for (let room = 0; room < 150; room += 7) {
      const folder = temporaryFolder();
      const disk = smallDisk(10_000_000);
      const journal = journalIn(folder, disk);
      await journal.append([entry("A")]);
      disk.free = room;
      await expect(journal.append([entry("B")])).rejects.toThrow(
        /^NOT SAVED: could not write the journal in ".*": the disk is full\. Free some space, then try again$/,
      );
      expect(read(folder)).toEqual(["000: header A"]);
      disk.free = 10_000;
      await journal.append([entry("B")]);
      await journal.close();
      expect(read(folder)).toEqual(["000: header A B seal"]);
    }
  });

  it("leaves a file that it cannot clean for a new one", async () => {
    const folder = temporaryFolder();
    const disk = smallDisk(10_000_000);
    const fs: Fs = {
      ...disk,
      open: async (path, mode) => ({
        ...(await disk.open(path, mode)),
        truncate: async () => {
          throw systemError("EIO");
        },
      }),
    };
    const journal = journalIn(folder, fs);
    await journal.append([entry("A")]);
    disk.free = 20;
    await expect(journal.append([entry("B")])).rejects.toThrow(StoreError);
    disk.free = 10_000;
    await journal.append([entry("B")]);
    expect(read(folder)).toEqual(["000: header A", "001: header B"]);
  });

  it.each([
    { call: "sync", nth: 0, files: ["000: header A", "001: header A B"] },
    { call: "syncFolder", nth: 0, files: ["000: header A", "001: header A B"] },
    { call: "sync", nth: 1, files: ["000: header A B", "001: header B"] },
  ])("writes again into a new file when the disk does not confirm ($call $nth)", async ({ call, nth, files }) => {
    const folder = temporaryFolder();
    const journal = journalIn(folder, failing(call, nth, "EIO"));
    await journal.append([entry("A")]);
    await journal.append([entry("B")]);
    expect(read(folder)).toEqual(files);
  });

  it("never syncs a file again that did not confirm", async () => {
    const synced: string[] = [];
    const fs = faultyFs((call, path) => {
      if (call !== "sync") return;
      synced.push(path.slice(-6, -3));
      throw systemError("EIO");
    });
    const journal = journalIn(temporaryFolder(), fs);
    await expect(journal.append([entry("A")])).rejects.toThrow("the disk reported an error");
    await expect(journal.append([entry("A")])).rejects.toThrow("NOT SAVED");
    expect(synced).toEqual(["000", "001", "002", "003"]);
  });

  it.each(["append", "sync", "stat"])("lets go of every file also when its seal fails: %s", async (failing) => {
    const folder = temporaryFolder();
    const files = { open: 0, close: 0 };
    let isBroken = false;
    const fs = faultyFs((call, path) => {
      if (!path.endsWith(".jl")) return;
      if (call === "open" || call === "close") files[call] += 1;
      if (isBroken && call === failing) throw systemError("EIO");
    });
    const journal = journalIn(folder, fs);
    await journal.append([entry("A")]);
    isBroken = true;
    await expect(journal.close()).rejects.toThrow("NOT SAVED");
    expect([journal.isOpen, files.close]).toEqual([false, files.open]);
    await journal.close().catch(() => undefined);
    expect(files.close).toBe(files.open);
    isBroken = false;
    expect(read(folder)[0]).toMatch(/^000: header A/);
  });

  it("keeps or refuses every append, whichever call fails in whichever way", async () => {
    let lost = 0;
    for (const code of ["EIO", "ENOSPC", "EACCES", "EMFILE"]) {
      for (let nth = 0; nth < 14; nth += 1) {
        const folder = temporaryFolder();
        const journal = journalIn(
          folder,
          faultyFs((_call, _path, count) => {
            if (count === nth) throw systemError(code);
          }),
        );
        const acknowledged: string[] = [];
        for (const id of ["A", "B", "C"]) {
          await journal.append([entry(id)]).then(
            () => acknowledged.push(id),
            (error: unknown) => expect(error).toBeInstanceOf(StoreError),
          );
        }
        const found = new Set(read(folder).flatMap((line) => line.split(" ")));
        lost += acknowledged.filter((id) => !found.has(id)).length;
        expect(acknowledged.length).toBeGreaterThanOrEqual(2);
      }
    }
    expect(lost).toBe(0);
  });
});
