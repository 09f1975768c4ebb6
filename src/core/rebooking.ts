import { partialExitOutput } from "./booking.js";
import { doubtOf } from "./doubt.js";
import type {
  AmendmentRecorded,
  EngineOutput,
  RecordAndBalance,
  RecordedExit,
  TradeRecord,
  VoidRecorded,
} from "./events.js";
import type { Account, RoundTrip } from "./ledger/account.js";
import type { Life } from "./lifeCycle.js";
import type { Records } from "./records.js";
import type { Results } from "./results.js";
import type { Recommendation } from "./sizing/recommendation.js";
import type { Micros } from "./units.js";

/** What the user's account is made of. */
export interface Books {
  readonly account: Account;
  readonly records: Records;
  readonly results: Results;
}

/** Books a corrected record: all that the user recorded is booked anew. Returns what is told of it. */
export function amend(
  event: AmendmentRecorded,
  recommendation: Recommendation,
  record: TradeRecord,
  life: Life,
  books: Books,
  at: Micros,
): readonly EngineOutput[] {
  const { target, correction } = event;
  const change = () => books.records.replace(recommendation.id, record);
  const { before, after, trip } = bookAnew(recommendation.id, life, change, books);
  const told = { ...about(event, recommendation, at), target, correction, before, after };
  const amendment = { type: "amendment", ...told } as const;
  if (trip === undefined || before.exit === undefined || after.exit === undefined) {
    return [amendment, ...partialExits(recommendation, before.partialExits ?? [], books, at)];
  }
  const id = { id: after.exit.id, replaces: before.exit.id };
  // What was seen was seen of the trade as it was recorded: of other prices or times it says nothing.
  const { price, quantity, time } = correction;
  if (price !== undefined || quantity !== undefined || time !== undefined) {
    books.records.setWatched(recommendation.id, undefined);
  }
  const watched = books.records.watched(recommendation.id);
  return [amendment, books.results.exit(id, trip, books.account, watched, doubtOf(trip), at)];
}

/** Books that one exit is taken back: the trade is open again, with those that are left. Returns what is told of it. */
export function reopen(
  event: VoidRecorded,
  target: string,
  recommendation: Recommendation,
  record: TradeRecord,
  life: Life,
  books: Books,
  at: Micros,
): readonly EngineOutput[] {
  const { id } = recommendation;
  const change = () => {
    books.records.replace(id, record, target);
    books.records.setWatched(id, undefined);
  };
  const { before, after } = bookAnew(id, life, change, books);
  const old = [...(before.partialExits ?? []), ...(before.exit === undefined ? [] : [before.exit])];
  const left = old.filter((exit) => exit.id !== target);
  const voiding = { type: "void", ...about(event, recommendation, at), target, before, after } as const;
  return [voiding, ...partialExits(recommendation, left, books, at)];
}

/** The partial exits of an open trade as they were booked anew, each for the old one in its place. */
function partialExits(
  recommendation: Recommendation,
  before: readonly RecordedExit[],
  { account }: Books,
  at: Micros,
): readonly EngineOutput[] {
  const exits = account.positions.get(recommendation.id)?.exits ?? [];
  return exits.map((exit, place) => {
    const { id } = exit;
    const replaces = before[place]?.id;
    return partialExitOutput({ id, ...(replaces && { replaces }) }, recommendation, account, exit, at);
  });
}

/** Books that all that was recorded of a recommendation is taken back. Returns what is told of it. */
export function takeBack(
  event: VoidRecorded,
  recommendation: Recommendation,
  life: Life,
  books: Books,
  at: Micros,
): readonly EngineOutput[] {
  const { id } = recommendation;
  const { before, after } = bookAnew(id, life, () => books.records.takeBack(id), books);
  return [{ type: "void", ...about(event, recommendation, at), before, after }];
}

/** Changes the user's records and folds them. */
function bookAnew(id: string, life: Life, change: () => void, books: Books): Anew {
  const { account, records, results } = books;
  const before = recordAndBalance(id, books);
  records.lead(id, life);
  change();
  const trips = records.fold(account);
  results.replace(trips, records);
  return { before, after: recordAndBalance(id, books), trip: trips.get(id) };
}

interface Anew {
  readonly before: RecordAndBalance;
  readonly after: RecordAndBalance;
  readonly trip: RoundTrip | undefined;
}

function recordAndBalance(id: string, { account, records, results }: Books): RecordAndBalance {
  return { ...records.of(id), netPnl: results.netPnlOf(id), balance: account.balance };
}

/** What an amendment and a void say alike. */
function about(event: AmendmentRecorded | VoidRecorded, { id, instrument }: Recommendation, at: Micros) {
  const { time, why } = event;
  return { id: event.id, recommendation: id, account: "manual", instrument, time, why, at } as const;
}
