import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import type { DashboardState } from "../../src/core/protocol.js";
import type {} from "../../webview/dev/host.js";
import type { SampleName } from "../../webview/dev/sample.js";
import type { ThemeName } from "../../webview/dev/themes.js";

/** A browser to look at the panel with; undefined where there is none. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** The themes of VS Code. */
export const THEMES: readonly ThemeName[] = ["dark", "light", "high-contrast", "high-contrast-light"];

/** From a wide editor over one beside another to the narrowest that must do, in pixels. */
export const WIDTHS = [1280, 640, 320];

/** The wall clock of the pages, in milliseconds. */
export const NOW = Date.parse("2025-12-29T15:00:00Z");

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A sample in the browser, and all that its console says from then on: nothing, if all is well. */
export interface PanelPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens a sample as a plain page, 1280 px wide. */
export async function openPanel(
  browser: Browser,
  url: string,
  sample: SampleName,
  theme: ThemeName,
  language = "en",
): Promise<PanelPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.clock.setFixedTime(NOW);
  await page.goto(`${url}?sample=${sample}&theme=${theme}&lang=${language}`);
  await page.locator(".trust").waitFor();
  await page.evaluate(() => document.fonts.ready);
  return { page, complaints };
}

/** Waits for two frames: one in which observers hear of the size, one in which the chart is drawn. */
export async function resize(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Shows another state in the place of the one before. */
export function tell(page: Page, state: DashboardState): Promise<void> {
  return page.evaluate((sent) => window.tell({ type: "snapshot", state: sent }), state);
}

/** By how many pixels the page is wider than its window. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/**
 * What cannot be read as it stands: texts that the window or a box cuts off at a side, and numbers that are broken over lines, each
 * with its line.
 */
export function spoiledTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const spoiled: string[] = [];
    const walker = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const { parentElement: holder, textContent } = node;
      const text = textContent ?? "";
      if (holder === null || text.trim() === "" || holder.closest(".unseen, svg") || !holder.checkVisibility())
        continue;
      const edges = { left: 0, right: document.documentElement.clientWidth };
      for (let box: Element | null = holder; box !== null && box !== document.body; box = box.parentElement) {
        if (getComputedStyle(box).overflowX === "visible") continue;
        const { left, right } = box.getBoundingClientRect();
        edges.left = Math.max(edges.left, left);
        edges.right = Math.min(edges.right, right);
      }
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right } = range.getBoundingClientRect();
      if (left < edges.left - 1 || right > edges.right + 1)
        spoiled.push(`cut: ${holder.closest("tr, p")?.textContent}`);
      for (const { index, 0: number } of text.matchAll(/[+\u2212]?\$?\d(?:[\d.,:]*\d)?/g)) {
        range.setStart(node, index);
        range.setEnd(node, index + number.length);
        if (range.getClientRects().length > 1) spoiled.push(`broken: ${number} in ${text}`);
      }
    }
    return spoiled;
  });
}

/** The rules of axe that look at colors: all of its category `color` that are not of the level AAA. */
const COLOR_RULES = ["color-contrast", "link-in-text-block"];

/** What axe finds on the page, each with the element and why; by the rules of colors alone where nothing else can have changed. */
export async function axeFindings(page: Page, { colorsAlone = false } = {}): Promise<readonly string[]> {
  if (await page.evaluate("!('axe' in window)")) await page.evaluate(AXE);
  // No rule of these reads style sheets, which axe would fetch once more each time.
  const options = { resultTypes: ["violations"], preload: false, ...(colorsAlone && { runOnly: COLOR_RULES }) };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}
