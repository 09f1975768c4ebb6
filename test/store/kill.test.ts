import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import fc from "fast-check";
import { expect, it } from "vitest";
import { outputId } from "../../src/core/events.js";
import { openStore, temporaryFolder } from "./support.js";

const ROUNDS = 40;
const CHILDREN = 5;
/** A new folder after so many rounds: each start reads all that the folder holds. */
const ROUNDS_PER_FOLDER = 8;

it(`has every acknowledged fill after ${ROUNDS * CHILDREN} real kills, of five windows at once (D1, W1, W2)`, async () => {
  const program = join(temporaryFolder(), "child.mjs");
  writeFileSync(program, await bundled("killChild.ts"));
  let folder = "";
  const seed = Date.now() | 0;
  const counts = fc.sample(fc.integer({ min: 1, max: 20 }), { seed, numRuns: ROUNDS * CHILDREN });
  const acknowledged = new Set<string>();
  let sum = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round % ROUNDS_PER_FOLDER === 0) {
      folder = join(temporaryFolder(), "data");
      acknowledged.clear();
    }
    const before = acknowledged.size;
    const kills = counts
      .slice(round * CHILDREN, (round + 1) * CHILDREN)
      .map((count, child) => killAfter(program, folder, `${round}.${child}`, count));
    for (const ids of await Promise.all(kills)) for (const id of ids) acknowledged.add(id);
    const store = await openStore(folder, { readOnly: true });
    const found = new Set(store.outputs.map(outputId));
    expect(
      [...acknowledged].filter((id) => !found.has(id)),
      `seed ${seed}`,
    ).toEqual([]);
    expect(store.warnings).toEqual([]);
    sum += acknowledged.size - before;
  }
  process.stdout.write(`seed ${seed}: ${ROUNDS * CHILDREN} kills, ${sum} acknowledged fills, none lost\n`);
  expect(sum).toBeGreaterThanOrEqual(counts.reduce((total, count) => total + count));
  await expectWholeLines(folder);
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

it("has every acknowledged fill when a close is cut at each of its calls to the file system (W5)", async () => {
  const program = join(temporaryFolder(), "child.mjs");
  writeFileSync(program, await bundled("closeChild.ts"));
  for (let cut = 0; ; cut += 1) {
    const folder = join(temporaryFolder(), "data");
    const { status, signal, stdout } = spawnSync(process.execPath, [program, folder, String(cut)]);
    const store = await openStore(folder, { readOnly: true });
    expect(store.outputs.map(outputId)).toEqual(["A", "B", "C"]);
    expect(store.warnings).toEqual([]);
    if (signal !== "SIGKILL") {
      expect([status, stdout.toString()]).toEqual([0, "closed\n"]);
      expect(cut).toBeGreaterThan(5);
      return;
    }
  }
});

/** The program of a child as one file: a checkout has no built one yet when its unit tests run. */
async function bundled(child: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(child, import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["sql.js"],
  });
  return outputFiles[0]?.text ?? "";
}

/** Runs a child that records fills and kills it once it has acknowledged `count`. Returns all that it acknowledged. */
function killAfter(program: string, folder: string, name: string, count: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, name], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let complaint = "";
    // Behind the last line end there may be half a line.
    const acknowledged = () => said.split("\n").slice(0, -1);
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (acknowledged().length >= count) child.kill("SIGKILL");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      if (signal === "SIGKILL") resolve(acknowledged());
      else reject(new Error(`The child ended by itself: ${complaint}`));
    });
  });
}

/** Once somebody writes it again, the user's log has a whole line for each recommendation, kills or not. */
async function expectWholeLines(folder: string): Promise<void> {
  const store = await openStore(folder);
  await store.flush();
  const issued = store.outputs.filter(({ type }) => type === "recommendation").map(outputId);
  await store.close();
  const lines = readFileSync(join(folder, "recommendations_log.jsonl"), "utf8").trimEnd().split("\n");
  const logged = lines.map((line) => (JSON.parse(line) as { id: string }).id);
  expect(new Set(logged)).toEqual(new Set(issued));
}
