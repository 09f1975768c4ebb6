// Installs a VS Code server, and what it needs from the system, without a download outside the package registries.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The VS Code releases that are tested: the newest, and the floor that `engines.vscode` declares. */
export const RELEASES = {
  newest: { vscode: "1.139.1", codeServer: "4.139.1", node: "24.21.0" },
  oldest: { vscode: "1.100.3", codeServer: "4.100.3", node: "20.20.2" },
};

/** Debian packages for the browser, with what shows that each is there. */
const BROWSER_PACKAGES = {
  chromium: () => findBrowser() !== undefined,
  "fonts-dejavu-core": () => existsSync("/usr/share/fonts/truetype/dejavu"),
};

/** Debian packages for the one compile of the installation. */
const COMPILE_PACKAGES = {
  "g++": () => onPath("g++") !== undefined,
  make: () => onPath("make") !== undefined,
  python3: () => onPath("python3") !== undefined,
};

/** Large optional parts of VS Code that no test touches. */
const UNUSED_MODULES = /^@github\/copilot-sdk-|^@microsoft\/mxc-sdk$/;

/** What the installation cannot do by itself; its message is the one line that the user has to act on. */
export class SetupError extends Error {}

/**
 * Installs a release into the user's cache folder, unless it is there already. Takes about a minute and 600 MB.
 *
 * An installation grows in a folder of its own and is renamed when it is complete, so an aborted one is never used and
 * two at once do not meet.
 *
 * @param {keyof typeof RELEASES} name
 * @returns {Promise<{ name: string, version: string, node: string, server: string }>} the Node and the server's main file
 * @throws {SetupError} if a system package is missing and cannot be installed here, or if npm fails
 */
export async function installHost(name) {
  if (process.platform !== "linux") throw new SetupError(`The server host needs Linux, this is ${process.platform}`);
  const release = RELEASES[name];
  const ownNode = name === "oldest" ? machineNode(release) : undefined;
  const node = ownNode === undefined ? `node-${release.node}` : `system-node-${process.versions.node}`;
  const folder = join(cacheFolder(), `vscode-${release.vscode}-${node}`);
  if (!existsSync(join(folder, "complete.json"))) {
    await installSystemPackages(COMPILE_PACKAGES);
    await install(folder, release, ownNode);
  }
  return {
    name,
    version: release.vscode,
    node: ownNode ?? join(folder, nodePackage(), "bin/node"),
    server: join(folder, "node_modules/code-server/lib/vscode/out/server-main.js"),
  };
}

/**
 * Installs the system packages that the tests need, a browser among them, if any is missing.
 *
 * @returns {Promise<string>} the browser's executable
 * @throws {SetupError} if they are missing and cannot be installed here
 */
export async function installBrowser() {
  await installSystemPackages({ ...BROWSER_PACKAGES, ...COMPILE_PACKAGES });
  return findBrowser();
}

/**
 * The desktop VS Code on the PATH, or undefined. A terminal inside a remote VS Code has a \`code\` that only talks to that one.
 */
export function desktopCode() {
  if (process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  const code = onPath(process.platform === "win32" ? "code.cmd" : "code");
  const isRemote = code !== undefined && [code, realpathSync(code)].some((file) => /[\\/]remote-cli[\\/]/.test(file));
  return isRemote ? undefined : code;
}

/** The file that a command on the PATH runs, or undefined. */
export function onPath(command) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, command)).find((file) => existsSync(file));
}

function findBrowser() {
  return ["chromium", "chromium-browser", "google-chrome"].map(onPath).find((file) => file !== undefined);
}

async function installSystemPackages(packages) {
  const missing = Object.keys(packages).filter((name) => !packages[name]());
  if (missing.length === 0) return;
  const line = `apt-get install -y ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || onPath("apt-get") === undefined) {
    throw new SetupError(`The VS Code test host needs packages that are not installed, run: ${line}`);
  }
  console.log(`Installing with ${line}`);
  const apt = (...args) => run("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {});
  await apt("update");
  await apt("install", "-y", "--no-install-recommends", ...missing);
}

async function install(folder, release, ownNode) {
  console.log(`Installing VS Code ${release.vscode} for tests into ${folder}, about a minute`);
  sweep(dirname(folder));
  const growing = `${folder}.growing-${process.pid}`;
  mkdirSync(growing, { recursive: true });
  writeFileSync(join(growing, "package.json"), JSON.stringify({ name: "vscode-test-host", private: true }));
  const packages = [`code-server@${release.codeServer}`];
  if (ownNode === undefined) packages.push(`node-linux-${process.arch}@${release.node}`);
  await npmInstall(growing, packages);

  const vscode = join(growing, "node_modules/code-server/lib/vscode");
  // Its lock file is out of step with its package.json, so `npm ci` refuses.
  await npmInstall(vscode, ["--no-save"]);
  for (const module of modulesOf(vscode).filter((name) => UNUSED_MODULES.test(name))) {
    rmSync(join(vscode, "node_modules", module), { recursive: true });
  }
  const nodeFolder = ownNode === undefined ? join(growing, nodePackage()) : dirname(dirname(ownNode));
  await compileLogger(vscode, nodeFolder);

  writeFileSync(join(growing, "complete.json"), JSON.stringify(release));
  if (existsSync(join(folder, "complete.json"))) return rmSync(growing, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(growing, folder);
}

/** Without this native module output channels stay empty; nothing else needs compiling. */
async function compileLogger(vscode, nodeFolder) {
  const gyp = createRequire(npmCli()).resolve("node-gyp/bin/node-gyp.js");
  await run(join(nodeFolder, "bin/node"), [gyp, "rebuild", `--nodedir=${nodeFolder}`, "--jobs=2", "--silent"], {
    cwd: join(vscode, "node_modules/@vscode/spdlog"),
    env: { ...npmEnvironment(), npm_config_nodedir: nodeFolder },
  });
}

function npmInstall(cwd, args) {
  const quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  return run(process.execPath, [npmCli(), "install", ...quiet, ...args], { cwd, env: npmEnvironment() });
}

/** The npm that runs this script, else the one on the PATH. */
function npmCli() {
  const running = process.env.npm_execpath;
  if (running?.endsWith("npm-cli.js")) return running;
  const installed = onPath("npm");
  if (installed === undefined) throw new SetupError("npm is not on the PATH, install it");
  return realpathSync(installed);
}

/** The environment without what `npm run` says about the checkout; registry and proxy settings stay. */
function npmEnvironment() {
  const about = /^npm_(package_|lifecycle_|command|config_(local_prefix|ignore_scripts|omit|include)$)|^INIT_CWD$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !about.test(name)));
}

/** The machine's own Node if it is of the release's major version and brings its headers. */
function machineNode(release) {
  const headers = join(dirname(dirname(process.execPath)), "include/node/node.h");
  const sameMajor = process.versions.node.split(".")[0] === release.node.split(".")[0];
  return sameMajor && existsSync(headers) ? process.execPath : undefined;
}

function nodePackage() {
  return `node_modules/node-linux-${process.arch}`;
}

function modulesOf(folder) {
  const scopes = readdirSync(join(folder, "node_modules")).filter((name) => name.startsWith("@"));
  return scopes.flatMap((scope) => readdirSync(join(folder, "node_modules", scope)).map((name) => `${scope}/${name}`));
}

function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "volume-cluster-workbench");
}

/** Deletes what installations of more than an hour ago left behind when they were aborted. */
function sweep(folder) {
  mkdirSync(folder, { recursive: true });
  const stale = (path) => Date.now() - statSync(path).mtimeMs > 3_600_000;
  const growing = readdirSync(folder).filter((name) => name.includes(".growing-"));
  for (const path of growing.map((name) => join(folder, name))) if (stale(path)) rmSync(path, { recursive: true });
}

async function run(command, args, options) {
  const env = { DEBIAN_FRONTEND: "noninteractive", ...(options.env ?? process.env) };
  const child = spawn(command, args, { ...options, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const [code] = await once(child, "close");
  if (code !== 0)
    throw new SetupError(`"${command} ${args.join(" ")}" failed with exit code ${code}: ${output.trim().slice(-2000)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await installBrowser();
    for (const name of Object.keys(RELEASES)) {
      const host = await installHost(name);
      const version = execFileSync(host.node, [host.server, "--version"], { encoding: "utf8" }).split("\n")[0];
      console.log(`VS Code ${host.version} (${name}) is installed, its server says ${version}`);
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
