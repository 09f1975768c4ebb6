// Prints what the store costs: one durable fill, and a start over a journal of 1,000, 100,000 and 1,000,000 records, without and with
// an engine that is told all of it.
// Also how long nothing else has its turn while the databases of 10,000 and 100,000 trades are made. Each start is a process of its own, so that its memory is its own. Run: npm run bench:store [records ...]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 100_000, 1_000_000];
const folder = mkdtempSync(join(tmpdir(), "bench-store-"));
const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));
mkdirSync(cache, { recursive: true });
// Beside the dependencies, where the bundle finds sql.js.
const programs = mkdtempSync(join(cache, "bench-"));
try {
  const program = join(programs, "storeBench.mjs");
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("storeBench.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["sql.js"],
    banner: {
      js: 'import { createRequire as requiring } from "node:module"; const require = requiring(import.meta.url);',
    },
  });
  writeFileSync(program, outputFiles[0].text);
  const thread = join(programs, "queryWorker.cjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../src/store/query/queryWorker.ts", import.meta.url))],
    bundle: true,
    outfile: thread,
    platform: "node",
    target: "node20",
    format: "cjs",
  });
  const run = (...given) => execFileSync(process.execPath, [program, ...given], { stdio: "inherit" });
  const load = loadavg()[0].toFixed(1);
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores, load average ${load}, files in ${tmpdir()}\n`);
  run("fill", join(folder, "fills"));
  for (const records of sizes) {
    const data = join(folder, String(records));
    run("write", data, String(records));
    run("read", data, String(records));
    run("start", data, String(records));
    run("start", data, String(records));
    run("read", data, String(records));
    run("engine", data, String(records));
  }
  // Alternated, for a machine is not the same from minute to minute.
  for (const trades of [10_000, 100_000, 10_000, 100_000]) {
    run("databases", join(folder, `${trades} here`), String(trades));
    run("databases", join(folder, `${trades} apart`), String(trades), thread);
    for (const place of ["here", "apart"]) rmSync(join(folder, `${trades} ${place}`), { recursive: true, force: true });
  }
} finally {
  for (const path of [folder, programs]) rmSync(path, { recursive: true, force: true });
}
