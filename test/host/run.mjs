// Runs the suites that need a real VS Code: in the host on both ends of the supported range, and the interface.
// `npm run test:host -- newest oldest ui panel day live start` names the suites to run, without names all of them run.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { installBrowser, installHost, RELEASES, SetupError } from "./install.mjs";
import { packExtension, ROOT } from "./package.mjs";
import { partResults } from "./results.mjs";
import { endOnSignals, makeFolders, removeFolders } from "./server.mjs";
import { daySuite } from "./ui/day.mjs";
import { demoSuite } from "./ui/demo.mjs";
import { liveSuite } from "./ui/live.mjs";
import { panelSuite } from "./ui/panel.mjs";
import { startSuite } from "./ui/start.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
/** The server host where it runs, unless VSCODE_TEST_HOST=desktop asks for the download. */
const desktop = process.env.VSCODE_TEST_HOST === "desktop" || process.platform !== "linux";
const asked = process.argv.slice(2);
const wanted = (suite) => asked.length === 0 || asked.includes(suite);
const screenshots = join(ROOT, "test-output/screenshots");
const counts = { passed: 0, failed: 0, skipped: 0 };
const work = mkdtempSync(join(tmpdir(), "volume-cluster-suites-"));

endOnSignals();
try {
  await main();
} catch (error) {
  counts.failed += 1;
  console.error(error instanceof SetupError ? error.message : error);
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);

async function main() {
  if (!existsSync(join(ROOT, "dist/extension.cjs")))
    throw new SetupError("The extension is not built, run: npm run build");
  const suiteFile = await bundle("inHost/index.ts", "index.js", "cjs");
  for (const release of ["newest", "oldest"]) if (wanted(release)) await inHost(release, suiteFile);
  if (process.platform === "linux") return userInterface();
  report("User interface", { title: "needs the server host, which needs Linux", state: "skipped" });
}

/** One run of VS Code for each part: the second finds on disk what the first left. */
async function inHost(release, suiteFile) {
  const folders = makeFolders();
  try {
    for (const part of ["first", "restarted"]) {
      const suite = `VS Code ${RELEASES[release].vscode}, ${desktop ? "desktop" : "server"}, ${part}`;
      for (const result of await runPart(release, part, suiteFile, folders)) report(suite, result);
    }
  } finally {
    removeFolders(folders);
  }
}

async function runPart(release, part, suiteFile, folders) {
  const resultFile = join(work, `${release}-${part}.json`);
  let rejection;
  await runTests({
    ...(desktop ? { version: RELEASES[release].vscode } : { vscodeExecutablePath: here("code.mjs") }),
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: suiteFile,
    extensionTestsEnv: { VSCODE_TEST_RESULT: resultFile, VSCODE_TEST_PART: part, VSCODE_TEST_RELEASE: release },
    launchArgs: [
      folders.workspace,
      "--disable-extensions",
      `--user-data-dir=${folders.user}`,
      `--extensions-dir=${folders.extensions}`,
    ],
  }).catch((error) => (rejection = error));
  return partResults(existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, "utf8")) : [], rejection);
}

/** Makes one program of a file of the tests in TypeScript. */
async function bundle(entry, name, format) {
  const outfile = join(work, name);
  const entryPoints = [here(entry)];
  const node = { platform: "node", target: "node20", format, external: ["vscode"] };
  // Mocha's parallel runs, which nobody starts here, need files beside it.
  const quiet = { logLevel: "warning", logOverride: { "require-resolve-not-external": "silent" } };
  await build({ ...node, ...quiet, entryPoints, outfile, bundle: true, absWorkingDir: ROOT });
  return outfile;
}

async function userInterface() {
  rmSync(screenshots, { recursive: true, force: true });
  mkdirSync(screenshots, { recursive: true });
  const host = await installHost("newest");
  const context = { host, executable: await installBrowser(), vsix: await packExtension(work), screenshots, work };
  if (wanted("ui")) await runSuite("User interface", demoSuite, context);
  if (wanted("panel")) await runSuite("The panel", panelSuite, context);
  if (wanted("day")) await runSuite("A day by keyboard", daySuite, context);
  if (wanted("live")) {
    const market = await import(pathToFileURL(await bundle("ui/market.ts", "market.mjs", "esm")).href);
    await runSuite("A live market by the clock", liveSuite, { ...context, market });
  }
  if (wanted("start")) await runSuite("npm start", startSuite, context);
}

/** Runs the tests of a suite; a failure ends it, since each test goes on from what the one before it did. */
async function runSuite(suite, tests, context) {
  let title = "begins";
  const test = async (name, body) => {
    title = name;
    await body();
    report(suite, { title, state: "passed" });
  };
  await tests(context, test).catch((error) => report(suite, { title, state: "failed", error: error.stack }));
}

function report(suite, { title, state, error }) {
  counts[state] += 1;
  console.log(`${state}  ${suite}: ${title}`);
  if (error !== undefined) console.log(error);
}
