import type { EngineOutput, KillSwitch } from "./events.js";
import type { Account } from "./ledger/account.js";
import type { Marks } from "./marks.js";
import type { PaperOrder } from "./paperOrder.js";
import type { Records } from "./records.js";
import type { RiskInForce } from "./riskInForce.js";
import { say } from "./say.js";
import type { TradingDay } from "./session.js";
import type { Micros } from "./units.js";

interface HaltEnd {
  readonly id: string;
  readonly time: Micros;
  readonly reason: string;
  /** Where the limit's peak starts anew (`ENGINE.md` 10): the user's reset forgives an open loss, a day's end does not. */
  readonly from: "equity" | "balance";
}

/** Whom a halt concerns, and where it is told. */
export interface Halting {
  readonly accounts: readonly Account[];
  readonly risk: RiskInForce;
  readonly order: PaperOrder;
  readonly marks: Marks;
  readonly records: Records;
  readonly now: () => Micros;
  readonly emit: (output: EngineOutput) => void;
}

/** Halts accounts by the emergency stop and the kill switch, and ends it (`ENGINE.md` 10). */
export class Halts {
  readonly #halting: Halting;

  constructor(halting: Halting) {
    this.#halting = halting;
  }

  /** Halts an account whose marked equity has fallen too far. */
  check(account: Account, time: Micros): void {
    if (account.halted || !account.breaches(this.#halting.risk.settings.emergencyStopLossPct)) return;
    this.tell(account, time);
    this.halt(account, time);
  }

  tell(account: Account, time: Micros): void {
    const { now, emit } = this.#halting;
    const { name, equity, limitPeak: peak } = account;
    emit({ type: "halt", id: `halt:${name}:${time}`, account: name, time, equity, peak, at: now() });
  }

  /** Halts an account: the paper one cancels its working entry and leaves its position at the next print. */
  halt(account: Account, time: Micros): void {
    account.halt();
    this.#leave(account, time);
  }

  /** Halts every account until the user resets it. */
  kill({ id, time, reason }: KillSwitch): void {
    const { accounts, now, emit } = this.#halting;
    emit({ type: "kill", id, time, reason, at: now() });
    for (const account of accounts) {
      account.kill();
      this.#leave(account, time);
    }
  }

  /** Ends a halt; the limit's peak starts anew at marked equity, so that an open loss does not halt again at once. */
  reset(account: Account, time: Micros, reason: string, id: string): void {
    this.#end(account, { id, time, reason, from: "equity" });
  }

  /** Ends a halt with the trading day, where no user can; that of the kill switch stays. */
  endWithDay(account: Account, { date, close }: TradingDay): void {
    if (!account.halted || account.killed) return;
    const id = `haltEnded:${account.name}:${date}`;
    this.#end(account, { id, time: close, reason: say("The trading day ended"), from: "balance" });
  }

  #end(account: Account, { from, ...told }: HaltEnd): void {
    const { marks, records, now, emit } = this.#halting;
    marks.tell(account.name);
    if (account.name === "manual") records.addReset(from);
    else marks.beginPaper();
    account.reset(from);
    emit({ type: "haltEnded", account: account.name, ...told, at: now() });
  }

  #leave(account: Account, time: Micros): void {
    if (account.name === "paper") this.#halting.order.leave(time);
  }
}
