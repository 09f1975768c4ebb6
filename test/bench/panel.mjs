// Prints what the performance panel costs with 5,000 closed trades and 10,000 equity points: in the extension host, measured in
// plain Node, and in the page, measured in a real VS Code, which needs Linux and a build. Run: npm run bench:panel
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { installBrowser, installHost } from "../host/install.mjs";
import { packExtension, ROOT } from "../host/package.mjs";
import {
  endOnSignals,
  installExtension,
  makeFolders,
  openBrowser,
  removeFolders,
  startServer,
} from "../host/server.mjs";
import { Workbench } from "../host/workbench.mjs";
import { watchPage } from "./panelPage.mjs";

/** How long the demo runs and brings updates. */
const RUNNING_MS = 60_000;
const OPENINGS = 3;
/** Told the page when the minute is over, with a report every few of them: the demo itself closes next to none in so short a time. */
const CLOSED_TRADES = 60;
/** In which all comes that is told behind the first picture. */
const SETTLED_MS = 3_000;

const say = (line) => process.stdout.write(`${line}\n`);
const load = () => `load average ${loadavg()[0].toFixed(1)}`;
const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));
mkdirSync(cache, { recursive: true });
const programs = mkdtempSync(join(cache, "bench-"));
const folders = makeFolders();
endOnSignals();
try {
  if (!existsSync(join(ROOT, "dist/extension.cjs"))) throw new Error("The extension is not built, run: npm run build");
  say(`Node ${process.version}, ${cpus().length} cores, ${load()}`);
  await measureHost(join(folders.data, "demo"));
  await measurePage();
} finally {
  rmSync(programs, { recursive: true, force: true });
  removeFolders(folders);
}

async function measureHost(data) {
  const program = join(programs, "panelBench.mjs");
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("panelBench.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["sql.js"],
    // The host's texts ask VS Code for its language; there is none here.
    alias: { vscode: fileURLToPath(new URL("../support/fakeVscode.ts", import.meta.url)) },
    // What @stdlib pulls in for its developers asks for modules of Node the old way.
    banner: {
      js: 'import { createRequire as toRequire } from "node:module"; const require = toRequire(import.meta.url);',
    },
  });
  writeFileSync(program, outputFiles[0].text);
  for (const what of ["write", "host"]) execFileSync(process.execPath, [program, what, data], { stdio: "inherit" });
}

async function measurePage() {
  const host = await installHost("newest");
  await installExtension(host, folders, await packExtension(programs));
  const server = await startServer(host, folders);
  const browser = await openBrowser(await installBrowser(), folders);
  try {
    await browser.addInitScript(watchPage);
    const page = browser.pages()[0];
    const workbench = new Workbench(page);
    await workbench.open(`${server.base}/?${new URLSearchParams({ folder: folders.workspace })}`);
    await workbench.status(/Demo stopped/).waitFor({ timeout: 180_000 });
    say(`VS Code ${host.version}, ${load()}`);
    for (let opening = 1; opening <= OPENINGS; opening++) {
      await workbench.run("Open Performance");
      const panel = await panelFrame(page);
      const { listened, snapshot, painted } = await panel.evaluate(() => window.panelBench);
      const [after, since, ran, came] = [painted - snapshot, painted, listened, snapshot].map((ms) => ms.toFixed(0));
      say(`opening ${opening}: painted ${after} ms after the data came, ${since} ms after the page began`);
      say(`  its script ran after ${ran} ms, the data came after ${came} ms; ${await heap(page, panel)}`);
      await sleep(SETTLED_MS);
      say(`  ${longTasksOf(await panel.evaluate(() => window.panelBench.longTasks))} until everything was there`);
      if (opening === OPENINGS) break;
      await page.keyboard.press("F1");
      await workbench.quickBox.fill(">View: Close All Editors");
      await workbench.quickRow("View: Close All Editors").first().click();
      await page.locator("iframe.webview.ready").waitFor({ state: "detached" });
    }
    await workbench.run("Start");
    await workbench.quickRow("no key needed").click();
    // Until then the run is opened anew, and its history is looked through.
    await workbench.status(/Demo: (BUY|SHORT) \d+ MES/).waitFor({ timeout: 240_000 });
    const panel = await panelFrame(page);
    await forget(panel);
    await sleep(RUNNING_MS);
    say(`${RUNNING_MS / 1000} s of the demo:`);
    tellAll(await panel.evaluate(measured));
    say(`${await heap(page, panel)}, ${load()}`);
    await panel.locator("[aria-labelledby=equity] canvas").first().scrollIntoViewIfNeeded();
    await forget(panel);
    for (let trade = 0; trade < CLOSED_TRADES; trade++) {
      await panel.evaluate(() => window.panelBench.closeTrade());
      await sleep(500);
      if (trade % 4 === 3) await panel.evaluate(() => window.panelBench.tellReport());
      await sleep(250);
    }
    say(`${CLOSED_TRADES} trades that close, each with a new point of the curve:`);
    tellAll(await panel.evaluate(measured));
    say(`${await heap(page, panel)}, ${load()}`);
  } finally {
    await browser.close();
    await server.stop();
  }
}

function measured() {
  const { updates, frames, longTasks } = window.panelBench;
  return { updates, frames, longTasks };
}

/** Begins to measure anew. */
async function forget(panel) {
  await panel.evaluate(() => {
    for (const list of [window.panelBench.updates, window.panelBench.frames, window.panelBench.longTasks])
      list.splice(0);
  });
}

function tellAll({ updates, frames, longTasks }) {
  tellUpdates(updates);
  tellFrames(frames);
  say(`${longTasksOf(longTasks)} of any kind`);
}

/** The frame of the panel, once it has painted its data. */
async function panelFrame(page) {
  for (;;) {
    for (const frame of page.frames()) {
      const painted = await frame.evaluate(() => window.panelBench?.painted).catch(() => undefined);
      if (painted !== undefined) return frame;
    }
    await sleep(50);
  }
}

/** Script of the page by the kind of the message that it came of. */
function tellUpdates(updates) {
  for (const kind of new Set(updates.map((update) => update.kind))) {
    const own = updates.filter((update) => update.kind === kind);
    say(`${kind}, ${own.length} of them: script ${spread(own.map(({ script }) => script))}`);
    say(`  in one turn ${spread(own.map(({ longest }) => longest))}`);
  }
}

function tellFrames(frames) {
  for (const [what, drewCharts] of [
    ["that draw a chart", true],
    ["without a chart", false],
  ]) {
    const own = frames.filter((frame) => frame.drewCharts === drewCharts).map(({ cost }) => cost);
    if (own.length > 0) say(`frames ${what}, ${own.length} of them: painting included ${spread(own)}`);
  }
}

function spread(costs) {
  costs.sort((a, b) => a - b);
  const at = (share) => costs[Math.min(costs.length - 1, Math.floor(share * costs.length))].toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`;
}

function longTasksOf(durations) {
  const longest = Math.max(0, ...durations).toFixed(0);
  return durations.length === 0
    ? "no task of 50 ms or more"
    : `${durations.length} tasks of 50 ms or more, the longest ${longest} ms,`;
}

/** Of the process of the panel, after its garbage was collected. */
async function heap(page, panel) {
  const session = await page
    .context()
    .newCDPSession(panel)
    .catch(() => page.context().newCDPSession(page));
  await session.send("Performance.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const used = metrics.find(({ name }) => name === "JSHeapUsedSize").value;
  await session.detach();
  return `heap ${(used / 1_048_576).toFixed(0)} MB`;
}
