// `npm start`, both ways: with a `code` on the PATH, and without.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../package.mjs";
import { makeFolders, openBrowser, removeFolders } from "../server.mjs";

/** Stands in for the desktop's `code`: it notes how it was called, and begins the demo if BEGINS is set. */
const STAND_IN = `#!/usr/bin/env node
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { VOLUME_CLUSTER_START, NOTE, BEGINS } = process.env;
const args = process.argv.slice(2);
writeFileSync(NOTE, JSON.stringify({ args, start: VOLUME_CLUSTER_START }));
if (BEGINS) {
  const settings = JSON.parse(readFileSync(join(args[args.indexOf("--user-data-dir") + 1], "User/settings.json"), "utf8"));
  const demo = join(settings["volumeCluster.data.folder"], "demo");
  mkdirSync(demo, { recursive: true });
  writeFileSync(join(demo, "trading_system.log"), "Opened the demo");
}
`;

export async function startSuite({ executable }, test) {
  await test("opens the desktop VS Code that is on the PATH, with the demo and a profile of its own", async () => {
    const folders = makeFolders();
    const started = start(folders.root, { ...withCode(folders.root), BEGINS: "1" });
    try {
      await started.says(/The demo is running in VS Code/);
      const { args, start: mode } = JSON.parse(readFileSync(join(folders.root, "note.json"), "utf8"));
      assert.equal(mode, "demo");
      assert.deepEqual(args, [
        "--new-window",
        "--user-data-dir",
        folders.user,
        "--extensions-dir",
        folders.extensions,
        `--extensionDevelopmentPath=${ROOT}`,
        folders.workspace,
      ]);
      const settings = JSON.parse(readFileSync(join(folders.user, "User/settings.json"), "utf8"));
      assert.equal(settings["volumeCluster.data.folder"], folders.data);
      assert.equal(await started.interrupt(), 0);
    } finally {
      await started.interrupt();
      removeFolders(folders);
    }
  });

  await test("says what to do when the `code` on the PATH opens no VS Code with the demo", async () => {
    const folders = makeFolders();
    const started = start(folders.root, withCode(folders.root), "--patience", "1");
    try {
      await started.says(/"\S+code" was started, but the demo did not begin within 1 s: .* take it off the PATH/);
      assert.equal(await started.code(), 1);
    } finally {
      await started.interrupt();
      removeFolders(folders);
    }
  });

  for (const [where, environment] of [
    ["is of a terminal inside VS Code", (root) => ({ ...withCode(root), VSCODE_IPC_HOOK_CLI: "/tmp/vscode-ipc.sock" })],
    ["lies in its remote-cli", (root) => withCode(root, "remote-cli")],
  ]) {
    await test(`serves VS Code where the \`code\` on the PATH ${where}`, async () => {
      const folders = makeFolders();
      const started = start(folders.root, environment(folders.root));
      try {
        await started.says(/http:\/\/127\.0\.0\.1:\d+\/\S+/);
        assert.equal(existsSync(join(folders.root, "note.json")), false, "that `code` was not called");
        assert.equal(await started.interrupt(), 0);
      } finally {
        await started.interrupt();
        removeFolders(folders);
      }
    });
  }

  await test("without it serves VS Code, whose demo prints its first signal in the terminal", async () => {
    const folders = makeFolders();
    const started = start(folders.root, withoutCode());
    let browser;
    try {
      const [url] = await started.says(/http:\/\/127\.0\.0\.1:\d+\/\S+/);
      assert.equal((await fetch(new URL("/", url))).status, 403, "a stranger without the token is refused");
      browser = await openBrowser(executable, folders);
      await browser.pages()[0].goto(url);
      await started.says(/^\S+ \S+ New York {2}(BUY|SHORT) \d+ MES .* stop .* target .* chance \d+ %$/m);
      assert.equal(await started.interrupt(), 0);
      await assert.rejects(fetch(url), "the server has ended");
    } finally {
      await browser?.close();
      await started.interrupt();
      removeFolders(folders);
    }
  });
}

/** Runs `npm start` without its build, which the test run has done. */
function start(profile, env, ...args) {
  const child = spawn(process.execPath, [join(ROOT, "test/host/start.mjs"), "--profile", profile, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return {
    /** Waits for a line in the terminal. */
    async says(pattern, patienceMs = 600_000) {
      const deadline = Date.now() + patienceMs;
      while (Date.now() < deadline) {
        const match = output.match(pattern);
        if (match) return match;
        if (child.exitCode !== null) break;
        await sleep(100);
      }
      throw new Error(`npm start did not say ${pattern}: ${output}`);
    },
    /** The exit code, once it has ended by itself. */
    async code() {
      const [code] = await ended;
      return code;
    },
    /** What Ctrl+C does; resolves to the exit code. */
    async interrupt() {
      child.kill("SIGINT");
      const [code] = await ended;
      return code;
    },
  };
}

function withCode(root, folder = "bin") {
  const bin = join(root, folder);
  mkdirSync(bin);
  writeFileSync(join(bin, "code"), STAND_IN, { mode: 0o755 });
  return { PATH: `${bin}${delimiter}${process.env.PATH}`, NOTE: join(root, "note.json"), VSCODE_IPC_HOOK_CLI: "" };
}

function withoutCode() {
  const folders = process.env.PATH.split(delimiter).filter((folder) => !existsSync(join(folder, "code")));
  return { PATH: folders.join(delimiter) };
}
