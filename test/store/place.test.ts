import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type EngineOutput, outputId } from "../../src/core/events.js";
import { type Fs, nodeFs } from "../../src/store/files.js";
import { parseJournal } from "../../src/store/record.js";
import { exit, fill, recommendation } from "../support/outputs.js";
import { faultyFs, listening, openStore, systemError, temporaryFolder } from "./support.js";

const ids = (outputs: readonly EngineOutput[]) => outputs.map(outputId);
const journals = (folder: string) => readdirSync(join(folder, "journal")).sort();

/** What a later process finds in the folder. */
async function found(folder: string): Promise<readonly (string | undefined)[]> {
  const store = await openStore(folder, { readOnly: true });
  expect(store.warnings).toEqual([]);
  return ids(store.outputs);
}

/** Changes a byte in the middle of a file, at a time that the file system tells from the one before. */
function overwrite(path: string): void {
  const { ctimeMs } = statSync(path);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  while (statSync(path).ctimeMs === ctimeMs) writeFileSync(path, bytes);
}

describe("A store whose files are taken away while it is open", () => {
  it("keeps everything in a new journal when the whole data folder is deleted (W10, D11)", async () => {
    const folder = join(temporaryFolder(), "data");
    const before = await openStore(folder);
    await before.keep([recommendation()]);
    await before.close();
    const log = listening();
    const store = await openStore(folder, { log });
    await store.setMeta("demo.seed", 7);
    await store.keep([fill({ id: "A" })]);
    rmSync(folder, { recursive: true });
    expect(ids(await store.keep([fill({ id: "B" })]))).toEqual(["B"]);
    expect(await found(folder)).toEqual([recommendation().id, "A", "B"]);
    expect(log.lines.at(-1)).toContain(
      "was deleted, replaced or changed while it was in use: all that is known was written again",
    );
    await store.keep([exit()]);
    await store.close();
    const again = await openStore(folder, { readOnly: true });
    expect(again.meta("demo.seed")).toBe(7);
    expect(ids(again.outputs)).toEqual([recommendation().id, "A", "B", exit().id]);
    expect(readdirSync(folder)).toContain("bayesian_stats.db");
  });

  it("keeps what it has read, too, when it has not written yet", async () => {
    const folder = join(temporaryFolder(), "data");
    const before = await openStore(folder);
    await before.keep([recommendation()]);
    await before.keep([fill({ id: "A" })]);
    await before.close();
    const store = await openStore(folder);
    rmSync(folder, { recursive: true });
    await store.keep([fill({ id: "B" })]);
    expect(await found(folder)).toEqual([recommendation().id, "A", "B"]);
    await store.close();
  });

  it("does not write on into a journal that stands elsewhere now, or into another file in its place", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.keep([fill({ id: "A" })]);
    const [name = ""] = journals(folder);
    const path = join(folder, "journal", name);
    renameSync(path, join(folder, "moved"));
    writeFileSync(path, "");
    await store.keep([fill({ id: "B" })]);
    expect(journals(folder)).toHaveLength(2);
    expect(await found(folder)).toEqual(["A", "B"]);
    await store.close();
  });

  it("writes again what the others had recorded when their journals go (D7)", async () => {
    const folder = temporaryFolder();
    const one = await openStore(folder);
    await one.keep([fill({ id: "A" })]);
    await one.keep([fill({ id: "B" })]);
    await one.close();
    const two = await openStore(folder);
    await two.keep([fill({ id: "C" })]);
    rmSync(join(folder, "journal", journals(folder)[0] ?? ""));
    expect(await two.refresh()).toEqual([]);
    expect(await found(folder)).toEqual(["A", "B", "C"]);
    await two.close();
  });

  it.each([
    { what: "emptied", spoil: (path: string) => truncateSync(path, 0) },
    { what: "cut", spoil: (path: string) => truncateSync(path, 700) },
    { what: "overwritten", spoil: (path: string) => writeFileSync(path, "short") },
    { what: "added to", spoil: (path: string) => writeFileSync(path, "more", { flag: "a" }) },
    { what: "overwritten by as many bytes", spoil: overwrite },
  ])("keeps everything in a new journal when its own is $what where it stands", async ({ spoil }) => {
    const folder = temporaryFolder();
    const log = listening();
    const store = await openStore(folder, { log });
    await store.keep([fill({ id: "A" })]);
    await store.keep([fill({ id: "B" })]);
    spoil(join(folder, "journal", journals(folder)[0] ?? ""));
    await store.keep([fill({ id: "C" })]);
    expect(ids((await openStore(folder, { readOnly: true })).outputs)).toEqual(["A", "B", "C"]);
    expect(journals(folder)).toHaveLength(2);
    expect(log.lines.filter((line) => line.includes("all that is known was written again"))).toHaveLength(1);
    await store.close();
  });

  it("notices that its own journal was overwritten by as many bytes without writing to it (D11, W10)", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.keep([fill({ id: "A" })]);
    await store.keep([fill({ id: "B" })]);
    overwrite(join(folder, "journal", journals(folder)[0] ?? ""));
    await store.refresh();
    expect(store.warnings.join()).toContain("all that is known was written again");
    expect(ids((await openStore(folder, { readOnly: true })).outputs)).toEqual(["A", "B"]);
    await store.close();
  });

  it("notices that another's journal was overwritten by as many bytes (D7, D11)", async () => {
    const folder = temporaryFolder();
    const one = await openStore(folder);
    await one.keep([fill({ id: "A" })]);
    await one.keep([fill({ id: "B" })]);
    await one.close();
    const two = await openStore(folder);
    overwrite(join(folder, "journal", journals(folder)[0] ?? ""));
    await two.refresh();
    expect(two.warnings.join()).toContain("is damaged");
    expect(ids((await openStore(folder, { readOnly: true })).outputs)).toEqual(["A", "B"]);
    await two.close();
  });

  it("goes on in its journal when only its rights or its time were changed", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.keep([fill({ id: "A" })]);
    const path = join(folder, "journal", journals(folder)[0] ?? "");
    const { ctimeMs } = statSync(path);
    while (statSync(path).ctimeMs === ctimeMs) utimesSync(path, 1, 1);
    await store.refresh();
    await store.keep([fill({ id: "B" })]);
    expect(journals(folder)).toHaveLength(1);
    expect(store.warnings).toEqual([]);
    await store.close();
  });

  it("seals what it wrote again when its journal is cut before it closes", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.keep([fill({ id: "A" })]);
    await store.keep([fill({ id: "B" })]);
    truncateSync(join(folder, "journal", journals(folder)[0] ?? ""), 0);
    await store.close();
    expect(await found(folder)).toEqual(["A", "B"]);
    const last = parseJournal(readFileSync(join(folder, "journal", journals(folder).at(-1) ?? "")));
    expect(last.sealed).toBe(true);
    expect(last.records.at(-1)?.data).toEqual({ records: last.records.length - 1 });
  });

  it("writes again at its end what it could not place before", async () => {
    const folder = temporaryFolder();
    let broken = false;
    const fs = faultyFs((call, path) => {
      if (broken && call === "stat" && path.endsWith(".jl")) throw systemError("EIO");
    });
    const store = await openStore(folder, { fs });
    await store.keep([fill({ id: "A" })]);
    const [name = ""] = journals(folder);
    broken = true;
    await expect(store.keep([fill({ id: "B" })])).rejects.toThrow(/^NOT SAVED/);
    broken = false;
    rmSync(join(folder, "journal", name));
    await store.close();
    expect(await found(folder)).toEqual(["A"]);
  });

  it.each([
    { what: "emptied", spoil: (path: string) => truncateSync(path, 0) },
    { what: "cut", spoil: (path: string) => truncateSync(path, 700) },
    {
      what: "overwritten by more bytes",
      spoil: (path: string) => writeFileSync(path, "x".repeat(readFileSync(path).length + 1)),
    },
  ])("writes again what another had recorded when its journal is $what", async ({ spoil }) => {
    const folder = temporaryFolder();
    const one = await openStore(folder);
    await one.keep([fill({ id: "A" })]);
    await one.keep([fill({ id: "B" })]);
    await one.close();
    const log = listening();
    const two = await openStore(folder, { log });
    await two.keep([fill({ id: "C" })]);
    spoil(join(folder, "journal", journals(folder)[0] ?? ""));
    expect(await two.refresh()).toEqual([]);
    expect(ids((await openStore(folder, { readOnly: true })).outputs)).toEqual(["A", "B", "C"]);
    expect(log.lines.filter((line) => line.includes("all that is known was written again"))).toHaveLength(1);
    await two.close();
  });

  it("writes again what another had recorded in a journal that is cut before its own first write", async () => {
    const folder = temporaryFolder();
    const one = await openStore(folder);
    await one.keep([fill({ id: "A" })]);
    await one.close();
    const two = await openStore(folder);
    truncateSync(join(folder, "journal", journals(folder)[0] ?? ""), 0);
    await two.keep([fill({ id: "B" })]);
    expect(ids((await openStore(folder, { readOnly: true })).outputs)).toEqual(["A", "B"]);
    await two.close();
  });

  it("says NOT SAVED where nothing can be made in the folder's place", async () => {
    const folder = join(temporaryFolder(), "data");
    const store = await openStore(folder);
    await store.keep([fill({ id: "A" })]);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "");
    await expect(store.keep([fill({ id: "B" })])).rejects.toThrow(/^NOT SAVED/);
    rmSync(folder);
    mkdirSync(folder);
    await store.keep([fill({ id: "B" })]);
    expect(await found(folder)).toEqual(["A", "B"]);
    await store.close();
  });

  it("says NOT SAVED when it cannot be told where the bytes went", async () => {
    const folder = temporaryFolder();
    let broken = false;
    const fs = faultyFs((call, path) => {
      if (broken && call === "stat" && path.endsWith(".jl")) throw systemError("EIO");
    });
    const store = await openStore(folder, { fs });
    await store.keep([fill({ id: "A" })]);
    broken = true;
    await expect(store.keep([fill({ id: "B" })])).rejects.toThrow(/^NOT SAVED/);
    broken = false;
    expect(ids(await store.keep([fill({ id: "B" })]))).toEqual(["B"]);
    await store.close();
    expect(await found(folder)).toEqual(["A", "B"]);
  });

  it("goes on where the file system does not tell one file from another", async () => {
    const folder = temporaryFolder();
    let count = 0;
    const fs = {
      ...nodeFs,
      stat: async (path: string) => {
        const status = await nodeFs.stat(path);
        count += 1;
        return status && { ...status, identity: String(count) };
      },
    };
    const store = await openStore(folder, { fs });
    await store.keep([fill({ id: "A" })]);
    await store.keep([fill({ id: "B" })]);
    await store.close();
    expect(journals(folder)).toHaveLength(1);
  });
});

it("tells of no changed journal when another window took back what a full disk had taken in part (D3)", async () => {
  const folder = temporaryFolder();
  let isFull = false;
  let sees: () => Promise<unknown> = async () => undefined;
  // It takes the first line of what is written and then nothing, and the other window looks before that line is taken back.
  const fs: Fs = {
    ...nodeFs,
    async open(path, mode) {
      const file = await nodeFs.open(path, mode);
      let isFirst = true;
      return {
        append: (bytes) => {
          if (!isFull || !path.endsWith(".jl")) return file.append(bytes);
          if (!isFirst) throw systemError("ENOSPC");
          isFirst = false;
          return file.append(bytes.subarray(0, bytes.indexOf(10) + 1));
        },
        sync: () => file.sync(),
        truncate: async (length) => {
          await sees();
          await file.truncate(length);
        },
        identity: () => file.identity(),
        close: () => file.close(),
      };
    },
  };
  const log = listening();
  const [writing, reading] = [await openStore(folder, { fs }), await openStore(folder, { log })];
  await writing.keep([fill({ id: "A" })]);
  await reading.refresh();
  rmSync(join(folder, "reserve.bin"));
  isFull = true;
  sees = () => reading.refresh();
  await expect(writing.keep([fill({ id: "B" }), fill({ id: "C" })])).rejects.toThrow("NOT SAVED");
  isFull = false;
  sees = async () => undefined;
  await reading.refresh();
  await writing.keep([fill({ id: "D" })]);
  await reading.refresh();
  await reading.keep([fill({ id: "E" })]);
  expect(log.lines).toEqual([]);
  // What was read and might be gone with the power was written again first, so nobody loses what he saw.
  expect(reading.outputs.map(outputId)).toEqual(["A", "B", "D", "E"]);
  for (const store of [writing, reading]) await store.close();
  expect((await openStore(folder, { readOnly: true })).outputs.map(outputId)).toEqual(["A", "B", "D", "E"]);
});

it("finds out that a journal lacks what was certain in it, though no look came between (D11)", async () => {
  const folder = temporaryFolder();
  const other = await openStore(folder);
  for (const id of ["A", "B", "C"]) await other.keep([fill({ id })]);
  await other.close();
  const log = listening();
  const store = await openStore(folder, { log });
  const [name = ""] = readdirSync(join(folder, "journal"));
  const path = join(folder, "journal", name);
  const lines = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, `${lines.slice(0, 2).join("\n")}\n`);
  await store.keep([fill({ id: "D" })]);
  expect(log.lines.join()).toContain("was deleted, replaced or changed");
  rmSync(path);
  expect((await openStore(folder, { readOnly: true })).outputs.map(outputId)).toEqual(["A", "B", "C", "D"]);
});
