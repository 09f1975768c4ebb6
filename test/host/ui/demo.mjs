// The main job as a person does it: the packaged extension, the palette, the keyboard, the panel.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SHIPPED } from "../package.mjs";
import { changeSetting, installExtension, makeFolders, openBrowser, removeFolders, startServer } from "../server.mjs";
import { Workbench } from "../workbench.mjs";

/** VS Code adds this file when it installs. */
const MANIFEST = ".vsixmanifest";
/** A name as the packager writes it: readme.md, LICENSE.txt. */
const packed = (file) => file.toLowerCase().replace("license.txt", "license");

/** The first signal of the demo comes within a minute; its 60 days of history before that take seconds. */
const FIRST_SIGNAL_MS = 300_000;

export async function demoSuite({ host, executable, vsix, screenshots }, test) {
  const folders = makeFolders();
  const shortcut = async (key) => {
    await page.keyboard.press("Control+Alt+w");
    await page.keyboard.press(key);
  };
  const photograph = (name) => workbench.photograph(join(screenshots, `${name}.png`));
  let server;
  let browser;
  let page;
  let workbench;
  const violations = [];
  try {
    await test("the package installs and holds only what runs and what the Marketplace shows", async () => {
      await installExtension(host, folders, vsix);
      const [folder] = readdirSync(folders.extensions).filter((name) => name.startsWith("volume-cluster."));
      const files = filesIn(join(folders.extensions, folder));
      const programs = files.filter((file) => file !== MANIFEST && !file.startsWith("media/"));
      assert.deepEqual(programs.map(packed).sort(), SHIPPED.map(packed).sort());
    });

    await test("the status bar item is there, and nothing runs", async () => {
      server = await startServer(host, folders);
      browser = await openBrowser(executable, folders);
      page = browser.pages()[0];
      page.on("console", (message) => {
        if (/violates the following Content Security Policy/.test(message.text())) violations.push(message.text());
      });
      workbench = new Workbench(page);
      await workbench.open(`${server.base}/?${new URLSearchParams({ folder: folders.workspace })}`);
      await workbench.status("Volume Cluster").waitFor();
      await photograph("1-idle");
    });

    await test("Start in the palette begins the demo, and a signal appears", async () => {
      await workbench.run("Start");
      await workbench.quickRow("no key needed").waitFor();
      await photograph("2-start");
      await page.keyboard.press("Enter");
      await workbench.status(/Demo: (BUY|SHORT) \d+ MES .* \d+ s/).waitFor({ timeout: FIRST_SIGNAL_MS });
      await workbench.toast(/Demo: (BUY|SHORT)/).waitFor();
      await photograph("3-signal");
    });

    await test("its fill is recorded with at most six keys after the shortcut", async () => {
      await shortcut("f");
      await workbench.quickTitle.filter({ hasText: /Record Fill: (BUY|SHORT)/ }).waitFor();
      assert.match(await workbench.quickBox.inputValue(), /^\d@\d+\.\d\d$/);
      await photograph("4-fill");
      const keys = ["+", "1", "t", "Enter"];
      assert.ok(keys.length <= 6);
      for (const key of keys.slice(0, -1)) await page.keyboard.press(key);
      await workbench.quickMessage(/Enter records (BUY|SHORT) \d MES/).waitFor();
      await photograph("4-fill-understood");
      await page.keyboard.press("Enter");
      await workbench.status(/Demo: (LONG|SHORT) \d+ MES/).waitFor();
      await workbench.toast(/Demo: (BUY|SHORT)/).waitFor({ state: "detached" });
      await photograph("5-open");
    });

    await test("the panel shows the open position", async () => {
      await workbench.run("Open Performance");
      await workbench
        .panel()
        .getByRole("heading", { name: /Open positions/ })
        .waitFor();
      await photograph("6-panel-open");
    });

    await test("its exit is recorded by keyboard alone, and the panel shows the new equity point", async () => {
      const curve = workbench.panel().getByRole("img", { name: /^Your fills: balance over drawdown/ });
      assert.equal(await curve.count(), 0, "no closed trade of the user yet");
      await shortcut("x");
      await workbench.quickTitle.filter({ hasText: /Record Exit: (LONG|SHORT)/ }).waitFor();
      assert.match(await workbench.quickBox.inputValue(), /^\d+\.\d\d$/);
      await photograph("7-exit");
      await page.keyboard.press("Enter");
      await workbench
        .panel()
        .getByRole("img", { name: /^Your fills: balance over drawdown, 1 point / })
        .waitFor();
      await photograph("8-panel-closed");
      assert.deepEqual(violations, [], "the panel keeps its content security policy");
    });

    await test("the log says what was recorded", async () => {
      await workbench.run("Show Log");
      // The lines have hard spaces.
      await workbench.output(/Saved:.\d+.closed.at.\S+.\(manual,.*(LONG|SHORT).\d+.MES/).waitFor();
      await photograph("8-log");
    });

    await test("a line about the next signal is kept while the focus is elsewhere, and after Escape", async () => {
      await workbench.status(/Demo: (BUY|SHORT) \d+ MES .* \d+ s/).waitFor({ timeout: FIRST_SIGNAL_MS });
      await workbench.toast(/Demo: (BUY|SHORT)/).waitFor();
      await shortcut("f");
      await workbench.quickTitle.filter({ hasText: "Record Fill" }).waitFor();
      await page.keyboard.type("1@+");
      await page.locator(".part.panel .monaco-editor").first().click();
      assert.equal(await workbench.quickBox.inputValue(), "1@+", "the box stays open");
      for (let times = 0; times < 2; times++) {
        await shortcut("f");
        await workbench.quickTitle.filter({ hasText: "Record Fill" }).waitFor();
        await workbench.holds("1@+");
        await page.keyboard.press("Escape");
        await workbench.quickTitle.waitFor({ state: "hidden" });
      }
    });

    await test("it is still pending after the window has reloaded, and the panel is back", async () => {
      await workbench.run("Stop");
      await workbench.status(/Demo stopped: (BUY|SHORT) \d+ MES .* unanswered/).waitFor();
      await workbench.toast(/Demo: (BUY|SHORT)/).waitFor({ state: "detached" });
      await photograph("9-stopped");
      // A window takes up the theme when it loads: what follows is dark.
      changeSetting(folders, "workbench.colorTheme", "Default Dark Modern");
      await page.reload();
      await workbench.status(/Demo stopped: (BUY|SHORT) \d+ MES .* unanswered/).waitFor();
      await workbench
        .panel()
        .getByRole("img", { name: /^Your fills: balance over drawdown, 1 point / })
        .waitFor();
      await photograph("10-panel-restored-dark");
      await workbench.run("Show Pending Trades");
      await workbench.quickRow(/(BUY|SHORT) \d+ MES/).waitFor();
      await photograph("10-pending-dark");
      await page.keyboard.press("Escape");
    });

    await test("the demo goes on from where it stopped, and the panel follows in the dark theme", async () => {
      await page.locator(".monaco-workbench.vs-dark").waitFor();
      await workbench.run("Open Performance");
      await workbench
        .panel()
        .getByRole("img", { name: /^Your fills: balance over drawdown, 1 point / })
        .waitFor();
      await photograph("11-panel-dark");
      await workbench.run("Start");
      // With the mouse: the panel may still be about to take the focus.
      await workbench.quickRow("no key needed").click();
      await workbench.status(/Demo: (BUY|SHORT) \d+ MES .* \d+ s/).waitFor({ timeout: FIRST_SIGNAL_MS });
      await workbench
        .toast(/Demo: (BUY|SHORT)/)
        .getByRole("link", { name: /^(BUY|SHORT) \d/ })
        .waitFor();
      await workbench.panel().locator(".card .countdown").waitFor();
      await photograph("12-signal-dark");
      await workbench
        .toast(/Demo: (BUY|SHORT)/)
        .getByRole("link", { name: /^(BUY|SHORT) \d/ })
        .click();
      await workbench.quickTitle.filter({ hasText: /Record Fill: (BUY|SHORT)/ }).waitFor();
      await photograph("13-fill-by-link");
      await page.keyboard.press("Escape");
      assert.deepEqual(violations, [], "the panel keeps its content security policy");
    });

    await test("in a small window the message covers no fact of the call", async () => {
      await page.keyboard.press("Control+j");
      await page.locator(".part.panel").waitFor({ state: "hidden" });
      await page.setViewportSize({ width: 800, height: 600 });
      const toast = await workbench.toast(/Demo: (BUY|SHORT)/).boundingBox();
      await photograph("12-small-dark");
      for (const fact of [".call", ".countdown", ".ladder", ".chance .big", ".size .big", ".acts"]) {
        const box = await workbench.panel().locator(`.card ${fact}`).boundingBox();
        assert.ok(box.y + box.height <= toast.y, `${fact} is above the message`);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    });

    await test("of two that wait the newest comes first, and takes the line that is typed in the list", async () => {
      await workbench.status(/Demo: (BUY|SHORT) \d+ MES .* late/).waitFor();
      await workbench.status(/Demo: (BUY|SHORT) \d+ MES .* \d+ s/).waitFor({ timeout: FIRST_SIGNAL_MS });
      await shortcut("f");
      await workbench.quickRow().nth(1).waitFor();
      assert.equal(await workbench.quickRow().count(), 2);
      await page.keyboard.type("1@-1t");
      await photograph("13-which-dark");
      await page.keyboard.press("Enter");
      await workbench.quickTitle.filter({ hasText: /Record Fill: (BUY|SHORT)/ }).waitFor();
      await workbench.holds("1@-1t");
      await photograph("14-fill-dark");
      await page.keyboard.press("Enter");
      await workbench.status(/Demo: (LONG|SHORT) 1 MES/).waitFor();
    });

    await test("the other one is recorded as not executed by the button of the box", async () => {
      await shortcut("f");
      await workbench.quickTitle.filter({ hasText: /Record Fill: .*late/ }).waitFor();
      await workbench.quickButton("Not executed").click();
      await workbench.quickTitle.filter({ hasText: "Not executed" }).waitFor();
      await photograph("15-not-executed-dark");
      await page.keyboard.press("Enter");
      await workbench.quickTitle.waitFor({ state: "hidden" });
      await workbench.run("Void Recorded Trade");
      await workbench.quickRow(/not executed \(Too late\)/).waitFor();
      await photograph("16-void-dark");
      await page.keyboard.press("Escape");
    });

    await test("the emergency stop takes one Enter, and its reset is offered only after it", async () => {
      const offered = await workbench.offered("Reset Emergency Stop");
      assert.ok(!offered.includes("Volume Cluster: Reset Emergency Stop"), offered.join(", "));
      await workbench.run("Trigger Emergency Stop");
      await workbench.quickTitle.filter({ hasText: "Emergency Stop" }).waitFor();
      await photograph("17-emergency-dark");
      await workbench.quickBox.press("Enter");
      await workbench.quickTitle.waitFor({ state: "hidden" });
      await workbench.offers("Reset Emergency Stop");
    });

    await test("in a Chinese VS Code all of it is Chinese, but for what a ticket says", async () => {
      // As a language pack would: it also brings VS Code's own texts, which stay English here.
      await page.addInitScript(() => {
        globalThis._VSCODE_NLS_LANGUAGE = "zh-cn";
      });
      await page.reload();
      await workbench.status(/^\s*演示已停止：(LONG|SHORT) 1 MES DEC25 @ \d+\.\d\d/).waitFor();
      await workbench.panel().getByRole("heading", { name: "持仓" }).waitFor();
      await workbench.run("记录离场");
      await workbench.quickTitle.filter({ hasText: /记录离场：(LONG|SHORT) 1 MES/ }).waitFor();
      await workbench.quickMessage(/^回车：/).waitFor();
      assert.match(await workbench.quickBox.inputValue(), /^\d+\.\d\d$/);
      await photograph("18-chinese-dark");
      await page.keyboard.press("Escape");
      await page.locator(".activitybar").getByRole("tab", { name: "Volume Cluster" }).click();
      await workbench.view("待处理与持仓").getByText("未平仓交易").waitFor();
      await photograph("19-chinese-views-dark");
      await workbench.run("快捷操作");
      await workbench.quickRow("记录离场").waitFor();
      await photograph("20-chinese-actions-dark");
      await page.keyboard.press("Escape");
      await workbench.run("每周复盘");
      await workbench
        .panel()
        .getByRole("heading", { name: /^每周复盘/ })
        .waitFor();
      await photograph("21-chinese-review-dark");
      await workbench.runAny("Welcome: Open Walkthrough...");
      await workbench.quickRow("开始使用 Volume Cluster").click();
      await page.locator(".gettingStartedContainer").getByText("观察一个市场").first().waitFor();
      await photograph("22-chinese-walkthrough-dark");
      assert.deepEqual(violations, [], "the panel keeps its content security policy");
    });
  } finally {
    await page?.screenshot({ path: join(screenshots, "last.png") }).catch(() => undefined);
    await browser?.close();
    await server?.stop();
    removeFolders(folders);
  }
}

function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
