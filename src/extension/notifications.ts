import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import { formatPrice } from "../core/instrument.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import type { Alerts } from "./alerts/alerts.js";
import { type SignalWords, signalArrived } from "./notices.js";
import { type ActiveSignal, activeSignal, WARN_SECONDS } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** The message that stands there. */
interface Message {
  readonly id: string;
  readonly end: () => void;
}

/** Nobody reads and answers a message in less: such a signal is shown in the status bar alone. */
const LEAST_SECONDS = 2;

/**
 * Announces the signal that can be answered in time, once: a sound, then a message that ends with it, with its answer, its seconds,
 * the feed, or the next signal. So there is at most one message. Its links open conversations; none records anything by itself.
 * When 10 seconds are left and it has no answer, it sounds again. A signal that was withdrawn, or made room for another, and can be
 * answered again gets its message back, without a sound.
 */
export class Notifications implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #alerts: Alerts;
  readonly #listener: vscode.Disposable;
  #message: Message | undefined;
  #run = 0;
  /** Of this run: the signals that have sounded, and those that have for their last seconds. */
  #heard = new Set<string>();
  #warned = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(workbench: Workbench, alerts: Alerts) {
    this.#workbench = workbench;
    this.#alerts = alerts;
    this.#listener = workbench.onDidChange(() => this.#look());
  }

  dispose(): void {
    this.#listener.dispose();
    clearTimeout(this.#timer);
    this.#end();
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#follow(this.#workbench.runNumber);
    const standing = this.#workbench.standing();
    const active = activeSignal(standing, Date.now());
    if (this.#message?.id !== active?.recommendation.id) {
      this.#end();
      if (active !== undefined && active.secondsLeft >= LEAST_SECONDS)
        this.#announce(active, standing.market === "demo");
    }
    if (active === undefined) return;
    this.#warn(active);
    const next = active.secondsLeft > WARN_SECONDS ? active.secondsLeft - WARN_SECONDS : active.secondsLeft;
    this.#timer = setTimeout(() => this.#look(), next * 1000);
  }

  /** In another run each signal is another one. */
  #follow(run: number): void {
    if (run === this.#run) return;
    this.#run = run;
    this.#end();
    this.#heard.clear();
    this.#warned.clear();
  }

  #end(): void {
    this.#message?.end();
    this.#message = undefined;
  }

  #warn({ recommendation: { id }, secondsLeft }: ActiveSignal): void {
    if (!this.#heard.has(id) || this.#warned.has(id) || secondsLeft > WARN_SECONDS) return;
    this.#warned.add(id);
    this.#alerts.sound("lastSeconds");
  }

  #announce({ recommendation, secondsLeft }: ActiveSignal, simulated: boolean): void {
    const { id } = recommendation;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#message = { id, end };
    if (!this.#heard.has(id)) {
      this.#heard.add(id);
      // What comes with so few seconds sounds once.
      if (secondsLeft <= WARN_SECONDS) this.#warned.add(id);
      this.#alerts.sound("signal");
    }
    if (this.#alerts.allows("signal")) void signalArrived(wordsOf(recommendation, simulated), ended);
  }
}

/** Short, with all that an order needs: what the one line of a message cannot hold is cut off. */
function wordsOf(recommendation: Recommendation, simulated: boolean): SignalWords {
  const { id, action, quantity, orderType, instrument } = recommendation;
  const [price = "", ...bracket] = [recommendation.price, recommendation.stop, recommendation.target].map((ticks) =>
    formatPrice(ticks, instrument),
  );
  const command = "volumeCluster.recordFill";
  // Whoever clicks when its time is over has seen the message later than that.
  const fill = { command, arguments: [id, "call"] };
  const at = orderType === "MARKET" ? "MARKET" : price;
  return {
    mark: simulated ? t("Demo: ") : "",
    order: { label: `${action} ${quantity} ${instrument.label} @ ${at}`, ...fill },
    bracket: t("stop {0}, target {1}", ...bracket),
    links: [
      { label: t("Fill"), ...fill },
      { label: t("Skip"), command, arguments: [id, "skip"] },
    ],
  };
}
