import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { MAX_UNFINISHED, StartCount } from "../../src/extension/startCount.js";

let folder: string;
let now: number;
const warnings: string[] = [];
const children: ChildProcess[] = [];
/** A start of this process, or of another one. */
const start = (processId = process.pid) =>
  new StartCount(join(folder, "own"), (sentence) => void warnings.push(sentence), {
    now: () => now,
    processId,
  });

/** Another window's process: it runs until it is killed. */
async function otherProcess() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  const kill = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { start: start(child.pid), kill };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "starts-"));
  now = 1_000_000;
  warnings.length = 0;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

it("counts the starts that did not get through (W9)", async () => {
  expect(await start().begin()).toBe(0);
  expect(await start().begin()).toBe(1);
  const third = start();
  expect(await third.begin()).toBe(2);
  await third.end();
  expect(await start().begin()).toBe(2);
});

it("does not take windows that start at the same time for crashes", async () => {
  for (const others of [0, 1, 2, 3]) {
    const window = await otherProcess();
    expect(await window.start.begin(), `beside ${others} others`).toBe(0);
    now += 100;
  }
});

it("counts the starts of windows that were killed, beside one that still starts", async () => {
  const killed = [await otherProcess(), await otherProcess()];
  for (const window of [...killed, await otherProcess()]) await window.start.begin();
  for (const { kill } of killed) await kill();
  expect(await start().begin()).toBe(MAX_UNFINISHED);
});

it("counts a start of two minutes ago whose process seems to run: another one may have got its number", async () => {
  const window = await otherProcess();
  await window.start.begin();
  now += 119_999;
  const second = start();
  expect(await second.begin()).toBe(0);
  await second.end();
  now += 1;
  expect(await start().begin()).toBe(1);
});

it("forgets one that got through, and one of more than five minutes ago", async () => {
  const first = start();
  await first.begin();
  await first.end();
  expect(await start().begin()).toBe(0);
  now += 299_999;
  expect(await start().begin()).toBe(1);
  now += 1;
  expect(await start().begin()).toBe(1);
});

it("goes on with a start that cannot be counted, and says so once", async () => {
  // Where its folder would be there is a file, as unwritable as a full disk.
  writeFileSync(join(folder, "own"), "");
  const first = start();
  expect(await first.begin()).toBe(0);
  await first.end();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("Could not count this start");
});

it("says so when one that got through stays counted", async () => {
  const first = start();
  await first.begin();
  rmSync(join(folder, "own"), { recursive: true });
  writeFileSync(join(folder, "own"), "");
  await first.end();
  expect(warnings).toHaveLength(1);
});

it("does not wait for a clock that was ahead", async () => {
  await start().begin();
  now -= 3_600_000;
  expect(await start().begin()).toBe(0);
});

it.each(["starts.json", "1-0-00000000-0000-4000-8000-000000000000", "1--1-00000000-0000-4000-8000-000000000000"])(
  "does not count a file that is no start's, and leaves it: %s",
  async (name) => {
    await start().begin();
    writeFileSync(join(folder, "own", "starts", name), "[]");
    expect(await start().begin()).toBe(1);
    expect(readdirSync(join(folder, "own", "starts"))).toContain(name);
  },
);

it("loses no start of windows that start at the same moment, and each takes back its own alone", async () => {
  const windows = Array.from({ length: 8 }, () => start());
  await Promise.all(windows.map((window) => window.begin()));
  await Promise.all(windows.slice(0, 3).map((window) => window.end()));
  expect(await start().begin()).toBe(5);
});

it("removes what counts no more", async () => {
  await start().begin();
  now += 300_000;
  await start().begin();
  expect(readdirSync(join(folder, "own", "starts"))).toHaveLength(1);
});
