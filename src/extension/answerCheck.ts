import { AnswerError, type Answered, RepeatedFillError } from "../app/answers.js";
import type { AccountEvent } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import type { Again, Found } from "./ask.js";

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
    const answered = answer();
    const { event, warnings, stored } = answered;
    if (stored !== undefined) return { problem: STORED };
    if (warnings.length > 0) {
      const again = againOf(answered);
      const next = again === undefined ? "Enter records it all the same" : `Enter asks for the ${again.what} once more`;
      return { warning: `${warnings.join(". ")}. ${next}`, ...(again && { again }) };
    }
    const words = understood(event);
    return words === undefined ? undefined : { understood: `Enter records ${words}` };
  } catch (error) {
    if (error instanceof RepeatedFillError) return { problem: error.corrected ? CORRECTED : REPEATED };
    if (error instanceof AnswerError) return { problem: error.message };
    throw error;
  }
}

// It would change nothing, so it must not look as if it had been recorded.
const STORED = "The very same is recorded already: nothing would change";

/** Stands behind the price of a fill that is one more of the same price and quantity. */
export const REST = "rest";

const OTHER = `If this is another one, write "${REST}" behind the price`;
const REPEATED = `The very same is recorded already. ${OTHER}`;
const CORRECTED = `The very same was recorded, and corrected since. ${OTHER}`;

/** A quantity that may not be held weighs more than a price far away: both are named in the warning. */
function againOf<Event extends AccountEvent>(answered: Answered<Event>): Again | undefined {
  const { event, recommendation, typeAgain, typeQuantityAgain } = answered;
  const quantity = quantityOf(event);
  if (typeQuantityAgain && quantity !== undefined) return { what: "quantity", value: String(quantity) };
  const price = priceOf(event);
  if (!typeAgain || price === undefined) return undefined;
  return { what: "price", value: formatPrice(price, recommendation.instrument) };
}

function quantityOf(event: AccountEvent): number | undefined {
  if (event.kind === "fill") return event.quantity;
  return event.kind === "amendment" ? event.correction.quantity : undefined;
}

function priceOf(event: AccountEvent): number | undefined {
  if (event.kind === "fill" || event.kind === "exit") return event.price;
  return event.kind === "amendment" ? event.correction.price : undefined;
}
