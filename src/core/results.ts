import { exitOutput, type OutputId, type Watched } from "./booking.js";
import { type ContextRecord, contextRecords } from "./contextRecord.js";
import { type Doubt, doubtOf } from "./doubt.js";
import type { Exit } from "./events.js";
import { learnedAbout, outcomeOf } from "./learning.js";
import type { Account, RoundTrip } from "./ledger/account.js";
import type { Records } from "./records.js";
import type { BayesSettings } from "./settings.js";
import { LearningRows, type Outcome } from "./sizing/posterior.js";
import type { AccountName } from "./sizing/recommendation.js";
import type { Cents, Micros } from "./units.js";

/** The closed trades of both accounts, and what is learned from them. */
export class Results {
  readonly #settings: BayesSettings;
  #outcomes: Outcome[] = [];
  #learning: Readonly<Record<AccountName, LearningRows>>;
  /** As long as no trade is booked. */
  readonly #records = new Map<AccountName, readonly ContextRecord[]>();

  constructor(settings: BayesSettings) {
    this.#settings = settings;
    this.#learning = this.#learn();
  }

  /** In the order in which they were booked. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /** What an account learns from; until something is corrected it is kept up. */
  learnedBy(account: AccountName): LearningRows {
    return this.#learning[account];
  }

  /** The closed trades of an account by their contexts. */
  contextRecords(account: AccountName): readonly ContextRecord[] {
    const records = this.#records.get(account) ?? contextRecords(this.#outcomes, account);
    this.#records.set(account, records);
    return records;
  }

  add(trip: RoundTrip, account: Account, doubt: Doubt): void {
    this.#records.clear();
    const row = outcomeOf(trip, account.name, doubt);
    this.#outcomes.push(row);
    for (const learning of Object.values(this.#learning)) learning.add(row);
  }

  /** Takes the user's closed trades as they were booked anew; each stays in its place, and what is gone goes. */
  replace(trips: ReadonlyMap<string, RoundTrip>, records: Records): void {
    this.#records.clear();
    this.#outcomes = this.#outcomes.flatMap((row) => {
      if (row.account === "paper") return [row];
      const trip = trips.get(row.recommendation);
      if (trip === undefined) return [];
      const { exit } = records.of(row.recommendation);
      return [outcomeOf(trip, "manual", doubtOf({ unverified: row.unverified === true || exit?.unverified === true }))];
    });
    this.#learning = this.#learn();
  }

  /** What the user's trade of a recommendation made; undefined while it is not closed. */
  netPnlOf(id: string): Cents | undefined {
    return this.#outcomes.find((row) => row.account === "manual" && row.recommendation === id)?.netPnl;
  }

  /** A closed trade, and what is known of its context with it. */
  exit(id: OutputId, trip: RoundTrip, account: Account, watched: Watched | undefined, doubt: Doubt, at: Micros): Exit {
    const now = Math.max(at, trip.exitTime) as Micros;
    const learned = learnedAbout(trip.recommendation.context, this.learnedBy(account.name), now, this.#settings);
    return exitOutput(id, trip, account, learned, watched, doubt, at);
  }

  #learn(): Readonly<Record<AccountName, LearningRows>> {
    const by = (account: AccountName) => new LearningRows(account, this.#settings.learnFrom, this.#outcomes);
    return { manual: by("manual"), paper: by("paper") };
  }
}
