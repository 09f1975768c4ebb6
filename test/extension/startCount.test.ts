import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StartCount } from "../../src/extension/startCount.js";

let folder: string;
let now: number;
const start = () => new StartCount(join(folder, "own"), () => now);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "starts-"));
  now = 1_000_000;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("counts the starts that did not get through", async () => {
  expect(await start().begin()).toBe(0);
  expect(await start().begin()).toBe(1);
  const third = start();
  expect(await third.begin()).toBe(2);
  await third.end();
  expect(await start().begin()).toBe(2);
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

it("does not wait for a clock that was ahead", async () => {
  await start().begin();
  now -= 3_600_000;
  expect(await start().begin()).toBe(0);
});

it.each(["", "{}", "[1,null,{}]", '{"__proto__":[]}'])("counts anew where its file is damaged: %s", async (text) => {
  await start().begin();
  writeFileSync(join(folder, "own", "starts.json"), text);
  expect(await start().begin()).toBe(0);
});
