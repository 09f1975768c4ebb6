import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, SHIPPED } from "./host/package.mjs";

/** What a checkout has besides its files; the build makes `dist` anew. */
const NOT_COPIED = [".git", ".vscode-test", "dist", "node_modules", "test-output"];

describe("The package", () => {
  const copy = mkdtempSync(join(tmpdir(), "volume-cluster-package-"));
  let files: readonly string[];

  // In a copy of the checkout, so that a `dist` in use stays as it is.
  beforeAll(async () => {
    cpSync(ROOT, copy, { recursive: true, filter: (path) => !NOT_COPIED.includes(basename(path)) });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
    execFileSync(process.execPath, [join(copy, "esbuild.mjs")]);
    files = await listFiles({ cwd: copy, packageManager: PackageManager.None });
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it("holds the built programs, what the Marketplace shows, and nothing else", () => {
    expect(files.filter((file) => !file.startsWith("media/")).toSorted()).toEqual(SHIPPED);
  });

  it("has nothing but pictures, sounds, pages and the schema in media", () => {
    const media = files.filter((file) => file.startsWith("media/"));
    expect(media).toContain("media/icon.png");
    expect(
      media.filter(
        (file) => !/^media\/(settings\.schema\.json|([a-z]+\/)?[\w-]+\.(png|svg|wav|(nls\.zh-cn\.)?md))$/.test(file),
      ),
    ).toEqual([]);
  });

  // The sizes of today are 370,000 and 1,020,000 bytes.
  it.each([
    ["dist/webview/webview.js", 450_000],
    ["dist/extension.cjs", 1_200_000],
  ])("keeps %s within %d bytes", (file, limit) => {
    const { size } = statSync(join(copy, file));
    expect(size).toBeLessThan(limit);
    expect(size).toBeGreaterThan(limit / 3);
  });
});
