import type { AccountEvent, EngineOutput } from "../core/events.js";
import type { Ticks } from "../core/units.js";

/**
 * Turns kept outputs into what an engine must be told at a restart, in their order. Each event bears the id of its output,
 * so that it counts once, and in `at` the engine's time when it was first booked.
 */
export function restoredEvents(outputs: Iterable<EngineOutput>): readonly AccountEvent[] {
  return [...restoring(outputs)];
}

/** `restoredEvents` one by one: of years they are many. */
export function* restoring(outputs: Iterable<EngineOutput>): Generator<AccountEvent> {
  for (const output of outputs) {
    const event = restored(output);
    if (event !== undefined) yield event;
  }
}

function restored(output: EngineOutput): AccountEvent | undefined {
  switch (output.type) {
    case "recommendation": {
      const { id, account, time } = output;
      return { type: "account", kind: "recommendation", id, account, at: time, recommendation: output };
    }
    case "fill": {
      const { id, account, at, recommendation, time, price, quantity, notes, unverified } = output;
      return {
        type: "account",
        kind: "fill",
        id,
        account,
        at,
        recommendation,
        time,
        price,
        quantity,
        ...given({ notes, unverified }),
      };
    }
    case "partialExit": {
      // A corrected one is made again by its amendment.
      if (output.replaces !== undefined) return undefined;
      const { id, account, at, recommendation, time, price, quantity, reason, notes, override, unverified } = output;
      const said = given({ notes, override, unverified });
      return { type: "account", kind: "exit", id, account, at, recommendation, time, price, quantity, reason, ...said };
    }
    case "exit": {
      if (output.replaces !== undefined) return undefined;
      const { id, account, at, recommendation, maePoints, mfePoints } = output;
      // Of several the one that closed what was left; where there is but one, its price is no mean.
      const { time, price, reason, notes, override, unverified } = output.parts?.at(-1) ?? output;
      const about = { type: "account", kind: "exit", id, account, at, recommendation } as const;
      const said = given({ notes, override, maePoints, mfePoints, unverified });
      return { ...about, time, price: price as Ticks, reason, ...said };
    }
    case "decision": {
      const { id, account, at, recommendation, time, answer, reason } = output;
      return { type: "account", kind: "decision", id, account, at, recommendation, time, answer, reason };
    }
    case "amendment": {
      const { id, account, at, recommendation, time, target, correction, why } = output;
      return { type: "account", kind: "amendment", id, account, at, recommendation, time, target, correction, why };
    }
    case "void": {
      const { id, account, at, recommendation, time, why, target } = output;
      return { type: "account", kind: "void", id, account, at, recommendation, time, why, ...given({ target }) };
    }
    case "cancel": {
      const { id, account, at, recommendation, time, reason } = output;
      return { type: "account", kind: "cancel", id, account, at, recommendation, time, reason };
    }
    case "order": {
      const { id, account, at, recommendation, time, quantity } = output;
      return { type: "account", kind: "order", id, account, at, recommendation, time, quantity };
    }
    case "halt":
      return {
        type: "account",
        kind: "halt",
        id: output.id,
        account: output.account,
        at: output.at,
        time: output.time,
      };
    case "haltEnded": {
      const { id, account, at, time, reason } = output;
      return { type: "account", kind: "reset", id, account, at, time, reason };
    }
    case "equity": {
      const { id, account, at, time, peak, limitPeak, maxDrawdown, volatility } = output;
      const marked = { peak, limitPeak, maxDrawdown, ...given({ volatility }) };
      return { type: "account", kind: "equity", id, account, at, time, ...marked };
    }
    case "mark": {
      const { id, account, at, symbol, start, time, open, high, low, close } = output;
      return { type: "account", kind: "mark", id, account, at, symbol, start, time, open, high, low, close };
    }
    case "shadow": {
      const { id, time: at, recommendation } = output;
      return { type: "account", kind: "shadow", id, account: "paper", at, recommendation };
    }
    case "kill": {
      const { id, at, time, reason } = output;
      return { type: "account", kind: "kill", id, at, time, reason };
    }
    case "paperReset": {
      const { id, account, at, time, reason } = output;
      return { type: "account", kind: "paperReset", id, account, at, time, reason };
    }
    case "limits": {
      const { id, at, time, limits, from } = output;
      return { type: "account", kind: "limits", id, at, time, limits, from };
    }
    case "signal": {
      const { time, instrument } = output;
      const id = `cluster:${instrument.symbol}:${time}`;
      return { type: "account", kind: "signal", id, at: time, symbol: instrument.symbol, time };
    }
    case "cluster":
    case "footprint":
    case "gap":
    case "refusal":
    case "imported":
    case "illegal":
    case "connection":
      return undefined;
    default:
      return output satisfies never;
  }
}

/** The fields that have a value: an absent one stays absent. */
function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
