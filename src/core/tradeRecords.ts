import { doubtOf } from "./doubt.js";
import type { EngineOutput, Exit, TradeRecord } from "./events.js";
import { UNANSWERED } from "./lifeCycle.js";
import { overrideOf } from "./override.js";
import type { Cents } from "./units.js";

const NOTHING: TradeRecord = { state: UNANSWERED.state, fills: [], exit: undefined, notExecuted: undefined };

/**
 * The exits that count: a corrected one stands in the place of the one that it replaces, what was taken back is gone, and the
 * balances of the later ones follow.
 */
export function countingExits(outputs: readonly EngineOutput[]): readonly Exit[] {
  const exits: (Exit | undefined)[] = [];
  const places = new Map<string, number>();
  let start: Cents | undefined;
  let isCorrected = false;
  for (const output of outputs) {
    if (output.type === "exit" && output.account === "manual") start ??= output.balanceBefore;
    isCorrected ||= output.type === "void" || output.type === "amendment";
    if (output.type === "void") {
      for (const [place, exit] of exits.entries()) if (exit && isOf(exit, output)) exits[place] = undefined;
    }
    if (output.type !== "exit") continue;
    const { id, replaces } = output;
    const place = (replaces === undefined ? undefined : places.get(replaces)) ?? exits.length;
    places.set(id, place);
    exits[place] = output;
  }
  const counting = exits.filter((exit) => exit !== undefined);
  return isCorrected && start !== undefined ? balancedFrom(start, counting) : counting;
}

// Only the user's records can be corrected.
function balancedFrom(start: Cents, exits: readonly Exit[]): readonly Exit[] {
  let balance = start;
  return exits.map((exit) => {
    if (exit.account !== "manual") return exit;
    const balanceBefore = balance;
    balance = (balance + exit.netPnl) as Cents;
    return { ...exit, balanceBefore, balanceAfter: balance };
  });
}

/** What is recorded of each recommendation on the user's account, as corrected; of one that is not here nothing is. */
export function tradeRecords(outputs: readonly EngineOutput[]): ReadonlyMap<string, TradeRecord> {
  const records = new Map<string, TradeRecord>();
  for (const output of outputs) {
    if (!("recommendation" in output) || !("account" in output) || output.account !== "manual") continue;
    const before = records.get(output.recommendation) ?? NOTHING;
    const after = recorded(before, output);
    if (after !== before) records.set(output.recommendation, after);
  }
  return records;
}

function recorded(before: TradeRecord, output: EngineOutput): TradeRecord {
  switch (output.type) {
    case "fill": {
      const { id, time, price, quantity, notes } = output;
      const fill = { id, time, price, quantity, notes, ...doubtOf(output) };
      return { ...before, state: "OPEN", fills: [...before.fills, fill] };
    }
    case "exit": {
      const { id, time, price, reason, notes } = output;
      return {
        ...before,
        state: "CLOSED",
        exit: { id, time, price, reason, notes, ...overrideOf(output), ...doubtOf(output) },
      };
    }
    case "decision":
      return { ...before, state: "NOT_EXECUTED", notExecuted: output.reason };
    case "amendment":
    case "void": {
      const { state, fills, exit, notExecuted } = output.after;
      return { state, fills, exit, notExecuted };
    }
    default:
      return before;
  }
}

function isOf(
  one: { readonly account: string; readonly recommendation: string },
  other: { readonly account: string; readonly recommendation: string },
): boolean {
  return one.account === other.account && one.recommendation === other.recommendation;
}
