import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

/** Bytes after gzip; the panel weighs 104,000 today, half of it the chart. */
const LIMIT = 128_000;

describe("The webview's bundle", () => {
  let bundle: esbuild.BuildResult<{ metafile: true; write: false }>;

  beforeAll(async () => {
    bundle = await esbuild.build({
      absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
      entryPoints: ["webview/main.ts"],
      outdir: "dist",
      bundle: true,
      minify: true,
      format: "iife",
      target: "chrome130",
      jsx: "automatic",
      jsxImportSource: "preact",
      metafile: true,
      write: false,
    });
  });

  it("has no React in it, which the toolkit names as a peer", () => {
    const inputs = Object.keys(bundle.metafile.inputs);
    expect(
      inputs.filter((path) => /node_modules\/(react|react-dom|@microsoft\/fast-react-wrapper)\//.test(path)),
    ).toEqual([]);
  });

  it.each([
    { library: "@vscode/webview-ui-toolkit", files: ["webview/controls.ts"] },
    { library: "lightweight-charts", files: ["webview/equityChart.ts", "webview/footprintChart.ts"] },
  ])("imports $library in $files alone", ({ library, files }) => {
    const importers = Object.entries(bundle.metafile.inputs)
      .filter(([path]) => path.startsWith("webview/") || path.startsWith("src/"))
      .filter(([, input]) => input.imports.some((imported) => imported.path.includes(`node_modules/${library}/`)))
      .map(([path]) => path);
    expect(importers.toSorted()).toEqual(files);
  });

  it("comes as a script and a style sheet within the limit of bytes", () => {
    expect(bundle.outputFiles.map(({ path }) => path.slice(path.lastIndexOf("/")))).toEqual(["/main.js", "/main.css"]);
    const weight = bundle.outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
    expect(weight).toBeLessThan(LIMIT);
    expect(weight).toBeGreaterThan(LIMIT / 3);
  });
});
