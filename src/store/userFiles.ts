import { join } from "node:path";
import { toPoints } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { replaceFile } from "./atomicFile.js";
import type { Clock } from "./clock.js";
import { appendAll, type Fs } from "./files.js";
import { underLock } from "./lockFile.js";
import { isoTime, newYorkTime } from "./newYork.js";
import { Pieces } from "./pieces.js";
import { errorCode, fileFailure } from "./storeError.js";

/** A recommendation in the user's own words: prices in points, money in dollars, `timestamp` in New York. */
export function recommendationLine(recommendation: Recommendation): string {
  const { instrument, trigger } = recommendation;
  const points = (ticks: number) => toPoints(ticks, instrument);
  return JSON.stringify({
    timestamp: newYorkTime(recommendation.time),
    contract: instrument.label,
    action: recommendation.action,
    quantity: recommendation.quantity,
    order_type: recommendation.orderType,
    validity: recommendation.validity,
    price: points(recommendation.price),
    ...(trigger === undefined ? {} : { trigger_price: points(trigger) }),
    stop_loss: points(recommendation.stop),
    profit_target: points(recommendation.target),
    confidence: recommendation.confidence,
    bayesian_multiplier: recommendation.multiplier,
    signal_strength: recommendation.strength,
    volume_ratio: recommendation.ratio,
    context: recommendation.context,
    id: recommendation.id,
    instrument: instrument.symbol,
    account: recommendation.account,
    signal_price: points(recommendation.signalPrice),
    risk_budget: recommendation.riskBudget / 100,
    risk_actual: recommendation.riskActual / 100,
    trading_day: recommendation.tradingDay,
    time: isoTime(recommendation.time),
  });
}

/** Two processes that write within this time may not know of each other's recommendations. */
const JUST_NOW_MS = 10_000;

/**
 * Keeps `latest_recommendation.json` and `recommendations_log.jsonl` in step with the journal. The log has one whole line
 * per recommendation, however many processes write it; lines of the user's own stay.
 */
export class UserFiles {
  readonly #fs: Fs;
  readonly #clock: Clock;
  readonly log: string;
  readonly latest: string;
  readonly #logged = new Set<string>();
  /** Bytes of the log that `#logged` speaks of. */
  #known: number | undefined;
  #shown: string | undefined;

  constructor(fs: Fs, clock: Clock, folder: string) {
    this.#fs = fs;
    this.#clock = clock;
    this.log = join(folder, "recommendations_log.jsonl");
    this.latest = join(folder, "latest_recommendation.json");
  }

  /**
   * Adds what the files lack of `recommendations`, which are all there are, oldest first.
   *
   * @throws StoreError when a file cannot be written; the next call makes up for it
   */
  async update(recommendations: readonly Recommendation[]): Promise<void> {
    const newest = recommendations.at(-1);
    if (newest === undefined) return;
    try {
      const size = await this.#size();
      if (size !== this.#known) this.#known = (await this.#readLog()) === "" ? size : undefined;
      if ((await this.#isShown(newest)) && recommendations.every(({ id }) => this.#logged.has(id))) return;
      await underLock(this.#fs, this.#clock, `${this.log}.lock`, async () => {
        await this.#updateLog(recommendations);
        await this.#updateLatest(newest, recommendations);
      });
    } catch (error) {
      this.#known = undefined;
      throw fileFailure(say('Could not write "{0}"', this.log), error);
    }
  }

  async #updateLatest(newest: Recommendation, known: readonly Recommendation[]): Promise<void> {
    if ((await this.#isShown(newest)) || (await this.#isNewer(newest, known))) return;
    await replaceFile(this.#fs, this.latest, Buffer.from(latestText(newest)));
    this.#shown = newest.id;
  }

  async #isShown(newest: Recommendation): Promise<boolean> {
    if (newest.id === this.#shown) return true;
    if ((await this.#readLatest()) !== latestText(newest)) return false;
    this.#shown = newest.id;
    return true;
  }

  /** Empty where there is no such file. */
  async #readLatest(): Promise<string> {
    if ((await this.#fs.stat(this.latest))?.isFile !== true) return "";
    return Buffer.from(await this.#fs.readFile(this.latest)).toString();
  }

  /** Whether another process has just written one that this one does not know yet. */
  async #isNewer(newest: Recommendation, known: readonly Recommendation[]): Promise<boolean> {
    const status = await this.#fs.stat(this.latest);
    if (status === undefined || this.#clock.wall() / 1000 - status.modified > JUST_NOW_MS) return false;
    const written = fieldsOf(await this.#readLatest());
    if (written === undefined || known.some(({ id }) => id === written.id)) return false;
    return String(written.time) > isoTime(newest.time);
  }

  async #updateLog(recommendations: readonly Recommendation[]): Promise<void> {
    const size = await this.#size();
    const tail = size === this.#known ? "" : await this.#readLog();
    const missing = recommendations.filter(({ id }) => !this.#logged.has(id));
    if (missing.length === 0) return;
    const { blocks, isTorn } = await linesOf(missing, tail);
    if (isTorn) {
      // A crash tore this line: the file goes on where its last whole line ended.
      const whole = (await this.#fs.readFile(this.log)).subarray(0, size - Buffer.byteLength(tail));
      await replaceFile(this.#fs, this.log, Buffer.concat([whole, ...blocks]));
    } else {
      await this.#append(tail === "" ? blocks : [Buffer.from("\n"), ...blocks]);
    }
    for (const { id } of missing) this.#logged.add(id);
    this.#known = await this.#size();
  }

  async #size(): Promise<number> {
    return (await this.#fs.stat(this.log))?.size ?? 0;
  }

  /** Learns which ids the log has. Returns what stands behind its last line end. */
  async #readLog(): Promise<string> {
    this.#logged.clear();
    const bytes = await this.#fs.readFile(this.log).catch((error) => {
      if (errorCode(error) === "ENOENT") return new Uint8Array();
      throw error;
    });
    const log = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const pieces = new Pieces();
    for (let begin = 0; ; ) {
      const end = log.indexOf("\n", begin);
      const line = log.toString("utf8", begin, end < 0 ? log.length : end);
      const id = fieldsOf(line)?.id;
      if (id !== undefined) this.#logged.add(String(id));
      if (end < 0) return line;
      begin = end + 1;
      await pieces.next();
    }
  }

  async #append(blocks: readonly Uint8Array[]): Promise<void> {
    const file = await this.#fs.open(this.log, "append");
    try {
      for (const bytes of blocks) await appendAll(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** Lines of a block: few enough to be written within a turn, enough to be written seldom. */
const BLOCK_LINES = 1000;

/** The lines of recommendations in blocks, and whether `tail` is what a crash left of one of them. */
async function linesOf(recommendations: readonly Recommendation[], tail: string) {
  const blocks: Uint8Array[] = [];
  const pieces = new Pieces();
  let isTorn = false;
  let lines: string[] = [];
  for (const [index, recommendation] of recommendations.entries()) {
    const line = `${recommendationLine(recommendation)}\n`;
    isTorn ||= tail !== "" && line.startsWith(tail);
    lines.push(line);
    if (lines.length === BLOCK_LINES || index === recommendations.length - 1) {
      blocks.push(Buffer.from(lines.join("")));
      lines = [];
    }
    await pieces.next();
  }
  return { blocks, isTorn };
}

function latestText(recommendation: Recommendation): string {
  return `${JSON.stringify(JSON.parse(recommendationLine(recommendation)), null, 2)}\n`;
}

/** Undefined for a text that is not one of a recommendation: the user may have written it. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "id" in value ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
