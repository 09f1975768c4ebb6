import type { Engine } from "../core/engine.js";
import { type AccountEvent, type EngineOutput, type Exit, type Fill, outputId } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { say } from "../core/say.js";
import { tradeRecords } from "../core/tradeRecords.js";
import { Pieces } from "../store/pieces.js";
import { restoring } from "../store/restore.js";
import type { Memory } from "./memory.js";

/**
 * Judges an answer that was just recorded as the next start will, now that it is known what other windows recorded at the same
 * moment.
 *
 * @param made what came of it here
 * @param kept all that is kept now
 * @param afresh an engine that knows nothing
 * @returns one sentence on why it does not count, or counts beside another; undefined when all is well
 */
export async function overruled(
  event: AccountEvent,
  made: readonly EngineOutput[],
  kept: Pick<Memory, "outputs" | "forRestart">,
  afresh: Engine,
): Promise<string | undefined> {
  const { outputs } = kept;
  const pieces = new Pieces();
  const exits = new Map<string, Exit>();
  for (const restored of restoring(kept.forRestart())) {
    const booked = afresh.process(restored);
    await pieces.next();
    for (const output of booked) if (output.type === "exit") exits.set(output.id, output);
    const refused = booked.find((output) => output.type === "illegal" && output.event === event.id);
    if (refused?.type === "illegal") {
      return say(
        "Another window was first: {0}. What you said stays in the journal and does not count",
        refused.reason,
      );
    }
  }
  for (const own of made) {
    const id = outputId(own);
    const kept = id === undefined ? undefined : outputs.find((output) => outputId(output) === id);
    if (own.type === "exit" && kept?.type === "exit" && differs(own, kept)) {
      return say(
        "Another window was first: {0} was closed at {1} ({2}). What you said stays in the journal and does not count",
        own.recommendation,
        formatPrice(kept.price, kept.instrument),
        kept.reason,
      );
    }
    const left = own.type === "exit" ? leftOf(own, exits.get(own.id)) : undefined;
    if (own.type === "exit" && left !== undefined) {
      return say(
        "Another window was first: it closed a part of {0}. What you said closes the {1} that were left",
        own.recommendation,
        left,
      );
    }
    if (own.type === "decision" && kept?.type === "decision" && kept.reason !== own.reason) {
      return say(
        'Another window was first: not executed, "{0}". What you said stays in the journal and does not count',
        kept.reason,
      );
    }
    if (own.type === "fill") return overfilled(own, outputs);
  }
  return undefined;
}

function differs(own: Exit, kept: Exit): boolean {
  return own.price !== kept.price || own.reason !== kept.reason;
}

/** What an exit closes, where that is less than it closed when it was said. */
function leftOf(own: Exit, booked: Exit | undefined): number | undefined {
  const closes = ({ parts, quantity }: Exit) => parts?.at(-1)?.quantity ?? quantity;
  return booked === undefined || closes(booked) === closes(own) ? undefined : closes(booked);
}

/** A fill is a fact and is never refused, but each of two windows saw room for one. */
function overfilled(own: Fill, outputs: readonly EngineOutput[]): string | undefined {
  const recommendation = outputs.find((output) => output.type === "recommendation" && output.id === own.recommendation);
  const fills = tradeRecords(outputs).get(own.recommendation)?.fills ?? [];
  const filled = fills.reduce((sum, fill) => sum + fill.quantity, 0);
  if (recommendation?.type !== "recommendation" || filled <= recommendation.quantity || fills.length < 2)
    return undefined;
  return say(
    "{0} was filled in another window at the same moment: both fills are recorded, {1} of {2} recommended. If one of them is wrong, take all back and record it anew",
    own.recommendation,
    filled,
    recommendation.quantity,
  );
}
