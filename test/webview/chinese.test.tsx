// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { config } from "@vscode/l10n";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { DashboardState } from "../../src/core/protocol.js";
import { NO_DETAILS } from "../../webview/details.js";
import { SAMPLES, type SampleName, sampleState, sampleTrades } from "../../webview/dev/sample.js";
import { sampleEvidence } from "../../webview/dev/sampleEvidence.js";
import { sampleReport } from "../../webview/dev/sampleReport.js";
import { formatDate, formatDateTime, formatTime } from "../../webview/format.js";
import { speak } from "../../webview/language.js";
import { Panel } from "../../webview/panel.js";
import { listTrades } from "../../webview/tradeList.js";
import { FIRST_VIEW, type View } from "../../webview/view.js";

// The toolkit writes style rules when it is imported, which happy-dom cannot; browser.test.ts runs the real one.
vi.mock("@vscode/webview-ui-toolkit", () => ({}));

const NOW = 1_700_000_000;
const BUNDLE = readFileSync(join(import.meta.dirname, "../../l10n/bundle.l10n.zh-cn.json"), "utf8");

/** What a trader in China reads as it is: symbols, what a ticket says, names of people and firms, keys. */
const AS_IT_IS = new Set(
  "MES SEP BUY LONG SHORT short America New York Brier Beta Sharpe TradingView Lightweight Charts Inc Page Home End".split(
    " ",
  ),
);

const root = document.createElement("div");
document.body.append(root);

function speakEnglish(): void {
  config({ contents: {} });
  document.documentElement.lang = "en";
}

function speakChinese(): void {
  const block = document.createElement("script");
  block.type = "application/json";
  block.id = "l10n";
  block.textContent = BUNDLE;
  document.body.append(block);
  speak(document);
  block.remove();
  document.documentElement.lang = "zh-cn";
}

/** Draws the panel with everything that it can show. */
function show(name: SampleName, view: Partial<View> = {}, change = (state: DashboardState) => state): void {
  const state = change(sampleState(name, NOW));
  const trades = sampleTrades(state);
  const details = { ...NO_DETAILS, trades, evidence: sampleEvidence(), report: sampleReport(state, trades) };
  const actions = {
    send: () => undefined,
    choose: () => undefined,
    drawEquity: () => ({ show: () => undefined, dispose: () => undefined }),
    drawFootprint: () => ({ dispose: () => undefined }),
    closeEvidence: () => undefined,
  };
  const panel = <Panel state={state} details={details} view={{ ...FIRST_VIEW, ...view }} now={NOW} actions={actions} />;
  void act(() => render(panel, root));
}

const SPOKEN = ["aria-label", "placeholder", "title", "alt"];

/** All that is read or heard. */
function said(): readonly string[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode() !== null) found.push(walker.currentNode.textContent ?? "");
  for (const element of root.querySelectorAll("*"))
    found.push(...SPOKEN.flatMap((name) => element.getAttribute(name) ?? []));
  return found;
}

/** The pieces that have an English word in them, but for the product's name before that of a command. */
function english(): readonly string[] {
  const texts = said().map((text) => text.replaceAll("Volume Cluster: ", ""));
  return texts.filter((text) => (text.match(/[A-Za-z]{2,}/g) ?? []).some((word) => !AS_IT_IS.has(word)));
}

function prices(): readonly string[] {
  return (
    said()
      .join(" ")
      .match(/\d[\d,]*\.\d\d/g) ?? []
  ).toSorted();
}

const RANGE = { kind: "range", from: "2025-06-02", to: "2025-06-30" } as const;
const VIEWS: readonly Partial<View>[] = [
  { account: "paper", both: true },
  { account: "manual", equityAsTable: true, period: RANGE, trades: { ...FIRST_VIEW.trades, filter: "nowhere" } },
];

describe("The panel in Chinese", () => {
  beforeAll(speakChinese);
  afterAll(speakEnglish);
  beforeEach(() => void act(() => render(null, root)));

  it.each(SAMPLES)("leaves no English word in the sample %s", (sample) => {
    for (const view of VIEWS) {
      show(sample, view);
      expect(english()).toEqual([]);
      expect(root.innerHTML).not.toMatch(/NaN|undefined|\{\d\}/);
    }
  });

  it("leaves none in the states and words that no sample has", () => {
    for (const mode of ["demo", "replay", "live"] as const) {
      show("wait", {}, (state) => ({ ...state, mode, simulated: false, phase: "stopping" }));
      expect(english()).toEqual([]);
    }
    const verdicts = ["Edge", "Unproven", "Avoid", "Too few"] as const;
    show("buy", {}, (state) => ({
      ...state,
      unanswered: 2,
      recommendation: state.recommendation && { ...state.recommendation, orderType: "STOP_LIMIT", evidence: 0 },
      accounts: state.accounts.map((account) => ({
        ...account,
        halted: true,
        contexts: account.contexts.map((row, index) => ({ ...row, verdict: verdicts[index % 4] ?? "Edge" })),
      })),
    }));
    expect(english()).toEqual([]);
  });

  it("says every word that the host sends by its code", async () => {
    const { modeInWords } = await import("../../webview/words.js");
    const { orderTypeInWords, reasonInWords } = await import("../../src/words/tradeWords.js");
    const codes = ["target", "stop", "manual", "time", "eod", "emergency", "EXPIRED"];
    const words = [...codes.map(reasonInWords), ...["LIMIT", "MARKET", "STOP_LIMIT"].map(orderTypeInWords)];
    words.push(modeInWords({ ...sampleState("wait", NOW), mode: "live", simulated: false }) ?? "");
    expect(words.filter((word) => !/^\p{Script=Han}+$/u.test(word))).toEqual([]);
  });

  it("prints the same sides, prices and amounts as in English", () => {
    for (const view of VIEWS) {
      show("buy", view);
      const chinese = prices();
      const ladder = [...root.querySelectorAll(".ladder dd, .action")].map(({ textContent }) => textContent);
      speakEnglish();
      show("buy", view);
      expect(prices()).toEqual(chinese);
      expect(chinese.length).toBeGreaterThan(50);
      expect([...root.querySelectorAll(".ladder dd, .action")].map(({ textContent }) => textContent)).toEqual(ladder);
      speakChinese();
    }
  });

  it("writes dates in ISO's order, on the axis too", () => {
    const time = Date.parse("2025-06-02T20:00:00Z") / 1000;
    expect(formatDate(time, "UTC")).toBe("2025-06-02");
    expect(formatDateTime(time, "UTC")).toBe("2025-06-02 20:00");
    expect(formatTime(time, "UTC", { month: "short", day: "numeric" })).toBe("06-02");
    expect(formatTime(time, "UTC", { month: "short" })).toBe("6月");
    expect(formatTime(time, "UTC", { month: "long", year: "numeric" })).toBe("2025年6月");
  });

  it("finds trades by the words of the table, and by those of English", () => {
    const trades = sampleTrades(sampleState("buy", NOW));
    const found = (filter: string) => listTrades(trades, "paper", { ...FIRST_VIEW.trades, filter }).length;
    expect(found("目标 开盘 short")).toBe(found("target |open| short"));
    expect(found("目标 开盘 short")).toBeGreaterThan(0);
    expect(found("亏损")).toBe(found("loss"));
  });

  it("is small enough to come with the page", () => {
    // All texts go with it, half of the size of the program that shows them.
    expect(Buffer.byteLength(BUNDLE)).toBeLessThan(200_000);
  });
});
