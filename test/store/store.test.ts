import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type EngineOutput, outputId } from "../../src/core/events.js";
import { nodeFs } from "../../src/store/files.js";
import { loadSql } from "../../src/store/projection.js";
import { encodeRecord, NO_RECORD_BEFORE, parseJournal } from "../../src/store/record.js";
import { StoreError } from "../../src/store/storeError.js";
import {
  after,
  equity,
  exit,
  fill,
  micros,
  oneOfEach,
  order,
  recommendation,
  signal,
  ticks,
} from "../support/outputs.js";
import { all, faultyFs, handClock, listening, openStore, systemError, temporaryFolder, wasm } from "./support.js";

const ids = (outputs: readonly EngineOutput[]) => outputs.map(outputId);
const fillOf = (id: string) => fill({ id });
const journals = (folder: string) => readdirSync(join(folder, "journal")).sort();
const journalPath = (folder: string, index = 0) => join(folder, "journal", journals(folder)[index] ?? "");

/** Leaves as a killed process would: with its journal open and unsealed. */
async function killed(folder: string, ...batches: readonly EngineOutput[][]): Promise<void> {
  const store = await openStore(folder);
  onTestFinished(() => store.close());
  for (const outputs of batches) await store.keep(outputs);
}

describe("Store", () => {
  it("gives back after a restart what it kept, byte for byte and in order", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    for (const output of oneOfEach()) await store.keep([output]);
    await store.close();
    const again = await openStore(folder, { readOnly: true });
    expect(all(again).map((output) => JSON.stringify(output))).toEqual(
      oneOfEach().map((output) => JSON.stringify(output)),
    );
    expect(all(again)).toEqual(oneOfEach());
    expect(again.warnings).toEqual([]);
  });

  it("tells when its journals were verified, since when the databases have everything, and what lies in quarantine", async () => {
    const clock = handClock();
    const folder = temporaryFolder();
    const store = await openStore(folder, { clock });
    const opened = clock.wall();
    expect(await store.integrity()).toEqual({
      verifiedAt: opened,
      databasesAt: undefined,
      quarantined: 0,
      room: expect.any(Number),
    });
    await store.keep(oneOfEach());
    clock.now += 60_000_000;
    await store.flush();
    expect(await store.integrity()).toEqual({
      verifiedAt: clock.wall(),
      databasesAt: clock.wall(),
      quarantined: 0,
      room: expect.any(Number),
    });
    await store.close();
    const bytes = readFileSync(journalPath(folder));
    bytes.write("#", bytes.indexOf('"type":"fill"') + 9);
    writeFileSync(journalPath(folder), bytes);
    const again = await openStore(folder);
    expect((await again.integrity()).quarantined).toBe(1);
    await again.close();
  });

  it("R4: keeps each output once and returns only the new ones", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    expect(ids(await store.keep([fillOf("A"), fillOf("A"), fillOf("B")]))).toEqual(["A", "B"]);
    expect(ids(await store.keep([fillOf("B"), fillOf("C")]))).toEqual(["C"]);
    expect(ids(store.outputs)).toEqual(["A", "B", "C"]);
    await store.close();
    const again = await openStore(folder);
    expect(await again.keep([fillOf("A"), fillOf("C")])).toEqual([]);
    await again.close();
  });

  it("passes on what does not last, without keeping it", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const illegal = { type: "illegal", event: "x", reason: "There is no such recommendation" } as const;
    expect(await store.keep([illegal, fillOf("A"), illegal])).toEqual([illegal, fillOf("A"), illegal]);
    expect(ids(store.outputs)).toEqual(["A"]);
    await store.close();
  });

  it("writes one keep in one piece", async () => {
    const folder = temporaryFolder();
    const calls: string[] = [];
    const store = await openStore(folder, {
      fs: faultyFs((call, path) => void (path.includes("journal") && calls.push(call))),
    });
    await store.keep([fillOf("A")]);
    calls.length = 0;
    await store.keep([fillOf("B"), fillOf("C"), fillOf("D")]);
    expect(calls).toEqual(["stat", "append", "sync", "stat"]);
    await store.close();
  });

  it("creates nothing when it only reads, and no journal before it has something to say", async () => {
    const folder = temporaryFolder();
    await (await openStore(folder, { readOnly: true })).close();
    expect(readdirSync(folder)).toEqual([]);
    await (await openStore(folder)).close();
    expect(readdirSync(folder)).toEqual(["reserve.bin"]);
  });

  it("puts a megabyte of room aside", async () => {
    const folder = temporaryFolder();
    await (await openStore(folder)).close();
    expect(statSync(join(folder, "reserve.bin")).size).toBe(1_000_000);
  });

  it.each([
    { what: "kind", changes: { kind: "unknownkind" } },
    { what: "format", changes: { format: "other-format", version: 2 } },
    { what: "version", changes: { version: 2 } },
  ])("refuses a folder with a journal of an unknown $what, and writes nothing beside it", async ({ changes }) => {
    const folder = temporaryFolder();
    const data = { format: "volume-cluster-journal", version: 1, app: "9.0.0", kind: "live", ...changes };
    const header = { v: 1, id: "01JXA000000000000000000000", sess: "S", seq: 0, prev: NO_RECORD_BEFORE };
    const { line } = encodeRecord({ ...header, t: micros(1), m: 1, type: "header", data });
    mkdirSync(join(folder, "journal"));
    writeFileSync(join(folder, "journal", "01JXA000000000000000000000-000.jl"), line);
    const refusal = /^A journal in ".*" was written by a newer version of this program: update, then open the folder$/;
    await expect(openStore(folder)).rejects.toThrow(refusal);
    await expect(openStore(folder, { kind: undefined, readOnly: true })).rejects.toThrow(refusal);
    expect(readdirSync(join(folder, "journal"))).toHaveLength(1);
  });

  it("refuses the results of another kind", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { kind: "live" });
    await store.keep([fillOf("A")]);
    await store.close();
    await expect(openStore(folder, { kind: "demo" })).rejects.toThrow(
      new StoreError(`"${folder}" holds live results, not demo ones; choose another folder`, { retriable: false }),
    );
  });

  it("takes the folder's kind when none is asked for", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { kind: "replay" });
    await store.keep([fillOf("A")]);
    await store.close();
    const again = await openStore(folder, { kind: undefined });
    expect(again.kind).toBe("replay");
    await again.keep([fillOf("B")]);
    await again.close();
    expect(ids((await openStore(folder, { kind: "replay", readOnly: true })).outputs)).toEqual(["A", "B"]);
  });

  it("says what to do about a folder that does not exist or cannot be made", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const inside = join(folder, "file", "data");
    await expect(openStore(inside)).rejects.toThrow(
      `Could not open the data folder "${inside}": a part of the path is a file. Choose another data folder`,
    );
    await expect(openStore(join(folder, "none"), { readOnly: true })).rejects.toThrow(
      `Could not open the data folder "${join(folder, "none")}": it does not exist. Check the data folder's path`,
    );
    const readOnly = faultyFs((call) => {
      if (call === "mkdir") throw systemError("EROFS");
    });
    await expect(openStore(join(folder, "none"), { fs: readOnly })).rejects.toThrow("the disk is read-only");
  });

  it("fails closed when a journal cannot be read", async () => {
    const folder = temporaryFolder();
    await killed(folder, [fillOf("A")]);
    const unreadable = faultyFs((call) => {
      if (call === "readFile") throw systemError("EACCES");
    });
    await expect(openStore(folder, { fs: unreadable, readOnly: true })).rejects.toThrow("permission denied");
  });

  it("does not count as kept what could not be kept", async () => {
    const folder = temporaryFolder();
    let broken = true;
    const fs = faultyFs((call, path) => {
      if (broken && call === "append" && path.includes("journal")) throw systemError("EIO");
    });
    const store = await openStore(folder, { fs });
    await expect(store.keep([fillOf("A")])).rejects.toThrow(/^NOT SAVED/);
    expect(store.outputs).toEqual([]);
    broken = false;
    expect(ids(await store.keep([fillOf("A")]))).toEqual(["A"]);
    await store.close();
  });

  it("refuses an output that JSON cannot hold, as the bug that it is", async () => {
    const store = await openStore(temporaryFolder());
    await expect(store.keep([equity({ drawdown: Number.NaN })])).rejects.toThrow("An output cannot be kept");
    await expect(store.keep([signal({ ratio: Number.POSITIVE_INFINITY })])).rejects.toThrow("An output cannot be kept");
    await expect(store.keep([fill({ price: 1.5 as never })])).rejects.toThrow("An output cannot be kept");
    await store.close();
  });

  it("notices every missing or impossible number in every kind of output", async () => {
    const store = await openStore(temporaryFolder());
    const optional = [
      "pointOfControl",
      "deltaFraction",
      "trigger",
      "maePoints",
      "mfePoints",
      "entryTime",
      "entryPrice",
      "price",
    ];
    for (const output of oneOfEach()) {
      // Of what is imported little is certain.
      const unsure = output.type === "imported" ? ["quantity", "exitPrice", "returnFraction", "netPnl"] : [];
      for (const [key, value] of Object.entries(output)) {
        if (typeof value !== "number") continue;
        for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, "1", null]) {
          await expect(store.keep([{ ...output, [key]: wrong }])).rejects.toThrow("cannot be kept");
        }
        if ([...optional, ...unsure].includes(key)) continue;
        await expect(store.keep([{ ...output, [key]: undefined }]), `${output.type}.${key}`).rejects.toThrow(
          "cannot be kept",
        );
      }
    }
    await store.close();
  });

  it("remembers small facts, the newest value of each", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { kind: "demo" });
    await store.setMeta("seed", 7);
    await store.setMeta("time", { day: 60 });
    await store.setMeta("seed", 8);
    expect(store.meta("seed")).toBe(8);
    await store.close();
    const again = await openStore(folder, { kind: "demo", readOnly: true });
    expect([again.meta("seed"), again.meta("time"), again.meta("none")]).toEqual([8, { day: 60 }, undefined]);
    expect(again.outputs).toEqual([]);
  });

  it("keeps the order of keeping when the clock steps back", async () => {
    const folder = temporaryFolder();
    const clock = handClock();
    for (const id of ["A", "B", "C"]) {
      const store = await openStore(folder, { clock });
      await store.keep([fillOf(id)]);
      clock.now -= 3_600_000_000;
      await store.keep([fillOf(`${id}2`)]);
      await store.close();
    }
    expect(ids((await openStore(folder, { readOnly: true })).outputs)).toEqual(["A", "A2", "B", "B2", "C", "C2"]);
  });

  it("refuses to keep when it only reads or is closed", async () => {
    const folder = temporaryFolder();
    const reader = await openStore(folder, { readOnly: true });
    await expect(reader.keep([fillOf("A")])).rejects.toThrow("opened for reading only");
    const store = await openStore(folder);
    await store.close();
    await store.close();
    await expect(store.keep([fillOf("A")])).rejects.toThrow("closed");
  });
});

describe("Store, in two windows at once", () => {
  it("has what both recorded, each in a journal of its own", async () => {
    const folder = temporaryFolder();
    const [one, two] = [await openStore(folder), await openStore(folder)];
    await Promise.all([
      one.keep([fillOf("A")]),
      two.keep([fillOf("B")]),
      one.keep([fillOf("C")]),
      two.keep([fillOf("C")]),
    ]);
    await Promise.all([one.close(), two.close()]);
    expect(journals(folder)).toHaveLength(2);
    const union = await openStore(folder, { readOnly: true });
    expect(ids(union.outputs).sort()).toEqual(["A", "B", "C"]);
  });

  it("sees with refresh what the other window recorded, once", async () => {
    const folder = temporaryFolder();
    const [one, two] = [await openStore(folder), await openStore(folder)];
    await one.keep([fillOf("A"), fillOf("B")]);
    expect(ids(await two.refresh())).toEqual(["A", "B"]);
    expect(await two.refresh()).toEqual([]);
    await one.keep([fillOf("C")]);
    await two.flush();
    expect(ids(await two.refresh())).toEqual(["C"]);
    expect(await two.keep([fillOf("B"), fillOf("C")])).toEqual([]);
    expect(await one.refresh()).toEqual([]);
    await Promise.all([one.close(), two.close()]);
  });
});

describe("Store, among others", () => {
  it("tells of three answers at the same moment in one line", async () => {
    const folder = temporaryFolder();
    const stores = [await openStore(folder), await openStore(folder), await openStore(folder)];
    for (const [index, store] of stores.entries()) {
      await store.keep([exit({ account: "manual", price: ticks(24165 + index), reason: "manual" })]);
    }
    for (const store of stores) await store.close();
    const again = await openStore(folder, { readOnly: true });
    expect(again.warnings).toEqual([
      `3 answers to ${exit().recommendation} were recorded at the same moment: the exit at 6041.25 (manual) counts, the exit at 6041.50 (manual) and the exit at 6041.75 (manual) do not`,
    ]);
  });

  it("lets the answer count that was recorded first, whoever reads it, and says so", async () => {
    const folder = temporaryFolder();
    const clock = handClock();
    const [one, two] = [await openStore(folder, { clock }), await openStore(folder, { clock })];
    const first = exit({ account: "manual", reason: "manual" });
    const second = exit({ account: "manual", reason: "target" });
    clock.now += 1_000_000;
    await one.keep([first]);
    clock.now += 1_000_000;
    await two.keep([second]);
    const said = `Two answers to ${first.recommendation} were recorded at the same moment: the exit at 6025.75 (manual) counts, the exit at 6025.75 (target) does not`;
    expect(await one.refresh()).toEqual([]);
    expect(await two.refresh()).toEqual([first]);
    for (const store of [one, two, await openStore(folder, { readOnly: true })]) {
      expect(store.outputs).toEqual([first]);
      expect(store.warnings).toEqual([said]);
      await store.close();
    }
  });

  it("shows all in the order in which they were recorded, whoever recorded them", async () => {
    const folder = temporaryFolder();
    const clock = handClock();
    const [one, two] = [await openStore(folder, { clock }), await openStore(folder, { clock })];
    for (const [store, id] of [
      [one, "A"],
      [two, "B"],
      [one, "C"],
      [two, "D"],
    ] as const) {
      clock.now += 1_000_000;
      await store.keep([fillOf(id)]);
    }
    await one.refresh();
    expect(ids(one.outputs)).toEqual(["A", "B", "C", "D"]);
    await Promise.all([one.close(), two.close()]);
  });

  it("tells nothing again that both have found by themselves", async () => {
    const folder = temporaryFolder();
    const [one, two] = [await openStore(folder), await openStore(folder)];
    await one.keep([fillOf("A")]);
    await two.keep([fillOf("A")]);
    expect(await one.refresh()).toEqual([]);
    expect(ids(one.outputs)).toEqual(["A"]);
    await Promise.all([one.close(), two.close()]);
  });

  it("leaves files at its close that hold what the others recorded, too", async () => {
    const folder = temporaryFolder();
    const [one, two] = [await openStore(folder), await openStore(folder)];
    await one.keep([exit()]);
    await one.flush();
    await two.keep([recommendation({ id: "other" }), exit({ id: "another exit", recommendation: "other" })]);
    await two.close();
    const sql = await loadSql(await wasm());
    const database = new sql.Database(readFileSync(join(folder, "bayesian_stats.db")));
    expect(database.exec("SELECT count(*) FROM context_performance")[0]?.values).toEqual([[2]]);
    database.close();
    await one.close();
  });
});

describe("Store, after a crash", () => {
  it("starts with what was acknowledged, wherever the journal was torn", async () => {
    const source = temporaryFolder();
    await killed(source, [fillOf("A")], [fillOf("B"), fillOf("C")]);
    const bytes = readFileSync(journalPath(source));
    const folder = temporaryFolder();
    mkdirSync(join(folder, "journal"));
    const header = bytes.indexOf("\n") + 1;
    for (let length = 0; length <= bytes.length; length += 5) {
      writeFileSync(join(folder, "journal", journals(source)[0] ?? ""), bytes.subarray(0, length));
      const store = await openStore(folder, { readOnly: true });
      expect(["A", "B", "C"].slice(0, store.outputs.length)).toEqual(ids(store.outputs));
      // Nothing tells a file of which nothing is left from one that was cut.
      const isNothingLeft = 0 < length && length < header;
      expect(store.warnings).toEqual(isNothingLeft ? [expect.stringContaining("has no whole record")] : []);
    }
  });

  it("writes the last append of an unsealed journal into its own before anyone sees it", async () => {
    const folder = temporaryFolder();
    await killed(folder, [fillOf("A")], [fillOf("B"), fillOf("C")]);
    const lost = journalPath(folder);
    const store = await openStore(folder);
    const own = parseJournal(readFileSync(journalPath(folder, 1)));
    expect(own.records.map(({ type, data }) => (type === "header" ? type : outputId(data as EngineOutput)))).toEqual([
      "header",
      "B",
      "C",
    ]);
    const before = parseJournal(readFileSync(lost)).records.slice(2);
    expect(own.records.slice(1).map(({ id, t }) => [id, t])).toEqual(before.map(({ id, t }) => [id, t]));
    expect(ids(store.outputs)).toEqual(["A", "B", "C"]);
    await store.close();
  });

  it("copies nothing that is safe already", async () => {
    const folder = temporaryFolder();
    await killed(folder, [fillOf("A")], [fillOf("B")]);
    await (await openStore(folder)).close();
    expect(journals(folder)).toHaveLength(2);
    await (await openStore(folder)).close();
    expect(journals(folder)).toHaveLength(2);
  });

  it("tells nobody of what it could not make safe", async () => {
    const folder = temporaryFolder();
    await killed(folder, [fillOf("A")]);
    const full = faultyFs((call, path) => {
      if (call === "append" && path.includes("journal")) throw systemError("ENOSPC");
    });
    await expect(openStore(folder, { fs: full })).rejects.toThrow(/^NOT SAVED/);
  });

  it("copies with refresh what another window may not have on the disk", async () => {
    const folder = temporaryFolder();
    const [one, two] = [await openStore(folder), await openStore(folder)];
    await one.keep([fillOf("A")]);
    await two.refresh();
    expect(parseJournal(readFileSync(journalPath(folder, 1))).records.map(({ type }) => type)).toEqual([
      "header",
      "fill",
    ]);
    await one.refresh();
    await two.refresh();
    expect(parseJournal(readFileSync(journalPath(folder, 0))).records.map(({ type }) => type)).toEqual([
      "header",
      "fill",
    ]);
    await Promise.all([one.close(), two.close()]);
  });
});

describe("Store, when the disk fails for a moment", () => {
  it("finds with the next look what one that failed at its end did not take in", async () => {
    const folder = temporaryFolder();
    const one = await openStore(folder);
    let broken = false;
    const fs = faultyFs((call, path) => {
      if (broken && call === "append" && path.includes("journal")) throw systemError("EIO");
    });
    const two = await openStore(folder, { fs });
    await one.keep([fillOf("A")]);
    await one.keep([fillOf("B")]);
    broken = true;
    await expect(two.refresh()).rejects.toThrow(/^NOT SAVED/);
    broken = false;
    expect(ids(await two.refresh())).toEqual(["A", "B"]);
    await Promise.all([one.close(), two.close()]);
  });

  it("looks what its own journal holds after an error that left that open", async () => {
    const folder = temporaryFolder();
    let broken = false;
    let failed = false;
    const fs = faultyFs((call, path) => {
      if (!broken || !path.endsWith(".jl")) return;
      failed ||= call === "sync";
      if (failed && (call === "sync" || call === "stat")) throw systemError("EIO");
    });
    const store = await openStore(folder, { fs });
    await store.keep([fillOf("A")]);
    broken = true;
    await expect(store.keep([fillOf("B")])).rejects.toThrow(/^NOT SAVED/);
    broken = false;
    // It is there as far as the system's memory goes, so it is written again before it is shown.
    expect(ids(await store.refresh())).toEqual(["B"]);
    const own = parseJournal(readFileSync(journalPath(folder, journals(folder).length - 1)));
    expect(own.records.map(({ data }) => outputId(data as EngineOutput))).toContain("B");
    expect(await store.keep([fillOf("B")])).toEqual([]);
    expect(ids(store.outputs)).toEqual(["A", "B"]);
    await store.close();
  });

  it("does not say again at its close what the last call has thrown already", async () => {
    let broken = false;
    const fs = faultyFs((call, path) => {
      if (broken && call === "append" && path.endsWith(".jl")) throw systemError("EIO");
    });
    const log = listening();
    const store = await openStore(temporaryFolder(), { fs, log });
    await store.keep([fillOf("A")]);
    broken = true;
    await expect(store.keep([fillOf("B")])).rejects.toThrow(/^NOT SAVED/);
    await store.close();
    expect(log.lines).toEqual([]);
  });

  it("says NOT SAVED when not even the reserve can be reached", async () => {
    let full = false;
    const fs = faultyFs((call, path) => {
      if (full && call === "append" && path.endsWith(".jl")) throw systemError("ENOSPC");
      if (full && path.endsWith("reserve.bin")) throw systemError("EIO");
    });
    const store = await openStore(temporaryFolder(), { fs });
    full = true;
    await expect(store.keep([fillOf("A")])).rejects.toThrow(/^NOT SAVED: .*the disk is full\. Free some space/);
    full = false;
    await store.close();
  });

  it("says in one line which journal it could not look at", async () => {
    const folder = temporaryFolder();
    await killed(folder, [fillOf("A")]);
    const fs = faultyFs((call, path) => {
      if (call === "stat" && path.endsWith(".jl")) throw systemError("EIO");
    });
    await expect(openStore(folder, { fs })).rejects.toThrow(
      /^Could not read the journal ".*\.jl": the disk reported an error\. Check the disk, or choose a data folder on another one$/,
    );
  });

  it("keeps both of two fills that two windows record from the same moment on, though the clock went back", async () => {
    const folder = temporaryFolder();
    const clock = handClock();
    const windows = [await openStore(folder, { clock }), await openStore(folder, { clock })];
    const [one, two] = windows;
    if (one === undefined || two === undefined) throw new Error("no windows");
    await one.keep([fillOf("before")]);
    await two.refresh();
    await two.keep([fillOf("after")]);
    await one.refresh();
    clock.now -= 60_000_000;
    await one.keep([fillOf("A")]);
    await two.keep([fillOf("B")]);
    await Promise.all([one.refresh(), two.refresh()]);
    expect(ids(two.outputs)).toEqual(ids(one.outputs));
    expect(new Set(ids(one.outputs))).toEqual(new Set(["before", "after", "A", "B"]));
    await Promise.all([one.close(), two.close()]);
  });

  it("puts an output that two windows recorded where the first of them did, in both", async () => {
    const folder = temporaryFolder();
    const [one, two] = [await openStore(folder), await openStore(folder)];
    await one.keep([fillOf("both")]);
    await two.keep([fillOf("other")]);
    await two.keep([fillOf("both")]);
    await Promise.all([one.refresh(), two.refresh()]);
    expect([ids(one.outputs), ids(two.outputs)]).toEqual([
      ["both", "other"],
      ["both", "other"],
    ]);
    await Promise.all([one.close(), two.close()]);
  });
});

describe("Store, with damaged journals", () => {
  async function damaged(folder: string): Promise<string> {
    const store = await openStore(folder);
    for (const id of ["A", "B", "C"]) await store.keep([fillOf(id)]);
    await store.close();
    const path = journalPath(folder);
    const bytes = readFileSync(path);
    bytes.write("#", bytes.indexOf('"B"') + 1);
    writeFileSync(path, bytes);
    return path;
  }

  it("reads what still verifies, copies the file to quarantine once, and says so", async () => {
    const folder = temporaryFolder();
    const path = await damaged(folder);
    const log = listening();
    const store = await openStore(folder, { log });
    expect(ids(store.outputs)).toEqual(["A", "C"]);
    const [copy = ""] = readdirSync(join(folder, "quarantine"));
    expect(readFileSync(join(folder, "quarantine", copy))).toEqual(readFileSync(path));
    expect(store.warnings).toHaveLength(1);
    expect(store.warnings[0]).toMatch(
      /^The journal ".*" is damaged: bytes \d+ to \d+ do not verify, 1 record\. .* A copy was put at ".*"$/,
    );
    expect(log.lines).toEqual(store.warnings);
    await store.close();
    await (await openStore(folder)).close();
    expect(readdirSync(join(folder, "quarantine"))).toEqual([copy]);
  });

  it("reports damage without touching anything when it only reads", async () => {
    const folder = temporaryFolder();
    await damaged(folder);
    const store = await openStore(folder, { readOnly: true });
    expect(store.warnings).toHaveLength(1);
    expect(existsSync(join(folder, "quarantine"))).toBe(false);
  });

  it("starts all the same when no copy can be put aside, and says so in one line", async () => {
    const folder = temporaryFolder();
    await damaged(folder);
    const fs = faultyFs((_call, path) => {
      if (path.includes("quarantine")) throw systemError("ENOSPC");
    });
    const store = await openStore(folder, { fs });
    expect(ids(store.outputs)).toEqual(["A", "C"]);
    expect(store.warnings).toEqual([
      expect.stringMatching(
        /do not verify.*No copy could be put aside: the disk is full\. Free some space, then try again$/,
      ),
    ]);
    await store.close();
  });

  it("counts the records of a copied file once (D7)", async () => {
    const folder = temporaryFolder();
    await killed(folder, [fillOf("A"), fillOf("B")]);
    const path = journalPath(folder);
    writeFileSync(path.replace(".jl", " (conflicted copy).jl"), readFileSync(path));
    const store = await openStore(folder);
    expect(ids(store.outputs)).toEqual(["A", "B"]);
    await store.close();
  });

  it("keeps what a newer version wrote, copies it on, and says that it cannot show it (D12, W8, B2)", async () => {
    const folder = temporaryFolder();
    await killed(folder, [fillOf("A")]);
    const { encodeRecord } = await import("../../src/store/record.js");
    const path = journalPath(folder);
    const { records } = parseJournal(readFileSync(path));
    const last = records.at(-1);
    if (last === undefined) throw new Error("no record");
    const { createHash } = await import("node:crypto");
    const json = readFileSync(path, "utf8").trimEnd().split("\n").at(-1)?.slice(18) ?? "";
    const prev = createHash("sha256").update(json).digest("hex").slice(0, 16);
    const newer = {
      ...last,
      v: 2,
      id: "01ZZ",
      seq: last.seq + 1,
      prev,
      m: last.m + 1,
      type: "amendment",
      data: { price: 1 },
    };
    appendFileSync(path, encodeRecord(newer).line);
    const store = await openStore(folder);
    expect(ids(store.outputs)).toEqual(["A"]);
    expect(store.warnings).toEqual([
      "1 records are of a newer version: they are kept and not shown. Update to see them",
    ]);
    const copied = parseJournal(readFileSync(journalPath(folder, 1))).records[1];
    // As what it is: nobody may take it for one of this version.
    expect([copied?.v, copied?.id, copied?.type]).toEqual([2, "01ZZ", "amendment"]);
    expect(copied?.data).toEqual({ price: 1 });
    await store.close();
  });

  it("does not start afresh in silence when the journals are gone", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.keep([fillOf("A"), exit()]);
    await store.close();
    const database = readFileSync(join(folder, "bayesian_stats.db"));
    await nodeFs.rename(join(folder, "journal"), join(folder, "elsewhere"));
    const again = await openStore(folder);
    expect(again.warnings).toEqual([
      expect.stringMatching(/^The journal ".*" is missing, at least 3 records/),
      expect.stringMatching(/^No journal was found in /),
    ]);
    await again.flush();
    expect(readFileSync(join(folder, "bayesian_stats.db"))).toEqual(database);
    await again.close();
  });
});

describe("Store, beside the user's files", () => {
  it("goes on when they cannot be written, and makes up for it", async () => {
    const folder = temporaryFolder();
    let broken = true;
    const fs = faultyFs((call, path) => {
      if (broken && call === "open" && !path.includes("journal")) throw systemError("EACCES");
    });
    const store = await openStore(folder, { fs });
    expect(ids(await store.keep([recommendation()]))).toEqual([recommendation().id]);
    await expect(store.flush()).rejects.toThrow("permission denied");
    expect(store.warnings.at(-1)).toContain("recommendations_log.jsonl");
    broken = false;
    await store.keep([recommendation({ id: "next", time: after(60) }), order()]);
    await store.flush();
    expect(readFileSync(join(folder, "recommendations_log.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(2);
    await store.close();
  });

  it("keeps a fill while they are being written, and has it in them at the close", async () => {
    const folder = temporaryFolder();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = false;
    const slow = () => {
      begun = true;
      return gate.then(wasm);
    };
    const store = await openStore(folder, { wasm: slow });
    await store.keep([recommendation(), fill(), exit()]);
    const flushed = store.flush();
    await expect.poll(() => begun).toBe(true);
    await store.keep([exit({ id: "another", account: "manual" })]);
    const closed = store.close();
    release();
    await Promise.all([flushed, closed]);
    const sql = await loadSql(await wasm());
    const database = new sql.Database(readFileSync(join(folder, "bayesian_stats.db")));
    expect(database.exec("SELECT count(*) FROM context_performance")[0]?.values).toEqual([[2]]);
    database.close();
  });

  it("writes them at the close of a window that recorded something, and leaves them alone otherwise", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.keep([recommendation(), fill(), exit()]);
    await store.close();
    const names = ["bayesian_stats.db", "latest_recommendation.json", "paper_trades.db", "recommendations_log.jsonl"];
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(names));
    const calls: string[] = [];
    const idle = await openStore(folder, { fs: faultyFs((call) => void calls.push(call)) });
    await idle.flush();
    calls.length = 0;
    await idle.flush();
    await idle.close();
    expect(calls.filter((call) => call === "open" || call === "rename")).toEqual([]);
  });
});

it("A store removes what a killed process left half written, and leaves what a running one writes", async () => {
  const folder = temporaryFolder();
  await (await openStore(folder)).close();
  const snapshots = join(folder, "snapshots");
  mkdirSync(snapshots, { recursive: true });
  const fs = { ...nodeFs, isRunning: (pid: number) => pid === 8 };
  for (const place of [folder, snapshots]) {
    for (const pid of [7, 8]) writeFileSync(join(place, `half.${pid}-1.tmp`), "");
  }
  await (await openStore(folder, { fs })).close();
  for (const place of [folder, snapshots]) {
    expect(readdirSync(place).filter((name) => name.endsWith(".tmp"))).toEqual(["half.8-1.tmp"]);
  }
});

it("A record that is made after a restored one has a later id, though the clock is behind", async () => {
  const [folder, nothing] = [temporaryFolder(), temporaryFolder()];
  const store = await openStore(folder, { clock: handClock() });
  const other = await openStore(nothing, { readOnly: true });
  const restored = { v: 1, id: `7${"Z".repeat(23)}00`, sess: "", seq: 1, prev: NO_RECORD_BEFORE, t: micros(1), m: 1 };
  await store.adopt([{ ...restored, type: "fill", data: fillOf("restored") }]);
  await store.keep([fillOf("later")]);
  expect(store.beyond(other).map(({ id }) => id)[0]).toBe(restored.id);
  expect(ids(store.outputs)).toEqual(["restored", "later"]);
  await store.close();
});

it("a durable keep costs", async () => {
  const store = await openStore(temporaryFolder());
  const costs: number[] = [];
  for (let number = 0; number < 300; number += 1) {
    const begin = performance.now();
    await store.keep([fillOf(`F${number}`)]);
    costs.push(performance.now() - begin);
  }
  await store.close();
  costs.sort((a, b) => a - b);
  const at = (share: number) => costs[Math.floor(share * costs.length)]?.toFixed(2);
  process.stdout.write(`one durable keep: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
  expect(store.outputs).toHaveLength(300);
});
