import type { EngineOutput, EquityRow, Exit, PartialExit } from "../core/events.js";
import { presentPortfolios } from "../core/portfolio.js";
import type { EquityPoint } from "../core/protocol.js";
import type { AccountName } from "../core/sizing/recommendation.js";
import { countingExits, moneySteps } from "../core/tradeRecords.js";
import { MICROS_PER_SECOND } from "../core/units.js";

/**
 * An account's curve, oldest first: one point per booked exit and session end; of several in one second the last. Once a
 * record was corrected or taken back, the rows tell what is no longer true: then it is the balance after each exit that
 * counts, and the fall from the highest of them.
 */
export function equityPoints(kept: readonly EngineOutput[], account: AccountName): readonly EquityPoint[] {
  const outputs = presentPortfolios(kept);
  const points: EquityPoint[] = [];
  for (const point of isCorrected(outputs, account) ? closedPoints(outputs, account) : rowPoints(outputs, account)) {
    if (points.at(-1)?.time === point.time) points.pop();
    points.push(point);
  }
  return points;
}

/** The same curve in R: the sum of the results at each exit, and the fall of the balance as it is. */
export function pointsInR(kept: readonly EngineOutput[], account: AccountName): readonly EquityPoint[] {
  const exits = countingExits(presentPortfolios(kept))
    .filter((exit) => exit.account === account)
    .toSorted((a, b) => a.time - b.time)
    .map((exit) => ({ time: seconds(exit.time), r: exit.rMultiple }));
  let [next, total] = [0, 0];
  return equityPoints(kept, account).map(({ time, drawdown }) => {
    for (let exit = exits[next]; exit !== undefined && exit.time <= time; exit = exits[++next]) total += exit.r;
    return { time, balance: total, drawdown };
  });
}

/** Whether a curve has to be drawn anew after an output: it changes what came before it. */
export function changesThePast(output: EngineOutput): boolean {
  return output.type === "amendment" || output.type === "void" || output.type === "paperReset";
}

function isCorrected(outputs: readonly EngineOutput[], account: AccountName): boolean {
  return outputs.some(
    (output) => (output.type === "amendment" || output.type === "void") && output.account === account,
  );
}

function rowPoints(outputs: readonly EngineOutput[], account: AccountName): readonly EquityPoint[] {
  const rows = outputs.filter((output): output is EquityRow => output.type === "equity" && output.account === account);
  return rows.map(equityPoint);
}

function closedPoints(outputs: readonly EngineOutput[], account: AccountName): readonly EquityPoint[] {
  const first = outputs.find((output) => isBooking(output) && output.account === account);
  let balance = first !== undefined && isBooking(first) ? first.balanceBefore : 0;
  let peak = balance;
  const steps = moneySteps(outputs).filter((step) => step.account === account);
  // A correction may have moved an exit in time.
  return steps
    .toSorted((a, b) => a.time - b.time)
    .map((step) => {
      balance += step.netPnl;
      peak = Math.max(peak, balance);
      return { time: seconds(step.time), balance: balance / 100, drawdown: (peak - balance) / peak };
    });
}

function isBooking(output: EngineOutput): output is Exit | PartialExit {
  return output.type === "exit" || output.type === "partialExit";
}

/** A row of the ledger as a point of the chart. */
export function equityPoint(row: EquityRow): EquityPoint {
  return { time: seconds(row.time), balance: row.balance / 100, drawdown: Math.max(0, row.drawdown) };
}

function seconds(micros: number): number {
  return Math.floor(micros / MICROS_PER_SECOND);
}
