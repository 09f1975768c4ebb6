// The parts of the VS Code workbench that the tests touch, the way a person does. The selectors hold in 1.100 and 1.139.

const EXTENSION = "volume-cluster.volume-cluster-workbench";

/** One workbench page. */
export class Workbench {
  constructor(page) {
    this.page = page;
  }

  /** Opens the workbench and waits for the extension's status bar item. */
  async open(url) {
    await this.page.goto(url);
    await this.status().waitFor();
  }

  /** A picture of all that is shown, once the font of the icons is there. */
  async photograph(path) {
    await this.page.evaluate(async () => {
      await document.fonts.load("16px codicon");
      await document.fonts.ready;
    });
    await this.page.screenshot({ path });
  }

  /** The extension's item in the status bar; with a pattern only once its text fits. */
  status(pattern) {
    const item = this.page.locator(`.statusbar-item[id="${EXTENSION}.volumeCluster.status"] a.statusbar-item-label`);
    return pattern === undefined ? item : item.filter({ hasText: pattern });
  }

  /** Quick pick, input box and command palette: they are one widget. */
  get quickInput() {
    return this.page.locator(".quick-input-widget");
  }

  get quickTitle() {
    return this.quickInput.locator(".quick-input-title");
  }

  get quickBox() {
    return this.quickInput.locator(".quick-input-box input");
  }

  /** What stands below the box. */
  quickMessage(text) {
    return this.quickInput.locator(".quick-input-message").filter({ hasText: text });
  }

  /** A button in the title of the box. */
  quickButton(name) {
    return this.quickInput.locator(".quick-input-titlebar").getByRole("button", { name });
  }

  /** Waits until the box holds exactly this text. */
  async holds(text) {
    await this.page.waitForFunction(
      (wanted) => document.querySelector(".quick-input-widget .quick-input-box input")?.value === wanted,
      text,
    );
  }

  quickRow(text) {
    const rows = this.quickInput.locator(".quick-input-list .monaco-list-row");
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  /** Runs a command by its title in the palette, keys only. */
  run(title) {
    return this.runAny(`Volume Cluster: ${title}`);
  }

  /** The same of any command of VS Code, by its category and title. */
  async runAny(label) {
    await this.#palette(label, this.quickRow(label));
    // Others whose title holds the same words may stand above it.
    const chosen = this.quickInput.locator(".monaco-list-row.focused .label-name");
    const wanted = new RegExp(`^${label.replace(/[.()]/g, "\\$&")}$`);
    for (let row = 0; row < 20; row++) {
      if (wanted.test((await chosen.first().textContent()).trim())) break;
      await this.page.keyboard.press("ArrowDown");
    }
    await this.page.keyboard.press("Enter");
  }

  /** Waits until the palette has a command. */
  async offers(title) {
    await this.#palette(`Volume Cluster: ${title}`, this.quickRow(`Volume Cluster: ${title}`));
    await this.page.keyboard.press("Escape");
  }

  /** The titles the palette has for a title, its own or others with words of it. */
  async offered(title) {
    await this.#palette(`Volume Cluster: ${title}`, this.quickRow());
    const names = await this.quickRow().locator(".label-name").allTextContents();
    await this.page.keyboard.press("Escape");
    return names.map((name) => name.trim());
  }

  // A view that takes up the focus late closes the palette, and what it offers changes only when it opens: so it is
  // opened until the row stands in it.
  async #palette(label, row) {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.page.keyboard.press("F1");
        await this.quickBox.fill(`>${label}`, { timeout: 5_000 });
        await row.first().waitFor({ timeout: 5_000 });
        return;
      } catch (error) {
        if (attempt === 6) throw error;
        await this.page.keyboard.press("Escape");
      }
    }
  }

  /** One of the extension's views in the side bar. */
  view(name) {
    return this.page
      .locator(".part.sidebar .pane")
      .filter({ has: this.page.locator(`.pane-header h3:text-is("${name}")`) });
  }

  /** How many items of the checklist are ready; with a condition only once it holds. */
  async readiness(holds = () => true) {
    const description = this.view("Today").locator(".pane-header .description");
    for (let look = 0; look < 100; look++) {
      const ready = Number(/^(\d+)\/\d+ ready$/.exec((await description.textContent()) ?? "")?.[1]);
      if (holds(ready)) return ready;
      await this.page.waitForTimeout(100);
    }
    throw new Error(`The checklist says "${await description.textContent()}"`);
  }

  /** The text editor at hand, once it shows this. */
  editor(text) {
    return this.page.locator(".editor-instance .view-lines").filter({ hasText: text });
  }

  toast(text) {
    return this.page.locator(".notifications-toasts .notification-toast").filter({ hasText: text });
  }

  /** The document inside the webview panel. */
  panel() {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** The lines of the output view. */
  output(text) {
    return this.page.locator(".part.panel .view-lines").filter({ hasText: text });
  }
}
