import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, lstatSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileLog } from "../../src/store/fileLog.js";
import { nodeFs } from "../../src/store/files.js";
import { exit, fill, recommendation } from "../support/outputs.js";
import { openStore, temporaryFolder } from "./support.js";

/** What may stand in a file's place and, but for the folder, lets whoever opens it wait. */
const OBSTACLES = [
  { what: "a pipe", put: (path: string) => void execFileSync("mkfifo", [path]) },
  { what: "a folder", put: (path: string) => void mkdirSync(path) },
  { what: "a link to a device", put: (path: string) => symlinkSync("/dev/zero", path) },
] as const;

const IN_ITS_PLACE = "a folder, a pipe or a device stands in its place. Move that away, then try again";

/** A folder in which a trade was recorded. */
async function recorded(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  await store.keep([recommendation(), fill(), exit()]);
  await store.close();
  return folder;
}

describe.skipIf(process.platform === "win32").each(OBSTACLES)("With $what in the place of", ({ put }) => {
  it("a journal, the folder is refused: nobody may think that nothing was recorded", async () => {
    const folder = await recorded();
    const path = join(folder, "journal", "01JXZZZZZZZZZZZZZZZZZZZZZZ-000.jl");
    put(path);
    await expect(openStore(folder)).rejects.toThrow(`Could not read the journal "${path}": ${IN_ITS_PLACE}`);
    await expect(openStore(folder, { readOnly: true })).rejects.toThrow(IN_ITS_PLACE);
  });

  it.each(["bayesian_stats.db", "paper_trades.db", "latest_recommendation.json"])(
    "%s, the rest is written and it stays",
    async (name) => {
      const folder = await recorded();
      const path = join(folder, name);
      rmSync(path);
      put(path);
      const before = lstatSync(path).ino;
      const store = await openStore(folder);
      expect(store.warnings).toEqual([`Could not replace "${path}": ${IN_ITS_PLACE}`]);
      await store.keep([recommendation({ id: "later" }), fill({ id: "of it", recommendation: "later" })]);
      await store.close();
      expect(readFileSync(join(folder, "recommendations_log.jsonl"), "utf8")).toContain("later");
      expect(lstatSync(path).ino).toBe(before);
      rmSync(path, { recursive: true });
      const again = await openStore(folder);
      expect([again.warnings, again.outputs.length]).toEqual([[], 5]);
      await again.close();
      expect(lstatSync(path).isFile()).toBe(true);
    },
  );

  it("both databases of a folder without a result, they are not taken for its own", async () => {
    const folder = temporaryFolder();
    put(join(folder, "bayesian_stats.db"));
    const store = await openStore(folder);
    expect(store.warnings).toEqual([]);
    await store.close();
  });

  it("recommendations_log.jsonl, nothing recorded is lost by it", async () => {
    const folder = await recorded();
    const path = join(folder, "recommendations_log.jsonl");
    rmSync(path);
    put(path);
    const store = await openStore(folder);
    expect(store.warnings).toEqual([`Could not write "${path}": ${IN_ITS_PLACE}`]);
    await store.keep([recommendation({ id: "later" })]);
    await store.close();
    rmSync(path, { recursive: true });
    await (await openStore(folder)).close();
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(2);
  });

  it("trading_system.log, its lines are dropped and nothing waits", async () => {
    const path = join(temporaryFolder(), "trading_system.log");
    put(path);
    const log = fileLog({ path });
    log.info("lost");
    await log.flush();
    rmSync(path, { recursive: true });
    log.info("kept");
    await log.flush();
    expect(readFileSync(path, "utf8")).toContain("1 lines could not be written here");
  });
});

it.skipIf(process.platform === "win32")(
  "a journal that is a link to nowhere is told of, and the rest is read",
  async () => {
    const folder = await recorded();
    symlinkSync(join(folder, "elsewhere.jl"), join(folder, "journal", "01JXZZZZZZZZZZZZZZZZZZZZZZ-000.jl"));
    const store = await openStore(folder, { readOnly: true });
    await store.refresh();
    expect(store.outputs).toHaveLength(3);
    expect(store.warnings).toEqual([
      'The journal "01JXZZZZZZZZZZZZZZZZZZZZZZ-000.jl" is a link that leads nowhere. Put back what it led to, or remove the link',
    ]);
  },
);

it.skipIf(process.platform === "win32")("a pipe that somebody reads and a socket are no files either", async () => {
  const folder = temporaryFolder();
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = join(folder, "socket");
  const server = createServer().listen(socket);
  await once(server, "listening");
  for (const path of [pipe, socket]) {
    await expect(nodeFs.readFile(path)).rejects.toMatchObject({ code: "NOT_A_FILE" });
    await expect(nodeFs.open(path, "append")).rejects.toMatchObject({ code: "NOT_A_FILE" });
  }
  closeSync(reader);
  server.close();
});
