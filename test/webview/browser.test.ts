import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { equitySvg } from "../../src/app/equitySvg.js";
import type { DashboardState, EquityPoint } from "../../src/core/protocol.js";
import type { AccountName } from "../../src/core/sizing/recommendation.js";
import { accountInWords } from "../../src/words/tradeWords.js";
import { type SampleName, sampleState, sampleTrades } from "../../webview/dev/sample.js";
import { serve } from "../../webview/dev/serve.mjs";
import type { ThemeName } from "../../webview/dev/themes.js";
import * as panel from "./panelPage.js";
import { CHROMIUM, NOW } from "./panelPage.js";

const PICTURES = fileURLToPath(new URL("../../test-output/webview/", import.meta.url));

const title = CHROMIUM === undefined ? "The panel in a browser (skipped: no Chromium)" : "The panel in a browser";

describe.skipIf(CHROMIUM === undefined)(title, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let page: Page;
  let complaints: string[];

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

  afterEach(() => page.close());

  it("shows multiplier and interval of every context at 320 px", async () => {
    await open("buy", "dark");
    await resize(320);
    const rows = await page.locator("[aria-labelledby=contexts] tbody tr").all();
    expect(rows).toHaveLength(12);
    for (const row of rows) {
      for (const cell of [row.locator(".interval"), row.locator("td").last()]) {
        const box = await cell.boundingBox();
        expect(box === null ? undefined : box.width > 20 && 0 <= box.x && box.x + box.width <= 320).toBe(true);
      }
    }
  });

  it("keeps the name of a context on one line beside a side bar", async () => {
    await open("buy", "dark");
    for (const width of [770, 900, 930, 970, 1110]) {
      await resize(width);
      const heights = await page
        .locator("[aria-labelledby=contexts] tbody th")
        .evaluateAll((cells) => cells.map((cell) => cell.clientHeight));
      expect(Math.max(...heights), `rows at ${width} px`).toBeLessThan(36);
      expect(await sidewaysScroll(), `sideways scroll at ${width} px`).toBeLessThanOrEqual(0);
      await picture(`buy-dark-${width}`);
    }
  });

  it("shows in how many parts a trade was closed, once, at every width", async () => {
    await open("few", "dark");
    for (const width of [1280, 760, 640, 500, 320]) {
      await resize(width);
      const exits = page.locator(".trades tbody tr[aria-rowindex='2']").getByText(/^\s*(in )?2 exits$/);
      const seen = (await exits.all()).map((mark) => mark.boundingBox());
      const ends = (await Promise.all(seen)).flatMap((box) => (box === null ? [] : [box.x + box.width]));
      expect(ends, `marks at ${width} px`).toHaveLength(1);
      expect(ends[0]).toBeLessThan(width);
    }
  });

  it("is under a policy that does refuse styles and scripts from inside the page", async () => {
    await open("wait", "dark");
    await page.evaluate(() => document.body.insertAdjacentHTML("beforeend", '<p style="color: red" onclick="0">x</p>'));
    await expect.poll(() => complaints.length).toBeGreaterThan(0);
    expect(complaints.join()).toContain("Content Security Policy");
  });

  it("sends what its buttons say, and all of them are reached by Tab with a focus to be seen", async () => {
    await open("buy", "dark");
    const reached: (string | undefined)[] = [];
    for (let press = 0; press < 8; press++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
      reached.push(focused);
      if (focused?.startsWith("Record")) await page.keyboard.press("Enter");
    }
    expect(reached.slice(0, 4)).toEqual(["Record Fill", "Copy", "Skip", "Record Exit"]);
    expect(reached.slice(5)).toEqual(["Show both accounts", "Show as table", ""]);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    expect(outline).toBe("solid");
    // A key is a gesture: from then on the panel may sound, and says so.
    expect(await page.evaluate(() => window.sent.filter(({ type }) => type !== "sounds"))).toEqual([
      { type: "ready" },
      { type: "recordFill", recommendation: "ESU5-20250609T183200Z-BUY" },
      { type: "recordExit", recommendation: "ESU5-20250609T143100Z-manual" },
    ]);
  });

  it("has every fact of a call above a message of VS Code in a small window", async () => {
    await open("buy", "dark");
    // The editor of a window of 800 x 600 beside a side bar; a message with buttons takes the lowest 110 px.
    for (const [width, height] of [
      [445, 510],
      [750, 510],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const fact of [".call", ".countdown", ".ladder", ".chance .big", ".size .big", ".acts"]) {
        const box = await page.locator(`.card ${fact}`).boundingBox();
        expect((box?.y ?? height) + (box?.height ?? 0), `${fact} at ${width} px`).toBeLessThan(height - 110);
      }
    }
  });

  it("counts by the clock of the host, which may be another computer", async () => {
    await open("wait", "dark");
    const counted = async (name: "buy" | "short", aheadMs: number) => {
      const at = NOW + aheadMs;
      await page.evaluate(([state, time]) => window.tell({ type: "snapshot", state }, time), [
        sampleState(name, at / 1000),
        at,
      ] as const);
      await page.locator(`.card.${name}`).waitFor();
      return page.locator(".card .countdown").textContent();
    };
    const here = await counted("short", 0);
    expect(here).toMatch(/^[12]?\d s to act/);
    for (const ahead of [-3_600_000, 3_600_000]) {
      await counted("buy", 0);
      expect(await counted("short", ahead), `${ahead} ms`).toBe(here);
    }
  });

  it("drops messages that are none, and tells the host how many", async () => {
    await open("buy", "dark");
    // The countdown goes on by itself.
    const shown = async () => (await page.locator("main").textContent())?.replace(/\d+ s to act/, "");
    const before = await shown();
    await page.evaluate(() => {
      for (const message of [{ type: "hello" }, { type: "snapshot", state: {} }]) window.postMessage(message, "*");
    });
    await expect
      .poll(() => page.evaluate(() => window.sent.filter(({ type }) => type === "dropped")))
      .toEqual([
        { type: "dropped", count: 1 },
        { type: "dropped", count: 2 },
      ]);
    expect(await shown()).toBe(before);
    await page.evaluate(async () => {
      const first = new Promise((resolve) => {
        window.addEventListener("message", ({ data }) => resolve(data), { once: true });
      });
      window.tell({ type: "trades", kept: 0, rows: [], more: false });
      window.postMessage(await first, "*");
    });
    await expect.poll(() => page.evaluate(() => window.sent.at(-1))).toEqual({ type: "dropped", count: 3 });
    expect(complaints).toEqual([]);
  });

  it("changes the account by the keyboard, and goes on with it when the host sends more", async () => {
    await open("buy", "dark");
    expect(await figure("Win rate")).toContain("n = 420");
    await page.locator("vscode-dropdown").focus();
    await page.keyboard.press("ArrowDown");
    await page.getByText("n = 24").waitFor();
    const state = sampleState("wait", NOW / 1000);
    await tell(state);
    await page.getByText("WAIT").waitFor();
    expect(await figure("Win rate")).toContain("n = 24");
    expect(await page.locator("vscode-dropdown").evaluate((element) => "value" in element && element.value)).toBe(
      "manual",
    );
  });

  it.each([{ order: ["paper", "manual"] as const }, { order: ["manual", "paper"] as const }])(
    "names the account that it shows, in the order $order, from one snapshot to the next",
    async ({ order }) => {
      await open("buy", "dark");
      const state = sampleState("wait", NOW / 1000);
      const accounts = order.flatMap((name) => state.accounts.filter((account) => account.name === name));
      for (const selected of [...order, ...order.toReversed()]) {
        await tell({ ...state, accounts, selected });
        await shows(selected);
      }
      // An account that was alone has no list; a list that grows forgets what it had chosen.
      await tell({ ...state, accounts: accounts.slice(0, 1), selected: order[0] });
      await page.locator("vscode-dropdown").waitFor({ state: "detached" });
      for (const selected of [order[1], order[0]]) {
        await tell({ ...state, accounts: accounts.slice(0, 1), selected: order[0] });
        await tell({ ...state, accounts, selected });
        await shows(selected);
      }
      expect(complaints).toEqual([]);
    },
  );

  it("names the account of the snapshot that it opens with", async () => {
    page = await browser.newPage();
    complaints = [];
    await page.addInitScript(() => {
      window.sampleChange = (state) => ({ ...state, accounts: [...state.accounts].reverse(), selected: "paper" });
    });
    await page.clock.setFixedTime(NOW);
    await page.goto(`${server.url}?sample=wait&theme=dark`);
    await shows("paper");
  });

  it("leaves the open list of accounts alone while the host sends more", async () => {
    await open("buy", "dark");
    const state = sampleState("wait", NOW / 1000);
    await page.locator("vscode-dropdown").click();
    await page.keyboard.press("ArrowDown");
    await tell({ ...state, status: "Still watching" });
    await page.getByText("Still watching").waitFor();
    await page.keyboard.press("Enter");
    await shows("manual");
  });

  it("draws a single point as a mark, not as a block, with the start line beside it", async () => {
    await open("first", "dark");
    for (const width of [320, 1280]) {
      await resize(width);
      const { columns } = await bluePixels();
      expect(columns, `width of the mark at ${width} px`).toBeGreaterThan(0);
      expect(columns, `width of the mark at ${width} px`).toBeLessThan(20);
      await picture(`one-point-${width}`);
    }
    // The second point makes a line of it.
    const state = sampleState("first", NOW / 1000);
    const [account] = state.accounts;
    const [point] = account?.equity ?? [];
    if (account === undefined || point === undefined) throw new Error("The sample changed");
    const equity = [point, { ...point, time: point.time + 3_600, balance: point.balance + 200 }];
    await tell({ ...state, accounts: [{ ...account, equity }] });
    await expect.poll(async () => (await bluePixels()).columns).toBeGreaterThan(300);
  });

  it("tells time, balance and drawdown of the point under the pointer", async () => {
    await open("buy", "dark");
    const legend = page.locator(".legend");
    const newest = await legend.textContent();
    const box = await page.locator(".chart canvas").first().boundingBox();
    if (box === null) throw new Error("No chart");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => legend.textContent()).not.toBe(newest);
    expect(await legend.textContent()).toMatch(
      /^Balance \$[\d,]+\.\d\dDrawdown (\u2212\d+\.\d|0\.0)\u00a0%Sep \d+, 2025, 11:(00|18|36)Start/,
    );
    await picture("crosshair");
    await page.mouse.move(0, 0);
    await expect.poll(() => legend.textContent()).toBe(newest);
  });

  it("grows its curve by what is appended", async () => {
    await open("buy", "dark");
    const state = sampleState("buy", NOW / 1000);
    const last = state.accounts[0]?.equity.at(-1);
    if (last === undefined) throw new Error("The sample changed");
    const before = await chartPixels();
    const points = [1, 2].map(
      (hour): EquityPoint => ({ ...last, time: last.time + hour * 3600, balance: 40_000 * hour }),
    );
    await page.evaluate(
      ({ accounts, rest, added }) => {
        const account = "paper" as const;
        window.tell({ type: "append", change: { state: { ...rest, accounts }, equity: [{ account, points: added }] } });
      },
      { accounts: state.accounts.map(({ equity: _, ...account }) => account), rest: state, added: points },
    );
    await page.getByRole("img", { name: "422 points" }).waitFor();
    await expect.poll(chartPixels).not.toBe(before);
    expect(complaints).toEqual([]);
  });

  it("paints an appended point once, of a long curve with no more points than its pixels show", async () => {
    await open("long", "dark");
    const state = sampleState("long", NOW / 1000);
    const [account] = state.accounts;
    const last = account?.equity.at(-1);
    if (account === undefined || last === undefined) throw new Error("The sample changed");
    expect(account.equity).toHaveLength(2_000);
    await resize(1279);
    await page.evaluate(() => {
      const lengths: number[] = [];
      let points = 0;
      const { beginPath, lineTo, stroke } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.beginPath = function () {
        points = 0;
        beginPath.call(this);
      };
      CanvasRenderingContext2D.prototype.lineTo = function (x, y) {
        points++;
        lineTo.call(this, x, y);
      };
      CanvasRenderingContext2D.prototype.stroke = function (...path: [] | [Path2D]) {
        if (points > 100) lengths.push(points);
        Reflect.apply(stroke, this, path);
      };
      Object.assign(window, { lengths });
    });
    await page.evaluate(
      ({ accounts, rest, point }) => {
        const equity = [{ account: "paper" as const, points: [point] }];
        window.tell({ type: "append", change: { state: { ...rest, accounts }, equity } });
      },
      {
        accounts: state.accounts.map(({ equity: _, ...each }) => each),
        rest: state,
        point: { ...last, time: last.time + 3_600, balance: last.balance + 100 },
      },
    );
    await page.getByRole("img", { name: "2,001 points" }).waitFor();
    // Four frames more: what asks for another picture while it paints would have had it.
    for (let frame = 0; frame < 4; frame++) await page.evaluate(() => new Promise(requestAnimationFrame));
    const lengths = await page.evaluate(() => (window as unknown as { lengths: number[] }).lengths);
    // Balance and drawdown.
    expect(lengths).toHaveLength(2);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(640);
  });

  it.each([
    { name: "first", peak: 0 },
    { name: "second", peak: 1 },
    { name: "middle", peak: 1_003 },
    { name: "last", peak: 1_999 },
  ])("draws the one high point of 2,000, the most that the host sends, when it is the $name", async ({ peak }) => {
    await open("long", "dark");
    const state = sampleState("long", NOW / 1000);
    const [account] = state.accounts;
    if (account === undefined) throw new Error("The sample changed");
    const equity = account.equity.map((point, index) => ({ ...point, balance: index === peak ? 40_000 : 15_000 }));
    await tell({ ...state, accounts: [{ ...account, equity }] });
    for (const width of [320, 1280]) {
      await resize(width);
      // The axis reaches from the flat line to the peak only if the peak is in view, and blue is up there only if it is drawn.
      await expect.poll(async () => (await bluePixels()).top, { message: `top at ${width} px` }).toBeLessThan(0.2);
      expect((await bluePixels()).bottom, `bottom at ${width} px`).toBeGreaterThan(0.8);
    }
  });

  it("leads through 5,000 trades by keys alone, with few rows in the page and the focus always in sight", async () => {
    await open("buy", "dark");
    const [row] = sampleTrades(sampleState("buy", NOW / 1000));
    if (row === undefined) throw new Error("The sample changed");
    const rows = Array.from({ length: 5_000 }, (_, index) => ({
      ...row,
      id: `exit:${index}`,
      time: row.time + index,
      account: "paper" as const,
    }));
    await page.evaluate((sent) => window.tell({ type: "trades", kept: 0, rows: sent, more: false }), rows);
    await page.locator('[role=grid][aria-rowcount="5001"]').waitFor();
    await page.locator(".filter").focus();
    for (let press = 0; press < 10; press++) await page.keyboard.press("Tab");
    const at = () => page.evaluate(() => Number(document.activeElement?.getAttribute("aria-rowindex")));
    expect(await at()).toBe(2);
    for (const [key, leadsTo] of [
      ["ArrowDown", 3],
      ["End", 5_001],
      ["ArrowDown", 5_001],
      ["ArrowUp", 5_000],
      ["Home", 2],
      ["ArrowUp", 2],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(at, { message: key }).toBe(leadsTo);
      const isSeen = await page.evaluate(() => {
        const focused = document.activeElement?.getBoundingClientRect();
        const box = document.querySelector(".trades")?.getBoundingClientRect();
        const head = document.querySelector(".trades thead")?.getBoundingClientRect();
        return focused && box && head && head.bottom - 1 <= focused.top && focused.bottom <= box.bottom + 1;
      });
      expect(isSeen, `in sight after ${key}`).toBe(true);
    }
    await page.keyboard.press("PageDown");
    expect(await at()).toBeGreaterThan(8);
    expect(await page.locator(".trades tbody tr").count()).toBeLessThan(60);
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => window.sent.at(-1))).toEqual({
      type: "openEvidence",
      recommendation: row.recommendation,
    });
    expect(complaints).toEqual([]);
  });

  it("draws its chart in the colors of the theme where the system forces its own", async () => {
    await open("buy", "high-contrast");
    const drawn = () =>
      page.locator(".chart canvas").evaluateAll((all) => all.map((each) => (each as HTMLCanvasElement).toDataURL()));
    const before = await drawn();
    expect(before.length).toBeGreaterThan(0);
    await page.emulateMedia({ forcedColors: "active" });
    await page.evaluate(() => document.body.classList.add("again"));
    await resize(640);
    await resize(1280);
    expect(await drawn()).toEqual(before);
  });

  it("moves nothing for those who want less motion, and its charts leave the wheel to the page", async () => {
    await open("buy", "dark");
    const motion = () => page.locator(".card").evaluate((card) => getComputedStyle(card).animationName);
    expect(await motion()).toBe("none");
    await page.locator(".chart").hover();
    await page.mouse.wheel(0, 300);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(300);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await motion()).toBe("arrive");
  });

  it("leads to the evidence of a row by keys, and back to the row when it is closed", async () => {
    await open("buy", "dark");
    await page.locator('.trades tr[tabindex="0"]').focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const at = () => page.evaluate(() => document.activeElement?.getAttribute("aria-rowindex"));
    await expect.poll(at).toBe("4");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("evidence");
    expect(await page.locator(".footprint canvas").count()).toBeGreaterThan(0);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#evidence").waitFor({ state: "detached" });
    expect(await at()).toBe("4");
    expect(complaints).toEqual([]);
  });

  // Without a window Chromium lets every page sound: the one that may not is tested beside.
  it("sounds for the host under the page's policy, and says so where it is no sound", async () => {
    await open("buy", "dark");
    const wav = readFileSync(new URL("../../media/sounds/signal.wav", import.meta.url)).toString("base64");
    const said = () =>
      page.evaluate(() => window.sent.flatMap((message) => (message.type === "sounds" ? [message.allowed] : [])));
    await page.evaluate((sent) => window.tell({ type: "sound", wav: sent }), wav);
    await expect.poll(said).toEqual([true]);
    await page.evaluate(() => window.tell({ type: "sound", wav: btoa("no sound") }));
    await expect.poll(said).toEqual([true, false]);
    expect(complaints).toEqual([]);
  });

  it("draws a document as a picture for the host, under the page's policy, and says so where it is none", async () => {
    await open("buy", "dark");
    const svg = equitySvg([{ name: "Your fills", points: sampleState("buy", 0).accounts[0]?.equity ?? [] }], "Sample");
    const drawn = () =>
      page.evaluate(() => window.sent.flatMap((message) => (message.type === "picture" ? [message.png] : [])));
    await page.evaluate((sent) => window.tell({ type: "draw", svg: sent }), svg);
    await expect.poll(async () => (await drawn()).length).toBe(1);
    const png = Buffer.from((await drawn())[0] ?? "", "base64");
    expect([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(["PNG", 2_400, 1_200]);
    writeFileSync(`${PICTURES}export.png`, png);
    await page.evaluate(() => window.tell({ type: "draw", svg: "no picture" }));
    await expect.poll(async () => (await drawn())[1]).toBe("");
    expect(complaints).toEqual([]);
  });

  it("repaints its chart when the theme changes", async () => {
    await open("buy", "dark");
    const dark = await chartPixels();
    await page.evaluate(() => window.wear("light"));
    await expect.poll(chartPixels).not.toBe(dark);
    await picture("buy-dark-then-light");
  });

  it("wears the colors of up and down that the user has set, those of the theme otherwise", async () => {
    await open("buy", "light");
    const colors = () =>
      page.evaluate(() =>
        [".rung.gain dd", ".rung.loss dd"].map(
          (each) => getComputedStyle(document.querySelector(each) as Element).color,
        ),
      );
    const [up, down] = await colors();
    expect(up).not.toBe(down);
    // As VS Code hands over `workbench.colorCustomizations`.
    await page.evaluate(() => {
      const { style } = document.documentElement;
      style.setProperty("--vscode-volumeCluster-up", "rgb(170, 0, 0)");
      style.setProperty("--vscode-volumeCluster-down", "rgb(0, 100, 0)");
    });
    expect(await colors()).toEqual(["rgb(170, 0, 0)", "rgb(0, 100, 0)"]);
    const side = await page.evaluate(
      () => getComputedStyle(document.querySelector(".card.buy") as Element).borderLeftColor,
    );
    expect(side).toBe("rgb(170, 0, 0)");
  });

  it("counts down by itself, and keeps its view for the next time", async () => {
    page = await browser.newPage();
    // Its time passes while the page is made, too.
    await page.clock.install({ time: NOW });
    await page.goto(`${server.url}?sample=buy&theme=dark`);
    await page.clock.runFor(100);
    await page.getByText(/^(2[0-4]|1?\d) s to act$/).waitFor();
    await page.getByText("Show as table").click();
    await page.clock.runFor(30_000);
    await page.getByText(/^Late by \d+ s: check the price first$/).waitFor();
    expect(await page.evaluate(() => window.kept)).toMatchObject({ version: 1, view: { equityAsTable: true } });
  });

  async function open(sample: SampleName, theme: ThemeName): Promise<void> {
    ({ page, complaints } = await panel.openPanel(browser, server.url, sample, theme));
  }

  const resize = (width: number) => panel.resize(page, width);
  const tell = (state: DashboardState) => panel.tell(page, state);
  const sidewaysScroll = () => panel.sidewaysScroll(page);

  async function picture(name: string): Promise<void> {
    await page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true });
  }

  async function figure(name: string): Promise<string | null> {
    return (await page.locator(".figure", { hasText: name }).textContent())?.replaceAll("\u00a0", " ") ?? null;
  }

  function chartPixels(): Promise<string> {
    return page.evaluate(() => [...document.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()).join());
  }

  /** Where the balance's line is: its highest and lowest row as shares of its pane's height, and its width in pixels. */
  function bluePixels(): Promise<{ top: number; bottom: number; columns: number }> {
    return page.evaluate(() => {
      const canvas = document.querySelector("canvas");
      const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      if (!canvas || data === undefined) throw new Error("No canvas");
      const rows: number[] = [];
      const columns = new Set<number>();
      for (let pixel = 0; pixel < data.length; pixel += 4) {
        const [red = 0, green = 0, blue = 0] = data.subarray(pixel, pixel + 3);
        // charts.blue of the dark theme is #57a3f8; its fill and the smoothed edges of a thin line are darker.
        if (blue <= 120 || blue <= green || green <= red) continue;
        rows.push(Math.floor(pixel / 4 / canvas.width));
        columns.add((pixel / 4) % canvas.width);
      }
      const top = rows.reduce((a, b) => Math.min(a, b), canvas.height);
      const bottom = rows.reduce((a, b) => Math.max(a, b), 0);
      return { top: top / canvas.height, bottom: bottom / canvas.height, columns: columns.size };
    });
  }

  /** Waits until figures, list and words all name one account. */
  async function shows(name: AccountName): Promise<void> {
    const trades = name === "paper" ? "n = 420" : "n = 24";
    await page.locator(".figure", { hasText: trades }).waitFor();
    const list = page.locator("vscode-dropdown");
    // The list's own text is in its shadow tree.
    const shown = () =>
      list.evaluate((element) => element.shadowRoot?.querySelector(".selected-value")?.textContent?.trim());
    await expect.poll(shown).toBe(accountInWords(name));
    expect(await list.evaluate((element) => "value" in element && element.value)).toBe(name);
    const marked = page.locator("vscode-option[aria-selected=true]");
    expect(await marked.allTextContents()).toEqual([accountInWords(name)]);
  }
});
