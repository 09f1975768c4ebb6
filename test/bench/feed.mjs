// Prints how long the live feed keeps the event loop from its turn while a gateway floods it, against an idle loop of the same
// process, as a ratio. The gateway is a process of its own. Run: npm run bench:feed [records]
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const records = process.argv[2] ?? "1000000";
const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));
mkdirSync(cache, { recursive: true });
const programs = mkdtempSync(join(cache, "bench-"));
try {
  const program = join(programs, "feedBench.mjs");
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("feedBench.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    // What @stdlib pulls in for its developers asks for modules of Node the old way.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  writeFileSync(program, outputFiles[0].text);
  const load = loadavg()[0].toFixed(1);
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores, load average ${load}\n`);
  for (const perSecond of ["100000", "0"]) {
    for (const what of ["feed", "engine"]) {
      const gateway = spawn(process.execPath, [program, "gateway", perSecond, records], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const [port] = await once(gateway.stdout, "data");
        execFileSync(process.execPath, [program, what, perSecond, String(port).trim()], { stdio: "inherit" });
      } finally {
        gateway.kill();
      }
    }
  }
} finally {
  rmSync(programs, { recursive: true, force: true });
}
