import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inProcess } from "./inProcess.js";
import { recording } from "./recording.js";

const ID = "ESH4-20231226T145600Z-BUY";

let root: string;
let data: string;
let backup: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "refusals-"));
  [data, backup] = [join(root, "data"), join(root, "backup")];
  writeFileSync(join(root, "esh4.dbn"), recording());
  await inProcess("replay", join(root, "esh4.dbn"), "--data", data);
  await inProcess("export", "--data", data, "--to", backup);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("A backup", () => {
  it.each([
    ["fill", "--recommendation", ID, "--price", "4799.25", "--quantity", "1"],
    ["reset-paper", "--apply", "--reason", "New"],
    ["demo", "--days", "1"],
  ])("takes no record by %s, and stays as it was made", async (command, ...args) => {
    const before = readdirSync(backup, { recursive: true });
    const { code, err } = await inProcess(command, ...args, "--data", backup);
    expect(code).toBe(1);
    expect(err).toContain(`"${backup}" is a backup (it has a manifest.json): nothing is recorded in it. Restore it`);
    expect(readdirSync(backup, { recursive: true })).toEqual(before);
  });

  it("can be read", async () => {
    expect(await inProcess("pending", "--data", backup)).toMatchObject({ code: 0 });
  });

  it.each(["inside", join("journal", "inside"), join("..", "link", "inside")])(
    "is not made in its own data folder: %s",
    async (name) => {
      const link = join(root, "link");
      rmSync(link, { force: true });
      symlinkSync(data, link);
      const to = join(data, name);
      const { code, err } = await inProcess("export", "--data", data, "--to", to);
      expect(code).toBe(1);
      expect(err).toContain(`"${to}" lies in the data folder "${data}" itself: name a folder outside of it`);
      expect(readdirSync(data)).not.toContain("inside");
    },
  );

  it("is made in an empty folder beside the data", async () => {
    mkdirSync(join(root, "data-too"));
    expect(await inProcess("export", "--data", data, "--to", join(root, "data-too"))).toMatchObject({ code: 0 });
  });
});

describe("What is wrong in itself", () => {
  it("is a price of 0", async () => {
    const { code, err } = await inProcess(
      ...["fill", "--data", data, "--recommendation", ID, "--price", "0", "--quantity", "1"],
    );
    expect(code).toBe(2);
    expect(err).toMatch(/^"0" is not a possible price of /);
  });

  it("is a contract that the recording does not have", async () => {
    const settings = join(root, "settings.json");
    writeFileSync(settings, JSON.stringify({ "contract.pin": "ESM5" }));
    const { err } = await inProcess("backtest", join(root, "esh4.dbn"), "--settings", settings);
    expect(err).toContain(
      'No trade of the recording is of the contract "ESM5", to which the setting contract.pin holds',
    );
  });

  it.each([
    ["ES MAR14", "ES MAR14"],
    ["ESH14", "ES MAR14"],
    ["ES MAR34", "ES MAR34"],
  ])("is a contract of another decade: %s", async (pin, label) => {
    const settings = join(root, "decade.json");
    writeFileSync(settings, JSON.stringify({ "contract.pin": pin }));
    for (const command of ["replay", "backtest"]) {
      const { code, err, out } = await inProcess(command, join(root, "esh4.dbn"), "--settings", settings);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err.trim()).toBe(
        `The recording holds ESH4, which is ES MAR24, and not ${label}, to which the setting contract.pin holds: name ES MAR24 there, or replay files of ${label}`,
      );
    }
  });

  it.each(["ES MAR24", "ESH24", "ESH4"])("is not a contract of the recording, however it is named: %s", async (pin) => {
    const settings = join(root, "decade.json");
    writeFileSync(settings, JSON.stringify({ "contract.pin": pin }));
    const named = await inProcess("replay", join(root, "esh4.dbn"), "--settings", settings, "--json");
    const unnamed = await inProcess("replay", join(root, "esh4.dbn"), "--json");
    expect(named).toMatchObject({ code: 0, out: unnamed.out });
    expect(unnamed.lines.map(({ type }) => type)).toContain("signal");
  });

  it("is the place of a report", async () => {
    const path = join(root, "none", "r.md");
    const { code, err } = await inProcess("backtest", join(root, "esh4.dbn"), "--report", path);
    expect(code).toBe(1);
    expect(err).toContain(`Could not write the report "${path}":`);
    expect(err).not.toContain("data folder");
    const folder = await inProcess("backtest", join(root, "esh4.dbn"), "--report", root);
    expect(folder.code).toBe(1);
    expect(folder.err.trim()).toBe(`Could not write the report "${root}": it is a folder, a pipe or a device`);
  });
});
