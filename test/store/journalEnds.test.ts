import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type EngineOutput, outputId } from "../../src/core/events.js";
import { parseJournal } from "../../src/store/record.js";
import { fill } from "../support/outputs.js";
import { faultyFs, openStore, systemError, temporaryFolder } from "./support.js";

const ids = (outputs: readonly EngineOutput[]) => outputs.map(outputId);
const fillOf = (id: string) => fill({ id });
const pathOf = (folder: string, index = 0) => {
  const names = readdirSync(join(folder, "journal")).sort();
  return join(folder, "journal", names[index] ?? "");
};

/** A folder whose one journal was closed in order, with three records. */
async function closed(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  for (const id of ["A", "B", "C"]) await store.keep([fillOf(id)]);
  await store.close();
  return folder;
}

/** Leaves the first lines of a journal, and so many bytes of the next one. */
function cut(path: string, lines: number, bytes = 0): void {
  const text = readFileSync(path, "utf8").split("\n");
  writeFileSync(
    path,
    text
      .slice(0, lines)
      .map((line) => `${line}\n`)
      .join("") + (text[lines] ?? "").slice(0, bytes),
  );
}

async function opened(folder: string, readOnly = true) {
  const store = await openStore(folder, { readOnly });
  const found = { outputs: ids(store.outputs), warnings: store.warnings };
  await store.close();
  return found;
}

describe("A sealed journal whose end was cut off", () => {
  it.each([
    { lines: 3, bytes: 0, outputs: ["A", "B"], what: "at least 1 record" },
    { lines: 3, bytes: 20, outputs: ["A", "B"], what: "at least 1 record" },
    { lines: 2, bytes: 0, outputs: ["A"], what: "at least 2 records" },
    { lines: 0, bytes: 0, outputs: [], what: "at least 4 records" },
  ])("to $lines lines and $bytes bytes gives what is left and tells of $what", async (given) => {
    const folder = await closed();
    const path = pathOf(folder);
    cut(path, given.lines, given.bytes);
    const left = readFileSync(path);
    const { outputs, warnings } = await opened(folder);
    expect(outputs).toEqual(given.outputs);
    expect(warnings.filter((line) => line.startsWith("The journal"))).toEqual([
      expect.stringMatching(
        new RegExp(`^The journal ".*\\.jl" is damaged: its end was cut off, with ${given.what}\\. All that still`),
      ),
    ]);
    const [line] = (await opened(folder, false)).warnings;
    const [copy = ""] = readdirSync(join(folder, "quarantine"));
    expect(line).toMatch(/ A copy was put at ".*"$/);
    expect([readFileSync(path), readFileSync(join(folder, "quarantine", copy))]).toEqual([left, left]);
  });

  it("is told of by every later window, also after others have written", async () => {
    const folder = await closed();
    cut(pathOf(folder), 3);
    const store = await openStore(folder);
    await store.keep([fillOf("D")]);
    await store.close();
    const { outputs, warnings } = await opened(folder);
    expect(outputs).toEqual(["A", "B", "D"]);
    expect(warnings).toHaveLength(1);
  });

  it("lacks nothing when its seal alone went", async () => {
    const folder = await closed();
    cut(pathOf(folder), 4, 30);
    expect(await opened(folder)).toEqual({ outputs: ["A", "B", "C"], warnings: [] });
  });

  it("is told of once by a window that was open and knew all of it, which writes it again", async () => {
    const folder = await closed();
    const store = await openStore(folder);
    cut(pathOf(folder), 3);
    await store.refresh();
    await store.close();
    expect(await opened(folder)).toEqual({ outputs: ["A", "B", "C"], warnings: [] });
    // Less of it is another matter.
    cut(pathOf(folder), 2);
    expect((await opened(folder)).warnings).toHaveLength(1);
  });

  it.each([
    { what: "cut", harm: (path: string) => cut(path, 3), said: "its end was cut off, with at least 2 records" },
    { what: "deleted", harm: (path: string) => rmSync(path), said: "is missing, at least 5 records" },
  ])("is told of by every later window when it had more than was known where it was $what", async ({ harm, said }) => {
    const folder = temporaryFolder();
    const writer = await openStore(folder);
    for (const id of ["A", "B", "C"]) await writer.keep([fillOf(id)]);
    const store = await openStore(folder);
    const [name = ""] = readdirSync(join(folder, "journal"));
    await writer.keep([fillOf("D")]);
    await writer.close();
    harm(join(folder, "journal", name));
    await store.refresh();
    await store.close();
    for (let start = 0; start < 2; start += 1)
      expect((await opened(folder, false)).warnings).toEqual([expect.stringContaining(said)]);
  });

  it("is told of while another window is open", async () => {
    const folder = await closed();
    const store = await openStore(folder);
    cut(pathOf(folder), 3);
    await store.refresh();
    expect(store.warnings).toEqual([
      expect.stringContaining("all that is known was written again"),
      expect.stringContaining("its end was cut off, with at least 1 record"),
    ]);
    await store.close();
  });
});

describe("A finished journal that is gone", () => {
  /** A folder with two journals of which the first, with three records, is gone. */
  async function gone(): Promise<string> {
    const folder = await closed();
    const store = await openStore(folder);
    await store.keep([fillOf("D")]);
    await store.close();
    rmSync(pathOf(folder));
    return folder;
  }
  const missing = expect.stringMatching(
    /^The journal ".*\.jl" is missing, at least 4 records\. All that is left was read/,
  );

  it("is told of by every later window, also by one that only reads", async () => {
    const folder = await gone();
    expect(await opened(folder)).toEqual({ outputs: ["D"], warnings: [missing] });
    expect(await opened(folder, false)).toEqual({ outputs: ["D"], warnings: [missing] });
    expect(await opened(folder, false)).toEqual({ outputs: ["D"], warnings: [missing] });
  });

  it("is told of once in a window, and where it was the only one", async () => {
    const folder = await closed();
    rmSync(pathOf(folder));
    const store = await openStore(folder, { readOnly: true });
    await store.refresh();
    expect(store.warnings.filter((line) => line.includes("is missing"))).toEqual([missing]);
    await store.close();
  });

  it("lacks nothing when it went while a window was open that knew it", async () => {
    const folder = await closed();
    const store = await openStore(folder);
    rmSync(pathOf(folder));
    await store.keep([fillOf("D")]);
    await store.close();
    expect(await opened(folder)).toEqual({ outputs: ["A", "B", "C", "D"], warnings: [] });
  });
});

describe("A journal of a window that was killed", () => {
  /** Records, and ends without a close. */
  async function killed(folder: string, ...outputs: readonly string[]): Promise<void> {
    const store = await openStore(folder);
    onTestFinished(() => store.close());
    for (const id of outputs) await store.keep([fillOf(id)]);
  }

  it("is missed when it is deleted before anybody has read it", async () => {
    const folder = temporaryFolder();
    await killed(folder, "A", "B", "C");
    rmSync(pathOf(folder));
    const said = [
      expect.stringMatching(/^The journal ".*\.jl" is missing, at least 2 records\. All that is left was read/),
    ];
    expect(await opened(folder)).toEqual({ outputs: [], warnings: said });
    expect(await opened(folder, false)).toEqual({ outputs: [], warnings: said });
  });

  it("is missed with all that was certain when another window had read it", async () => {
    const folder = temporaryFolder();
    await killed(folder, "A", "B", "C");
    await (await openStore(folder)).close();
    rmSync(pathOf(folder));
    const { outputs, warnings } = await opened(folder);
    // The last one was not certain and was written again.
    expect(outputs).toEqual(["C"]);
    expect(warnings).toEqual([expect.stringContaining("is missing, at least 3 records")]);
  });

  it("is known to be cut when less than the first append is left, or less than another window has read", async () => {
    const folder = temporaryFolder();
    await killed(folder, "A", "B", "C");
    const bytes = readFileSync(pathOf(folder));
    for (const length of [0, 1, 40]) {
      writeFileSync(pathOf(folder), bytes.subarray(0, length));
      const { warnings } = await opened(folder);
      expect(warnings).toEqual([expect.stringContaining("its end was cut off, with at least 2 records")]);
    }
    writeFileSync(pathOf(folder), bytes);
    await (await openStore(folder)).close();
    cut(pathOf(folder), 2);
    expect((await opened(folder)).warnings).toEqual([expect.stringContaining("with at least 1 record.")]);
  });

  it("lacks nothing without what only the system's memory had when another window read it", async () => {
    const folder = temporaryFolder();
    await killed(folder, "A", "B", "C");
    await (await openStore(folder)).close();
    cut(pathOf(folder), 3);
    expect(await opened(folder)).toEqual({ outputs: ["A", "B", "C"], warnings: [] });
  });

  it("lacks nothing when it was deleted while its window wrote, which has written all of it again", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.keep([fillOf("A")]);
    rmSync(pathOf(folder));
    await store.keep([fillOf("B")]);
    expect(await opened(folder)).toEqual({ outputs: ["A", "B"], warnings: [] });
    await store.close();
    expect(await opened(folder)).toEqual({ outputs: ["A", "B"], warnings: [] });
  });

  it("is noted once by whoever reads it, not at each start", async () => {
    const folder = temporaryFolder();
    await killed(folder, "A", "B", "C");
    const notes = () => readFileSync(join(folder, "journal_ends.jsonl"), "utf8").split("\n").filter(Boolean).length;
    await (await openStore(folder)).close();
    const before = notes();
    for (let start = 0; start < 3; start += 1) await (await openStore(folder)).close();
    expect(notes()).toBe(before);
  });
});

describe("A journal with one append of a window that was killed behind it, deleted while another one is open (D7, D11)", () => {
  /** Two windows that have opened an empty folder, of which the one is gone when the other has recorded. */
  async function two(changes: { readonly snapshotAfter?: number } = {}) {
    const folder = temporaryFolder();
    const killed = await openStore(folder);
    onTestFinished(() => killed.close());
    const other = await openStore(folder, changes);
    onTestFinished(() => other.close());
    await killed.keep([fillOf("A")]);
    const path = pathOf(folder);
    await other.keep([fillOf("B")]);
    return { folder, path, other };
  }
  const written = expect.stringContaining("all that is known was written again");
  const missing = expect.stringMatching(
    /^The journal ".*\.jl" is missing, at least 2 records\. All that is left was read/,
  );

  it("is told of at once by a window that had read it, and lacks nothing later", async () => {
    const { folder, path, other } = await two();
    await other.refresh();
    rmSync(path);
    await other.refresh();
    expect(other.warnings).toEqual([written]);
    await other.close();
    const { outputs, warnings } = await opened(folder);
    expect(outputs.toSorted()).toEqual(["A", "B"]);
    expect(warnings).toEqual([]);
  });

  it("is told of at once by a window that had not read it", async () => {
    const { path, other } = await two();
    rmSync(path);
    await other.refresh();
    expect(other.warnings).toEqual([missing]);
  });

  it("is told of by the next start where a snapshot has what was in it", async () => {
    const { folder, path, other } = await two({ snapshotAfter: 1 });
    await other.refresh();
    await other.flush();
    await other.close();
    rmSync(path);
    const { outputs, warnings } = await opened(folder);
    expect(outputs.toSorted()).toEqual(["A", "B"]);
    expect(warnings).toEqual([
      expect.stringMatching(/ is gone\. Records in it: at least 2; taken from the snapshot: 2\./),
    ]);
  });
});

describe("A journal that a disk error ended", () => {
  async function renewed(): Promise<string> {
    const folder = temporaryFolder();
    let syncs = 0;
    const fs = faultyFs((call, path) => {
      if (call !== "sync" || !path.endsWith(".jl")) return;
      syncs += 1;
      if (syncs === 3) throw systemError("EIO");
    });
    const store = await openStore(folder, { fs });
    for (const id of ["A", "B", "C"]) await store.keep([fillOf(id)]);
    await store.close();
    expect(readdirSync(join(folder, "journal"))).toHaveLength(2);
    return folder;
  }

  it.each([
    { what: "cut", spoil: (path: string) => cut(path, 1) },
    { what: "deleted", spoil: (path: string) => rmSync(path) },
  ])("lacks nothing when it is $what before its window has looked at it again", async ({ spoil }) => {
    const folder = temporaryFolder();
    let isFailing = false;
    const fs = faultyFs((call, path) => {
      if (isFailing && call === "sync" && path.endsWith("-000.jl")) throw systemError("EIO");
    });
    const store = await openStore(folder, { fs });
    await store.keep([fillOf("A")]);
    isFailing = true;
    await store.keep([fillOf("B")]);
    spoil(pathOf(folder));
    await store.refresh();
    expect((await opened(folder)).outputs).toEqual(["A", "B"]);
    await store.close();
  });

  it("tells of a cut end, too", async () => {
    const folder = await renewed();
    cut(pathOf(folder), 2);
    const { outputs, warnings } = await opened(folder);
    expect(outputs).toEqual(["A", "C"]);
    expect(warnings).toEqual([expect.stringContaining("its end was cut off, with at least 1 record")]);
  });

  it("lacks nothing without the append that the disk did not confirm: it is in the next one", async () => {
    const folder = await renewed();
    cut(pathOf(folder), 3);
    expect(await opened(folder)).toEqual({ outputs: ["A", "B", "C"], warnings: [] });
  });
});

describe("The note of the journals' ends", () => {
  it("says nothing of a journal whose window was killed: a torn end is normal", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    for (const id of ["A", "B"]) await store.keep([fillOf(id)]);
    cut(pathOf(folder), 2, 40);
    expect(await opened(folder)).toEqual({ outputs: ["A"], warnings: [] });
    await store.close();
  });

  it("may be torn, edited or missing: the journals are read all the same", async () => {
    const folder = await closed();
    const ends = join(folder, "journal_ends.jsonl");
    for (const line of ['\n{"file":"', "null\n[]\n{}\n", '{"file":"other.jl","records":1e99}\n']) {
      appendFileSync(ends, line);
      expect(await opened(folder, false)).toEqual({ outputs: ["A", "B", "C"], warnings: [] });
    }
    const { records } = parseJournal(readFileSync(pathOf(folder)));
    expect(records).toHaveLength(5);
    rmSync(ends);
    expect((await opened(folder)).warnings).toEqual([]);
  });

  it("survives a torn line before it", async () => {
    const folder = await closed();
    appendFileSync(join(folder, "journal_ends.jsonl"), '{"file":"torn');
    const store = await openStore(folder);
    await store.keep([fillOf("D")]);
    await store.close();
    cut(pathOf(folder, 1), 1);
    expect((await opened(folder)).warnings).toHaveLength(1);
  });
});
