import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { removeLeftovers, replaceFile } from "../../src/store/atomicFile.js";
import { nodeFs } from "../../src/store/files.js";
import { StoreError } from "../../src/store/storeError.js";
import { faultyFs, smallDisk, systemError, temporaryFolder } from "./support.js";

const bytes = (text: string) => Buffer.from(text);

describe("replaceFile", () => {
  it("makes a file, and replaces it", async () => {
    const path = join(temporaryFolder(), "a.json");
    await replaceFile(nodeFs, path, bytes("one"));
    await replaceFile(nodeFs, path, bytes("two, longer"));
    expect(readFileSync(path, "utf8")).toBe("two, longer");
  });

  it("syncs the bytes before the name, and the name before it resolves", async () => {
    const calls: string[] = [];
    const fs = faultyFs((call) => void calls.push(call));
    await replaceFile(fs, join(temporaryFolder(), "a.json"), bytes("one"));
    expect(calls.slice(calls.indexOf("open"))).toEqual(["open", "append", "sync", "close", "rename", "syncFolder"]);
  });

  it("leaves the old file or the new one, whichever call fails, and no other file", async () => {
    const ends = new Set<string>();
    for (const code of ["EIO", "ENOSPC", "EACCES"]) {
      for (let nth = 0; nth < 10; nth += 1) {
        const folder = temporaryFolder();
        const path = join(folder, "a.json");
        writeFileSync(path, "old");
        const fs = faultyFs((_call, _path, count) => {
          if (count === nth) throw systemError(code);
        });
        const failure = await replaceFile(fs, path, bytes("new")).catch((error: unknown) => error);
        if (failure !== undefined) expect(failure).toBeInstanceOf(StoreError);
        ends.add(`${failure === undefined ? "done" : "failed"} ${readFileSync(path, "utf8")}`);
        expect(readdirSync(folder)).toEqual(["a.json"]);
      }
    }
    expect([...ends].sort()).toEqual(["done new", "failed new", "failed old"]);
  });

  it("keeps the old file when the disk fills up half way", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "a.json");
    writeFileSync(path, "old");
    await expect(replaceFile(smallDisk(50), path, new Uint8Array(100))).rejects.toThrow(
      `Could not replace "${path}": the disk is full. Free some space, then try again`,
    );
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("replaces what a link points to, not the link", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "elsewhere"));
    const target = join(folder, "elsewhere", "real.json");
    writeFileSync(target, "old");
    symlinkSync(target, join(folder, "a.json"));
    await replaceFile(nodeFs, join(folder, "a.json"), bytes("new"));
    expect(lstatSync(join(folder, "a.json")).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("new");
  });

  it("does not replace a file that was made read-only", async () => {
    const path = join(temporaryFolder(), "a.json");
    writeFileSync(path, "old");
    chmodSync(path, 0o444);
    await expect(replaceFile(nodeFs, path, bytes("new"))).rejects.toThrow("it is read-only. Make it writable");
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});

it("removes what a killed process left half written, and nothing else", async () => {
  const folder = temporaryFolder();
  const { pid: dead } = spawnSync(process.execPath, ["--version"]);
  for (const name of [`a.db.${dead}-1.tmp`, `a.db.${process.pid}-1.tmp`, "a.db", "mine.tmp"])
    writeFileSync(join(folder, name), "");
  await removeLeftovers(nodeFs, folder);
  expect(readdirSync(folder).sort()).toEqual(["a.db", `a.db.${process.pid}-1.tmp`, "mine.tmp"]);
});
