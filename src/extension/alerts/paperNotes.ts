import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import type { AccountView, EngineOutput, Exit } from "../../core/events.js";
import { countingExits } from "../../core/tradeRecords.js";
import { inLanguage, sentences } from "../language.js";
import { paperDigest, saved, tradeClosed } from "../notices.js";
import { Soon } from "../soon.js";
import { type Standing, signedMoney, signedR, totalR } from "../standing.js";
import type { Workbench } from "../workbench.js";
import type { Alerts } from "./alerts.js";

/** Trades that close within this are told together: a replay closes many in a second. */
const GATHER_MS = 1000;

/** As long as the message of one trade stays; the next one ends it. */
const SHOWN_MS = 10_000;

/** After as many trades a digest comes in the place of the note. */
const DIGEST_TRADES = 5;

/**
 * Paper auto: a sound and a note after each trade that closes, with the balance, and after every fifth a digest. The trades are
 * counted in the account itself, so that a restart loses none.
 */
export class PaperNotes implements vscode.Disposable {
  readonly #workbench: Workbench;
  readonly #alerts: Alerts;
  readonly #listener: vscode.Disposable;
  readonly #gather = new Soon(() => this.#tell(), GATHER_MS);
  #closed: readonly Exit[] = [];
  #run = 0;
  #endNote: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(workbench: Workbench, alerts: Alerts) {
    this.#workbench = workbench;
    this.#alerts = alerts;
    this.#listener = workbench.onDidOutput((output) => this.#onOutput(output));
  }

  dispose(): void {
    this.#listener.dispose();
    this.#gather.cancel();
    this.#end();
  }

  #onOutput(output: EngineOutput): void {
    const { paper, leader } = this.#workbench.standing();
    if (output.type !== "exit" || output.account !== "paper" || !paper || leader !== undefined) return;
    const { runNumber } = this.#workbench;
    this.#closed = this.#run === runNumber ? [...this.#closed, output] : [output];
    this.#run = runNumber;
    this.#gather.request();
  }

  #tell(): void {
    const closed = this.#closed;
    this.#closed = [];
    const standing = this.#workbench.standing();
    const account = paperAccount(standing);
    if (account === undefined || closed.length === 0 || this.#run !== this.#workbench.runNumber) return;
    this.#alerts.sound("tradeClosed");
    const total = standing.discreet ? totalR(this.#workbench.outputs(), "paper") : undefined;
    const note = closedWords(closed, account, total);
    saved(note);
    if (!this.#alerts.allows("tradeClosed")) return;
    this.#end();
    const before = account.closedTrades - closed.length;
    if (Math.floor(account.closedTrades / DIGEST_TRADES) > Math.floor(before / DIGEST_TRADES)) {
      void paperDigest(digestWords(this.#workbench.outputs(), account, total));
    } else this.#note(note);
  }

  #note(text: string): void {
    const ended = new Promise<void>((resolve) => {
      this.#endNote = resolve;
    });
    this.#timer = setTimeout(() => this.#end(), SHOWN_MS);
    void tradeClosed(text, ended);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#endNote?.();
    this.#endNote = undefined;
  }
}

function paperAccount({ view }: Standing): AccountView | undefined {
  return view?.accounts.find(({ name }) => name === "paper");
}

/**
 * `Paper: WIN MES DEC25 +$125.00, balance $15,125.00 (+0.83 R, target)`; of several their sum. VS Code shows one line of it, some 60
 * letters, so money and balance come first.
 *
 * @param total of the account in R: it stands in the place of all money
 */
function closedWords(closed: readonly Exit[], account: AccountView, total: number | undefined): string {
  const [first] = closed;
  if (first === undefined) return "";
  const r = signedR(sum(closed.map(({ rMultiple }) => rMultiple)));
  const isDiscreet = total !== undefined;
  const result = isDiscreet ? r : signedMoney(sum(closed.map(({ netPnl }) => netPnl)));
  const after = isDiscreet ? t("in all {0}", signedR(total)) : t("balance {0}", money(account.balance));
  const aside = [...(isDiscreet ? [] : [r]), ...(closed.length > 1 ? [] : [inLanguage(first.reasonChecked)])];
  const { label } = first.instrument;
  const what =
    closed.length > 1
      ? t("Paper: {0} trades closed {1}, {2}", closed.length, result, after)
      : first.win
        ? t("Paper: WIN {0} {1}, {2}", label, result, after)
        : t("Paper: LOSS {0} {1}, {2}", label, result, after);
  return aside.length === 0 ? what : `${what} (${aside.join(", ")})`;
}

/** The last five trades, and the account since its start. */
function digestWords(outputs: readonly EngineOutput[], account: AccountView, total: number | undefined): string {
  const last = countingExits(outputs)
    .filter((exit) => exit.account === "paper")
    .slice(-DIGEST_TRADES);
  const won = last.filter(({ win }) => win).length;
  const { closedTrades, wins, balance, startBalance, maxDrawdown } = account;
  const gain = ((balance / startBalance - 1) * 100).toFixed(1);
  const made = total === undefined ? t("balance {0}", money(balance)) : signedR(total);
  const drawdown = (maxDrawdown * 100).toFixed(1);
  return sentences([
    t("Paper, the last {0} trades: {1} won, {2}", last.length, won, resultOf(last, total)),
    t("In all {0} trades, {1} won, {2} ({3} %), largest drawdown {4} %", closedTrades, wins, made, gain, drawdown),
  ]);
}

function money(cents: number): string {
  return signedMoney(cents).replace(/^\+/, "");
}

function resultOf(exits: readonly Exit[], total: number | undefined): string {
  const r = signedR(sum(exits.map(({ rMultiple }) => rMultiple)));
  return total === undefined ? `${signedMoney(sum(exits.map(({ netPnl }) => netPnl)))}, ${r}` : r;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
