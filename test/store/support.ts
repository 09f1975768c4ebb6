import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { EngineOutput } from "../../src/core/events.js";
import { type Clock, systemClock } from "../../src/store/clock.js";
import { type Fs, nodeFs, type OpenFile } from "../../src/store/files.js";
import { Store, type StoreOptions } from "../../src/store/store.js";
import { at, micros, SIGNAL_TIME } from "../support/outputs.js";

export const wasmFile = createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm.wasm");
export const wasm = async () => readFileSync(wasmFile);

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A log that remembers what it was told. */
export function listening() {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  return { lines, info: add, warn: add, error: add };
}

/** Opens a store on the real file system; nothing is logged. */
export function openStore(folder: string, changes: Partial<StoreOptions> = {}): Promise<Store> {
  return Store.open({ folder, kind: "live", appVersion: "0.1.0", wasm, log: listening(), ...changes });
}

/** A clock that the test moves; its monotonic time rises by a microsecond with every look. */
export function handClock(start = at("2025-06-09T13:30:00Z")): Clock & { now: number } {
  let looks = 0;
  const clock = {
    now: start as number,
    wall: () => micros(clock.now),
    monotonic: () => {
      looks += 1;
      return looks;
    },
    pause: systemClock.pause,
  };
  return clock;
}

export type FsCall = keyof OpenFile | keyof Fs;

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/**
 * A file system with faults, the real one where none is given.
 *
 * @param fault is asked before every call, with its number among all calls; throws what the call shall fail with
 */
export function faultyFs(fault: (call: FsCall, path: string, count: number) => void, fs: Fs = nodeFs): Fs {
  let count = 0;
  const check = (call: FsCall, path: string) => {
    count += 1;
    fault(call, path, count - 1);
  };
  const wrap =
    <Arguments extends [string, ...unknown[]], Result>(call: FsCall, run: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      check(call, given[0]);
      return run(...given);
    };
  return {
    ...fs,
    open: wrap("open", async (path: string, mode: "createNew" | "append") => {
      const file = await fs.open(path, mode);
      return {
        append: async (bytes: Uint8Array) => {
          check("append", path);
          return file.append(bytes);
        },
        sync: async () => {
          check("sync", path);
          return file.sync();
        },
        truncate: async (length: number) => {
          check("truncate", path);
          return file.truncate(length);
        },
        identity: async () => {
          check("identity", path);
          return file.identity();
        },
        close: async () => {
          await file.close();
          check("close", path);
        },
      };
    }),
    readFile: wrap("readFile", fs.readFile),
    readdir: wrap("readdir", fs.readdir),
    stat: wrap("stat", fs.stat),
    room: wrap("room", fs.room),
    realPath: wrap("realPath", fs.realPath),
    mkdir: wrap("mkdir", fs.mkdir),
    syncFolder: wrap("syncFolder", fs.syncFolder),
    rename: wrap("rename", fs.rename),
    remove: wrap("remove", fs.remove),
  };
}

/** A disk with room for so many bytes; removing a file gives its room back. It writes what fits, and fails only then. */
export function smallDisk(capacity: number): Fs & { free: number } {
  const disk = {
    ...nodeFs,
    free: capacity,
    async open(path: string, mode: "createNew" | "append"): Promise<OpenFile> {
      const file = await nodeFs.open(path, mode);
      return {
        async append(bytes) {
          if (disk.free <= 0) throw systemError("ENOSPC");
          const added = await file.append(bytes.subarray(0, Math.min(bytes.length, disk.free)));
          disk.free -= added;
          return added;
        },
        sync: () => file.sync(),
        async truncate(length) {
          disk.free += ((await nodeFs.stat(path))?.size ?? length) - length;
          await file.truncate(length);
        },
        identity: () => file.identity(),
        close: () => file.close(),
      };
    },
    async remove(path: string) {
      disk.free += (await nodeFs.stat(path))?.size ?? 0;
      await nodeFs.remove(path);
    },
  };
  return disk;
}

/** All that a store has, and at the end the bars around the usual signal. */
export function all(store: Store): readonly EngineOutput[] {
  return [...store.everything(), ...store.footprints(SIGNAL_TIME)];
}
