import { t } from "@vscode/l10n";
import { AnswerError, type Answered, RepeatedError } from "../app/answers.js";
import type { AccountEvent } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { say } from "../core/say.js";
import type { Again, Found } from "./ask.js";
import { inLanguage, sentences } from "./language.js";

/**
 * What a box says of an answer while it is typed: the sentence of its error, its warnings, or what Enter does.
 *
 * @param understood what the event says, in the words of the language; undefined where the text says it plainly
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
      return { warning: sentences([...warnings.map(inLanguage), nextWords(again)]), ...(again && { again }) };
    }
    const words = understood(event);
    return words === undefined ? undefined : { understood: t("Enter records {0}", words) };
  } catch (error) {
    if (error instanceof RepeatedError) return { problem: error.corrected ? CORRECTED : REPEATED };
    if (error instanceof AnswerError) return { problem: error.message };
    throw error;
  }
}

// It would change nothing, so it must not look as if it had been recorded.
const STORED = say("The very same is recorded already: nothing would change");

/** Stands behind the price of a fill or a partial exit that is one more of the same price and quantity. */
export const REST = "rest";

const REPEATED = say('The very same is recorded already. If this is another one, write "{0}" behind the price', REST);
const CORRECTED = say(
  'The very same was recorded, and corrected since. If this is another one, write "{0}" behind the price',
  REST,
);

function nextWords(again: Again | undefined): string {
  if (again === undefined) return t("Enter records it all the same");
  return again.what === "price" ? t("Enter asks for the price once more") : t("Enter asks for the quantity once more");
}

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
