import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { AnswerError, EXIT_REASONS, exitEvent, fillEvent, notExecutedEvent } from "../../src/app/answers.js";
import { demoSettings } from "../../src/app/demoSettings.js";
import { EXIT_HELP } from "../../src/app/exitLine.js";
import { healthCheck } from "../../src/app/healthCheck.js";
import { inEnglish, inLanguage, speak } from "../../src/app/language.js";
import { jsonLine, printed } from "../../src/app/lines.js";
import { Pipeline } from "../../src/app/pipeline.js";
import { readableLine } from "../../src/app/readableLines.js";
import { killEvent } from "../../src/app/resets.js";
import { weeklyReview } from "../../src/app/review/review.js";
import { weekOf } from "../../src/app/review/week.js";
import { parseSettings } from "../../src/app/settings.js";
import { newYorkTime } from "../../src/app/times.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { demoFeed } from "../../src/feed/demo.js";
import { FeedError } from "../../src/feed/feedError.js";
import { inFile } from "../../src/feed/fileBytes.js";
import { fileFailure } from "../../src/store/storeError.js";
import { handClock, openStore, systemError, temporaryFolder } from "../store/support.js";
import { at, recommendation } from "../support/outputs.js";
import { memoryRun } from "./memoryRun.js";

const CHINESE = JSON.parse(
  readFileSync(new URL("../../l10n/bundle.l10n.zh-cn.json", import.meta.url), "utf8"),
) as Readonly<Record<string, string>>;
const HAN = /\p{Script=Han}/u;

afterEach(() => speak(undefined));

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AnswerError) return error.message;
    throw error;
  }
  return expect.unreachable("nothing was refused");
}

describe("In Chinese", () => {
  const call = recommendation({ account: "manual", time: at("2025-06-09T18:32:00Z") });

  it("what is typed is named as it is typed", () => {
    speak(CHINESE);
    const help = inLanguage(EXIT_HELP);
    expect(help).toMatch(HAN);
    for (const reason of EXIT_REASONS) expect(help).toContain(reason);
  });

  it("a refused answer keeps its price, quantity, reason and id as they are, and its error stays English", async () => {
    speak(CHINESE);
    const { engine } = await memoryRun("live");
    const view = { ...engine.view(), pending: [call] };
    const answer = { recommendation: call.id, price: "6010,50", quantity: "2" };
    const unreadable = messageOf(() => fillEvent(view, answer, call.time));
    expect(unreadable).toBe(
      '"6010,50" is not a price: write it with a decimal point and nothing else; if you mean 6010.50, write 6010.50',
    );
    expect(inLanguage(unreadable)).toBe('"6010,50" 不是价格：请只写数字和小数点；如果您指的是 6010.50，请写 6010.50');
    const early = messageOf(() => exitEvent(view, { ...answer, price: "6010.50", reason: "stop" }, call.time));
    expect(inLanguage(early)).toBe(`${call.id} 没有持仓：请先记录其成交`);
  });

  it("a doubt names its prices as they are typed", async () => {
    speak(CHINESE);
    const { engine } = await memoryRun("live");
    const view = { ...engine.view(), pending: [call] };
    const { warnings } = fillEvent(view, { recommendation: call.id, price: "9999.00", quantity: "1" }, call.time);
    expect(warnings.every((each) => HAN.test(each))).toBe(true);
    expect(warnings.join()).toContain("9999.00");
  });

  it("an error of a file, of the disk or of a backup is Chinese to its last part", () => {
    speak(CHINESE);
    const damaged = new FeedError("it is empty; download it again", { retriable: false });
    const read = inFile("/data/a.dbn", damaged) as Error;
    expect(inLanguage(read.message)).toBe("无法读取「/data/a.dbn」：它是空的；请重新下载");
    const { message } = fileFailure('NOT SAVED: could not write the journal in "/data"', systemError("ENOSPC"));
    expect(inLanguage(message)).toBe("未保存：无法写入「/data」中的交易日志：磁盘已满。请释放一些空间，然后重试");
  });

  it("what the settings imply is Chinese, and names settings and sides as they are written", () => {
    speak(CHINESE);
    const items = healthCheck(parseSettings({}), { time: at("2025-06-09T13:00:00Z"), calendar: NO_HOLIDAYS });
    expect(items.filter(({ title, text }) => !HAN.test(title) || !HAN.test(text))).toEqual([]);
    expect(items.map(({ text }) => text).join()).toContain("BUY 和 SHORT");
  });
});

describe("A demo in Chinese", () => {
  it("keeps, logs and prints byte for byte what it does in English, and is reviewed in Chinese", async () => {
    const english = await demo(undefined);
    const chinese = await demo(CHINESE);
    expect(chinese.lines.length).toBeGreaterThan(100);
    expect(chinese.lines).toEqual(english.lines);
    expect([...chinese.files.keys()].filter((name) => name.includes("journal")).length).toBeGreaterThan(0);
    expect(chinese.files).toEqual(english.files);
    expect(english.review).not.toMatch(HAN);
    expect(chinese.review).toContain("## 1. 组合绩效");
    const headings = chinese.review.split("\n").filter((line) => line.startsWith("#"));
    expect(headings.filter((line) => !HAN.test(line))).toEqual([]);
    const numbers = (text: string) => text.match(/[+-]?\$[\d,.]*\d/g);
    expect(numbers(chinese.review)).toEqual(numbers(english.review));
  });
});

/** Some days of the demo market with answers of a person, all that they leave on the disk, and what is told of them. */
async function demo(phrases: Readonly<Record<string, string>> | undefined) {
  speak(phrases);
  const folder = temporaryFolder();
  let drawn = 0;
  const random = () => {
    drawn = (drawn * 1103515245 + 12345) % 2 ** 31;
    return drawn / 2 ** 31;
  };
  const store = await openStore(folder, { kind: "demo", clock: handClock(), random });
  const mode = { leading: "manual", paperTrades: true, haltEndsWithSession: true } as const;
  const engine = new Engine(demoSettings(parseSettings({})), mode, NO_HOLIDAYS);
  const lines: string[] = [];
  const print = (output: EngineOutput) => {
    lines.push(printed(jsonLine(output)), inEnglish(() => readableLine(output)) ?? "");
  };
  const pipeline = new Pipeline(engine, store, [print]);
  await pipeline.run(demoFeed({ seed: 7, days: 8 }), new AbortController().signal);
  const issued = store.outputs.filter((output) => output.type === "recommendation" && output.account === "manual");
  const { time } = engine.view();
  for (const { id } of issued.slice(0, 2) as readonly { id: string }[]) {
    const answer = { recommendation: id, reason: "Too late" };
    await pipeline.dispatch(notExecutedEvent(engine.view(), answer, time, store.outputs).event);
  }
  await pipeline.dispatch(killEvent("a test", time));
  const week = weekOf(newYorkTime(time).slice(0, 10));
  const options = { simulated: "A replay of recorded trades.", problems: [], funFacts: true };
  const review = weeklyReview(store.outputs, engine.view(), week, options);
  await store.close();
  return { lines, review, files: filesIn(folder) };
}

function filesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), "latin1")]));
}
