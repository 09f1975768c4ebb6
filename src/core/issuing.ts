import { advise, type Moment } from "./adviser.js";
import type { Desk } from "./desk.js";
import type { Signal } from "./detector/cluster.js";
import type { EngineOutput } from "./events.js";
import { recommendationId } from "./guards/signalOnce.js";
import type { EngineSettings, RunMode } from "./settings.js";
import type { Micros } from "./units.js";

/** Whom a signal is for, and where its answer goes. */
export interface Issuing {
  readonly desk: Desk;
  readonly mode: RunMode;
  /** With the limits in force. */
  readonly settings: EngineSettings;
  readonly emit: (output: EngineOutput) => void;
}

/** Answers a signal: a recommendation, which the paper account takes where it trades by itself, or a refusal. */
export function issue(signal: Signal, moment: Moment, { desk, mode, settings, emit }: Issuing): void {
  const advice = advise(signal, moment, desk.leading, desk.learnedBy(desk.leading.name), settings);
  if (typeof advice === "string") {
    const { instrument, direction } = signal;
    // A call of an earlier run of this day, seen again while the past is caught up with, was made: nothing is refused.
    const id = recommendationId(instrument.symbol, moment.time, direction);
    if (advice === "STALE" && desk.issued.has(id)) return;
    emit({ type: "refusal", time: moment.time, instrument, direction, reason: advice });
    return;
  }
  emit(advice);
  desk.register(advice);
  if (!mode.paperTrades) return;
  if (mode.leading === "paper") desk.paperBooks.order.submit(advice, advice.quantity);
  else submitBeside(signal, moment, advice.id, { desk, mode, settings, emit });
}

// The paper account beside the user's takes the same recommendation by its own balance, limits and results.
function submitBeside(signal: Signal, moment: Moment, id: string, { desk, settings, emit }: Issuing): void {
  const advice = advise(signal, moment, desk.paper, desk.learnedBy("paper"), settings);
  const led = desk.issued.get(id);
  if (typeof advice === "string" || led === undefined) return;
  const { quantity, time } = advice;
  const at: Micros = moment.time;
  emit({ type: "order", id: `order:paper:${id}`, recommendation: id, account: "paper", time, quantity, at });
  desk.paperBooks.order.submit(led, quantity);
}
