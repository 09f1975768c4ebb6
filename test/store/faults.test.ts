import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type EngineOutput, outputId } from "../../src/core/events.js";
import { nodeFs } from "../../src/store/files.js";
import { encodeRecord, NO_RECORD_BEFORE } from "../../src/store/record.js";
import type { Store } from "../../src/store/store.js";
import { StoreError } from "../../src/store/storeError.js";
import { synchronizedBy } from "../../src/store/syncedFolder.js";
import { exit, fill, micros, oneOfEach, recommendation } from "../support/outputs.js";
import { Computer } from "./simulation/computer.js";
import { Disk } from "./simulation/disk.js";
import { Random } from "./simulation/random.js";
import { faultyFs, listening, openStore, systemError, temporaryFolder } from "./support.js";

const ids = (outputs: readonly EngineOutput[]) => outputs.map(outputId);
const noDatabase = () => Promise.reject(new Error("not needed"));

/** Records one after the other, and closes; what fails is said in one line. Returns what was acknowledged. */
async function record(store: Store, count: number): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const id = `fill ${number}`;
    await store.keep([recommendation({ id: `recommendation ${number}` }), fill({ id })]).then(
      () => acknowledged.push(id),
      (error: unknown) => expectOneLine(error),
    );
  }
  await store.flush().catch(expectOneLine);
  await store.close();
  return acknowledged;
}

function expectOneLine(error: unknown): void {
  expect(error).toBeInstanceOf(StoreError);
  expect((error as Error).message).toMatch(/^[A-Z"][^\n]*[^.\n]$/);
}

describe("Whichever call fails", () => {
  it.each(["EIO", "ENOSPC", "EACCES", "EROFS", "EMFILE", "EBUSY"])(
    "once with %s, what was acknowledged is there afterwards, and the failure is one line (D4, D5)",
    async (code) => {
      let calls = Number.POSITIVE_INFINITY;
      let refused = 0;
      for (let nth = 0; nth < calls; nth += 1) {
        const folder = "/home/data";
        const disk = new Disk();
        disk.mkdir("/home");
        const computer = new Computer(disk, new Random(1));
        const plain = computer.instantFs(computer.start());
        let count = 0;
        const fs = faultyFs(() => {
          count += 1;
          if (count === nth + 1) throw systemError(code);
        }, plain);
        const log = listening();
        const store = await openStore(folder, { fs, log, wasm: noDatabase }).catch((error: unknown) => {
          expectOneLine(error);
          refused += 1;
        });
        const acknowledged = store === undefined ? [] : await record(store, 3);
        expect(log.lines.every((line) => !line.includes("\n"))).toBe(true);
        if (store !== undefined) calls = Math.min(calls, count);
        const again = await openStore(folder, { fs: plain, wasm: noDatabase });
        expect(ids(again.outputs)).toEqual(expect.arrayContaining([...acknowledged]));
        expect(acknowledged.length).toBeGreaterThanOrEqual(store === undefined ? 0 : 2);
        await again.close();
      }
      expect(refused).toBeLessThan(calls);
    },
  );
});

const canMount = mayMount();

function mayMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "mount-"));
  const done = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
  if (done) spawnSync("umount", [folder]);
  rmdirSync(folder);
  return done;
}

/** Mounts a disk of so many bytes for one test. */
function smallRealDisk(bytes: number): string {
  const folder = temporaryFolder();
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder]);
  onTestFinished(() => void spawnSync("umount", ["-l", folder]));
  return folder;
}

const why = canMount ? "" : " [skipped: this user may not mount a disk]";

describe("A real disk", () => {
  it.runIf(canMount)(
    `that is full: everything acknowledged is there, and it goes on with room${why} (D3)`,
    async () => {
      const disk = smallRealDisk(1_400_000);
      const folder = join(disk, "data");
      const store = await openStore(folder, { wasm: noDatabase });
      const ballast = await nodeFs.open(join(disk, "ballast"), "append");
      // What is left is less than the journal is going to need.
      await ballast.append(Buffer.alloc(400_000)).catch(() => 0);
      await ballast.close();
      const acknowledged: string[] = [];
      let refusals = 0;
      for (let number = 0; refusals === 0 && number < 3_000; number += 1) {
        const id = `fill ${number}`;
        await store.keep([fill({ id, notes: "n".repeat(2_000) })]).then(
          () => acknowledged.push(id),
          (error: unknown) => {
            refusals += 1;
            expect((error as Error).message).toMatch(
              /^NOT SAVED: .*the disk is full\. Free some space, then try again$/,
            );
          },
        );
      }
      expect(refusals).toBe(1);
      // The reserve made room for hundreds of them.
      expect(acknowledged.length).toBeGreaterThan(300);
      await nodeFs.remove(join(disk, "ballast"));
      expect(ids(await store.keep([fill({ id: "with room" })]))).toEqual(["with room"]);
      await store.close();
      const again = await openStore(folder, { readOnly: true });
      expect(ids(again.outputs)).toEqual([...acknowledged, "with room"]);
      expect(again.warnings).toEqual([]);
    },
  );

  it.runIf(canMount)(
    `that turns read-only: NOT SAVED in one line, all is shown, and it goes on later${why} (D5)`,
    async () => {
      const disk = smallRealDisk(4_000_000);
      const folder = join(disk, "data");
      const store = await openStore(folder, { wasm: noDatabase });
      await store.keep([fill({ id: "before" })]);
      await store.close();
      const remount = (mode: string) => spawnSync("mount", ["-o", `remount,${mode}`, disk]);
      remount("ro");
      const shown = await openStore(folder, { readOnly: true });
      expect(ids(shown.outputs)).toEqual(["before"]);
      const window = await openStore(folder, { wasm: noDatabase });
      await expect(window.keep([fill({ id: "A" })])).rejects.toThrow(
        /^NOT SAVED: .*the disk is read-only\. Choose a data folder on a disk that can be written$/,
      );
      remount("rw");
      expect(ids(await window.keep([fill({ id: "A" })]))).toEqual(["A"]);
      await window.close();
    },
  );
});

describe("A backup", () => {
  it("of the journals makes the very same databases on another machine (D13)", async () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    const store = await openStore(here);
    for (const output of [...oneOfEach(), exit({ account: "manual", id: "exit:manual" })]) await store.keep([output]);
    await store.close();
    cpSync(join(here, "journal"), join(there, "journal"), { recursive: true });
    await (await openStore(there)).close();
    for (const name of ["bayesian_stats.db", "paper_trades.db", "recommendations_log.jsonl"])
      expect(readFileSync(join(there, name)).equals(readFileSync(join(here, name))), name).toBe(true);
    expect(readdirSync(join(there, "journal"))).toEqual(readdirSync(join(here, "journal")));
  });
});

it("opens a journal with more records than a call may have arguments (D10)", async () => {
  const disk = new Disk();
  disk.mkdir("/data");
  disk.mkdir("/data/journal");
  const lines: Uint8Array[] = [];
  let prev = NO_RECORD_BEFORE;
  for (let seq = 0; seq < 150_000; seq += 1) {
    const [id, data] = [`01JXA${String(seq).padStart(21, "0")}`, { key: "count", value: seq }];
    const { line, hash } = encodeRecord({ v: 1, id, sess: "S", seq, prev, t: micros(seq), m: 1, type: "meta", data });
    lines.push(line);
    prev = hash;
  }
  disk.write(disk.open("/data/journal/S-000.jl", "createNew", 0), Buffer.concat(lines), 0);
  const computer = new Computer(disk, new Random(1));
  const fs = computer.instantFs(computer.start());
  const store = await openStore("/data", { fs, readOnly: true });
  expect(store.meta("count")).toBe(149_999);
});

describe("A folder that another program synchronizes (D8)", () => {
  it.each([
    ["/home/t/Dropbox/trading", "Dropbox"],
    ["C:\\Users\\t\\OneDrive - Desk\\trading", "OneDrive"],
    ["/Users/t/Library/Mobile Documents/com~apple~CloudDocs/x", "iCloud"],
    ["/Users/t/Library/CloudStorage/GoogleDrive-t@x.org/My Drive", "Google Drive"],
    ["/home/t/my-dropbox-backup", undefined],
    ["/home/t/trading", undefined],
  ])("%s: %s", (path, program) => {
    expect(synchronizedBy(path)).toBe(program);
  });

  it("is told of once, and works", async () => {
    const folder = join(temporaryFolder(), "Dropbox", "data");
    const store = await openStore(folder, { wasm: noDatabase });
    expect(store.warnings).toEqual([
      expect.stringMatching(/^Dropbox seems to synchronize ".*": nothing is lost by that/),
    ]);
    expect(ids(await store.keep([fill()]))).toEqual([fill().id]);
    await store.close();
  });
});
