import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exportJournal } from "../../src/app/data/exportJournal.js";
import { restoreBackup } from "../../src/app/data/restoreBackup.js";
import { type EngineOutput, outputId } from "../../src/core/events.js";
import { snapshotPath } from "../../src/store/snapshot.js";
import type { Store } from "../../src/store/store.js";
import { fill, footprint, after as later, mark, recommendation } from "../support/outputs.js";
import { openStore, temporaryFolder, wasm } from "./support.js";

/** So many of each of two windows that most of both are packed. */
const EACH = 2_500;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a window records: the bars around a signal a minute, what positions met, and now and then a fill. */
function madeBy(window: string): readonly EngineOutput[] {
  return Array.from({ length: EACH }, (_, minute): readonly EngineOutput[] => {
    const time = later(60 * minute);
    const id = `${window} ${minute}`;
    const seen = footprint({ id: `footprint ${id}`, signal: time });
    const met = mark({ id: `mark ${id}`, start: time, time, at: time });
    if (minute % 700 !== 0) return [seen, met];
    return [recommendation({ id, time }), fill({ id: `fill ${id}`, recommendation: id, time, at: time }), seen, met];
  }).flat();
}

const made = new Map(["A", "B"].map((window) => [window, madeBy(window)]));
const everyText = [...made.values()].flat().map((output) => JSON.stringify(output));

/** It holds all that both recorded, to the last field; of the bars around signals those of every 37th minute are asked for. */
function expectAll(store: Store): void {
  const isFootprint = (text: string) => text.startsWith('{"type":"footprint"');
  const texts = [...store.everything()].map((output) => JSON.stringify(output));
  expect(texts.sort()).toEqual(everyText.filter((text) => !isFootprint(text)).sort());
  expect([...store.forRestart()].filter(({ type }) => type === "mark")).toHaveLength(2 * EACH);
  const known = new Set(everyText);
  for (let minute = 0; minute < EACH; minute += 37) {
    const around = store.footprints(later(60 * minute));
    expect(around.map(({ id }) => id).sort()).toEqual([`footprint A ${minute}`, `footprint B ${minute}`]);
    expect(around.every((footprint) => known.has(JSON.stringify(footprint)))).toBe(true);
  }
}

it("two windows with thousands of bars and marks each hold the same, and so do the next window, an export and what it is restored to", async () => {
  const root = temporaryFolder();
  const [folder, backup, restored] = [join(root, "data"), join(root, "backup"), join(root, "restored")];
  const windows = await Promise.all(["A", "B"].map(async (name) => ({ name, store: await openStore(folder) })));
  for (let first = 0; first < 2 * EACH; first += 500) {
    for (const { name, store } of windows) await store.keep(made.get(name)?.slice(first, first + 500) ?? []);
    // One looks often, so that what it takes in lies between its own; the other once at the end.
    await windows[0]?.store.refresh();
  }
  for (const { name, store } of windows) await store.keep(made.get(name)?.slice(2 * EACH) ?? []);
  for (const { store } of windows) await store.refresh();
  for (const { store } of windows) expectAll(store);
  const [one, other] = windows.map(({ store }) => [...store.everything()].map(outputId));
  expect(one).toEqual(other);
  for (const { store } of windows) await store.close();

  await (await openStore(folder)).close();
  expect(existsSync(snapshotPath(folder))).toBe(true);
  expectAll(await openStore(folder, { readOnly: true }));
  await exportJournal(folder, backup, { wasm, log });
  expect((await restoreBackup(restored, backup, { wasm, log })).added).toBe(everyText.length);
  expectAll(await openStore(restored, { readOnly: true }));
  expect((await restoreBackup(restored, backup, { wasm, log })).added).toBe(0);
  rmSync(snapshotPath(folder));
  expectAll(await openStore(folder, { readOnly: true }));
});
