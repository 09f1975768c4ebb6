import { readFileSync } from "node:fs";
import { join } from "node:path";
import initSqlJs from "sql.js";
import { blindSpans } from "../../../src/app/blindSpans.js";
import { loadCalendar } from "../../../src/app/calendar.js";
import { demoSettings } from "../../../src/app/demoSettings.js";
import { signalEvidence } from "../../../src/app/evidence.js";
import { performanceReport } from "../../../src/app/performance.js";
import { Run } from "../../../src/app/run.js";
import { parseSettings } from "../../../src/app/settings.js";
import type { AccountEvent, EngineEvent, EngineOutput } from "../../../src/core/events.js";
import type { Period } from "../../../src/core/protocol.js";
import { TradingHours } from "../../../src/core/session.js";
import { winRateInterval } from "../../../src/core/sizing/posterior.js";
import type { Recommendation } from "../../../src/core/sizing/recommendation.js";
import type { Micros, Ticks } from "../../../src/core/units.js";
import { dashboardState } from "../../../src/extension/dashboardState.js";
import { PresentExits } from "../../../src/extension/presentExits.js";
import { AT_REST } from "../../../src/extension/standing.js";
import { tradeRows } from "../../../src/extension/tradeRows.js";
import { demoFeed } from "../../../src/feed/demo.js";
import type { Feed } from "../../../src/feed/feed.js";
import { linesLog, wasm } from "../memoryRun.js";

const MODE = { leading: "manual", paperTrades: true, haltEndsWithSession: true } as const;
const MINUTE = 60_000_000;

/** What the panel is told of a folder, and what the folder holds: nothing of it is computed here. */
export interface Panel {
  readonly state: ReturnType<typeof dashboardState>;
  readonly report: (period: Period) => ReturnType<typeof performanceReport>;
  readonly trades: ReturnType<typeof tradeRows>;
  readonly evidence: (id: string) => ReturnType<typeof signalEvidence>;
  /** The engine's time, at which all this was true. */
  readonly now: number;
}

/**
 * Lets the demo market run until, after so many closed trades of the user, both accounts hold something, he a part of a trade, and a
 * call of the day has no answer. The paper account goes by its rules; the user answers in every way there is: as recommended, filled or closed in parts, by hand before the bracket, not at all, wrongly and then corrected or taken back.
 */
export async function tradedFolder(folder: string, seed: number, trades: number): Promise<Panel> {
  const settings = demoSettings(parseSettings({}));
  const user = new User();
  const sinks = [(output: EngineOutput) => user.see(output)];
  const run = await Run.open({ settings, mode: MODE, kind: "demo", folder, sinks, log: linesLog(), wasm });
  await run.run(answered(demoFeed({ seed, instrument: "MES" }), run, user, trades), new AbortController().signal);
  await run.close();
  return panelOf(folder);
}

/** Opens the folder anew, as a window does that was closed in between. */
async function panelOf(folder: string): Promise<Panel> {
  const settings = demoSettings(parseSettings({}));
  const run = await Run.open({ settings, mode: MODE, kind: "demo", folder, sinks: [], log: linesLog(), wasm });
  await run.restore();
  const view = run.engine.view();
  const { outputs } = run;
  await run.close();
  const exits = new PresentExits().of(outputs);
  const standing = { ...AT_REST, market: "demo" as const, view };
  const blind = blindSpans(outputs, new TradingHours("rth", loadCalendar()));
  const options = { haltingDrawdown: settings.risk.emergencyStopLossPct, blind };
  return {
    state: dashboardState({ standing, outputs, exits, timeZone: "America/New_York", winRateInterval }),
    report: (period) => performanceReport(view, outputs, period, view.time, options),
    trades: tradeRows(exits),
    evidence: (id) => signalEvidence(run, id),
    now: view.time,
  };
}

function answered(feed: Feed, run: Run, user: User, trades: number): Feed {
  return {
    async *events(stop): AsyncIterable<readonly EngineEvent[]> {
      let isLost = false;
      for await (const events of feed.events(stop)) {
        yield events;
        const { time, lastPrice, open } = run.engine.view();
        if (!isLost && user.issued.length === 12) {
          isLost = true;
          yield [gapOf(time, run.engine.view().instrument?.id)];
        }
        const isOpen = (id: string) => open.some((held) => held.account === "manual" && held.recommendation.id === id);
        for (const event of user.answers(time, lastPrice, isOpen)) await run.dispatch(event);
        const held = new Set(run.engine.view().open.map(({ account }) => account));
        if (user.closed.length >= trades && held.size === 2 && user.waits && user.holdsAPart) break;
      }
      for (const event of user.corrections(run.engine.view().time)) await run.dispatch(event);
    },
  };
}

/** A minute of the followed contract that is missing for good. */
function gapOf(time: Micros, instrument = 0): EngineEvent {
  return { type: "connection", state: "gap", time, instrument, from: (time - MINUTE) as Micros, to: time };
}

const isSilent = (number: number) => number % 9 === 4;

/** What is corrected is of trades that were closed at once. */
const isParted = (number: number) => number % 2 === 0 && number > 12;

function exitOf(recommendation: string, time: Micros) {
  return { type: "account", kind: "exit", account: "manual", recommendation, time } as const;
}

/** Answers by a fixed plan: the fate of a recommendation is that of its number. */
class User {
  readonly issued: Recommendation[] = [];
  readonly #held = new Map<string, { readonly number: number; readonly since: Micros }>();
  /** Of what is held in part. */
  readonly #parted = new Set<string>();
  readonly #ended = new Map<string, { readonly price: Ticks | undefined; readonly reason: string }>();
  readonly closed: string[] = [];
  #told = 0;

  see(output: EngineOutput): void {
    if (output.type === "recommendation" && output.account === "manual") this.issued.push(output);
    if (output.type === "shadow") this.#ended.set(output.recommendation, output);
  }

  /** Whether a call of the newest day has no answer. */
  get waits(): boolean {
    const today = this.issued.at(-1)?.tradingDay;
    return this.issued.some((call, number) => isSilent(number) && call.tradingDay === today);
  }

  answers(time: Micros, last: Ticks | undefined, isOpen: (id: string) => boolean): readonly AccountEvent[] {
    const made: AccountEvent[] = [];
    for (const call of this.issued.slice(this.#told)) made.push(...this.#answer(call, this.#told++, time));
    for (const [id, { number, since }] of this.#held) {
      if (last === undefined || !isOpen(id)) continue;
      made.push(...this.#part(id, number, since, time, last));
      const end = this.#ended.get(id);
      const isByHand = number % 4 === 1 && time - since > (5 + number) * MINUTE;
      const isOver = end?.price !== undefined && (end.reason === "target" || end.reason === "stop");
      // What the rules never fill is held for half an hour.
      if (!isByHand && !isOver && !(end !== undefined && time - since > 30 * MINUTE)) continue;
      this.#held.delete(id);
      this.closed.push(id);
      const reason = isOver && !isByHand ? (end.reason as "target" | "stop") : "manual";
      const price = isOver && !isByHand ? (end.price ?? last) : last;
      made.push({ ...exitOf(id, time), id: `exit:manual:${id}`, price, reason, notes: `=SUM(${number})` });
    }
    return made;
  }

  /** One of some contracts, three minutes after the fill: the others stay for what ends the rest. */
  #part(id: string, number: number, since: Micros, time: Micros, price: Ticks): readonly AccountEvent[] {
    if (!isParted(number) || time - since < 3 * MINUTE || this.#parted.has(id)) return [];
    this.#parted.add(id);
    return [{ ...exitOf(id, time), id: `exit:manual:${id}:1`, price, reason: "manual", quantity: 1 }];
  }

  /** Whether a trade is open of which a part was closed. */
  get holdsAPart(): boolean {
    return [...this.#parted].some((id) => this.#held.has(id));
  }

  #answer(call: Recommendation, number: number, time: Micros): readonly AccountEvent[] {
    const about = { type: "account", account: "manual", recommendation: call.id, time } as const;
    if (isSilent(number)) return [];
    if (number % 7 === 3)
      return [{ ...about, kind: "decision", id: `no:${call.id}`, answer: "not_executed", reason: "Away" }];
    this.#held.set(call.id, { number, since: time });
    const fill = (part: number, quantity: number, price: number): AccountEvent => ({
      ...about,
      ...{ kind: "fill", id: `fill:manual:${call.id}:${part}`, quantity, price: price as Ticks },
    });
    // More than recommended, to be closed in parts.
    if (isParted(number)) return [fill(1, call.quantity + 1, call.price)];
    // In two parts, a tick apart: their mean lies between two ticks.
    if (call.quantity < 2 || number % 3 !== 0) return [fill(1, call.quantity, call.price)];
    return [fill(1, 1, call.price), fill(2, call.quantity - 1, call.price + 1)];
  }

  /** Two exits and a fill that were typed wrongly, and two trades of another account. */
  corrections(time: Micros): readonly AccountEvent[] {
    const [a = "", b = "", c = "", d = "", e = ""] = this.closed;
    const calls = new Map(this.issued.map((call) => [call.id, call]));
    const about = { type: "account", account: "manual", time, why: "Typed wrongly" } as const;
    const exit = (id: string, price: number): AccountEvent => ({
      ...about,
      ...{ kind: "amendment", id: `amend:${id}`, recommendation: id, target: `exit:manual:${id}` },
      correction: { price: price as Ticks },
    });
    return [
      exit(a, (calls.get(a)?.price ?? 0) + 9),
      exit(b, (calls.get(b)?.price ?? 0) - 21),
      {
        ...about,
        ...{ kind: "amendment", id: `amend:${c}`, recommendation: c, target: `fill:manual:${c}:1` },
        correction: { quantity: 1 },
      },
      { ...about, kind: "void", id: `void:${d}`, recommendation: d },
      { ...about, kind: "void", id: `void:${e}`, recommendation: e },
    ];
  }
}

export type Row = Readonly<Record<string, number | string | null>>;

/** All rows of a query on a database file of a folder. */
export async function rowsOf(folder: string, file: string, sql: string): Promise<readonly Row[]> {
  const SQL = await initSqlJs({ wasmBinary: (await wasm()) as never });
  const database = new SQL.Database(readFileSync(join(folder, file)));
  const [found] = database.exec(sql);
  database.close();
  if (found === undefined) return [];
  return found.values.map(
    (values) =>
      Object.fromEntries(found.columns.map((column, i) => [column, values[i] as number | string | null])) as Row,
  );
}
