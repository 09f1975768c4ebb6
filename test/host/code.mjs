#!/usr/bin/env node
// Takes the place of VS Code's desktop executable: the same arguments, the same suite, in VS Code's server and a browser.
// VSCODE_TEST_RELEASE names the release, "newest" or "oldest".
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { installBrowser, installHost } from "./install.mjs";
import { endOnSignals, makeFolders, openBrowser, removeFolders, startServer } from "./server.mjs";

const PATIENCE_MS = 600_000;

const { values, positionals } = parseArgs({
  strict: false,
  options: {
    extensionDevelopmentPath: { type: "string" },
    extensionTestsPath: { type: "string" },
    "user-data-dir": { type: "string" },
  },
});

endOnSignals();
const host = await installHost(process.env.VSCODE_TEST_RELEASE ?? "newest");
const executable = await installBrowser();
const folders = makeFolders();
if (values["user-data-dir"]) folders.user = resolve(values["user-data-dir"]);
const server = await startServer(host, folders, { testDriver: true });
try {
  process.exitCode = await runSuite();
} finally {
  await server.stop();
  removeFolders(folders);
}

/** Resolves to the exit code that the workbench gives once the suite has ended. */
async function runSuite() {
  const browser = await openBrowser(executable, folders);
  try {
    const page = browser.pages()[0];
    const ended = new Promise((end) => {
      void page.exposeFunction("codeAutomationExit", end);
      page.once("crash", () => end("its page crashed"));
      setTimeout(() => end(`it took more than ${PATIENCE_MS / 1000} s`), PATIENCE_MS).unref();
    });
    await page.goto(`${server.base}/?${query()}`);
    const code = await ended;
    if (typeof code === "number") return code;
    console.error(`The suite did not end: ${code}\n${readFileSync(server.logFile, "utf8").slice(-3000)}`);
    return 1;
  } finally {
    await browser.close();
  }
}

function query() {
  // The authority must be the page's own host.
  const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${resolve(path)}`;
  const payload = [
    ["extensionDevelopmentPath", remote(values.extensionDevelopmentPath)],
    ["extensionTestsPath", remote(values.extensionTestsPath)],
    ["skipWelcome", "true"],
  ];
  const folder = positionals[0] === undefined ? folders.workspace : resolve(positionals[0]);
  return new URLSearchParams({ folder, payload: JSON.stringify(payload) });
}
