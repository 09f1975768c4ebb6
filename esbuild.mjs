// Builds every program into dist/: the extension, the terminal program and the webview.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const watch = process.argv.includes("--watch");
const shared = {
  absWorkingDir: root,
  bundle: true,
  logLevel: watch ? "info" : "warning",
  metafile: true,
  legalComments: "none",
};

// @stdlib pulls in `debug`, which reads the environment: it gets an empty stand-in.
const noDebug = {
  name: "no-debug",
  setup(build) {
    build.onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace: "no-debug" }));
    build.onLoad({ filter: /.*/, namespace: "no-debug" }, () => ({
      contents: "module.exports = () => Object.assign(() => {}, { enabled: false });",
    }));
  },
};

// zod brings its messages in fifty languages; the program speaks English only.
const englishOnly = {
  name: "english-only",
  setup(build) {
    build.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

// @stdlib and sql.js are CommonJS: an ES module has to give them require and a file name.
const requireBanner = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = __fileURLToPath(import.meta.url);",
  'const __dirname = __fileURLToPath(new URL(".", import.meta.url));',
].join("\n");

const node = { ...shared, platform: "node", target: "node20", plugins: [noDebug, englishOnly] };
const programs = [
  {
    ...node,
    entryPoints: ["src/extension/extension.ts"],
    outfile: "dist/extension.cjs",
    format: "cjs",
    external: ["vscode"],
    minify: !watch,
    sourcemap: watch,
  },
  {
    ...node,
    entryPoints: ["src/cli/main.ts"],
    outfile: "dist/cli.mjs",
    format: "esm",
    banner: { js: `#!/usr/bin/env node\n${requireBanner}` },
  },
  {
    ...node,
    entryPoints: ["src/store/query/queryWorker.ts"],
    outfile: "dist/queryWorker.cjs",
    format: "cjs",
    minify: !watch,
  },
  {
    ...shared,
    entryPoints: ["webview/main.ts"],
    outfile: "dist/webview/webview.js",
    format: "iife",
    platform: "browser",
    target: "chrome130",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: !watch,
    sourcemap: watch,
  },
];

rmSync(new URL("dist", import.meta.url), { recursive: true, force: true });
// What the panel may load lies apart from the programs: it is given this folder and no other.
mkdirSync(new URL("dist/webview", import.meta.url), { recursive: true });
for (const [from, to] of [
  ["node_modules/sql.js/dist/sql-wasm.wasm", "dist/sql-wasm.wasm"],
  ["node_modules/@vscode/codicons/dist/codicon.css", "dist/webview/codicon.css"],
  ["node_modules/@vscode/codicons/dist/codicon.ttf", "dist/webview/codicon.ttf"],
]) {
  cpSync(new URL(from, import.meta.url), new URL(to, import.meta.url));
}

if (watch) {
  for (const program of programs) await (await esbuild.context(program)).watch();
} else {
  await Promise.all(programs.map((program) => esbuild.build(program)));
}
