// `npm start`, both ways: with a `code` on the PATH, and without.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../package.mjs";
import { makeFolders, openBrowser, removeFolders } from "../server.mjs";

/** Stands in for the desktop's `code`: it only notes how it was called. */
const STAND_IN = `#!/usr/bin/env node
const { VOLUME_CLUSTER_START, NOTE } = process.env;
require("node:fs").writeFileSync(NOTE, JSON.stringify({ args: process.argv.slice(2), start: VOLUME_CLUSTER_START }));
`;

export async function startSuite({ executable }, test) {
  await test("opens the desktop VS Code that is on the PATH, with the demo and a profile of its own", async () => {
    const folders = makeFolders();
    const started = start(folders.root, withCode(folders.root));
    try {
      await started.says(/VS Code opens with the demo running/);
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
function start(profile, env) {
  const child = spawn(process.execPath, [join(ROOT, "test/host/start.mjs"), "--profile", profile], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return {
    /** Waits for a line in the terminal. */
    async says(pattern, patienceMs = 120_000) {
      const deadline = Date.now() + patienceMs;
      while (Date.now() < deadline) {
        const match = output.match(pattern);
        if (match) return match;
        if (child.exitCode !== null) break;
        await sleep(100);
      }
      throw new Error(`npm start did not say ${pattern}: ${output}`);
    },
    /** What Ctrl+C does; resolves to the exit code. */
    async interrupt() {
      child.kill("SIGINT");
      const [code] = await ended;
      return code;
    },
  };
}

function withCode(root) {
  const bin = join(root, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "code"), STAND_IN, { mode: 0o755 });
  return { PATH: `${bin}${delimiter}${process.env.PATH}`, NOTE: join(root, "note.json") };
}

function withoutCode() {
  const folders = process.env.PATH.split(delimiter).filter((folder) => !existsSync(join(folder, "code")));
  return { PATH: folders.join(delimiter) };
}
