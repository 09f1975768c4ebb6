import { AnswerError, type Answered } from "../app/answers.js";
import type { AccountEvent } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import type { Found } from "./ask.js";

/**
 * What a box says of an answer while it is typed: the sentence of its error, its warnings, or what Enter does.
 *
 * @param understood what the event says, in words; undefined where the text says it plainly
 */
export function answerCheck<Event extends AccountEvent>(
  answer: () => Answered<Event>,
  understood: (event: Event) => string | undefined = () => undefined,
): Found | undefined {
  try {
    const { event, recommendation, warnings, typeAgain, stored } = answer();
    if (stored !== undefined) return { problem: STORED };
    if (warnings.length > 0) {
      const next = typeAgain ? "Enter asks for the price once more" : "Enter records it all the same";
      const warning = `${warnings.join(". ")}. ${next}`;
      const price = priceOf(event);
      return typeAgain && price !== undefined
        ? { warning, again: formatPrice(price, recommendation.instrument) }
        : { warning };
    }
    const words = understood(event);
    return words === undefined ? undefined : { understood: `Enter records ${words}` };
  } catch (error) {
    if (error instanceof AnswerError) return { problem: error.message };
    throw error;
  }
}

// It would change nothing, so it must not look as if it had been recorded.
const STORED = "The very same is recorded already. If this is another one, tell them apart by a note after the price";

function priceOf(event: AccountEvent): number | undefined {
  if (event.kind === "fill" || event.kind === "exit") return event.price;
  return event.kind === "amendment" ? event.correction.price : undefined;
}
