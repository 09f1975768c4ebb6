import type { EngineOutput } from "../../src/core/events.js";
import type { TapeTrade } from "./tape.js";

/** The price that is its own mirror image, twice: p becomes 48,000 - p. */
const TWICE_THE_MIRROR = 48_000;

/** The same market upside down: prices about 24,000 ticks, purchases for sales. */
export function mirroredTape(trades: readonly TapeTrade[]): readonly TapeTrade[] {
  return trades.map((trade) => ({
    ...trade,
    price: TWICE_THE_MIRROR - trade.price,
    side: (0 - trade.side) as TapeTrade["side"],
  }));
}

/** How to read an output: as it is, or as its mirror image. */
export interface Reading {
  readonly price: (ticks: number) => number;
  /** A direction, alone or inside an id or a context. */
  readonly text: (value: string) => string;
}

export const UNTURNED: Reading = { price: (ticks) => ticks, text: (value) => value };

export const TURNED: Reading = {
  price: (ticks) => TWICE_THE_MIRROR - ticks,
  text: (value) => value.replace(/BUY|SHORT/g, (word) => (word === "BUY" ? "SHORT" : "BUY")),
};

/** What of an output must survive the mirror; returns of prices do not, because logarithms are not symmetric. */
export function briefOf(output: EngineOutput, { price, text }: Reading): readonly unknown[] {
  switch (output.type) {
    case "signal":
    case "cluster": {
      const { type, time, direction = "none", ratio, volume, strength } = output;
      const range = [price(output.low), price(output.high)].sort((a, b) => a - b);
      const modal = price(output.pointOfControl ?? output.close);
      const reason = output.type === "cluster" ? output.reason : "";
      return [
        type,
        time,
        text(direction),
        ratio,
        volume,
        strength.toFixed(9),
        range,
        modal,
        price(output.close),
        reason,
      ];
    }
    case "recommendation": {
      const { type, time, quantity, confidence, multiplier, riskActual, riskBudget, orderType } = output;
      const trigger = output.trigger === undefined ? "none" : price(output.trigger);
      const prices = [output.price, output.stop, output.target, output.signalPrice].map(price);
      const size = [quantity, confidence, multiplier, riskActual, riskBudget];
      return [type, time, text(output.id), text(output.context), orderType, ...prices, trigger, ...size];
    }
    case "refusal":
      return [output.type, output.time, text(output.direction), output.reason];
    case "fill":
      return [output.type, output.time, text(output.id), price(output.price), output.quantity];
    case "partialExit":
      return [output.type, output.time, text(output.id), price(output.price), output.quantity, output.netPnl];
    case "exit": {
      const { type, time, reason, netPnl, rMultiple, maePoints, mfePoints, balanceAfter } = output;
      return [
        type,
        time,
        text(output.id),
        price(output.price),
        reason,
        netPnl,
        rMultiple,
        maePoints,
        mfePoints,
        balanceAfter,
      ];
    }
    case "shadow": {
      const { type, time, reason, netPnl, rMultiple, maePoints, mfePoints } = output;
      return [type, time, text(output.id), reason, netPnl, rMultiple, maePoints, mfePoints];
    }
    case "equity":
      return [output.type, output.time, output.balance, output.drawdown, output.maxDrawdown, output.peak];
    case "halt":
      return [output.type, output.time, output.equity, output.peak];
    case "cancel":
    case "haltEnded":
      return [output.type, output.time, output.reason];
    case "kill":
    case "paperReset":
    case "imported":
    case "limits":
    case "mark":
    case "footprint":
    case "order":
    case "decision":
    case "amendment":
    case "void":
    case "illegal":
    case "gap":
    case "connection":
      return [output.type];
    default:
      return output satisfies never;
  }
}
