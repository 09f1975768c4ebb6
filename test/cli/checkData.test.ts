import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";

let root: string;
let whole: string;
let folders = 0;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "check-data-"));
  whole = join(root, "data");
  await inProcess("demo", "--seed", "3", "--days", "6", "--paper", "--data", whole);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A copy of the folder that may be damaged. */
function folder(): string {
  folders += 1;
  const copy = join(root, `copy${folders}`);
  cpSync(whole, copy, { recursive: true });
  return copy;
}

const journal = (of: string) => join(of, "journal", readdirSync(join(of, "journal"))[0] ?? "");
const flip = (path: string) => {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(path, bytes);
};

describe("volume-cluster check --data", () => {
  it("says of a folder as it was written what verifies, and touches nothing", async () => {
    const before = readdirSync(whole).sort();
    const { code, out, err } = await inProcess("check", "--data", whole);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^ok {4}journal: 1 journal, \d+ records: each verifies and follows the one before it$/m);
    expect(out).toContain("ok    bayesian_stats.db: as it was written, with all that the journal has\n");
    expect(out).toContain("ok    paper_trades.db: as it was written, with all that the journal has\n");
    expect(readdirSync(whole).sort()).toEqual(before);
  });

  it.each([
    { name: "a journal with another byte (D7)", damage: (of: string) => flip(journal(of)), says: /^journal\/.*\.jl$/ },
    { name: "a journal that is gone (D7)", damage: (of: string) => rmSync(journal(of)), says: /^journal\/.*\.jl$/ },
    {
      name: "a journal without its last records (D7)",
      damage: (of: string) => writeFileSync(journal(of), readFileSync(journal(of)).subarray(0, -2000)),
      says: /^journal\/.*\.jl$/,
    },
    {
      name: "a database with another byte (B1)",
      damage: (of: string) => flip(join(of, "paper_trades.db")),
      says: /^paper_trades\.db$/,
    },
    {
      name: "an empty database (B1)",
      damage: (of: string) => writeFileSync(join(of, "bayesian_stats.db"), ""),
      says: /^bayesian_stats\.db$/,
    },
  ])("finds $name, says what to do, and exits with 1", async ({ damage, says }) => {
    const of = folder();
    // So that a folder whose one journal is gone is one still.
    writeFileSync(join(of, "journal", "second.jl"), "");
    damage(of);
    const { code, lines, err } = await inProcess("check", "--data", of, "--json");
    expect(code).toBe(1);
    expect(err).toContain("1 thing does not verify");
    const stops = lines.filter(({ level }) => level === "stop");
    expect(stops).toEqual([
      { type: "check", level: "stop", title: expect.stringMatching(says), text: expect.any(String) },
    ]);
    expect(stops[0]?.text).toMatch(/restore|makes it anew/);
  });

  it("takes a torn end for that of a window that was killed, and a missing database for one that is made anew", async () => {
    const of = folder();
    writeFileSync(join(of, "journal", "second.jl"), "00000300 0123");
    rmSync(join(of, "paper_trades.db"));
    const { code, out } = await inProcess("check", "--data", of);
    expect(code).toBe(0);
    expect(out).toContain("2 journals, 1 of a window that runs or was ended hard");
    expect(out).toContain("warn  paper_trades.db: is missing. The next start makes it anew from the journal\n");
  });

  it("names a damaged snapshot, and what lies in quarantine", async () => {
    const of = folder();
    cpSync(journal(of), join(of, "quarantine", "old.jl"));
    cpSync(journal(of), join(of, "snapshots", "journal.snapshot"));
    const { code, out } = await inProcess("check", "--data", of);
    expect(code).toBe(1);
    expect(out).toContain("stop  snapshots/journal.snapshot: not as it was written.");
    expect(out).toContain("warn  quarantine: 1 copy of files");
  });

  it("says that a database of another program is in the way", async () => {
    const of = folder();
    const bytes = readFileSync(join(of, "paper_trades.db"));
    bytes.writeUInt32BE(7, 68);
    writeFileSync(join(of, "paper_trades.db"), bytes);
    const { code, out } = await inProcess("check", "--data", of);
    expect(code).toBe(1);
    expect(out).toContain("stop  paper_trades.db: made by another program or a newer version. Move it away");
  });

  it("wants one folder, and one that is a run's", async () => {
    expect(await inProcess("check", "--data", root)).toMatchObject({
      code: 1,
      err: expect.stringContaining("no journal"),
    });
    expect((await inProcess("check", "--data", whole, "--settings", "x.json")).code).toBe(2);
    appendFileSync(join(root, "file"), "");
    expect((await inProcess("check", "--data", join(root, "file"))).code).toBe(1);
  });
});
