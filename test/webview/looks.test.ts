import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DashboardState } from "../../src/core/protocol.js";
import { sampleState } from "../../webview/dev/sample.js";
import { serve } from "../../webview/dev/serve.mjs";
import {
  axeFindings,
  CHROMIUM,
  NOW,
  openPanel,
  resize,
  sidewaysScroll,
  spoiledTexts,
  THEMES,
  tell,
  WIDTHS,
} from "./panelPage.js";

/** Where each look is drawn to, by whoever asks for it with PICTURES=1. */
const PICTURES = fileURLToPath(new URL("../../test-output/looks/", import.meta.url));
const DRAWN = process.env.PICTURES === "1";

const SECONDS = NOW / 1000;
const title = CHROMIUM === undefined ? "The looks of the panel (skipped: no Chromium)" : "The looks of the panel";

/** What the card says, with nothing below it. */
const CARDS: Readonly<Record<string, DashboardState>> = Object.fromEntries(
  (["buy", "short", "late", "wait", "overnight", "idle", "stopped", "starting", "stopping", "stale"] as const).map(
    (name) => [name, { ...sampleState(name, SECONDS), accounts: [] }],
  ),
);

/** Whole pages: each is led by its own steps to where all of it can be seen. */
const PAGES = [
  { name: "everything", sample: "buy", language: "en", prepare: unfold },
  { name: "everything-chinese", sample: "buy", language: "zh-cn", prepare: unfold },
  { name: "tables", sample: "wait", language: "en", prepare: showTables },
  { name: "discreet", sample: "discreet", language: "en", prepare: unfold },
  { name: "large", sample: "large", language: "en", prepare: unfold },
  { name: "few", sample: "few", language: "en", prepare: unfold },
  { name: "first", sample: "first", language: "en", prepare: asItIs },
  { name: "halted", sample: "losses", language: "en", prepare: asItIs },
  { name: "empty", sample: "empty", language: "en", prepare: asItIs },
] as const;

describe.skipIf(CHROMIUM === undefined)(title, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    server = await serve();
    // --no-sandbox: in containers tests run as root.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it.each(PAGES)(
    "have no finding of axe and no sideways scroll in any theme at any width: $name",
    async ({ name, sample, language, prepare }) => {
      const { page, complaints } = await openPanel(browser, server.url, sample, "dark", language);
      await prepare(page);
      await lookAt(page, name);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("would be found fault with for a picture without a name, and for a color that cannot be read in one theme alone", async () => {
    const { page } = await openPanel(browser, server.url, "empty", "dark");
    const rules = (found: readonly string[]) => found.map((finding) => finding.split(":")[0]);
    expect(await axeFindings(page)).toEqual([]);
    await page.evaluate(() => document.querySelector("main")?.append(document.createElement("img")));
    expect(rules(await axeFindings(page))).toEqual(["image-alt"]);
    await page.evaluate(() => window.wear("high-contrast-light"));
    expect(await axeFindings(page, { colorsAlone: true })).toEqual([]);
    await page.evaluate(() => document.documentElement.style.setProperty("--vscode-foreground", "#dddddd"));
    expect(rules(await axeFindings(page, { colorsAlone: true }))).toContain("color-contrast");
    await page.close();
  });

  it("have no money for who wants to be discreet", async () => {
    const { page } = await openPanel(browser, server.url, "discreet", "dark");
    await unfold(page);
    expect(await page.locator("body").innerText()).not.toMatch(/\$\s*\d/);
    await page.close();
  });

  it("have none for any card", async () => {
    const { page, complaints } = await openPanel(browser, server.url, "starting", "dark");
    for (const [name, state] of Object.entries(CARDS)) {
      await tell(page, state);
      await page.locator(".card").waitFor();
      await lookAt(page, `card-${name}`);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});

async function lookAt(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await page.evaluate((worn) => window.wear(worn), theme);
    for (const width of WIDTHS) {
      await resize(page, width);
      if (DRAWN) await page.screenshot({ path: `${PICTURES}${name}-${theme}-${width}.png`, fullPage: true });
      // Themes differ in colors, not in room.
      const isFirst = theme === THEMES[0];
      if (isFirst) await isReadable(page, `${name} at ${width} px`);
      expect(await axeFindings(page, { colorsAlone: !isFirst }), `axe on ${name} in ${theme} at ${width} px`).toEqual(
        [],
      );
    }
  }
}

async function isReadable(page: Page, name: string): Promise<void> {
  expect(await sidewaysScroll(page), `sideways scroll of ${name}`).toBeLessThanOrEqual(0);
  expect(await spoiledTexts(page), `texts of ${name}`).toEqual([]);
}

async function asItIs(): Promise<void> {}

/** Opens the evidence, both curves, an own period and all that is folded away. */
async function unfold(page: Page): Promise<void> {
  await page.locator(".trades tbody tr[tabindex='0']").click();
  await page.locator("#evidence").waitFor();
  await page.locator(".period input[type=radio]").last().click();
  const both = page.locator("[aria-labelledby=equity] vscode-button");
  if ((await both.count()) > 1) await both.first().click();
  for (const details of await page.locator("summary").all()) await details.click();
}

/** The curve as a table, and a filter that no trade fits. */
async function showTables(page: Page): Promise<void> {
  await page.getByText("Show as table").click();
  await page.locator(".filter").first().fill("no trade has this");
  await page.getByText(/None of .* trades has all of these words/).waitFor();
}
