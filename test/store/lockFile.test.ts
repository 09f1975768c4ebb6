import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeFs } from "../../src/store/files.js";
import { underLock } from "../../src/store/lockFile.js";
import { handClock, smallDisk, temporaryFolder } from "./support.js";

it("leaves no lock behind whose owner had no room for its name, so that the next one need not wait", async () => {
  const path = join(temporaryFolder(), "log.lock");
  const disk = smallDisk(0);
  await expect(underLock(disk, handClock(), path, async () => undefined)).rejects.toMatchObject({ code: "ENOSPC" });
  expect(existsSync(path)).toBe(false);
  let ran = 0;
  await underLock(nodeFs, { ...handClock(), pause: () => Promise.reject(new Error("waits")) }, path, async () => {
    ran += 1;
  });
  expect([ran, existsSync(path)]).toEqual([1, false]);
});
