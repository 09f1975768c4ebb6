// A whole demo day by the keyboard alone, as a person does it: start, signal, fill, exit, checklist, review, stop. Every view and state
// on the way is photographed in a dark, a light and a high-contrast theme, to be looked at.
import assert from "node:assert/strict";
import { join } from "node:path";
import { changeSetting, installExtension, makeFolders, openBrowser, removeFolders, startServer } from "../server.mjs";
import { Workbench } from "../workbench.mjs";

/** The first signal of the demo comes within a minute; its 60 days of history before that take seconds. */
const FIRST_SIGNAL_MS = 300_000;

const SIGNAL = /Demo: (BUY|SHORT) \d+ MES .* \d+ s/;

/** The whole day is lived in the first of them; in the others what has colours is looked at. */
const THEMES = [
  ["dark", "Default Dark Modern", ".vs-dark"],
  ["light", "Default Light Modern", ".vs"],
  ["contrast", "Default High Contrast", ".hc-black"],
];

/** Presses keys one by one, and counts them. */
class Keys {
  #page;
  count = 0;
  constructor(page) {
    this.#page = page;
  }
  async press(...keys) {
    for (const key of keys) {
      this.count += 1;
      await this.#page.keyboard.press(key);
    }
  }
}

export async function daySuite({ host, executable, vsix, screenshots }, test) {
  const folders = makeFolders();
  changeSetting(folders, "workbench.colorTheme", THEMES[0][1]);
  let server;
  let browser;
  let page;
  let workbench;
  let look = "dark";
  let shots = 0;
  const photograph = async (name) => {
    shots += 1;
    await workbench.photograph(join(screenshots, `day-${look}-${String(shots).padStart(2, "0")}-${name}.png`));
  };
  const shortcut = async (key, keys = new Keys(page)) => keys.press("Control+Alt+w", key);
  const leave = async () => {
    await page.keyboard.press("Escape");
    await workbench.quickTitle.waitFor({ state: "hidden" });
  };
  /** Opens what asks, photographs it, and leaves it as it was. */
  const glance = async (title, text, name) => {
    await workbench.run(title);
    await workbench.quickInput.filter({ hasText: text }).first().waitFor();
    await photograph(name);
    await leave();
  };
  const signal = async () => {
    await workbench.status(SIGNAL).waitFor({ timeout: FIRST_SIGNAL_MS });
    await workbench.toast(/Demo: (BUY|SHORT)/).waitFor();
  };
  /** With the row of a position the shortcut for its exit is there. */
  const held = () =>
    workbench
      .view("Pending and Open Trades")
      .getByLabel(/^Your position/)
      .first()
      .waitFor();
  const startDemo = async () => {
    await workbench.run("Start");
    await workbench.quickRow("no key needed").waitFor();
    await page.keyboard.press("Enter");
  };

  try {
    await test("before the day there is a walkthrough, and views that say how to begin", async () => {
      await installExtension(host, folders, vsix);
      server = await startServer(host, folders);
      browser = await openBrowser(executable, folders);
      page = browser.pages()[0];
      workbench = new Workbench(page);
      await workbench.open(`${server.base}/?${new URLSearchParams({ folder: folders.workspace })}`);
      await workbench.runAny("Welcome: Open Walkthrough...");
      await workbench.quickRow("Start with Volume Cluster").waitFor();
      await page.keyboard.type("Start with Volume Cluster");
      await page.keyboard.press("Enter");
      await page.locator(".gettingStartedContainer").getByText("Watch a market").first().waitFor();
      await photograph("walkthrough");
      await workbench.runAny("View: Show Volume Cluster");
      await workbench.view("Today").getByText("Checklist").waitFor();
      await photograph("before");
    });

    await test("the demo starts, and its signal stands in status bar, message, badge and row", async () => {
      await workbench.runAny("View: Close All Editors");
      await startDemo();
      await workbench
        .status(/Simulated day|Demo/)
        .first()
        .waitFor();
      await photograph("starting");
      await signal();
      await workbench
        .view("Pending and Open Trades")
        .getByText(/s left/)
        .waitFor();
      await photograph("signal");
      await glance("Quick Actions", "Copy Order Ticket", "quick-actions");
    });

    await test("its fill takes at most six keys", async () => {
      const keys = new Keys(page);
      const began = performance.now();
      await shortcut("f", keys);
      await workbench.quickTitle.filter({ hasText: /Record Fill: (BUY|SHORT)/ }).waitFor();
      await keys.press("+", "1", "t");
      await workbench.quickMessage(/Enter records (BUY|SHORT) \d MES/).waitFor();
      await keys.press("Enter");
      await workbench.status(/Demo: (LONG|SHORT) \d+ MES/).waitFor();
      const seconds = (performance.now() - began) / 1000;
      console.log(`        A fill at another price than recommended: ${keys.count} keys, ${seconds.toFixed(1)} s`);
      assert.ok(keys.count <= 6, `${keys.count} keys`);
      await held();
      await photograph("open");
    });

    await test("its exit takes three keys", async () => {
      const keys = new Keys(page);
      await shortcut("x", keys);
      await workbench.quickTitle.filter({ hasText: /Record Exit: (LONG|SHORT)/ }).waitFor();
      await photograph("exit");
      await keys.press("Enter");
      await workbench.quickTitle.waitFor({ state: "hidden" });
      await workbench.status(/Demo: (LONG|SHORT) \d+ MES/).waitFor({ state: "hidden" });
      assert.equal(keys.count, 3);
      await photograph("watching");
    });

    await test("the checklist is ticked", async () => {
      await workbench.run("Pre-market Checklist");
      const today = workbench.view("Today");
      await today.locator(".monaco-list:focus-within").waitFor();
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowRight");
      const before = await workbench.readiness();
      // A view that is drawn anew at that moment does not take the key.
      for (let presses = 0; presses < 10; presses++) {
        await page.keyboard.press("End");
        const last = today.getByText("The day's news");
        if (
          await last.waitFor({ timeout: 3_000 }).then(
            () => true,
            () => false,
          )
        )
          break;
      }
      await page.keyboard.press("Enter");
      await workbench.readiness((ready) => ready === before + 1);
      await photograph("checklist");
    });

    await test("what was learned, the week and the alerts are looked at", async () => {
      await workbench.run("Weekly Review");
      await page.getByRole("tab", { name: /Weekly.Review/ }).waitFor();
      await workbench.panel().getByRole("heading").first().waitFor();
      await photograph("weekly-review");
      await workbench.runAny("View: Close All Editors");
      await workbench.run("Open Performance");
      await workbench
        .panel()
        .getByRole("heading", { name: /Contexts/ })
        .first()
        .waitFor();
      await photograph("performance");
      await workbench.run("Open Signal Evidence");
      await workbench
        .quickRow(/(BUY|SHORT) MES/)
        .first()
        .waitFor();
      await photograph("which-evidence");
      await page.keyboard.press("Enter");
      await workbench.panel().locator("#evidence").waitFor();
      await photograph("evidence");
      await workbench.run("Test Alerts");
      await workbench.quickRow("A new signal").waitFor();
      await photograph("test-alerts");
      await leave();
      await glance("Snooze Alerts", "For 15 minutes", "snooze");
    });

    await test("the day is stopped, and what still waits is told", async () => {
      await workbench.run("Stop");
      await workbench.status(/Demo stopped/).waitFor();
      await photograph("stopped");
    });

    for (const [name, theme, mark] of THEMES.slice(1)) {
      await test(`the states look right in another theme: ${name}`, async () => {
        look = name;
        shots = 0;
        changeSetting(folders, "workbench.colorTheme", theme);
        await page.reload();
        await workbench.status("Demo").waitFor();
        await page.locator(`.monaco-workbench${mark}`).waitFor();
        await workbench.runAny("View: Close All Editors");
        await workbench.runAny("Welcome: Open Walkthrough...");
        await workbench.quickRow("Start with Volume Cluster").waitFor();
        await page.keyboard.type("Start with Volume Cluster");
        await page.keyboard.press("Enter");
        await page.locator(".gettingStartedContainer").getByText("Watch a market").first().waitFor();
        await photograph("walkthrough");
        await workbench.runAny("View: Show Volume Cluster");
        await workbench.runAny("View: Close All Editors");
        await startDemo();
        await workbench.run("Open Performance");
        await signal();
        await photograph("signal");
        await shortcut("f");
        const box = workbench.quickTitle.filter({ hasText: /Record Fill: (BUY|SHORT)/ });
        const list = workbench.quickTitle.filter({ hasText: /^Record Fill$/ });
        await box.or(list).first().waitFor();
        // On a slow machine one from before the reload still waits: the newest is first in the list.
        if (await list.isVisible()) await page.keyboard.press("Enter");
        await box.waitFor();
        await page.keyboard.type("0.1");
        await workbench.quickMessage(/is not on a tick/).waitFor();
        await photograph("fill-refused");
        await page.keyboard.press("Control+a");
        await page.keyboard.type("+1t");
        await workbench.quickMessage(/Enter records/).waitFor();
        await page.keyboard.press("Enter");
        await held();
        await photograph("open");
        await glance("Quick Actions", "Record Exit", "quick-actions");
        await shortcut("x");
        await workbench.quickTitle.filter({ hasText: /Record Exit: (LONG|SHORT)/ }).waitFor();
        await page.keyboard.press("Enter");
        await workbench.quickTitle.waitFor({ state: "hidden" });
        await workbench.run("Stop");
        await workbench.status(/Demo stopped/).waitFor();
        await photograph("stopped");
      });
    }
  } finally {
    await page?.screenshot({ path: join(screenshots, "day-last.png") }).catch(() => undefined);
    await browser?.close();
    await server?.stop();
    removeFolders(folders);
  }
}
