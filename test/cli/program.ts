import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

// As in esbuild.mjs: @stdlib and sql.js are CommonJS, and @stdlib's `debug` stays out.
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = __fileURLToPath(import.meta.url);",
  'const __dirname = __fileURLToPath(new URL(".", import.meta.url));',
].join("\n");

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The built terminal program in a folder of its own. */
export class Program {
  /** A folder for the test's files. */
  readonly folder = mkdtempSync(join(tmpdir(), "volume-cluster-cli-"));

  static async build(): Promise<Program> {
    const program = new Program();
    await esbuild.build({
      absWorkingDir: ROOT,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      entryPoints: ["src/cli/main.ts"],
      outfile: join(program.folder, "dist/cli.mjs"),
      banner: { js: BANNER },
      logLevel: "error",
      plugins: [
        {
          name: "no-debug",
          setup(build) {
            build.onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace: "no-debug" }));
            build.onLoad({ filter: /.*/, namespace: "no-debug" }, () => ({
              contents: "module.exports = () => Object.assign(() => {}, { enabled: false });",
            }));
          },
        },
      ],
    });
    cpSync(join(ROOT, "node_modules/sql.js/dist/sql-wasm.wasm"), join(program.folder, "dist/sql-wasm.wasm"));
    return program;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  start(...args: readonly string[]): ChildProcess {
    return this.spawn(process.execPath, [this.path("dist/cli.mjs"), ...args]);
  }

  /** Any program, in the test's folder. */
  spawn(command: string, args: readonly string[]): ChildProcess {
    return spawn(command, args, { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
  }

  /** In a process of its own. */
  async run(...args: readonly string[]): Promise<Finished> {
    return finished(this.start(...args));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Everything that a process says until it ends. */
export function finished(child: ChildProcess): Promise<Finished> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const lines = out
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line): Line => JSON.parse(line));
      resolve({ code, out, err, lines });
    });
  });
}
