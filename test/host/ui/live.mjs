// A live market from a weekend to the end of a trading day, behind a gateway on this computer and by a clock of its own: what is
// shown while a key is refused, a gateway is dead, the data are stale, a signal grows late, the computer sleeps and the day ends.
// Every state is photographed in a dark, a light and a high-contrast theme, to be looked at.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { changeSetting, installExtension, makeFolders, openBrowser, removeFolders, startServer } from "../server.mjs";
import { Workbench } from "../workbench.mjs";

const LOOKS = [
  ["dark", ".vs-dark", { colorScheme: "dark", forcedColors: "none" }],
  ["light", ".vs", { colorScheme: "light", forcedColors: "none" }],
  ["contrast", ".hc-black", { colorScheme: "dark", forcedColors: "active" }],
];

const SETTINGS = {
  "contract.instrument": "MES",
  "alerts.sound.enabled": false,
  // The trades of three hours in some 20 s.
  "replay.speed": 600,
};

/** A dollar sign before a digit, as on every amount of money. */
const MONEY = /\$\s*\d/;

export async function liveSuite(
  { host, executable, vsix, screenshots, market: { fileOf, KEY, LiveMarket, Tape } },
  test,
) {
  const folders = makeFolders();
  for (const kind of ["User", "Machine"])
    for (const [key, value] of Object.entries(SETTINGS)) changeSetting(folders, `volumeCluster.${key}`, value, kind);
  changeSetting(folders, "window.autoDetectColorScheme", true);
  changeSetting(folders, "window.autoDetectHighContrast", true);
  const clock = join(folders.root, "clock");
  let off = 0;
  /** Sets the clock, as New York reads it. */
  const setClock = async (time) => {
    off = Date.parse(`${time}-05:00`) - Date.now();
    writeFileSync(clock, String(off));
    await sleep(100);
  };
  const market = new LiveMarket(() => Date.now() + off);
  const tape = new Tape(1);
  let server;
  let browser;
  let page;
  let workbench;
  let shots = 0;
  const photograph = async (name, looks = LOOKS) => {
    shots += 1;
    for (const [look, mark, media] of looks) {
      await page.emulateMedia(media);
      await page.locator(`.monaco-workbench${mark}`).waitFor();
      await workbench.photograph(join(screenshots, `live-${String(shots).padStart(2, "0")}-${name}-${look}.png`));
    }
    await page.emulateMedia(LOOKS[0][2]);
  };
  const today = () => workbench.view("Today");
  const pending = () => workbench.view("Pending and Open Trades");
  /** Makes the side bar narrow, of 180 px, for as long as that takes. */
  const narrowly = async (body) => {
    const drag = async (to) => {
      const { x, y, width, height } = await page.locator(".part.sidebar").boundingBox();
      await page.mouse.move(x + width + 1, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(to, y + height / 2, { steps: 5 });
      await page.mouse.up();
      await page.mouse.move(640, 300);
      return x + width + 1;
    };
    const before = await drag(230);
    await body();
    await drag(before);
  };
  /** What can be read of a row of the pending view, in whole letters. */
  const readable = async (row) => {
    const line = pending().locator(".monaco-list-row").filter({ hasText: row });
    return line.locator(".monaco-icon-label-container").evaluate((box) => {
      const paper = document.createElement("canvas").getContext("2d");
      paper.font = getComputedStyle(box).font;
      // Where not all fits, a sign of omission stands in the place of the last letters.
      const omission = box.scrollWidth > box.clientWidth ? paper.measureText("…").width : 0;
      const end = box.getBoundingClientRect().right - omission;
      const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      let seen = "";
      for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
        for (let at = 0; at < text.length; at++) {
          const range = document.createRange();
          range.setStart(text, at);
          range.setEnd(text, at + 1);
          if (range.getBoundingClientRect().right <= end) seen += text.data[at];
        }
      return seen;
    });
  };
  /** Draws the views anew, as whoever turns to them. */
  const lookAgain = async () => {
    await workbench.runAny("View: Show Explorer");
    await workbench.runAny("View: Show Volume Cluster");
    await today().getByText("Checklist").waitFor();
  };
  /** To one end of the view: the phase of the day is at its top, key, feed and clock are at its bottom. */
  const lookAt = async (end) => {
    await workbench.run("Pre-market Checklist");
    await today().locator(".monaco-list:focus-within").waitFor();
    await page.keyboard.press(end);
  };
  const startLive = async () => {
    await workbench.run("Start");
    await workbench.quickRow("The market as it happens").first().click();
  };
  /** Ticks a setting as a person does, or takes its tick away. */
  const tick = async (setting) => {
    await workbench.runAny("Preferences: Open Settings (UI)");
    await page.locator(".settings-editor .suggest-input-container").waitFor();
    await page.keyboard.type(`@id:${setting}`);
    // Until what is typed is looked for, other settings stand there.
    const box = page.locator(`.settings-editor [data-key="${setting}"] .setting-value-checkbox`);
    const isOn = (await box.getAttribute("aria-checked")) === "true";
    await box.click();
    await box.and(page.locator(`[aria-checked=${!isOn}]`)).waitFor();
    await workbench.runAny("View: Close Editor");
  };
  /** Presses a button of a message, which may have gone from its corner into the list of all of them. */
  const choose = async (message, button) => {
    await workbench.runAny("Notifications: Show Notifications");
    const listed = page.locator(".notifications-center .notification-list-item").filter({ hasText: message });
    await listed.getByRole("button", { name: button }).click();
  };
  const closeToasts = async () => workbench.runAny("Notifications: Clear All Notifications");

  try {
    await test("at a weekend Today says when the market opens, and knows of the holiday after it", async () => {
      await setClock("2023-12-23T12:00:00");
      await installExtension(host, folders, vsix);
      server = await startServer(host, folders, { clock });
      browser = await openBrowser(executable, folders);
      page = browser.pages()[0];
      await page.setViewportSize({ width: 1280, height: 960 });
      workbench = new Workbench(page);
      await workbench.open(`${server.base}/?${new URLSearchParams({ folder: folders.workspace })}`);
      await workbench.runAny("View: Show Volume Cluster");
      await today().getByText("Market closed").waitFor();
      await today().getByText("opens in 2 days (2023-12-26 09:30 New York)").waitFor();
      await photograph("weekend");
    });

    await test("the phase of the day goes on by itself while somebody looks", async () => {
      await setClock("2023-12-26T09:29:57");
      await lookAgain();
      await today().getByText("Session").waitFor();
      await today().getByText("ends in 6 h 30 min (16:00 New York)").waitFor();
      await photograph("session");
    });

    await test("a key that cannot be tried is kept, when the user wants it", async () => {
      await workbench.run("Set Databento API Key");
      await workbench.quickTitle.filter({ hasText: "Set Databento API Key" }).waitFor();
      await page.keyboard.type(KEY);
      await page.keyboard.press("Enter");
      const doubt = workbench.toast("The key could not be tried");
      await doubt.waitFor();
      await photograph("key-untried");
      await choose("The key could not be tried", "Keep It Untried");
      await lookAt("End");
      await today().getByLabel("Databento key, kept in the secret storage").waitFor();
    });

    await test("a key that the gateway refuses ends the start with what to do", async () => {
      market.refusal = "Authentication failed.";
      await market.open();
      await startLive();
      const refused = workbench.toast("Databento refused the sign-in");
      await refused.getByRole("button", { name: "Set Key" }).waitFor();
      await workbench.status(/error/).waitFor();
      await photograph("key-refused");
      await closeToasts();
      await market.close();
    });

    await test("a gateway that is dead is tried again and again, and every place says so", async () => {
      await startLive();
      await workbench.status(/Reconnecting \(attempt \d+\)/).waitFor();
      await today()
        .getByLabel(/^Live feed, Connecting again: /)
        .waitFor();
      await photograph("gateway-dead");
    });

    await test("once it lives the morning is caught up with, and the market is watched", async () => {
      await setClock("2023-12-26T11:30:40");
      market.refusal = undefined;
      await market.bring(tape.quiet(120).take());
      await market.open();
      await workbench.status(/Watching/).waitFor();
      await today().getByLabel("Live feed, The live feed is connected").waitFor();
      await today()
        .getByLabel(/^Clock of this computer, agrees with the market's/)
        .waitFor();
      await photograph("watching");
    });

    await test("a signal stands in the status bar, in a message, and within 300 px in its row", async () => {
      await setClock("2023-12-26T11:30:46");
      await market.bring(tape.spike().take());
      await workbench.status(/BUY 2 MES MAR24 @ 4805.00 · \d+ s/).waitFor();
      await workbench.toast(/BUY 2 MES/).waitFor();
      await photograph("signal");
    });

    await test("a click on a message whose time ran out while the computer slept asks what became of the call", async () => {
      const link = workbench.toast(/BUY 2 MES/).getByRole("link", { name: "Fill" });
      await link.waitFor();
      await server.asleep(async () => {
        await link.click();
        await setClock("2023-12-26T11:32:00");
      });
      await workbench.quickTitle.filter({ hasText: "BUY 2 MES MAR24 @ 4805.00 (late: its time is over)" }).waitFor();
      await workbench.quickRow("Missed").waitFor();
      await photograph("late-click");
      await workbench.status(/BUY 2 MES MAR24 @ 4805.00 · late/).waitFor();
      await pending().getByText(/^late/).waitFor();
      await workbench.quickRow("Missed").click();
      await workbench.status(/Watching/).waitFor();
    });

    await test("when its market falls silent the next call is withdrawn, until data come again", async () => {
      market.isSilent = true;
      await market.bring(tape.quiet(33).spike().take());
      // A gateway that spoke to a connection from before the jump would have to send it the morning first.
      const joined = market.joined();
      await setClock("2023-12-26T12:04:44");
      await joined;
      market.isSilent = false;
      await workbench.status(/BUY 2 MES MAR24 @ 4805.00 · \d+ s/).waitFor();
      market.isSilent = true;
      await workbench.status(/NO CALL: BUY 2 MES MAR24 @ 4805.00 is withdrawn/).waitFor();
      await pending()
        .getByText(/^withdrawn/)
        .waitFor();
      await workbench.toast(/BUY 2 MES/).waitFor({ state: "detached" });
      await photograph("withdrawn");
      market.isSilent = false;
      await workbench.status(/BUY 2 MES MAR24 @ 4805.00 · \d+ s/).waitFor();
    });

    await test("two minutes after it the reminder comes, and its fill can still be recorded as a late one", async () => {
      await setClock("2023-12-26T12:07:30");
      const reminder = workbench.toast("has no answer: was it filled?");
      await reminder.waitFor();
      await photograph("reminder");
      await narrowly(async () => {
        assert.match(await readable("BUY"), /^BUY 2@4805\.00/);
        await photograph("pending-narrow");
      });
      await choose("has no answer", "Record Fill");
      await workbench.quickTitle.filter({ hasText: "(late: its time is over)" }).waitFor();
      await page.keyboard.press("Enter");
      await workbench.status(/LONG 2 MES MAR24 @ 4805.00/).waitFor();
      await pending()
        .getByLabel(/^Your position/)
        .waitFor();
      await photograph("open");
    });

    await test("one contract of two is closed, and a second Enter of the same does nothing", async () => {
      await closeToasts();
      await workbench.run("Record Exit");
      await workbench.quickTitle.filter({ hasText: "Record Exit: LONG 2 MES MAR24 @ 4805.00" }).waitFor();
      await workbench.quickMessage('with "1@" in front only one').waitFor();
      await photograph("part-box");
      await page.keyboard.type("1@ planned");
      await workbench.quickMessage(/Enter records 1 of 2 closed at \d+\.\d\d \(manual, as planned\), 1 open/).waitFor();
      await photograph("part-typed");
      await page.keyboard.press("Enter");
      await workbench.status(/LONG 1\/2 MES MAR24 @ 4805.00/).waitFor();
      await pending()
        .getByLabel(/^Your position: LONG 1\/2 .* 1 of 2 closed at/)
        .waitFor();
      await photograph("part-open");
      await workbench.run("Record Exit");
      await workbench.quickTitle.filter({ hasText: "Record Exit: LONG 1/2 MES MAR24 @ 4805.00" }).waitFor();
      await photograph("part-rest-box");
      await page.keyboard.type("1@ planned");
      await workbench.quickMessage("The very same is recorded already").waitFor();
      await photograph("part-repeated");
      await page.keyboard.press("Control+a");
      await page.keyboard.press("Delete");
      await page.keyboard.press("Escape");
      await workbench.quickTitle.waitFor({ state: "hidden" });
    });

    await test("in a narrow side bar its row says how the trade stands first", async () => {
      await narrowly(async () => {
        assert.match(await readable("LONG"), /^LONG 1\/2\s*−0\.19/);
        await photograph("part-narrow");
      });
    });

    await test("its part is corrected, taken back, and recorded again", async () => {
      await workbench.run("Correct Recorded Trade");
      await workbench.quickRow(/Exit 1@/).waitFor();
      await photograph("part-which");
      await page.keyboard.press("Enter");
      await workbench.quickTitle.filter({ hasText: "Correct exit: " }).waitFor();
      await page.keyboard.press("Control+a");
      await page.keyboard.type("1@4805.50 manual planned");
      await photograph("part-correct");
      await page.keyboard.press("Enter");
      await workbench.quickMessage("Why is the record changed?").waitFor();
      await page.keyboard.type("Misread");
      await page.keyboard.press("Enter");
      await workbench.toast(/1 closed at 4805.50/).waitFor();
      await photograph("part-corrected");
      await closeToasts();
      await workbench.run("Void Recorded Trade");
      await workbench.quickRow(/Exit 1@4805.50/).waitFor();
      await photograph("part-void-which");
      await workbench.quickRow(/Exit 1@4805.50/).click();
      await workbench.quickTitle.filter({ hasText: "Void: Exit 1@4805.50" }).waitFor();
      await page.keyboard.type("Not mine");
      await page.keyboard.press("Enter");
      await workbench.status(/LONG 2 MES MAR24 @ 4805.00/).waitFor();
      await workbench.toast(/Not mine/).waitFor();
      await photograph("part-void");
      await closeToasts();
      await workbench.run("Record Exit");
      await workbench.quickTitle.filter({ hasText: "Record Exit: LONG 2 MES" }).waitFor();
      await page.keyboard.type("1@4805.50 planned");
      await page.keyboard.press("Enter");
      await workbench.status(/LONG 1\/2 MES MAR24 @ 4805.00/).waitFor();
    });

    await test("a discreet screen shows no money: not in bar, views, panel, message or export", async () => {
      await workbench.run("Open Performance");
      await workbench
        .panel()
        .getByRole("heading", { name: /Open positions/ })
        .waitFor();
      const shown = async () => {
        const bar = await workbench.status().getAttribute("aria-label");
        const frame = await workbench.panel().locator("body").innerText();
        // What was announced to a screen reader before stays in its live region.
        const window = await page.locator("body").evaluate((body) => {
          const regions = [...body.querySelectorAll(".monaco-aria-container")];
          const announced = new Set(regions.flatMap((region) => region.innerText.split("\n")));
          return body.innerText
            .split("\n")
            .filter((line) => !announced.has(line))
            .join("\n");
        });
        return [window, bar, frame].join("\n");
      };
      assert.match(await shown(), MONEY);
      await photograph("money");
      await tick("volumeCluster.display.discreet");
      await workbench.run("Open Performance");
      await workbench.status(/LONG 1\/2 MES MAR24 @ 4805.00 [+−]\d+\.\d\d R/).waitFor();
      await workbench.panel().getByText("Before costs, in ticks of one contract and in R").waitFor();
      await photograph("discreet");
      assert.doesNotMatch(await shown(), MONEY);
    });

    await test("at 16:00 New York the reminder of the day's end comes, also where the computer slept over it", async () => {
      await setClock("2023-12-26T15:59:58");
      const reminder = workbench.toast("The trading day is over: 1 trade waits to be recorded");
      await reminder.waitFor();
      await photograph("day-over-message", LOOKS.slice(0, 1));
      await lookAt("Home");
      await today().getByText("End of day").waitFor();
      await photograph("day-over");
      await choose("The trading day is over", "Show Pending Trades");
      await workbench.quickRow(/LONG 1\/2 MES/).click();
      await workbench.quickTitle.filter({ hasText: "Record Exit: LONG 1/2 MES" }).waitFor();
      await page.keyboard.type("planned");
      await page.keyboard.press("Enter");
      await workbench.quickTitle.waitFor({ state: "hidden" });
      await workbench.status(/Market closed/).waitFor();
      await photograph("recorded");
      await closeToasts();
    });

    await test("the panel has the trade that was closed in parts once, with each of its exits", async () => {
      await workbench.run("Open Performance");
      const row = workbench.panel().locator(".trades tbody tr").filter({ hasText: "MES MAR24" }).first();
      // By its end: where only the heading is in sight, the row counts as seen though it is not.
      await row.evaluate((element) => element.scrollIntoView({ block: "end" }));
      assert.match(await row.innerText(), /LONG 2\s+MES MAR24.*\b1\s@\s4805\.50, 1\s@\s4805\.00/s);
      await workbench.panel().locator(".trades .note").getByText("in 2 exits").waitFor();
      await photograph("part-in-table");
    });

    await test("what is exported for others to see has no money in it, either", async () => {
      await workbench.run("Export Performance");
      await workbench.quickRow("Statistics as Markdown").click();
      const file = join(folders.workspace, "volume-cluster-live.md");
      // The box of the choice before has the same title.
      await workbench.holds(file);
      await page.keyboard.press("Enter");
      await workbench.toast(/Exported to .*volume-cluster-live\.md/).waitFor();
      const exported = readFileSync(file, "utf8");
      assert.match(exported, /\bR\b/);
      assert.doesNotMatch(exported, MONEY);
      await photograph("exported");
      await closeToasts();
    });

    await test("at the weekend the feed rests, and nothing is late or lost", async () => {
      await setClock("2023-12-30T12:00:00");
      await workbench.status(/Market closed/).waitFor();
      await today()
        .getByText(/^opens in 2 days/)
        .waitFor();
      await photograph("weekend-live");
      await workbench.run("Stop");
      await workbench.status(/Stopped/).waitFor();
    });

    await test("paper auto tells each trade with the balance, and after the fifth how it does", async () => {
      const file = join(folders.workspace, "day.dbn");
      const day = new Tape(2).quiet(30);
      for (let trade = 0; trade < 6; trade++) day.spike().win().quiet(24);
      writeFileSync(file, fileOf(day.take()));
      await tick("volumeCluster.display.discreet");
      await workbench.run("Start");
      await workbench.quickRow("Paper auto, replay a file...").click();
      await workbench.quickTitle.filter({ hasText: /^Replay$/ }).waitFor();
      await workbench.quickRow("day.dbn").waitFor();
      await workbench.quickBox.fill(file);
      await page.keyboard.press("Enter");
      await workbench.toast(/Paper: (WIN|LOSS) MES MAR24 .*, balance \$/).waitFor();
      await photograph("paper-note");
      const digest = workbench.toast(/Paper, the last 5 trades: \d won/);
      await digest.waitFor();
      await photograph("paper-digest");
      const contexts = workbench.view("Contexts");
      await contexts.getByText("Paper account").waitFor();
      assert.equal(await contexts.getByText("Your fills").count(), 0, "what the user traded live is kept apart");
    });
  } finally {
    await page?.screenshot({ path: join(screenshots, "live-last.png") }).catch(() => undefined);
    await browser?.close();
    await server?.stop();
    await market.close();
    removeFolders(folders);
  }
}
