import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";

let root: string;
let data: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "backup-"));
  data = join(root, "data");
  await inProcess("demo", "--seed", "3", "--days", "6", "--paper", "--data", data);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("export and restore", () => {
  it("carry a data folder to another machine, where the statistics are the same", async () => {
    const [to, there] = [join(root, "backup"), join(root, "there")];
    const made = await inProcess("export", "--data", data, "--to", to, "--json");
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(made.lines[0]).toMatchObject({ type: "export", kind: "demo", problems: [] });
    const shown = await inProcess("restore", "--data", there, "--from", to);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain("every checksum was verified");
    expect(shown.err).toBe("Nothing was changed: --apply restores it\n");
    expect(existsSync(there)).toBe(false);
    const done = await inProcess("restore", "--data", there, "--from", to, "--apply", "--json");
    expect(done.lines.map(({ type }) => type)).toEqual(["restorePlan", "restored"]);
    expect(done.lines[0]?.present).toBe(null);
    const statistics = await inProcess("statistics", "--data", data, "--json");
    expect((await inProcess("statistics", "--data", there, "--json")).out).toBe(statistics.out);
    // A backup can be looked into as it is.
    expect((await inProcess("statistics", "--data", to, "--json")).out).toBe(statistics.out);
    const again = await inProcess("restore", "--data", there, "--from", to, "--apply");
    expect(again.out).toContain("there is nothing to restore\n");
    expect(again.out).toContain("Nothing was changed\n");
  });

  it.each([
    { args: ["export", "--data", "DATA"], code: 2, says: '"--to" is missing' },
    { args: ["export", "--data", "DATA", "--to", "DATA"], code: 1, says: "nothing is overwritten" },
    { args: ["export", "--data", "NO", "--to", "NEW"], code: 1, says: "Could not open the data folder" },
    { args: ["restore", "--data", "DATA"], code: 2, says: '"--from" is missing' },
    { args: ["restore", "--data", "DATA", "--from", "NO"], code: 1, says: "is no backup" },
    { args: ["restore", "--data", "DATA", "--from", "DATA", "--apply"], code: 1, says: "it is no backup" },
  ])("$args has exit code $code", async ({ args, code, says }) => {
    const places: Record<string, string> = { DATA: data, NO: join(root, "no"), NEW: join(root, "new") };
    const said = await inProcess(...args.map((arg) => places[arg] ?? arg));
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(says);
    expect(said.err.trimEnd()).not.toContain("\n");
    expect(existsSync(join(root, "new"))).toBe(false);
  });
});
