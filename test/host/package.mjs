// Packs the built extension, as `npm run package` does.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The checkout. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** All files that ship, besides the pictures and sounds in `media`. */
export const SHIPPED = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "dist/cli.mjs",
  "dist/extension.cjs",
  "dist/queryWorker.cjs",
  "dist/sql-wasm.wasm",
  "dist/webview/codicon.css",
  "dist/webview/codicon.ttf",
  "dist/webview/webview.css",
  "dist/webview/webview.js",
  "l10n/bundle.l10n.zh-cn.json",
  "package.json",
  "package.nls.json",
  "package.nls.zh-cn.json",
];

/**
 * Packs what `npm run build` made into a .vsix file.
 *
 * @returns {Promise<string>} its path in `folder`
 */
export async function packExtension(folder) {
  const file = join(folder, "volume-cluster-workbench.vsix");
  const args = ["package", "--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"];
  const vsce = join(ROOT, "node_modules/@vscode/vsce/vsce");
  await promisify(execFile)(process.execPath, [vsce, ...args, "--out", file], { cwd: ROOT });
  return file;
}
