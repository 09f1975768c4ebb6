// `npm start`: a VS Code with the demo running, and a line in the terminal for each of its signals.
// Ctrl+C ends it with exit code 0. `npm start -- --profile FOLDER` keeps its data elsewhere than in .profile;
// `--patience SECONDS` is how long the desktop VS Code may take until the demo has begun.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { follow } from "./follow.mjs";
import { desktopCode, installHost, SetupError } from "./install.mjs";
import { packExtension, ROOT } from "./package.mjs";
import { installExtension, makeFolders, startServer } from "./server.mjs";

const DEMO = { VOLUME_CLUSTER_START: "demo" };
/** The same each time, where it is free: a browser keeps the look of a workbench by its address. */
const PORT = 18_440;

const { values } = parseArgs({
  options: {
    profile: { type: "string", default: join(ROOT, ".profile") },
    patience: { type: "string", default: "120" },
  },
});
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort());

try {
  const folders = makeFolders({}, resolve(values.profile));
  const code = desktopCode();
  const close = code === undefined ? await openServer(folders) : await openDesktop(code, folders);
  const file = join(folders.data, "demo", "recommendations_log.jsonl");
  for await (const line of follow(file, stop.signal)) tell(line);
  await close();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  // Ctrl+C ends what is being installed, too: that is no failure.
  if (!stop.signal.aborted) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Opens the desktop VS Code with the extension as it was built. */
async function openDesktop(code, folders) {
  const args = ["--new-window", "--user-data-dir", folders.user, "--extensions-dir", folders.extensions];
  args.push(`--extensionDevelopmentPath=${ROOT}`, folders.workspace);
  const signOfLife = join(folders.data, "demo", "trading_system.log");
  const before = sizeOf(signOfLife);
  const shell = process.platform === "win32";
  const quoted = shell ? args.map((arg) => `"${arg}"`) : args;
  const child = spawn(shell ? `"${code}"` : code, quoted, {
    env: { ...process.env, ...DEMO },
    stdio: "inherit",
    shell,
  });
  const [exitCode] = await once(child, "exit");
  if (exitCode !== 0)
    throw new SetupError(`"${code}" ended with exit code ${exitCode}, take it off the PATH or repair it`);
  console.log("VS Code opens, waiting for its demo to begin.");
  const deadline = Date.now() + 1000 * Number(values.patience);
  while (sizeOf(signOfLife) === before && !stop.signal.aborted) {
    if (Date.now() > deadline)
      throw new SetupError(
        `"${code}" was started, but the demo did not begin within ${values.patience} s: look for an error in its window, or take it off the PATH to have VS Code in a browser, then run npm start again`,
      );
    await sleep(250, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  if (!stop.signal.aborted) console.log("The demo is running in VS Code. Its signals follow here, Ctrl+C ends them.");
  return async () => console.log("No more signals here. The demo ends with the window of VS Code.");
}

/** Serves VS Code to a browser of this machine; nobody else knows the token. */
async function openServer(folders) {
  const host = await installHost("newest");
  console.log(`Putting the extension into VS Code ${host.version}, a moment.`);
  const vsix = await packExtension(folders.root);
  await installExtension(host, folders, vsix);
  rmSync(vsix);
  const token = randomBytes(16).toString("hex");
  const server = await startServer(host, folders, { token, wishedPort: PORT, env: DEMO });
  console.log(
    `VS Code ${host.version} is at  ${server.base}/?${new URLSearchParams({ tkn: token, folder: folders.workspace })}`,
  );
  console.log("Open it in a browser: the demo starts with the page. Its signals follow here, Ctrl+C ends it all.");
  void server.ended.then(() => stop.abort());
  return async () => {
    await server.stop();
    console.log("VS Code has ended.");
  };
}

/** 0 while there is no such file. */
function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** One readable line for a recommendation that the user may answer; none for the simulated past, nor for his own lines. */
function tell(line) {
  const recommendation = parsed(line);
  if (recommendation?.account !== "manual") return;
  const { timestamp, action, quantity, contract, order_type, price, stop_loss, profit_target, confidence } =
    recommendation;
  const order = `${action} ${quantity} ${contract} ${order_type} ${price.toFixed(2)}`;
  const bracket = `stop ${stop_loss.toFixed(2)}  target ${profit_target.toFixed(2)}`;
  console.log(
    `${timestamp.replace("T", " ")} New York  ${order}  ${bracket}  chance ${Math.round(100 * confidence)} %`,
  );
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
