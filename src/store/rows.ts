import type { EngineOutput, Exit, Fill } from "../core/events.js";
import { toCents, toPoints } from "../core/instrument.js";
import { presentPortfolios } from "../core/portfolio.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { countingExits } from "../core/tradeRecords.js";
import type { Micros, Ticks } from "../core/units.js";
import { newYorkTime, sqliteTime } from "./newYork.js";

/** A table's row: its values by column. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Wall time at which an output was recorded: in a simulated or recorded market that is another one than its own. */
export type RecordedAt = (output: EngineOutput) => Micros;

/** `context_performance`: every closed trade of both accounts as corrected, in the order in which they were booked. */
export function* contextRows(outputs: readonly EngineOutput[], recordedAt: RecordedAt): Iterable<Row> {
  let id = 0;
  for (const exit of exitsByTrade(outputs).values()) {
    id += 1;
    yield contextRow(exit, id, recordedAt);
  }
}

function contextRow(exit: Exit, id: number, recordedAt: RecordedAt): Row {
  return {
    id,
    context_type: exit.context.includes("|") ? "dir_phase_vol_v1" : "modal_bin",
    context_value: exit.context,
    trade_timestamp: newYorkTime(exit.entryTime),
    entry_price: toPoints(exit.entryPrice, exit.instrument),
    exit_price: toPoints(exit.price, exit.instrument),
    return_pct: exit.returnFraction,
    win: exit.win ? 1 : 0,
    volume_ratio: exit.ratio,
    signal_strength: exit.strength,
    created_at: sqliteTime(recordedAt(exit)),
    recommendation_id: exit.recommendation,
    source: exit.account,
    direction: exit.direction,
    quantity: exit.quantity,
    net_pnl: exit.netPnl / 100,
    r_multiple: exit.rMultiple,
    p_at_issue: exit.confidence,
  };
}

/** `paper_trades`: one row per filled recommendation of the paper account since its last reset, open or closed. */
export function* paperRows(outputs: readonly EngineOutput[], recordedAt: RecordedAt): Iterable<Row> {
  const recommendations = new Map<string, Recommendation>();
  const fills = new Map<string, Fill[]>();
  const present = presentPortfolios(outputs);
  for (const output of present) {
    if (output.type === "recommendation") recommendations.set(output.id, output);
    if (output.type !== "fill" || output.account !== "paper") continue;
    const others = fills.get(output.recommendation);
    if (others === undefined) fills.set(output.recommendation, [output]);
    else others.push(output);
  }
  const exits = exitsByTrade(present);
  for (const [id, parts] of fills) {
    yield paperRow(parts, recommendations.get(id), exits.get(`paper ${id}`), recordedAt);
  }
}

/** `portfolio_equity`: the paper account at each session's end since its last reset, one row per session, also without a trade. */
export function equityRows(outputs: readonly EngineOutput[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const output of presentPortfolios(outputs)) {
    if (output.type !== "equity" || output.account !== "paper" || output.tradingDay === undefined) continue;
    const timestamp = newYorkTime(output.time);
    rows.set(timestamp, {
      timestamp,
      balance: output.balance / 100,
      pnl_today: output.pnlToday / 100,
      trades_today: output.tradesToday,
      max_balance: Math.round(output.peak) / 100,
      drawdown_pct: 100 * output.drawdown,
    });
  }
  return [...rows.values()];
}

/** `imported`: the earlier system's rows as corrected, with the original of each as JSON. They are in no other table. */
export function importedRows(outputs: readonly EngineOutput[], recordedAt: RecordedAt): readonly Row[] {
  return outputs
    .filter((output) => output.type === "imported")
    .map((output) => ({
      id: output.id,
      source: output.source,
      timestamp: newYorkTime(output.time),
      contract: output.contract ?? null,
      action: output.direction ?? null,
      quantity: output.quantity ?? null,
      entry_price: output.entryPrice ?? null,
      exit_price: output.exitPrice ?? null,
      return_pct: output.returnFraction ?? null,
      win: output.win === undefined ? null : Number(output.win),
      net_pnl: output.netPnl === undefined ? null : output.netPnl / 100,
      balance: output.balance === undefined ? null : output.balance / 100,
      simulated: Number(output.simulated),
      remarks: output.remarks.join(" "),
      original: JSON.stringify(output.row),
      created_at: sqliteTime(recordedAt(output)),
    }));
}

/** One exit per account and recommendation. */
function exitsByTrade(outputs: readonly EngineOutput[]): ReadonlyMap<string, Exit> {
  const exits = new Map<string, Exit>();
  for (const exit of countingExits(outputs)) exits.set(`${exit.account} ${exit.recommendation}`, exit);
  return exits;
}

function paperRow(
  fills: readonly Fill[],
  recommendation: Recommendation | undefined,
  exit: Exit | undefined,
  recordedAt: RecordedAt,
): Row {
  const first = fills[0] as Fill;
  const quantity = fills.reduce((sum, fill) => sum + fill.quantity, 0);
  const entry = fills.reduce((sum, fill) => sum + fill.price * fill.quantity, 0) / quantity;
  // The exit says what the paper account knew; a recommendation may have been sized for the user's.
  const sized = exit ?? recommendation;
  const signalTime = newYorkTime(recommendation?.time ?? first.time);
  return {
    trade_id: first.recommendation,
    timestamp: signalTime,
    signal_time: signalTime,
    execution_time: newYorkTime(first.time),
    contract: first.instrument.label,
    action: first.direction,
    quantity,
    execution_price: toPoints(entry, first.instrument),
    spread: null,
    status: exit === undefined ? "OPEN" : "CLOSED",
    volume_ratio: sized?.ratio ?? null,
    signal_strength: sized?.strength ?? null,
    bayesian_multiplier: sized?.multiplier ?? null,
    confidence: sized?.confidence ?? null,
    created_at: sqliteTime(recordedAt(first)),
    recommendation_id: first.recommendation,
    ...costs(first, quantity, entry, sized?.signalPrice, exit),
    ...outcome(exit),
  };
}

/** What the entry cost against the signal's price, which `gross_pnl` holds already, and in commission, which it does not. */
function costs(first: Fill, quantity: number, entry: number, signal: Ticks | undefined, exit: Exit | undefined): Row {
  const { instrument, direction } = first;
  const commission = exit === undefined ? null : exit.commission / 100;
  if (signal === undefined) {
    return {
      signal_price: null,
      slippage: null,
      commission_cost: commission,
      slippage_cost: null,
      total_transaction_costs: null,
    };
  }
  const ticks = direction === "BUY" ? entry - signal : signal - entry;
  const slippageCents = toCents(ticks, quantity, instrument);
  return {
    signal_price: toPoints(signal, instrument),
    slippage: toPoints(ticks, instrument),
    commission_cost: commission,
    slippage_cost: slippageCents / 100,
    total_transaction_costs: exit === undefined ? null : (exit.commission + slippageCents) / 100,
  };
}

function outcome(exit: Exit | undefined): Row {
  return {
    exit_price: exit === undefined ? null : toPoints(exit.price, exit.instrument),
    exit_time: exit === undefined ? null : newYorkTime(exit.time),
    pnl: exit === undefined ? null : exit.netPnl / 100,
    gross_pnl: exit === undefined ? null : exit.grossPnl / 100,
    portfolio_balance_before: exit === undefined ? null : exit.balanceBefore / 100,
    portfolio_balance_after: exit === undefined ? null : exit.balanceAfter / 100,
    portfolio_pct_change: exit === undefined ? null : (100 * exit.netPnl) / exit.balanceBefore,
    exit_reason: exit?.reason ?? null,
    r_multiple: exit?.rMultiple ?? null,
    mae_points: exit?.maePoints ?? null,
    mfe_points: exit?.mfePoints ?? null,
  };
}
