import type { Exit } from "../core/events.js";
import { formatMean, formatPrice } from "../core/instrument.js";
import type { TradeRow } from "../core/protocol.js";
import { MICROS_PER_SECOND } from "../core/units.js";

/** Years of them are not made anew for each that is closed. */
const rows = new WeakMap<Exit, TradeRow>();

/** Closed trades as rows; of the same exit always the same row. */
export function tradeRows(exits: readonly Exit[]): readonly TradeRow[] {
  return exits.map((exit) => {
    const row = rows.get(exit) ?? tradeRow(exit);
    rows.set(exit, row);
    return row;
  });
}

function tradeRow(exit: Exit): TradeRow {
  const { instrument } = exit;
  const inTicks = (points: number) => Math.round((points / instrument.tickSize) * 100) / 100;
  return {
    id: exit.id,
    recommendation: exit.recommendation,
    account: exit.account,
    time: Math.floor(exit.time / MICROS_PER_SECOND),
    contract: instrument.label,
    action: exit.direction,
    quantity: exit.quantity,
    entry: formatMean(exit.entryPrice, instrument),
    exit: formatMean(exit.price, instrument),
    ...(exit.parts && {
      exits: exit.parts.map(({ quantity, price }) => `${quantity} @ ${formatPrice(price, instrument)}`),
    }),
    reason: exit.reasonChecked,
    ticks: inTicks(exit.points),
    ...(exit.maePoints !== undefined && { maeTicks: inTicks(exit.maePoints) }),
    ...(exit.mfePoints !== undefined && { mfeTicks: inTicks(exit.mfePoints) }),
    rMultiple: exit.rMultiple,
    netPnl: exit.netPnl / 100,
    context: exit.context,
    notes: exit.notes ?? "",
    unverified: exit.unverified === true,
  };
}
