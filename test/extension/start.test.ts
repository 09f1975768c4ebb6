import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunChoice, RunHost } from "../../src/extension/openRun.js";
import { start } from "../../src/extension/start.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { fake } from "../support/fakeVscode.js";
import { hostIn, standing } from "./support.js";

let folder: string;
let file: string;
let host: RunHost;
let started: RunChoice[];

beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-start-"));
  file = join(folder, "es.dbn");
  writeFileSync(file, "");
  host = hostIn(folder);
  started = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the list offers after a last start, and what one Enter takes. */
async function offered(last: unknown): Promise<{ rows: readonly string[]; first: string | undefined }> {
  (host.lastStart.set as (choice: unknown) => void)(last);
  const workbench = {
    host: () => host,
    standing: () => standing({ phase: "idle" }),
    start: async (choice: RunChoice) => void started.push(choice),
  };
  const done = start(workbench as unknown as Workbench, {} as never);
  const list = await fake.nextBox();
  const first = list.activeItems[0]?.label;
  list.enter();
  await done;
  return { rows: list.labels(), first };
}

const YOURS = "You answer the signals";
const ROWS = ["$(beaker) Demo", "$(pulse) Live", "$(debug-rerun) Replay a file..."];
const PAPER = [
  "The engine takes them, on paper",
  "$(robot) Paper auto, demo",
  "$(robot) Paper auto, live",
  "$(robot) Paper auto, replay a file...",
];
const ALL = [YOURS, ...ROWS, ...PAPER];

describe("Start", () => {
  it("begins with the demo in a new profile, and with what was started last afterwards", async () => {
    expect(await offered(undefined)).toEqual({ rows: ALL, first: ROWS[0] });
    expect(started).toEqual([{ market: "demo" }]);
    expect(host.lastStart.get()).toEqual({ market: "demo" });
  });

  it("replays the last files again with one Enter", async () => {
    const last = { market: "replay", files: [file] };
    const [demo, live, replay] = ROWS;
    const again = "$(history) Replay es.dbn again";
    expect(await offered(last)).toEqual({ rows: [YOURS, demo, live, again, replay, ...PAPER], first: again });
    expect(started).toEqual([last]);
  });

  it.each([
    [{ market: "demo", paper: true }, "$(robot) Paper auto, demo"],
    [{ market: "live", paper: true }, "$(robot) Paper auto, live"],
  ])("takes paper auto again with one Enter: %j", async (last, row) => {
    host.key.read = async () => "db-key";
    expect((await offered(last)).first).toBe(row);
    expect(started).toEqual([last]);
  });

  it("replays in paper auto again, under its own heading", async () => {
    const last = { market: "replay", files: [file], paper: true };
    const again = "$(history) Paper auto, replay es.dbn again";
    const { rows, first } = await offered(last);
    expect(first).toBe(again);
    expect(rows.indexOf(again)).toBeGreaterThan(rows.indexOf(PAPER[0] ?? ""));
    expect(started).toEqual([last]);
  });

  it.each([
    ["whose file is gone", () => ({ market: "replay", files: [join(folder, "gone.dbn")] })],
    ["of another version", () => ({ market: "martian" })],
    ["that is none", () => "live"],
    ["without files", () => ({ market: "replay" })],
  ])("takes no notice of a last start %s", async (_what, last) => {
    expect(await offered(last())).toEqual({ rows: ALL, first: ROWS[0] });
  });
});
