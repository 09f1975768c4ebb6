import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeFs } from "../../src/store/files.js";
import { RESERVE_BYTES } from "../../src/store/reserve.js";
import { fill } from "../support/outputs.js";
import { listening, openStore, smallDisk, temporaryFolder } from "./support.js";

it("A window that starts leaves the room that another one has given up on a full disk (D3)", async () => {
  const folder = temporaryFolder();
  const disk = smallDisk(20 * RESERVE_BYTES);
  disk.room = async () => disk.free;
  const first = await openStore(folder, { fs: disk });
  disk.free = 100;
  await first.keep([fill({ id: "A" })]);
  expect(existsSync(join(folder, "reserve.bin"))).toBe(false);
  // What another program deletes is no room for the reserve yet.
  disk.free += 5_000;
  const log = listening();
  const second = await openStore(folder, { fs: disk, log });
  expect(log.lines).toContainEqual(expect.stringMatching(/^Could not put room aside .*the disk is full/));
  expect(existsSync(join(folder, "reserve.bin"))).toBe(false);
  expect(second.outputs).toHaveLength(1);
  disk.free = 20 * RESERVE_BYTES;
  await openStore(folder, { fs: disk });
  expect(statSync(join(folder, "reserve.bin")).size).toBe(RESERVE_BYTES);
});

it("The room of a disk is what this user may write, and unknown where there is no such folder", async () => {
  expect(await nodeFs.room(temporaryFolder())).toBeGreaterThan(0);
  expect(await nodeFs.room(join(temporaryFolder(), "missing"))).toBeUndefined();
});
