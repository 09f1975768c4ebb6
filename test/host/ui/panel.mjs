// The performance panel in a real VS Code: by the keyboard alone, under its policy, and as axe sees it in four themes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { changeSetting, installExtension, makeFolders, openBrowser, removeFolders, startServer } from "../server.mjs";
import { Workbench } from "../workbench.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The first signal of the demo comes within a minute; its 60 days of history before that take seconds. */
const FIRST_SIGNAL_MS = 300_000;
/** More than the panel has. */
const MOST_CONTROLS = 60;

const THEMES = [
  ["light", "Default Light Modern", ".vs"],
  ["contrast", "Default High Contrast", ".hc-black"],
  ["contrast-light", "Default High Contrast Light", ".hc-light"],
  ["dark", "Default Dark Modern", ".vs-dark"],
];

export async function panelSuite({ host, executable, vsix, screenshots }, test) {
  const folders = makeFolders();
  changeSetting(folders, "workbench.colorTheme", "Default Dark Modern");
  const violations = [];
  let server;
  let browser;
  let page;
  let workbench;
  const photograph = (name) => workbench.photograph(join(screenshots, `panel-${name}.png`));
  const panel = () => workbench.panel();
  const rows = () => panel().locator(".trades tbody tr[aria-rowindex]");

  try {
    await test("the demo has 60 days of trades, and the panel opens on them with the focus", async () => {
      await installExtension(host, folders, vsix);
      server = await startServer(host, folders);
      browser = await openBrowser(executable, folders);
      page = browser.pages()[0];
      page.on("console", (message) => {
        if (/violates the following Content Security Policy/.test(message.text())) violations.push(message.text());
      });
      workbench = new Workbench(page);
      await workbench.open(`${server.base}/?${new URLSearchParams({ folder: folders.workspace })}`);
      await workbench.run("Start");
      await workbench.quickRow("no key needed").waitFor();
      await page.keyboard.press("Enter");
      await workbench.status(/Demo: (BUY|SHORT) \d+ MES .* \d+ s/).waitFor({ timeout: FIRST_SIGNAL_MS });
      // What stands still can be walked through.
      await workbench.run("Stop");
      await workbench.status(/Demo stopped/).waitFor();
      await workbench.run("Open Performance");
      await rows().first().waitFor();
      await panel().locator("#statistics").waitFor();
    });

    await test("Tab leads through every control of the panel once, each with a mark to be seen", async () => {
      const frame = await panelFrame(page);
      await frame.evaluate(() => document.activeElement?.blur());
      await frame.locator("main").click({ position: { x: 2, y: 2 } });
      const walked = await walk(page, frame);
      assert.deepEqual(
        walked.filter(({ isMarked }) => !isMarked).map(({ name }) => name),
        [],
        "all of them show that they have the focus",
      );
      const names = walked.map(({ name }) => name);
      const every = await frame.evaluate(countControls);
      console.log(`        ${names.length} stops of Tab: ${names.join(" | ")}`);
      assert.equal(names.length, every, `stops: ${names.join(" | ")}`);
    });

    await test("trades are sorted and filtered, and the period is changed, with the focus where it was", async () => {
      const frame = await panelFrame(page);
      const net = frame.locator(".trades thead button").last();
      await net.focus();
      await page.keyboard.press("Enter");
      await frame.locator(".trades thead th[aria-sort=descending]").filter({ hasText: "Net" }).waitFor();
      await page.keyboard.press("Enter");
      await frame.locator(".trades thead th[aria-sort=ascending]").filter({ hasText: "Net" }).waitFor();
      assert.match(await focused(frame), /Net/);
      await frame.locator(".trades").locator("xpath=..").locator(".filter").focus();
      await page.keyboard.type("short");
      await frame.locator(".trades tbody tr[aria-rowindex] td:first-of-type", { hasText: "LONG" }).first().waitFor({
        state: "detached",
      });
      assert.equal(await frame.evaluate(() => document.activeElement?.className), "filter end");
      await page.keyboard.press("Control+a");
      await page.keyboard.press("Delete");
      const all = frame.locator(".period input[type=radio]").nth(3);
      await all.focus();
      const before = await frame.locator("#statistics").textContent();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      await frame
        .locator("#statistics")
        .filter({ hasNotText: before.slice("Statistics ".length) })
        .waitFor();
      assert.equal(await frame.evaluate(() => document.activeElement?.checked), true);
    });

    await test("Enter on a trade shows its evidence, and closing that leads back to the trade", async () => {
      const frame = await panelFrame(page);
      await frame.locator('.trades tr[tabindex="0"]').focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      const row = await frame.evaluate(() => document.activeElement?.getAttribute("aria-rowindex"));
      await page.keyboard.press("Enter");
      await frame.locator("#evidence").waitFor();
      await frame.waitForFunction(() => document.activeElement?.id === "evidence");
      await photograph("evidence");
      await page.keyboard.press("Tab");
      assert.match(await focused(frame), /Close/);
      const walked = await walk(page, frame, ".evidence");
      assert.deepEqual(
        walked.filter(({ isMarked }) => !isMarked).map(({ name }) => name),
        [],
      );
      console.log(`        ${walked.length} more stops in the evidence: ${walked.map(({ name }) => name).join(" | ")}`);
      await frame.locator(".evidence vscode-button").first().focus();
      await page.keyboard.press("Enter");
      await frame.locator("#evidence").waitFor({ state: "detached" });
      assert.equal(await frame.evaluate(() => document.activeElement?.getAttribute("aria-rowindex")), row);
    });

    await test("panel and evidence keep their policy, under which a violation would have been counted", async () => {
      const frame = await panelFrame(page);
      await page.keyboard.press("Enter");
      await frame.locator(".footprint canvas").first().waitFor();
      for (const summary of await frame.locator("summary").all()) await summary.click();
      assert.deepEqual(violations, []);
      await frame.evaluate(() => document.body.insertAdjacentHTML("beforeend", '<i style="color: red" hidden></i>'));
      for (let look = 0; violations.length === 0 && look < 50; look++) await page.waitForTimeout(100);
      assert.equal(violations.length, 1);
      await frame.evaluate(() => document.body.lastElementChild.remove());
    });

    for (const [name, theme, mark] of THEMES) {
      await test(`axe finds nothing on panel and evidence in the theme ${name}`, async () => {
        changeSetting(folders, "workbench.colorTheme", theme);
        await page.reload();
        await workbench.status("Demo").waitFor();
        await page.locator(`.monaco-workbench${mark}`).waitFor();
        await rows().first().waitFor();
        const frame = await panelFrame(page);
        await frame.locator('.trades tr[tabindex="0"]').focus();
        await page.keyboard.press("Enter");
        await frame.locator(".footprint canvas").first().waitFor();
        for (const summary of await frame.locator("summary").all()) await summary.click();
        await frame.evaluate(AXE);
        const { violations: found } = await frame.evaluate("axe.run({ resultTypes: ['violations'] })");
        const told = found.flatMap(({ id, nodes }) =>
          nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
        );
        assert.deepEqual(told, []);
        await photograph(`${name}-evidence`);
        await frame.evaluate(() => window.scrollTo(0, 0));
        await photograph(name);
      });
    }
  } finally {
    await page?.screenshot({ path: join(screenshots, "panel-last.png") }).catch(() => undefined);
    await browser?.close();
    await server?.stop();
    removeFolders(folders);
  }
}

/** The frame in which the panel is. */
async function panelFrame(page) {
  for (let look = 0; look < 600; look++) {
    for (const frame of page.frames()) {
      const isIt = await frame.evaluate(() => document.querySelector("main.panel .trades") !== null).catch(() => false);
      if (isIt) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error("The panel is not there");
}

function focused(frame) {
  return frame.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
}

/** Presses Tab until the focus leaves the part of the page, and returns each control that had it. */
async function walk(page, frame, part = "main") {
  const walked = [];
  for (let press = 0; press < MOST_CONTROLS; press++) {
    await page.keyboard.press("Tab");
    const stop = await frame.evaluate(focusOf, part);
    if (stop === undefined) return walked;
    walked.push(stop);
  }
  throw new Error(`Tab leads nowhere: ${walked.map(({ name }) => name).join(" | ")}`);
}

/** In the page: what has the focus, and whether that can be seen; undefined outside of `part`. */
function focusOf(part) {
  const element = document.activeElement;
  if (!document.hasFocus() || element === null || !document.querySelector(part)?.contains(element)) return undefined;
  const inner = element.shadowRoot === null ? [] : [...element.shadowRoot.querySelectorAll("*")];
  const border = getComputedStyle(document.documentElement).getPropertyValue("--vscode-focusBorder");
  const probe = document.createElement("i");
  probe.style.color = border;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  const isMarked = [element, ...inner].some((each) => {
    const style = getComputedStyle(each);
    const hasOutline = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
    return hasOutline || (style.borderTopStyle !== "none" && style.borderTopColor === color);
  });
  const name = element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 30);
  return { name: name === "" ? element.tagName.toLowerCase() : name, isMarked };
}

/** In the page: how many stops of Tab there must be: each control once, of a group of choices the one that is chosen. */
function countControls() {
  const all =
    "main a[href], main button, main input, main summary, main vscode-button, main vscode-dropdown, main [tabindex='0']";
  return [...document.querySelectorAll(all)].filter((element) => {
    if (!element.checkVisibility() || (element.tabIndex < 0 && !element.tagName.startsWith("VSCODE"))) return false;
    return element.type !== "radio" || element.checked;
  }).length;
}
