import type { ExitReason } from "../core/events.js";
import { isJump } from "../core/guards/typedPrice.js";
import { say } from "../core/say.js";
import type { Recommendation } from "../core/sizing/recommendation.js";
import { EXIT_REASONS } from "./answers.js";
import { type ExitWays, reasonByPrice } from "./exitWays.js";
import { parsePrice } from "./price.js";
import { plainNumber, quantityOrPrice, writtenOut } from "./typedPrice.js";

/** What one line says of an exit; the price is not yet judged. */
export type ExitLine =
  | {
      readonly said: "closed";
      /** Contracts of a part, not yet judged; undefined where the line does not say: all that is open. */
      readonly quantity: string | undefined;
      readonly price: string;
      readonly reason: ExitReason;
      /** Whether an exit by hand went against the plan; undefined where the line does not say. */
      readonly override: boolean | undefined;
      readonly notes: string | undefined;
    }
  | { readonly said: "nothing"; readonly problem: string };

/** The grammar in a few words, for whoever types. The reasons are typed in English in every language: as one word none is translated. */
export const EXIT_HELP = say("a price, .75 or -1t, or {0}", EXIT_REASONS.join("/"));

/** What says of an exit by hand whether it went against the plan: typed in English in every language, as the reasons are. */
export const PLAN_WORDS = { override: "override", planned: "planned" } as const;

const KEYWORDS: readonly string[] = [...EXIT_REASONS, ...Object.values(PLAN_WORDS)];

/**
 * Reads a line such as `6025.75`, `.75`, `-1t`, `stop`, `6025.75 time` or `6025.75 target partly at once`, with `1@` in front where
 * no more than that was closed. An empty one says: in the likeliest way. Without a reason the price tells it; `planned` and `override`, also behind `manual`, say that it was by hand. In
 * `stop 5995.00` the number is the price: kept as a note, it would be lost beside the price of the way; so in `stop 1@5995.00`.
 */
export function readExitLine(text: string, recommendation: Recommendation, ways: ExitWays): ExitLine {
  const { instrument } = recommendation;
  const [, counted = "", words = ""] = /^\s*(.*?)(?:(?:^|\s+)(\p{L}.*?))?\s*$/su.exec(priceFirst(text)) ?? [];
  const [, quantity, typed = ""] = /^(?:([^@＠]*?)\s*[@＠])?\s*(.*)$/su.exec(counted) ?? [];
  const [first, rest] = firstWord(words);
  const said = EXIT_REASONS.find((known) => known === first);
  const [plan, more] = said === "manual" ? firstWord(rest) : said === undefined ? [first, rest] : [];
  const isPlan = plan === PLAN_WORDS.override || plan === PLAN_WORDS.planned;
  const reason = isPlan ? "manual" : said;
  const notes = isPlan ? (more ?? "") : said === undefined ? words : rest;
  // Behind a price without a quantity the words are the person's own.
  const behind = quantity !== undefined || counted === "";
  const isOfSeveral = /\p{Nd}\s+\p{Nd}/u.test(quantity ?? "") || /[@＠]/.test(typed) || (behind && PART.test(notes));
  if (isOfSeveral) return { said: "nothing", problem: ONE_PART };
  if (counted === "" && reason === undefined && notes !== "") {
    return { said: "nothing", problem: say("Begin with {0}", EXIT_HELP) };
  }
  const way = ways.find((each) => each.reason === reason) ?? ways[0];
  if (typed === "" && way.price === undefined) {
    return { said: "nothing", problem: say('Write the price before "{0}": no market is watched', way.reason) };
  }
  const price = writtenOut(typed, { instrument, price: way.price ?? ways[0].price });
  if ("problem" in price) return { said: "nothing", problem: price.problem };
  const isBare = quantity === undefined && /^\d{1,3}$/.test(price.value);
  if (isBare && isJump(Number(price.value) / instrument.tickSize, way.price ?? ways[0].price)) {
    const whole = Number(price.value);
    return { said: "nothing", problem: quantityOrPrice(whole) };
  }
  return {
    said: "closed",
    quantity: quantity === undefined ? undefined : plainNumber(quantity),
    price: price.value,
    reason: reason ?? reasonOf(price.value, recommendation),
    override: isPlan ? plan === PLAN_WORDS.override : undefined,
    notes: notes === "" ? undefined : notes,
  };
}

/** A quantity with a price behind it, as a fill is written, in digits of any width. */
const PART = /(?<![\p{L}\p{N}])\p{Nd}+\s*[@＠]/u;

const ONE_PART = say("A line says one exit: record the parts one after the other");

/** What can only be a price, at the beginning of a text: with decimals, of three digits or more, in ticks, or behind a quantity. */
const PRICE = /^((?:\d+\s*@\s*)?(?:\$?\d{3,}[\d.,]*|\$?\d*[.,]\d+|[-+]\d+t(?:icks?)?)|\d+\s*@)(?!\S)/i;

/** `stop 5995.00 slipped` as `5995.00 stop slipped`, `1@ stop 5995.00` as `1@5995.00 stop`. */
function priceFirst(text: string): string {
  const line = text.trim();
  const [, count, behindIt] = /^(\p{Nd}+\s*[@＠])\s*(\p{L}.*)$/su.exec(line) ?? [];
  if (count !== undefined && behindIt !== undefined) {
    const turned = priceFirst(behindIt);
    return turned === behindIt ? line : `${count}${turned}`;
  }
  const [reason, rest] = firstWord(line);
  if (!KEYWORDS.includes(reason)) return line;
  const [plan, behind] = firstWord(rest);
  const [words, more] = KEYWORDS.includes(plan) ? [`${reason} ${plan}`, behind] : [reason, rest];
  const plain = plainNumber(more).replace(/^@\s*/, "");
  const [price] = PRICE.exec(plain) ?? [];
  return price === undefined ? line : `${price} ${words}${plain.slice(price.length)}`;
}

/** The first word, in lower case, and what stands behind it. */
function firstWord(words: string): readonly [first: string, rest: string] {
  const [, first = "", rest = ""] = /^(\p{L}+)\s*[,:]?\s*(.*)$/su.exec(words) ?? [];
  return [first.normalize("NFKC").toLowerCase(), rest];
}

function reasonOf(price: string, recommendation: Recommendation): ExitReason {
  const parsed = parsePrice(price, recommendation.instrument);
  return "value" in parsed ? reasonByPrice(recommendation, parsed.value) : "manual";
}
