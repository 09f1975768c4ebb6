import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { afterAll } from "vitest";

let built: Promise<string> | undefined;

/** Path of the program in which queries run, built once for a test file. */
export function builtQueryWorker(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "query-worker-")), "queryWorker.cjs");
  await esbuild.build({
    absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    entryPoints: ["src/store/query/queryWorker.ts"],
    outfile,
    logLevel: "error",
  });
  return outfile;
}

afterAll(async () => {
  if (built !== undefined) rmSync(join(await built, ".."), { recursive: true, force: true });
});
