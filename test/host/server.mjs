// Runs VS Code's own server, with a browser beside it, in folders that are thrown away.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const WORLD = fileURLToPath(new URL("world.cjs", import.meta.url));

/** A quiet workbench: nothing moves, asks or pops up unless the extension makes it. */
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.enableExperiments": false,
  "workbench.tips.enabled": false,
  "workbench.reduceMotion": "on",
  "chat.disableAIFeatures": true,
  "chat.agentHost.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "security.workspace.trust.enabled": false,
  "window.dialogStyle": "custom",
  // Otherwise the ports that any process of this machine opens raise toasts.
  "remote.autoForwardPorts": false,
};

const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Nothing but this machine has a name, so nothing can depend on a network.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/**
 * Lays out folders under `root`, or under a new temporary folder, with the workbench's settings in them. Settings that are
 * there already stay, unless they name another data folder, as in a checkout that was moved.
 */
export function makeFolders(settings = {}, root = mkdtempSync(join(tmpdir(), "volume-cluster-"))) {
  const names = ["user", "extensions", "home", "workspace", "browser", "data"];
  const folders = Object.fromEntries(names.map((name) => [name, join(root, name)]));
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  // The browser's workbench takes machine-scoped settings from Machine, all others from User; the desktop knows User only.
  for (const kind of ["User", "Machine"]) {
    mkdirSync(join(folders.user, kind), { recursive: true });
    const file = join(folders.user, kind, "settings.json");
    if (existsSync(file) && readFileSync(file, "utf8").includes(JSON.stringify(folders.data))) continue;
    const all = { ...QUIET, "volumeCluster.data.folder": folders.data, ...settings };
    writeFileSync(file, JSON.stringify(all, null, 2));
  }
  return { root, ...folders };
}

/** Changes a setting of the user while VS Code runs; one of the machine is of the kind "Machine". */
export function changeSetting(folders, key, value, kind = "User") {
  const file = join(folders.user, kind, "settings.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), [key]: value }, null, 2));
}

/** Deletes the folders, unless VSCODE_TEST_KEEP is set. */
export function removeFolders(folders) {
  if (process.env.VSCODE_TEST_KEEP) console.log(`Kept ${folders.root}`);
  else rmSync(folders.root, { recursive: true, force: true, maxRetries: 5 });
}

/** Installs a packaged extension, as the Extensions view would. */
export async function installExtension(host, folders, vsix) {
  const args = [host.server, ...folderArguments(folders), "--install-extension", vsix, "--force"];
  const child = spawn(host.node, args, { env: serverEnvironment(folders), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`VS Code ${host.version} did not install ${vsix}: ${output.trim()}`);
}

/**
 * Starts a server on the loopback interface, at `wishedPort` if it is free, and waits until it answers.
 *
 * @param {{ testDriver?: boolean, token?: string, wishedPort?: number, env?: Record<string, string>, clock?: string }} options
 *   `testDriver` lets a page name the extension and the suite to run, and suppresses toasts; without a `token` every
 *   process of this machine may connect; `clock` is a file that says by how many milliseconds its clock is off (`world.cjs`)
 */
export async function startServer(host, folders, { testDriver = false, token, wishedPort = 0, env = {}, clock } = {}) {
  const port = await freePort(wishedPort).catch(() => freePort(0));
  const logFile = join(folders.root, "server.log");
  const log = openSync(logFile, "w");
  const world = clock === undefined ? [] : ["--require", WORLD];
  const args = [...world, host.server, "--host", "127.0.0.1", "--port", String(port), ...folderArguments(folders)];
  args.push(...(token === undefined ? ["--without-connection-token"] : ["--connection-token", token]));
  args.push("--telemetry-level", "off", "--disable-workspace-trust");
  if (testDriver) args.push("--enable-smoke-test-driver");
  const child = spawn(host.node, args, {
    // A group of its own: it ends with all its children, and not at a Ctrl+C that its starter answers.
    detached: true,
    env: { ...serverEnvironment(folders), ...env, ...(clock && { VSCODE_TEST_CLOCK: clock }) },
    stdio: ["ignore", log, log],
  });
  const group = new ProcessGroup(child);
  const base = `http://127.0.0.1:${port}`;
  await answering(`${base}/version`, group, logFile);
  return {
    base,
    port,
    logFile,
    ended: group.ended,
    stop: () => group.stop(),
    asleep: (body) => asleep(child.pid, body),
  };
}

/** Holds the process in which the extension runs until `body` has ended, as a computer that sleeps would. */
async function asleep(group, body) {
  const hosts = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isExtensionHost(pid, group));
  if (hosts.length !== 1) throw new Error(`There are ${hosts.length} extension hosts, one was expected`);
  const [host] = hosts.map(Number);
  process.kill(host, "SIGSTOP");
  try {
    await body();
  } finally {
    process.kill(host, "SIGCONT");
  }
}

function isExtensionHost(pid, group) {
  try {
    // The fields behind the name, which stands in parentheses: state, parent, group.
    const ownGroup = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ")[2];
    return Number(ownGroup) === group && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=extensionHost");
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

/** Opens a headless browser with a fresh profile; the caller closes it. */
export async function openBrowser(executablePath, folders) {
  const browser = await chromium.launchPersistentContext(folders.browser, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: BROWSER_FLAGS,
  });
  // What is waited for comes; on a busy machine it comes late.
  browser.setDefaultTimeout(120_000);
  await browser.grantPermissions(["clipboard-read", "clipboard-write"]);
  // The workbench seals secrets with half a key from here; without an answer they last only until the page reloads.
  const body = Buffer.alloc(32, 7);
  await browser.route("**/mint-key", (route) => route.fulfill({ contentType: "application/octet-stream", body }));
  return browser;
}

/** Lets Ctrl+C and its like end this process in the way that takes its process groups along. */
export function endOnSignals() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));
}

/** A detached child and all that it started; ends with this process at the latest. */
export class ProcessGroup {
  #child;
  #atExit = () => this.#signal("SIGKILL");

  constructor(child) {
    this.#child = child;
    /** Resolves when the child has ended, for whatever reason. */
    this.ended = once(child, "exit");
    process.once("exit", this.#atExit);
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the group, by force after five seconds. */
  async stop() {
    if (this.running) {
      this.#signal("SIGTERM");
      const patience = new AbortController();
      await Promise.race([this.ended, sleep(5000, undefined, { signal: patience.signal }).catch(() => undefined)]);
      patience.abort();
    }
    this.#signal("SIGKILL");
    process.off("exit", this.#atExit);
  }

  #signal(name) {
    try {
      process.kill(-this.#child.pid, name);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}

function folderArguments(folders) {
  const data = ["--server-data-dir", folders.user, "--user-data-dir", folders.user];
  return ["--accept-server-license-terms", ...data, "--extensions-dir", folders.extensions];
}

/** Without what a terminal inside VS Code leaves behind; VSCODE_TEST* is the tests' own. */
function serverEnvironment(folders) {
  const foreign = /^VSCODE_(?!TEST)|^(ELECTRON_RUN_AS_NODE|NODE_OPTIONS|PORT|PASSWORD)$/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), HOME: folders.home, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
}

/** Rejects when the port is taken; 0 stands for any. */
async function freePort(wished) {
  const probe = createServer().listen(wished, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

async function answering(url, group, logFile) {
  const deadline = Date.now() + 180_000;
  while (group.running && Date.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(100);
  }
  await group.stop();
  throw new Error(`The VS Code server did not start: ${readFileSync(logFile, "utf8").trim().slice(-2000)}`);
}
