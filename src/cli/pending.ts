import { jsonLine, printed } from "../app/lines.js";
import { notCounted, notCountedLine } from "../app/notCounted.js";
import { pendingLine } from "../app/readableLines.js";
import { isoTime } from "../app/times.js";
import type { OpenPosition } from "../core/events.js";
import { toPoints } from "../core/instrument.js";
import { DATA_OPTION, withBooks } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";

/** `pending`: what still waits for the user. */
export const pending: Command = {
  summary: "List the recommendations without an answer and the positions without an exit",
  usage: "--data FOLDER [--json]",
  options: { ...DATA_OPTION, json: ["", "one JSON line each, for programs"] },
  run: (args: Arguments, terminal: Terminal) =>
    withBooks(args, terminal, "read", async (run, booked) => {
      const view = run.engine.view();
      const lost = notCounted(run.outputs, booked);
      if (args.has("json")) {
        for (const recommendation of view.pending) terminal.out(printed(jsonLine(recommendation)));
        for (const position of view.open) terminal.out(printed(positionLine(position)));
        for (const item of lost) terminal.out(printed(notCountedLine(item)));
        return;
      }
      for (const item of [...view.pending, ...view.open]) terminal.out(pendingLine(item));
      for (const { reason } of lost) terminal.out(reason);
      if (view.pending.length + view.open.length === 0) terminal.log.info("Nothing is pending");
    }),
};

function positionLine(position: OpenPosition): object {
  const { recommendation, account, quantity, entryPrice, entryTime, closed } = position;
  const { instrument, action, stop, target } = recommendation;
  return {
    type: "position",
    recommendation: recommendation.id,
    account,
    time: isoTime(entryTime),
    contract: instrument.label,
    instrument: instrument.symbol,
    action,
    quantity,
    price: toPoints(entryPrice, instrument),
    stop: toPoints(stop, instrument),
    target: toPoints(target, instrument),
    ...(closed && {
      closed: { quantity: closed.quantity, price: toPoints(closed.price, instrument), netPnl: closed.netPnl / 100 },
    }),
  };
}
