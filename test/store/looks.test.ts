import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outputId } from "../../src/core/events.js";
import { type Fs, nodeFs } from "../../src/store/files.js";
import { sealedJournal } from "../../src/store/sealedJournal.js";
import type { Store } from "../../src/store/store.js";
import { Ulids } from "../../src/store/ulid.js";
import { fill } from "../support/outputs.js";
import { handClock, openStore, systemError, temporaryFolder } from "./support.js";

const JOURNALS = 90;
/** Of a window with a market, which looks each second. */
const MINUTE = 60;

/** A folder with very many journals of one fill each, as many runs of a program leave it. */
function manyJournals(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "journal"));
  const clock = handClock();
  const ids = new Ulids(clock, () => 0.5);
  for (let number = 0; number < JOURNALS; number += 1) {
    const data = fill({ id: `${number}` });
    const { name, bytes } = sealedJournal([{ id: ids.next(), t: clock.wall(), type: data.type, data }], {
      clock,
      app: "0.1.0",
      kind: "live",
    });
    writeFileSync(join(folder, "journal", name), bytes);
  }
  return folder;
}

/** Changes a byte in the middle of a file. */
function change(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(path, bytes);
}

const pathsIn = (folder: string) =>
  readdirSync(join(folder, "journal"))
    .sort()
    .map((name) => join(folder, "journal", name));

/** Opens a folder and remembers at which journals it looks. */
async function watched(folder: string) {
  const looked: string[] = [];
  const fs: Fs = {
    ...nodeFs,
    stat(path) {
      if (path.endsWith(".jl")) looked.push(path);
      return nodeFs.stat(path);
    },
  };
  const store = await openStore(folder, { fs, readOnly: true });
  return { store, looked };
}

/** Looks until something is told. Returns how many looks it took. */
async function looksUntilTold(store: Store): Promise<number> {
  for (let look = 1; look <= MINUTE; look += 1) {
    await store.refresh();
    if (store.warnings.length > 0) return look;
  }
  return Number.POSITIVE_INFINITY;
}

describe("A look at very many sealed journals", () => {
  it("goes to few of them, and in a minute to each", async () => {
    const folder = manyJournals();
    const { store, looked } = await watched(folder);
    expect(new Set(looked)).toEqual(new Set(pathsIn(folder)));
    const all = new Set<string>();
    for (let look = 0; look < MINUTE; look += 1) {
      looked.length = 0;
      await store.refresh();
      expect(looked.length).toBeLessThan(JOURNALS / 2);
      for (const path of looked) all.add(path);
    }
    expect(all).toEqual(new Set(pathsIn(folder)));
  });

  it("finds at once what a window records, and each next record of it", async () => {
    const folder = manyJournals();
    const { store } = await watched(folder);
    const other = await openStore(folder);
    for (const id of ["A", "B", "C"]) {
      await other.keep([fill({ id })]);
      expect((await store.refresh()).map(outputId)).toEqual([id]);
    }
    await other.close();
    expect(store.warnings).toEqual([]);
  });

  it.each([0, 40, JOURNALS - 1])("finds in a minute that number %i was changed", async (number) => {
    const folder = manyJournals();
    const { store } = await watched(folder);
    change(pathsIn(folder)[number] ?? "");
    expect(await looksUntilTold(store)).toBeLessThanOrEqual(MINUTE);
    expect(store.warnings).toEqual([expect.stringContaining("is damaged")]);
  });

  it("finds at once that one is gone, and writes its record again", async () => {
    const folder = manyJournals();
    const store = await openStore(folder);
    rmSync(pathsIn(folder)[40] ?? "");
    await store.refresh();
    expect(store.warnings).toEqual([expect.stringContaining("all that is known was written again")]);
    await store.close();
    expect((await watched(folder)).store.outputs).toHaveLength(JOURNALS);
  });

  it("that fails at a changed one goes to it again", async () => {
    const folder = manyJournals();
    const path = pathsIn(folder)[40] ?? "";
    let isChanged = false;
    let failures = 0;
    const readFile: Fs["readFile"] = (of) => {
      if (of !== path || failures > 0 || !isChanged) return nodeFs.readFile(of);
      failures += 1;
      return Promise.reject(systemError("EIO"));
    };
    const store = await openStore(folder, { fs: { ...nodeFs, readFile }, readOnly: true });
    change(path);
    isChanged = true;
    for (let look = 0; failures === 0 && look < MINUTE; look += 1) await store.refresh().catch(() => undefined);
    expect(failures).toBe(1);
    await store.refresh();
    expect(store.warnings).toHaveLength(1);
  });
});

it.each([
  { what: "empty", bytes: () => "" },
  { what: "cut short in its first record", bytes: (whole: Buffer) => whole.subarray(0, 40) },
  { what: "cut short behind its header", bytes: (whole: Buffer) => whole.subarray(0, whole.indexOf("\n") + 40) },
  { what: "cut short in its last record", bytes: (whole: Buffer) => whole.subarray(0, -40) },
])(
  "A window that has seen a journal that was $what says nothing when that is removed and begun anew (D3)",
  async ({ bytes }) => {
    const folder = temporaryFolder();
    const own = await openStore(folder);
    await own.keep([fill({ id: "A" })]);
    const path = join(folder, "journal", "01JXA000000000000000000000-000.jl");
    writeFileSync(path, bytes(await journalOf("B", "C")));
    await own.refresh();
    const before = own.warnings.length;
    rmSync(path);
    await own.refresh();
    writeFileSync(path, await journalOf("D", "E"));
    await own.refresh();
    expect(own.warnings.slice(before)).toEqual([]);
    expect(own.outputs.map(outputId)).toEqual(expect.arrayContaining(["A", "D", "E"]));
    await own.close();
  },
);

/** The journal of a window that has kept some fills at once. */
async function journalOf(...ids: readonly string[]): Promise<Buffer> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  await store.keep(ids.map((id) => fill({ id })));
  const whole = readFileSync(pathsIn(folder)[0] ?? "");
  await store.close();
  return whole;
}
