import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CANARY, dayBytes } from "../support/historicalRange.js";
import { HistoricalServer } from "../support/historicalServer.js";
import { type Finished, finished, Program } from "./program.js";
import { recording, trades } from "./recording.js";

const POSIX = process.platform !== "win32";
const LINUX = process.platform === "linux";

let program: Program;
let file: string;

beforeAll(async () => {
  program = await Program.build();
  file = program.path("esh4.dbn");
  writeFileSync(file, recording());
});
afterAll(() => program.remove());

/** A shell's command line in the test's folder; `volume-cluster` is the program. */
function shell(script: string): Promise<Finished> {
  const command = `"${process.execPath}" "${program.path("dist/cli.mjs")}"`;
  return finished(program.spawn("sh", ["-c", script.replaceAll("volume-cluster", command)]));
}

describe("Standard output", () => {
  it.runIf(LINUX).each(["decode esh4.dbn", "replay esh4.dbn --json", "demo --days 1 --json", "--help", "check"])(
    "that is full fails %s with one line",
    async (args) => {
      const { code, err } = await shell(`volume-cluster ${args} > /dev/full`);
      const lines = err.split("\n").filter((line) => line !== "" && !line.startsWith("Simulated market"));
      expect({ code, lines }).toEqual({
        code: 1,
        lines: [
          "Could not write the results: the disk is full. Free some space or write them elsewhere; what was recorded stays recorded",
        ],
      });
    },
  );

  it.runIf(LINUX).each(["", "--json"])(
    "that is full fails fill with one line, and what was answered is durable %s",
    async (json) => {
      const data = `full${json}`;
      const replayed = await program.run("replay", "esh4.dbn", "--data", data, "--json");
      const id = replayed.lines.find(({ type }) => type === "recommendation")?.id;
      const answer = `fill --data ${data} --recommendation ${id} --price 4799.25 --quantity 1 ${json}`;
      const { code, err } = await shell(`volume-cluster ${answer} > /dev/full`);
      expect({ code, err }).toEqual({
        code: 1,
        err: "Could not write the results: the disk is full. Free some space or write them elsewhere; what was recorded stays recorded\n",
      });
      expect((await program.run("pending", "--data", data, "--json")).lines).toMatchObject([
        { type: "position", recommendation: id, quantity: 1 },
      ]);
      expect((await program.run(...answer.split(" ").filter((word) => word !== ""))).err).toBe(
        "It was recorded before: nothing has changed\n",
      );
    },
  );

  it("that is read slowly holds decode back, so that its memory does not grow with the file", async () => {
    writeFileSync(program.path("long.dbn"), trades(160_000));
    const child = program.spawn(process.execPath, ["--max-old-space-size=32", "dist/cli.mjs", "decode", "long.dbn"]);
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.stderr?.resume();
    // Nothing is read until another one has decoded it all.
    const quick = program.start("decode", "long.dbn");
    quick.stdout?.resume();
    await new Promise((resolve) => quick.on("close", resolve));
    let bytes = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const code = await ended;
    expect(code).toBe(0);
    expect(bytes).toBeGreaterThan(30_000_000);
  });

  it.runIf(POSIX)("and the other streams may be closed", async () => {
    expect(await shell("volume-cluster decode esh4.dbn --limit 1 >&- 2>&- <&-")).toMatchObject({ code: 0, out: "" });
    expect(await shell("volume-cluster bogus >&- 2>&- <&-")).toMatchObject({ code: 2, out: "" });
  });
});

describe.runIf(POSIX)("A signal", () => {
  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends a busy demo with all kept, its summary, and the exit code %i", async (signal, expected) => {
    const data = `data-${signal}`;
    const child = program.start("demo", "--days", "100000", "--paper", "--json", "--data", data);
    let closed = "";
    child.stdout?.on("data", (text: string) => {
      const before = closed.includes('"type":"exit"');
      closed += text;
      // A second signal would end it at once.
      if (!before && closed.includes('"type":"exit"')) child.kill(signal);
    });
    const { code, lines } = await finished(child);
    expect(code).toBe(expected);
    const summary = lines.at(-1);
    expect(summary?.type).toBe("summary");
    const kept = await program.run("statistics", "--data", data, "--json");
    expect(kept.lines[0]?.accounts).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ account: "paper", trades: summary?.closedTrades })]),
    );
    expect(existsSync(program.path(`${data}/bayesian_stats.db`))).toBe(true);
  });

  it("SIGINT ends a download with the exit code 130, one line, and no file", async () => {
    const server = await HistoricalServer.start();
    server.usually("timeseries.get_range", { body: dayBytes(50), hang: true });
    const range = ["--symbols", "ESH4", "--start", "2023-12-25", "--output", "stopped.dbn.zst"];
    const command = [program.path("dist/cli.mjs"), "download", "--url", server.address, ...range];
    const child = program.spawn("env", [`DATABENTO_API_KEY=${CANARY}`, process.execPath, ...command]);
    child.stderr?.on("data", (text: string) => {
      if (text.includes("It costs")) child.kill("SIGINT");
    });
    const { code, out, err } = await finished(child);
    expect([code, out]).toEqual([130, ""]);
    expect(err).toMatch(/^It costs .*\n.*: it was stopped\n$/);
    expect(readdirSync(program.folder).filter((name) => name.startsWith("stopped"))).toEqual([]);
    await server.stop();
  });

  it("ends a decode whose reader has stopped reading", async () => {
    writeFileSync(program.path("stalled.dbn"), trades(50_000));
    const child = program.start("decode", "stalled.dbn");
    const end = new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
    child.stdout?.once("readable", () => child.kill("SIGTERM"));
    expect(await end).toBe("SIGTERM");
    child.stdout?.destroy();
  });
});

describe("What would wait for ever", () => {
  it.runIf(POSIX)("is refused as settings", async () => {
    execFileSync("mkfifo", [program.path("pipe.json")]);
    const { code, err } = await program.run("check", "--settings", "pipe.json");
    expect({ code, err }).toEqual({ code: 1, err: '"pipe.json" is not a file: name a JSON file with settings\n' });
  });

  it
    .runIf(LINUX)
    .each([
      "volume-cluster demo --days 1 --data /proc/none/data",
      "mkdir gone && cd gone && rmdir ../gone && volume-cluster demo --days 1 --data new/data",
    ])("is refused as a data folder: %s", async (script) => {
    const { code, err, out } = await shell(script);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^Could not open the data folder ".*": it does not exist\. .*\n$/);
  });
});
