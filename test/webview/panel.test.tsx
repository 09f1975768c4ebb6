// @vitest-environment happy-dom
import fc from "fast-check";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type {
  DashboardState,
  EquityPoint,
  PerformanceReport,
  SignalEvidence,
  TradeRow,
  WebviewMessage,
} from "../../src/core/protocol.js";
import { NO_DETAILS } from "../../webview/details.js";
import { SAMPLES, sampleState, sampleTrades } from "../../webview/dev/sample.js";
import { sampleEvidence } from "../../webview/dev/sampleEvidence.js";
import { sampleReport } from "../../webview/dev/sampleReport.js";
import type { DrawEquity, EquityCurve } from "../../webview/equityChart.js";
import type { DrawFootprint, FootprintPicture } from "../../webview/footprintChart.js";
import { Panel } from "../../webview/panel.js";
import { type Actions, FIRST_VIEW, type View } from "../../webview/view.js";
import { dashboardState } from "./arbitraryState.js";

// The toolkit writes style rules when it is imported, which happy-dom cannot; browser.test.ts runs the real one.
vi.mock("@vscode/webview-ui-toolkit", () => ({}));

const NOW = 1_700_000_000;
const root = document.createElement("div");
document.body.append(root);

afterEach(() => show(undefined));

describe("The panel", () => {
  it("waits until the host has spoken", () => {
    show(undefined);
    expect(root.textContent).toContain("Waiting for the workbench");
  });

  it.each(SAMPLES)("shows the sample %s without a number that is none", (sample) => {
    show(sampleState(sample, NOW));
    expect(root.innerHTML).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("shows no NaN, undefined or Infinity for any state, as chart and as table", () => {
    fc.assert(
      fc.property(dashboardState, fc.boolean(), (state, equityAsTable) => {
        show(state, { view: { ...FIRST_VIEW, equityAsTable } });
        expect(root.innerHTML).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 60 },
    );
  });

  it("shows names from outside as text, never as markup", () => {
    const hostile = "<img src=x onerror=alert(1)>";
    const state = sampleState("buy", NOW);
    const recommendation = state.recommendation && { ...state.recommendation, contract: hostile, context: hostile };
    show({ ...state, instrument: hostile, status: hostile, recommendation });
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector("h1")?.textContent).toBe(hostile);
  });

  it("says that there is no closed trade only where there is none, not until the report comes", () => {
    const state = sampleState("buy", NOW);
    const said = () =>
      [...root.querySelectorAll(".empty")].filter((empty) => /No closed trade/.test(empty.textContent ?? ""));
    expect(state.accounts[0]?.trades).toBeGreaterThan(0);
    for (const trades of [[], sampleTrades(state)]) {
      show(state, { trades });
      expect(said()).toEqual([]);
    }
    show({ ...state, accounts: state.accounts.map((account) => ({ ...account, trades: 0, equity: [] })) });
    expect(said()).toHaveLength(4);
  });

  it("shows every text from outside as text, wherever it comes from", () => {
    const outside = new Set(
      "instrument status contract context id recommendation price stop target entry exit reason notes note by rule refused answer".split(
        " ",
      ),
    );
    const hostile = fc.constantFrom(
      "<img src=x onerror=alert(1)>",
      "</td><script>alert(1)</script>",
      '"><iframe srcdoc=x>',
      "<b onclick=alert(1)>&lt;</b>",
    );
    const spoil = <Value,>(value: Value, text: string): Value =>
      JSON.parse(JSON.stringify(value), (key, part) => (outside.has(key) && typeof part === "string" ? text : part));
    fc.assert(
      fc.property(hostile, fc.constantFrom("buy", "few", "stale"), (text, name) => {
        const state = sampleState(name, NOW);
        const trades = sampleTrades(state).slice(-5);
        const report = sampleReport(state, trades);
        const details = {
          trades: spoil(trades, text),
          report: spoil(report, text),
          evidence: spoil(sampleEvidence(), text),
        };
        show(spoil(state, text), details);
        expect(root.querySelector("img, script, iframe, [onclick], [onerror], b b")).toBeNull();
        expect(root.textContent).toContain(text);
      }),
      { numRuns: 8 },
    );
  });

  it("has no style attribute, which the page's policy forbids", () => {
    for (const sample of SAMPLES) {
      show(sampleState(sample, NOW));
      expect(root.querySelector("[style]"), sample).toBeNull();
    }
  });
});

describe("Every picture of the panel", () => {
  it("says in a sentence what it shows, and has the same as a table", () => {
    const state = sampleState("buy", NOW);
    const trades = sampleTrades(state);
    show(state, { trades, report: sampleReport(state, trades), evidence: sampleEvidence() });
    const tables = [...root.querySelectorAll("[role=img]")].map((picture) => {
      const sentence = picture.getAttribute("aria-label") ?? "";
      expect(sentence).toMatch(/^[A-Z].*\d/);
      const table = picture.closest("figure")?.querySelector("table") ?? picture.parentElement?.querySelector("table");
      return [sentence.split(/[ :]/, 2).join(" "), table?.querySelectorAll("tbody tr").length];
    });
    expect(tables).toEqual([
      ["Paper account", undefined],
      ["Reliability ", 2],
      ["Of 1,000", 6],
      ["The multiplier", 20],
      ["Footprint of", 7],
      ["Price after", 30],
    ]);
    // The curve gives its place to its table.
    show(state, { view: { ...FIRST_VIEW, equityAsTable: true } });
    expect(root.querySelector("[aria-labelledby=equity] [role=img]")).toBeNull();
    expect(root.querySelectorAll("[aria-labelledby=equity] tbody tr")).toHaveLength(200);
    expect(root.querySelector("[aria-labelledby=equity] caption")?.textContent).toMatch(/^Paper account: balance over/);
    // What is no picture of its own stands beside its numbers.
    for (const other of root.querySelectorAll("svg:not([role=img])"))
      expect(other.getAttribute("aria-hidden")).toBe("true");
  });
});

describe("The line of trust", () => {
  const facts = () => texts(".fact").map((text) => text.replaceAll("\u00a0", " "));

  it("has the age of a live feed, the day's end and the risk that is used", () => {
    const state = sampleState("late", NOW);
    show(state);
    expect(facts()).toEqual(["Last trade 3 s ago", "Open until 16:00", "Risk used 1.2 % of 5.0 %"]);
    show(state, { now: NOW + 4 });
    expect(facts()[0]).toBe("Last trade 7 s ago");
    show({ ...state, noCall: {} });
    expect(facts()).toEqual(["Open until 16:00", "Risk used 1.2 % of 5.0 %"]);
  });

  it("says that no signal is taken, in the place of the risk", () => {
    const state = sampleState("buy", NOW);
    show({ ...state, accounts: state.accounts.map((account) => ({ ...account, halted: true })) });
    expect(facts()).toEqual(["Open until 16:00", "Halted"]);
  });

  it("has nothing of it while no feed runs", () => {
    show(sampleState("stopped", NOW));
    expect(facts()).toEqual([]);
  });
});

describe("The recommendation card", () => {
  it("puts the highest price on top: the target of a BUY, the stop of a SHORT", () => {
    const rungs = () => texts(".rung dt").map((text) => text.replaceAll("\u00a0", " "));
    show(sampleState("buy", NOW));
    expect(rungs()).toEqual(["Target +2.00 R", "Entry limit", "Stop −1.00 R"]);
    show(sampleState("short", NOW));
    expect(rungs()).toEqual(["Stop −1.00 R", "Entry limit", "Target +2.00 R"]);
  });

  it.each([
    ["recordFill", "Record Fill"],
    ["copyTicket", "Copy"],
    ["skip", "Skip"],
  ] as const)("sends the recommendation's id with what is to be done: %s", (type, button) => {
    const sent = show(sampleState("buy", NOW));
    click(button);
    expect(sent).toEqual([{ type, recommendation: "ESU5-20250609T183200Z-BUY" }]);
  });

  it("counts whole seconds down and says when it is late", () => {
    const state = sampleState("buy", NOW);
    show(state);
    expect(texts(".countdown")).toEqual(["24 s to act"]);
    show(state, { now: NOW + 66 });
    expect(texts(".countdown")).toEqual(["Late by 42 s: check the price first"]);
    expect(root.querySelector(".card.late")).not.toBeNull();
  });

  it("says WAIT and what the workbench is doing when there is none", () => {
    const state = sampleState("wait", NOW);
    show(state);
    expect(texts(".card .call")).toEqual(["WAIT"]);
    expect(root.querySelector(".card")?.textContent).toContain(state.status);
  });

  it("says while it waits how far the bar that forms is from a signal, and when it closes", () => {
    const nearest = { ratio: 1.34, needs: 4, closesAt: Date.parse("2025-06-09T14:35:00Z") / 1000 };
    show({ ...sampleState("wait", NOW), timeZone: "America/New_York", nearest });
    expect(root.querySelector(".card")?.textContent).toContain("This bar so far 1.3x (needs 4.0x), closes at 10:35:00");
  });

  it("says HALTED instead while no signal is taken", () => {
    const state = sampleState("wait", NOW);
    show({ ...state, accounts: state.accounts.map((account) => ({ ...account, halted: account.name === "manual" })) });
    expect(texts(".card .call")).toEqual(["HALTED"]);
    show({ ...state, accounts: state.accounts.map((account) => ({ ...account, halted: account.name === "paper" })) });
    expect(texts(".card .call")).toEqual(["WAIT"]);
  });

  it("says NO CALL, why, and how long nothing was heard, while the market cannot be seen", () => {
    const state = sampleState("stale", NOW);
    show(state);
    expect(texts(".card .call")).toEqual(["NO CALL"]);
    expect(texts(".card .who")[0]?.replaceAll("\u00a0", " ")).toBe(`NO CALL${state.status}Last heard 14 s ago`);
    show(state, { now: NOW + 200 });
    expect(texts(".card .note")[0]).toMatch(/^Last heard 3.min ago$/);
    show({ ...state, noCall: {}, accounts: state.accounts.map((account) => ({ ...account, halted: true })) });
    expect(texts(".card .call")).toEqual(["NO CALL"]);
    expect(texts(".card .note")).toEqual([]);
  });

  it("offers to start when nothing runs", () => {
    const sent = show(sampleState("idle", NOW));
    click("Start");
    expect(sent).toEqual([{ type: "start" }]);
  });

  it("says that it is starting or stopping, and offers no start meanwhile", () => {
    const state = sampleState("starting", NOW);
    show(state);
    expect(texts(".card .call")).toEqual(["STARTING"]);
    expect(root.querySelector(".card")?.textContent).toContain("Simulated day 12 of 60");
    show({ ...state, phase: "stopping" });
    expect(texts(".card .call")).toEqual(["STOPPING"]);
    expect(texts("vscode-button")).toEqual([]);
  });

  it("has a late call after a stop, without a countdown, beside the status and a start", () => {
    const sent = show(sampleState("stopped", NOW));
    expect(texts(".countdown")).toEqual(["No answer yet, and its time does not run: record what you did"]);
    expect(root.querySelector("[role=timer]")).toBeNull();
    expect(texts(".status")).toEqual(["Stopped: no signal comes until you start"]);
    expect(texts(".badge.warning")).toEqual(["SIMULATED"]);
    click("Record Fill");
    click("Start");
    expect(sent).toEqual([{ type: "recordFill", recommendation: "ESU5-20250609T183200Z-SHORT" }, { type: "start" }]);
  });

  it("offers the recommendations that have no answer, beside a call and without one", () => {
    const state = sampleState("overnight", NOW);
    const sent = show(state);
    expect(texts(".call")).toEqual(["WAIT"]);
    expect(texts(".unanswered")).toEqual(["3 recommendations await your answerShow Pending"]);
    click("Show Pending");
    expect(sent).toEqual([{ type: "showPending" }]);
    show({ ...sampleState("buy", NOW), unanswered: 1 });
    expect(texts(".unanswered")).toEqual(["1 more recommendation awaits your answerShow Pending"]);
    show(sampleState("buy", NOW));
    expect(texts(".unanswered")).toEqual([]);
  });

  it("marks break-even on the chance's whisker and says it", () => {
    show(sampleState("buy", NOW));
    expect(root.querySelectorAll(".chance .whisker-break-even")).toHaveLength(1);
    expect(texts(".chance .note")).toEqual(["47\u201367\u00a0% (90 %), n = 64, break-even 35\u00a0%"]);
  });

  it("says the recommendation once to those who hear it, and nothing when there is none", () => {
    show(sampleState("buy", NOW));
    expect(texts("[role=status]")).toEqual([
      "BUY 2 MES SEP25 at 6027.25, target 6058.25, stop 6011.75, chance 57\u00a0%",
    ]);
    show(sampleState("wait", NOW));
    expect(texts("[role=status]")).toEqual([""]);
  });
});

describe("Open positions", () => {
  it("offer an exit to the user's own and leave the paper account's to the workbench", () => {
    const sent = show(sampleState("wait", NOW));
    expect(texts(".position")).toHaveLength(2);
    click("Record Exit");
    expect(sent).toEqual([{ type: "recordExit", recommendation: "ESU5-20250609T143100Z-manual" }]);
  });

  it("say side and part as the status bar does, to the eye and as the name of the button", () => {
    const state = sampleState("wait", NOW);
    const open = state.open
      .filter(({ account }) => account === "manual")
      .map((each) => ({ ...each, held: "LONG 1/2" }));
    show({ ...state, open });
    expect(texts(".position .held")).toEqual([expect.stringMatching(/^LONG 1\/2 MES SEP25 /)]);
    expect(root.querySelector("[aria-label^='Record Exit of']")?.getAttribute("aria-label")).toBe(
      "Record Exit of LONG 1/2 MES SEP25 at 6021.50",
    );
  });

  it("take no room when there is none", () => {
    show(sampleState("first", NOW));
    expect(root.querySelector(".positions")).toBeNull();
  });
});

describe("The figures", () => {
  it("say too few trades in words, and what they came to", () => {
    show(sampleState("losses", NOW));
    expect(figure("Expectancy")).toBe(
      "Too fewso far \u2212$135.00 a trade after costs, \u22121.00\u00a0R before costs, 9 of 30 trades",
    );
    expect(root.textContent).toContain("Halted: new signals are refused");
  });

  it("give an expectancy in money after costs, and beside it R by its basis", () => {
    const state = sampleState("buy", NOW);
    const accounts = state.accounts.map((account) => ({ ...account, trades: 45, expectancy: -2.5, expectancyR: 0.04 }));
    show({ ...state, accounts });
    expect(figure("Expectancy")).toBe("\u2212$2.50mean of 45 trades after costs, +0.04\u00a0R before costs");
    expect(tone("Expectancy")).toBe("loss");
    show({ ...state, accounts: accounts.map((account) => ({ ...account, unit: "R" as const })) });
    expect(figure("Expectancy")).toBe("+0.04\u00a0Rmean of 45 trades before costs");
    expect(figure("Return")).toMatch(/%after costs; .*R before them$/);
    expect(root.querySelector("#equity")?.textContent).toContain("balance before costs over drawdown after costs: 45");
  });

  it.each([
    {
      totalReturn: -0.0004,
      drawdown: 0.0004,
      expectancy: -0.004,
      shown: ["0.0\u00a0%", "0.0\u00a0%", "$0.00"],
      tones: ["", "", ""],
    },
    { totalReturn: 0, drawdown: 0, expectancy: 0, shown: ["0.0\u00a0%", "0.0\u00a0%", "$0.00"], tones: ["", "", ""] },
    {
      totalReturn: -0.0006,
      drawdown: 0.0006,
      expectancy: -0.006,
      shown: ["\u22120.1\u00a0%", "\u22120.1\u00a0%", "\u2212$0.01"],
      tones: ["loss", "loss", "loss"],
    },
    {
      totalReturn: 0.0006,
      drawdown: 0,
      expectancy: 0.006,
      shown: ["+0.1\u00a0%", "0.0\u00a0%", "+$0.01"],
      tones: ["gain", "", "gain"],
    },
  ])("have no color where they are shown as zero: $shown", ({ shown, tones, ...figures }) => {
    const state = sampleState("buy", NOW);
    const accounts = state.accounts.map((account) => ({ ...account, trades: 45, ...figures }));
    show({ ...state, accounts });
    const names = ["Return", "Drawdown", "Expectancy"];
    expect(names.map((name) => value(name)?.textContent)).toEqual(shown);
    expect(names.map(tone)).toEqual(tones);
  });

  it("say none yet before the first trade", () => {
    show(sampleState("empty", NOW));
    expect(figure("Win rate")).toBe("None yet0 trades");
    expect(figure("Expectancy")).toBe("None yetmeans something from 30 trades");
    expect(root.textContent).toContain("No closed trade yet");
    expect(root.textContent).toContain("No context has a closed trade yet");
  });

  it("are those of the account that the user chose", () => {
    const state = sampleState("buy", NOW);
    show(state, { view: { ...FIRST_VIEW, account: "manual", equityAsTable: false } });
    expect(figure("Win rate")).toContain("n = 24");
    show(state);
    expect(figure("Win rate")).toContain("n = 420");
  });
});

describe("The equity section", () => {
  it("gives the chart the account's curve, and again only when it has changed", () => {
    const state = sampleState("buy", NOW);
    const curves: EquityCurve[] = [];
    show(state, { curves });
    show(state, { curves, now: NOW + 1 });
    expect(curves).toHaveLength(1);
    expect(curves[0]?.points).toBe(state.accounts[0]?.equity);
    show(state, { curves, view: { ...FIRST_VIEW, account: "manual", equityAsTable: false } });
    expect(curves[1]?.points).toBe(state.accounts[1]?.equity);
  });

  it("says in a sentence what the chart shows", () => {
    show(sampleState("buy", NOW));
    expect(root.querySelector("[role=img]")?.getAttribute("aria-label")).toContain("420 points from Jun 2, 2025");
  });

  it("lists the newest points first as a table, and says how many it leaves out", () => {
    show(sampleState("buy", NOW), { view: { ...FIRST_VIEW, account: undefined, equityAsTable: true } });
    expect(root.querySelector("[role=img]")).toBeNull();
    expect(texts(".scroll tbody tr")).toHaveLength(200);
    expect(texts(".scroll tbody th")[0]).toBe("Dec 16, 2025, 10:36");
    expect(texts(".scroll caption")[0]).toContain("The newest 200 of 420 are listed.");
  });

  it("says what the chart shows, and how many trades and points", () => {
    show(sampleState("buy", NOW));
    expect(texts("#equity")).toEqual([
      "Equity curve balance over drawdown, after costs: 420 trades closed, 420 points",
    ]);
  });

  it("puts the newest point into numbers, and the one under the pointer while there is one", () => {
    const state = sampleState("buy", NOW);
    const { equity = [] } = state.accounts[0] ?? {};
    show(state);
    expect(texts(".legend")[0]).toMatch(/Dec 16, 2025, 10:36Start \$15,000\.00$/);
    void act(() => pointAt(equity[0]));
    expect(texts(".legend")).toEqual(["Balance $14,865.00Drawdown \u22120.9\u00a0%Jun 2, 2025, 11:00Start $15,000.00"]);
    void act(() => pointAt(undefined));
    expect(texts(".legend")[0]).toMatch(/Dec 16, 2025, 10:36Start \$15,000\.00$/);
  });

  it("takes the chart away with its section", () => {
    const disposed = vi.fn();
    show(sampleState("buy", NOW), { disposed });
    show(undefined, { disposed });
    expect(disposed).toHaveBeenCalledTimes(1);
  });
});

describe("The context table", () => {
  it("is sorted by the low end of the interval and gives each verdict its word and its icon", () => {
    const state = sampleState("long", NOW);
    show(state);
    const lows = texts(".interval .pair").map((text) => Number.parseInt(text, 10));
    expect(lows).toEqual([...lows].sort((a, b) => b - a));
    const icons = new Map(
      [...root.querySelectorAll(".verdict")].map((cell) => [
        cell.textContent,
        cell.querySelector(".codicon")?.className,
      ]),
    );
    expect(new Set(icons.values()).size).toBe(icons.size);
    expect(icons.size).toBeGreaterThan(1);
  });
});

describe("The whisker of a context", () => {
  it("has the tone of its verdict, not of an interval from too few trades", () => {
    const state = sampleState("buy", NOW);
    const [account] = state.accounts;
    const [row] = account?.contexts ?? [];
    if (account === undefined || row === undefined) throw new Error("The sample changed");
    const tones = (["Edge", "Unproven", "Avoid", "Too few"] as const).map((verdict) => {
      const contexts = [{ ...row, verdict, posteriorInterval: [0.1, 0.2] as const }];
      show({ ...state, accounts: [{ ...account, contexts }] });
      return root.querySelector(".table .whisker")?.getAttribute("class");
    });
    expect(tones).toEqual(["whisker good", "whisker plain", "whisker bad", "whisker plain"]);
  });
});

describe("The marks of the context table", () => {
  it("are one at break-even and one at 50 % on each whisker, explained once under the heading", () => {
    show(sampleState("buy", NOW));
    const rows = [...root.querySelectorAll("[aria-labelledby=contexts] tbody tr")];
    expect(rows).toHaveLength(12);
    for (const row of rows) expect(row.querySelectorAll(".whisker-break-even, .whisker-even")).toHaveLength(2);
    expect(texts(".marks")).toEqual(["Marks:  break-even,  50 %"]);
    expect(rows[0]?.textContent).toContain("35\u00a0%");
  });
});

describe("The table of trades", () => {
  const state = sampleState("buy", NOW);
  const trades = sampleTrades(state);
  const rows = () => [...root.querySelectorAll<HTMLElement>(".trades tbody tr[aria-rowindex]")];

  it("draws the rows in sight alone, and tells how many there are", () => {
    show(state, { trades });
    expect(root.querySelector("[role=grid]")?.getAttribute("aria-rowcount")).toBe("421");
    expect(rows().length).toBeLessThan(60);
    expect(rows().map((row) => row.getAttribute("aria-rowindex"))).toEqual(rows().map((_, index) => `${index + 2}`));
    expect(rows()[0]?.querySelector("th")?.textContent).toContain("Dec 16, 2025, 10:36");
  });

  it("is one stop for Tab, and keys lead from row to row to the evidence", () => {
    const sent = show(state, { trades });
    const press = (key: string) =>
      void act(() => {
        root
          .querySelector(".trades tr[tabindex='0']")
          ?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      });
    expect(rows().filter((row) => row.tabIndex === 0)).toHaveLength(1);
    press("ArrowDown");
    expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("3");
    press("ArrowUp");
    press("ArrowUp");
    expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("2");
    press("Enter");
    const newest = trades.findLast(({ account }) => account === "paper");
    expect(sent).toEqual([{ type: "openEvidence", recommendation: newest?.recommendation }]);
  });

  it("names what was held as the open positions do: LONG what was bought", () => {
    show(state, { trades });
    const shown = trades.filter(({ account }) => account === "paper").toReversed();
    const sides = rows().map((row) => row.querySelector("td")?.textContent?.trim().split(/\s/)[0]);
    expect(sides).toEqual(shown.slice(0, sides.length).map(({ action }) => (action === "BUY" ? "LONG" : "SHORT")));
    expect(new Set(sides)).toEqual(new Set(["LONG", "SHORT"]));
  });

  it("says of a trade that was closed in parts how many there were and at which prices, in a column of every width", () => {
    const selected = { ...FIRST_VIEW, account: "manual" as const };
    show(state, { trades, view: selected });
    const [newest, whole] = rows().map((row) => row.querySelector("td"));
    expect(newest?.className).toBe("");
    expect(newest?.textContent?.replaceAll("\u00a0", " ")).toMatch(/ in 2 exits: 1 @ \d{4}\.\d\d, 1 @ \d{4}\.\d\d$/);
    expect(whole?.textContent).not.toContain("exits");
  });

  it("says by which column it is sorted, and asks for another", () => {
    const chosen: Partial<View>[] = [];
    show(state, { trades, chosen });
    const sorts = () =>
      [...root.querySelectorAll(".trades th[aria-sort]")].map((head) => [
        head.textContent,
        head.ariaSort ?? head.getAttribute("aria-sort"),
      ]);
    expect(sorts().filter(([, sort]) => sort !== "none")).toEqual([["Closed", "descending"]]);
    const net = [...root.querySelectorAll<HTMLElement>(".sort")].find(({ textContent }) => textContent === "Net");
    net?.click();
    expect(chosen).toEqual([{ trades: { sort: "netPnl", descending: true, filter: "" } }]);
  });

  it("shows what the user typed as text, never as markup", () => {
    const hostile = "<img src=x onerror=alert(1)>";
    const [first] = trades;
    if (first === undefined) throw new Error("The sample changed");
    show(state, { trades: [{ ...first, contract: hostile, context: hostile, reason: hostile, notes: hostile }] });
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector(".trades")?.textContent).toContain(hostile);
  });

  it("says that nothing fits a filter, and that nothing is there", () => {
    show(state, { trades, view: { ...FIRST_VIEW, trades: { ...FIRST_VIEW.trades, filter: "nowhere" } } });
    expect(texts("[aria-labelledby=trades] .empty")).toEqual(["None of 420 trades has all of these words"]);
    show({ ...state, accounts: state.accounts.map((account) => ({ ...account, trades: 0 })) });
    expect(texts("[aria-labelledby=trades] .empty")).toEqual(["No closed trade yet: each one gets a row"]);
  });
});

describe("The report on the closed trades", () => {
  const state = sampleState("buy", NOW);
  const report = sampleReport(state, sampleTrades(state));
  const manual = { ...FIRST_VIEW, account: "manual" as const };
  const section = (name: string) =>
    root.querySelector(`[aria-labelledby=${name}]`)?.textContent?.replaceAll("\u00a0", " ") ?? "";

  it("asks the host for another period, and keeps the choice", () => {
    const chosen: Partial<View>[] = [];
    const sent = show(state, { report, chosen });
    const days = [...root.querySelectorAll<HTMLInputElement>("input[name=period]")];
    expect(days.map(({ checked }) => checked)).toEqual([false, false, false, true, false]);
    days[1]?.dispatchEvent(new Event("change", { bubbles: true }));
    expect(sent).toEqual([{ type: "period", period: { kind: "days", days: 30 } }]);
    expect(chosen).toEqual([{ period: { kind: "days", days: 30 } }]);
  });

  it("begins an own range with all days that have a trade, whatever year the machine is in", () => {
    const sent = show(state, { report });
    [...root.querySelectorAll("input[name=period]")].at(-1)?.dispatchEvent(new Event("change", { bubbles: true }));
    const days = report.accounts[0]?.days ?? [];
    const range = { kind: "range", from: days[0]?.date, to: days.at(-1)?.date };
    expect(days.length).toBeGreaterThan(1);
    expect(sent).toEqual([{ type: "period", period: range }]);
  });

  it("says beside the dates that an own range ends before it begins", () => {
    const said = (from: string, to: string) => {
      show(state, { report, view: { ...FIRST_VIEW, period: { kind: "range", from, to } } });
      return root.querySelector(".range")?.textContent;
    };
    expect(said("2025-06-30", "2025-06-02")).toBe("The first day lies after the last: no trade is between them");
    expect(said("2025-06-02", "2025-06-02")).toBe("");
  });

  it("asks for an own range by two dates", () => {
    const view = { ...FIRST_VIEW, period: { kind: "range", from: "2025-06-02", to: "2025-06-30" } as const };
    const sent = show(state, { report, view });
    const [, to] = [...root.querySelectorAll<HTMLInputElement>("input[type=date]")];
    if (to === undefined) throw new Error("No dates");
    to.value = "2025-06-13";
    to.dispatchEvent(new Event("change", { bubbles: true }));
    expect(sent).toEqual([{ type: "period", period: { kind: "range", from: "2025-06-02", to: "2025-06-13" } }]);
  });

  it("has what was recorded beside the shadows, the coverage with its doubt, and what decisions have cost", () => {
    show(state, { report, view: manual });
    for (const words of [
      "Coverage81 % 25 of 31",
      "Under 90 % coverage",
      "50 % against 41 % n = 22",
      "Overrides n = 6cost $315.00, 1.90 R 90 %: −0.6 to +4.4 R",
      "Skips n = 1earned $135.00, 1.00 R",
    ])
      expect(section("statistics")).toContain(words);
    show(state, { report });
    expect(section("statistics")).not.toContain("Coverage");
  });

  it("says times, contexts, reasons and what is not known in words", () => {
    const row = { trades: 1, wins: 1, winRateInterval: [0.2, 0.9], netPnl: 1, meanR: 1, meanReturn: 0.01 } as const;
    const accounts = report.accounts.map((account) => ({
      ...account,
      units: [{ name: "Fees", usd: -5 }],
      figures: [{ name: "Signal to fill, median", value: 962_040, unit: "seconds" as const }],
      groups: [{ by: "Any", rows: ["eod", "BUY|open|4-6x"].map((name) => ({ ...row, name })) }],
    }));
    show(state, { report: { ...report, accounts } });
    expect(section("statistics")).toContain("Signal to fill, median267 h");
    expect(section("statistics")).toMatch(/Fees−\$5\.00n\/an\/a/);
    expect(texts("[aria-labelledby=statistics] .groups tbody th")).toEqual(["end of the day", "BUY, open, 4-6x"]);
  });

  it("withholds every verdict under 30 trades, and names the user's target as not verified", () => {
    show(state, { report, view: manual });
    expect(section("calibration")).toContain("No verdict: 24 of 30 trades.");
    expect(section("calibration")).toContain("of 24 trades in all, whatever the period");
    expect(section("calibration").match(/No verdict under 30 trades/g)).toHaveLength(3);
    expect(section("calibration")).toContain("Your target, not verified64.7 %");
    show(state, { report });
    expect(section("calibration")).toContain("Beaten after 312 trades");
    expect(section("calibration")).toContain("Not yet: 1,840 trades more at this rate");
  });

  it("has a table and a sentence for its picture, and says that nothing is known of no trade", () => {
    show(state, { report });
    expect(root.querySelector(".reliability")?.getAttribute("aria-label")).toMatch(/^Reliability: stated 36/);
    show({ ...state, accounts: state.accounts.map((account) => ({ ...account, trades: 0 })) });
    expect(section("calibration")).toContain("No closed trade yet");
    expect(section("calendar")).toContain("No closed trade yet");
  });

  it("shows a month of the calendar, and the one before it", () => {
    show(state, { report });
    expect(section("calendar")).toContain("December 2025");
    void act(() => click("Earlier"));
    expect(section("calendar")).toContain("November 2025");
  });

  it("draws both accounts at the user's wish, and shades what was not seen", () => {
    const curves: EquityCurve[] = [];
    show(state, { report, curves, view: { ...FIRST_VIEW, both: true } });
    expect(curves.at(-1)?.other).toBe(state.accounts[1]?.equity);
    expect(curves.at(-1)?.blind).toEqual(report.blind);
    expect(root.querySelector("[aria-labelledby=equity]")?.textContent).toContain(
      "Shaded: 2 trading days of which nothing was seen",
    );
    expect(root.querySelector(".chart")?.getAttribute("aria-label")).toContain("Your fills: balance over drawdown");
  });

  it.each(SAMPLES)("has no number that is none in the sample %s", (name) => {
    const sample = sampleState(name, NOW);
    show(sample, { report: sampleReport(sample, sampleTrades(sample)), trades: sampleTrades(sample) });
    expect(root.innerHTML).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("The panel where money is counted in R", () => {
  it("has no dollar among trades, statistics, calendar and evidence but in what it leaves out", () => {
    const state = sampleState("buy", NOW);
    const trades = sampleTrades(state);
    const accounts = state.accounts.map((account) => ({ ...account, unit: "R" as const }));
    for (const account of ["paper", "manual"] as const) {
      const report = sampleReport(state, trades);
      show({ ...state, accounts }, { trades, report, evidence: sampleEvidence(), view: { ...FIRST_VIEW, account } });
      expect(root.querySelector("main")?.className).toContain("discreet");
      for (const name of ["trades", "statistics", "calendar", "evidence"]) {
        const section = root.querySelector(`[aria-labelledby=${name}]`)?.cloneNode(true) as HTMLElement;
        for (const money of section.querySelectorAll(".money")) money.remove();
        expect(section.textContent, name).not.toMatch(/\$\d/);
      }
    }
  });
});

describe("The evidence of a signal", () => {
  const state = sampleState("buy", NOW);
  const evidence = sampleEvidence();
  const section = () => root.querySelector(".evidence")?.textContent?.replaceAll("\u00a0", " ") ?? "";

  it("draws the footprint with the signal's bar marked, and lists its levels as a table", () => {
    show(state, { evidence });
    expect(footprintShown?.bars).toBe(evidence.footprint);
    expect(footprintShown?.marked).toBe(evidence.footprint[3]?.time);
    expect(root.querySelector(".footprint")?.getAttribute("aria-label")).toMatch(/^Footprint of 7 bars.*Delta by bar/);
    const rows = [...root.querySelectorAll(".evidence details tbody tr")].map((row) => row.textContent);
    expect(rows.filter((row) => row?.includes("point of control"))).toHaveLength(1);
    expect(rows.filter((row) => row?.includes("signal"))).toHaveLength(1);
    expect(rows.find((row) => row?.includes("signal"))).toBe("14:31 signal6026.25–6029.506026.25−172722");
  });

  it("names one point of control where prices have equal volume, the one that the engine took", () => {
    const { cluster } = evidence;
    const same = evidence.footprint.map((bar) => ({
      ...bar,
      levels: bar.levels.map((each) => ({ ...each, volume: 7 })),
    }));
    show(state, { evidence: { ...evidence, footprint: same } });
    const named = texts(".evidence th").filter((text) => text.includes("point of control"));
    expect(named).toEqual([`${cluster.pointOfControl?.toFixed(2)} point of control`]);
  });

  it("has the four answers, the chance with its rows, the size step by step, and what happened", () => {
    show(state, { evidence });
    for (const words of [
      "4.6 times the baseline of 157",
      "Where its volume liesBUY",
      "Who was the aggressorSHORT",
      "Aggressors absorbedBUY",
      "Volume and aggressors agreeNone",
      "9 won, 5 lost",
      "98 won, 94 lost",
      "α 15.10, β 10.90",
      "58.1 % (42–73 %)",
      "Risk of a contract$100.00",
      "Filled 2 at 6027.25",
      "By the paper rules alone",
    ])
      expect(section()).toContain(words);
    expect(root.querySelector(".path")?.getAttribute("aria-label")).toMatch(/^Price after the call: best \+\d/);
    const steps = [...root.querySelectorAll(".path + details tbody tr")].map((row) => row.textContent);
    expect(steps).toHaveLength(30);
    expect(section()).toContain("3 bars a line, in R from the price of the call");
  });

  it("says what an earlier version has not recorded, and what was refused", () => {
    const call = evidence.call && { ...evidence.call, posterior: undefined };
    show(state, { evidence: { ...evidence, footprint: [], path: [], call } });
    expect(section()).toContain("The bars around it are not recorded");
    expect(section()).toContain("Beta distributionNot recorded");
    expect(section()).toContain("The path of the price is not recorded");
    show(state, { evidence: { ...evidence, call: undefined, results: [], refused: "CUTOFF" } });
    expect(section()).toContain("Refused: CUTOFF");
  });

  it("has no number that is none, and no markup from outside", () => {
    const hostile = "<img src=x onerror=alert(1)>";
    const call = evidence.call && { ...evidence.call, context: hostile, price: hostile };
    show(state, { evidence: { ...evidence, contract: hostile, answer: hostile, call } });
    expect(root.querySelector("img")).toBeNull();
    expect(root.innerHTML).not.toMatch(/NaN|undefined|Infinity/);
  });
});

interface Shown {
  readonly view?: View;
  readonly trades?: readonly TradeRow[];
  readonly evidence?: SignalEvidence | undefined;
  readonly report?: PerformanceReport | undefined;
  readonly chosen?: Partial<View>[];
  readonly now?: number;
  readonly curves?: EquityCurve[];
  readonly disposed?: () => void;
}

let curvesShown: EquityCurve[] = [];
let pointAt: (point: EquityPoint | undefined) => void = () => undefined;
let onDispose: () => void = () => undefined;

/** The same function every time, as in the page, so that the chart stays. */
const drawEquity: DrawEquity = (_element, onPoint) => {
  pointAt = onPoint;
  return { show: (curve) => curvesShown.push(curve), dispose: () => onDispose() };
};

let footprintShown: FootprintPicture | undefined;
const drawFootprint: DrawFootprint = (_element, picture) => {
  footprintShown = picture;
  return { dispose: () => undefined };
};

/** Draws the panel and returns what it sends. */
function show(
  state: DashboardState | undefined,
  { view = FIRST_VIEW, trades = [], evidence, report, chosen = [], now = NOW, curves = [], disposed }: Shown = {},
): readonly WebviewMessage[] {
  const sent: WebviewMessage[] = [];
  curvesShown = curves;
  onDispose = disposed ?? (() => undefined);
  const actions: Actions = {
    send: (message) => sent.push(message),
    choose: (choice) => chosen.push(choice),
    drawEquity,
    drawFootprint,
    closeEvidence: () => undefined,
  };
  const details = { ...NO_DETAILS, trades, evidence, report };
  void act(() => render(<Panel state={state} details={details} view={view} now={now} actions={actions} />, root));
  return sent;
}

function texts(selector: string): readonly string[] {
  return [...root.querySelectorAll(selector)].map((element) => element.textContent.trim());
}

function value(name: string): Element | null | undefined {
  const found = [...root.querySelectorAll(".figure")].find((each) => each.querySelector("dt")?.textContent === name);
  return found?.querySelector(".big");
}

/** The class that colors a figure; "" for none. */
function tone(name: string): string {
  return value(name)?.className.replace("big", "").trim() ?? "no such figure";
}

function figure(name: string): string | undefined {
  return texts(".figure")
    .find((text) => text.startsWith(name))
    ?.slice(name.length);
}

function click(text: string): void {
  const button = [...root.querySelectorAll("vscode-button")].find((element) => element.textContent === text);
  if (button === undefined) throw new Error(`No button says "${text}"`);
  button.dispatchEvent(new Event("click", { bubbles: true }));
}
