import { join } from "node:path";
import { toPoints } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { replaceFile } from "./atomicFile.js";
import { appendAll, type Fs } from "./files.js";
import { isoTime, newYorkTime } from "./newYork.js";
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

/**
 * Keeps `latest_recommendation.json` and `recommendations_log.jsonl` in step with the journal. The log has one whole line
 * per recommendation; lines of the user's own stay.
 */
export class UserFiles {
  readonly #fs: Fs;
  readonly #log: string;
  readonly #latest: string;
  readonly #logged = new Set<string>();
  #size: number | undefined;
  #shown: string | undefined;

  constructor(fs: Fs, folder: string) {
    this.#fs = fs;
    this.#log = join(folder, "recommendations_log.jsonl");
    this.#latest = join(folder, "latest_recommendation.json");
  }

  /**
   * Adds what the files lack of `recommendations`, which are all there are, oldest first.
   *
   * @throws StoreError when a file cannot be written; the next call makes up for it
   */
  async update(recommendations: readonly Recommendation[]): Promise<void> {
    try {
      await this.#updateLog(recommendations);
    } catch (error) {
      this.#size = undefined;
      throw fileFailure(`Could not write "${this.#log}"`, error);
    }
    const newest = recommendations.at(-1);
    if (newest === undefined || newest.id === this.#shown) return;
    const text = `${JSON.stringify(JSON.parse(recommendationLine(newest)), null, 2)}\n`;
    await replaceFile(this.#fs, this.#latest, Buffer.from(text));
    this.#shown = newest.id;
  }

  async #updateLog(recommendations: readonly Recommendation[]): Promise<void> {
    const size = (await this.#fs.stat(this.#log))?.size ?? 0;
    const tail = size === this.#size ? "" : await this.#readLog();
    const missing = recommendations.filter(({ id }) => !this.#logged.has(id));
    if (missing.length === 0) return;
    const lines = missing.map((recommendation) => `${recommendationLine(recommendation)}\n`);
    if (tail !== "" && lines.some((line) => line.startsWith(tail))) {
      // A crash tore this line: the file goes on where its last whole line ended.
      const whole = (await this.#fs.readFile(this.#log)).subarray(0, size - Buffer.byteLength(tail));
      await replaceFile(this.#fs, this.#log, Buffer.concat([whole, Buffer.from(lines.join(""))]));
    } else {
      await this.#append(Buffer.from((tail === "" ? "" : "\n") + lines.join("")));
    }
    for (const { id } of missing) this.#logged.add(id);
    this.#size = (await this.#fs.stat(this.#log))?.size;
  }

  /** Learns which ids the log has. Returns what stands behind its last line end. */
  async #readLog(): Promise<string> {
    this.#logged.clear();
    const bytes = await this.#fs.readFile(this.#log).catch((error) => {
      if (errorCode(error) === "ENOENT") return new Uint8Array();
      throw error;
    });
    const lines = Buffer.from(bytes).toString("utf8").split("\n");
    for (const line of lines) {
      const id = idOf(line);
      if (id !== undefined) this.#logged.add(id);
    }
    return lines.at(-1) ?? "";
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const file = await this.#fs.open(this.#log, "append");
    try {
      await appendAll(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** Undefined for a line that is not one of a recommendation: the user may have written it. */
function idOf(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "id" in value ? String(value.id) : undefined;
  } catch {
    return undefined;
  }
}
