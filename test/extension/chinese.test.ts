import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { orderTicket } from "../../src/app/orderTicket.js";
import type { OpenPosition } from "../../src/core/events.js";
import { formatPrice } from "../../src/core/instrument.js";
import type { Recommendation } from "../../src/core/sizing/recommendation.js";
import { registerCommands } from "../../src/extension/commands.js";
import { copyOrderTicket } from "../../src/extension/copyTicket.js";
import { inEnglish, inLanguage, loadTexts } from "../../src/extension/language.js";
import { quickActionsOf } from "../../src/extension/quickActions.js";
import { recordExit } from "../../src/extension/recordExit.js";
import { recordFill, skipSignal } from "../../src/extension/recordFill.js";
import { showPendingTrades } from "../../src/extension/showPending.js";
import { AT_REST } from "../../src/extension/standing.js";
import { type StatusLook, statusLook, watchSentence } from "../../src/extension/statusText.js";
import { contextRows } from "../../src/extension/views/contextRows.js";
import { pendingRows } from "../../src/extension/views/pendingRows.js";
import type { Row } from "../../src/extension/views/row.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { commands, fake, l10n } from "../support/fakeVscode.js";
import { RECOMMENDATION_ID, recommendation, after as secondsAfter } from "../support/outputs.js";
import { engineView, standing, workbenchWithSignal } from "./support.js";

/** What a trader in China reads as it is: what a ticket says, contracts, units, the product's name and keys. */
const AS_IT_IS = new Set(
  "BUY SHORT LONG LIMIT DAY ES MES JUN DEC R x s n rth Volume Cluster Escape Enter t".split(" "),
);

const NOW = 1_000_000;
const TICKET = "BUY 2 ES JUN25 @ 6010.75";

beforeAll(() => {
  l10n.bundle = JSON.parse(readFileSync(new URL("../../l10n/bundle.l10n.zh-cn.json", import.meta.url), "utf8"));
  loadTexts();
});

afterAll(() => {
  l10n.bundle = undefined;
  loadTexts();
});

beforeEach(() => fake.reset());

/** Words of no other language than English, icons and ids of commands left out. */
function english(...texts: readonly (string | undefined)[]): readonly string[] {
  const words =
    texts
      .join(" ")
      .replace(/\$\([a-z~-]+\)/g, " ")
      .match(/[A-Za-z]+/g) ?? [];
  return words.filter((word) => !AS_IT_IS.has(word));
}

const said = ({ text, tooltip, spoken }: StatusLook) => [text, ...tooltip, spoken];

describe("In Chinese, the status bar", () => {
  const signal = standing({
    market: "demo",
    view: engineView({ pending: [recommendation({ account: "manual" })] }),
    deadlines: new Map([[RECOMMENDATION_ID, NOW + 30_000]]),
  });
  const position: OpenPosition = {
    recommendation: recommendation({ account: "manual" }),
    account: "manual",
    quantity: 2,
    entryPrice: 24042,
    entryTime: secondsAfter(20),
    openPnl: 12_500,
  };

  it("tells a signal with the order as it is typed at the broker", () => {
    const look = statusLook(signal, NOW);
    expect(look.text).toBe(`$(bell-dot) 演示：${TICKET} · 30 秒`);
    expect(look.spoken).toMatch(/^信号：买入 2 手 ES JUN25，价格 6010\.75，还剩 30 秒可操作。/);
    expect(look.tooltip.slice(0, 2)).toEqual(["BUY 2 ES JUN25, LIMIT 6010.75, DAY", "止损 5995.25，目标 6041.25"]);
  });

  it.each([
    ["a signal", signal],
    ["a late signal", { ...signal, deadlines: new Map() }],
    ["what is not saved", { ...signal, unsaved: 2 }],
    ["a position", standing({ view: engineView({ open: [position] }) })],
    ["the watch", standing({ view: engineView({}), phase: "running" })],
    ["a stopped replay in paper auto", standing({ phase: "idle", market: "replay", paper: true })],
    ["a start", standing({ phase: "starting" })],
    ["nothing", { ...AT_REST, elsewhere: [{ market: "live", waiting: 2 } as const] }],
  ])("has no English word when it shows %s", (_what, of) => {
    expect(english(...said(statusLook(of, NOW)))).toEqual([]);
  });

  it("is told to other windows and to those who help in English", () => {
    const watch = standing({ view: engineView({}), phase: "running" });
    const sentence = inEnglish(() => watchSentence(watch));
    expect(sentence).toMatch(/^Watching, /);
    expect(watchSentence(watch)).toBe(inLanguage(sentence));
    expect(watchSentence(watch)).toMatch(/^观察中，/);
  });
});

describe("In Chinese, the rows", () => {
  const all = (rows: readonly Row[]): readonly Row[] => rows.flatMap((row) => [row, ...all(row.children ?? [])]);

  it("of pending and open trades, of contexts and quick actions have no English word", async () => {
    const workbench = await workbenchWithSignal();
    const look = () => {
      const now = workbench.standing();
      const rows = all([...pendingRows(now, Date.now()), ...contextRows(now)]);
      const texts = rows.flatMap(({ label, description, tooltip = [], spoken }) => [
        ...[label, description, ...tooltip, spoken],
      ]);
      const actions = quickActionsOf(now, Date.now()).flatMap(({ label, description }) => [label, description]);
      return { rows: rows.map(({ id }) => id.split(":")[0]), english: english(...texts, ...actions) };
    };
    expect(look()).toEqual({ rows: ["pending"], english: [] });
    await entered(recordFill(workbench));
    expect(look()).toEqual({ rows: ["open"], english: [] });
    await entered(recordExit(workbench));
    expect(look()).toEqual({ rows: ["account", "context"], english: [] });
    await workbench.close();
  });
});

/** The user agrees. */
async function entered(conversation: Promise<void>): Promise<void> {
  (await fake.nextBox()).enter();
  await conversation;
}

describe("In Chinese, a conversation", () => {
  let workbench: Workbench;
  let recommended: Recommendation;
  let order = "";

  beforeEach(async () => {
    workbench = await workbenchWithSignal();
    recommended = workbench.view().pending.at(-1) as Recommendation;
    const { action, quantity, price, instrument } = recommended;
    order = `${action} ${quantity} MES DEC25 @ ${formatPrice(price, instrument)}`;
    return () => workbench.close();
  });

  it("records a fill by the same line, with price, quantity and side as they are", async () => {
    const flow = recordFill(workbench);
    const box = await fake.nextBox();
    const line = `${recommended.quantity}@${formatPrice(recommended.price, recommended.instrument)}`;
    expect(box.title).toMatch(/^记录成交：/);
    expect(box.title).toContain(order);
    expect([box.prompt?.startsWith("回车：按建议成交。"), box.value]).toEqual([true, line]);
    box.type("1@+1t");
    const next = formatPrice(recommended.price + 1, recommended.instrument);
    expect(box.said()).toBe(`info: 按回车记录 ${recommended.action} 1 MES DEC25 @ ${next}`);
    box.type("");
    box.enter();
    await flow;
    expect(fake.statusMessages).toEqual([`$(check) 已保存：成交 ${order}`]);
  });

  it("keeps the reason of what was not executed in the words of the records", async () => {
    const flow = skipSignal(workbench);
    const list = await fake.nextBox();
    expect(list.title).toMatch(/^未执行：/);
    list.enter();
    await flow;
    expect(workbench.outputs().findLast(({ type }) => type === "decision")).toMatchObject({ reason: "Too late" });
    expect(fake.statusMessages[0]).toMatch(/^\$\(check\) 已保存：未执行（/);
  });

  it("records an exit, and says what Enter does", async () => {
    await entered(recordFill(workbench));
    const flow = recordExit(workbench);
    const box = await fake.nextBox();
    expect(box.title).toMatch(/^记录离场：(LONG|SHORT) /);
    expect(box.value).toMatch(/^\d+\.\d\d$/);
    box.enter();
    await flow;
    expect(fake.statusMessages.at(-1)).toMatch(/^\$\(check\) 已保存：\d 手以 \d+\.\d\d 平仓（.*）：(LONG|SHORT) \d /);
  });

  it("lists what waits", async () => {
    const flow = showPendingTrades(workbench);
    const list = await fake.nextBox();
    expect([list.title, list.placeholder]).toEqual(["待处理交易", "1 条未答复，0 笔未离场"]);
    list.hide();
    await flow;
  });

  it("copies the very ticket that it copies in English", async () => {
    await copyOrderTicket(workbench);
    expect(fake.clipboard).toBe(orderTicket(recommended));
    expect(fake.clipboard).toMatch(/^Symbol: MES DEC25\nSide: (BUY|SHORT)\n/);
    expect(fake.statusMessages[0]).toContain(`已复制：${order}`);
  });
});

describe("In Chinese, a failure", () => {
  it("is told in Chinese and logged in English, and its button works", async () => {
    const text = 'There is no run to record into. Begin with "Volume Cluster: Start"';
    const logged: string[] = [];
    let shown = 0;
    const workbench = { standing: () => AT_REST, stop: () => Promise.reject(new Error(text)) };
    registerCommands({
      workbench,
      dashboard: {},
      log: { error: (line: string) => logged.push(line), show: () => shown++ },
    } as never);
    fake.answers.push("显示运行日志");
    await commands.executeCommand("volumeCluster.stop");
    expect(fake.messages).toMatchObject([
      { text: "没有可记录的运行。请从“Volume Cluster: 启动”开始", actions: ["显示运行日志"] },
    ]);
    expect(logged).toEqual([text]);
    await expect.poll(() => shown).toBe(1);
  });
});
