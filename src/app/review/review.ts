import { t } from "@vscode/l10n";
import type { EngineOutput, EngineView } from "../../core/events.js";
import { type Prices, USUAL_PRICES } from "../../core/ledger/saturday.js";
import { say } from "../../core/say.js";
import { inLanguage } from "../language.js";
import type { Settings } from "../settings.js";
import { advice } from "./advice.js";
import { balances, executionOfDay, signals, tradesOfDay } from "./daily.js";
import { fun } from "./funFacts.js";
import { type Material, materialOf } from "./material.js";
import { bayes, calibrated, execution, portfolio, risk, targets, trades } from "./sections.js";
import { dayOf, type Week } from "./week.js";

/** What is said at the top of a review of each kind of run. */
export const SIMULATED: Readonly<Record<"live" | "demo" | "replay", string | undefined>> = {
  live: undefined,
  demo: say("Simulated: the demo market, without an edge."),
  replay: say("A replay of recorded trades."),
};

/** What a review is made of, and how. */
export interface ReviewOptions {
  /** Whether the market or the results are simulated, or a replay: said at the top. */
  readonly simulated: string | undefined;
  /** What is wrong with the records, such as a damaged journal, one sentence each: said at the top. */
  readonly problems: readonly string[];
  readonly funFacts: boolean;
  /** Of the fun facts; absent: the usual ones. */
  readonly prices?: Prices;
}

/** What the settings say of a review. */
export function reviewSettings({ funFacts, lattePrice, vacationFrom }: Settings["review"]) {
  return { funFacts, prices: { latte: Math.round(lattePrice * 100), vacation: Math.round(vacationFrom * 100) } };
}

/**
 * The weekly review (`ENGINE.md` 14) in Markdown: the same text from the same outputs.
 *
 * @param view the engine's, for what it has learned by now
 */
export function weeklyReview(
  outputs: readonly EngineOutput[],
  view: EngineView,
  week: Week,
  options: ReviewOptions,
): string {
  const material = materialOf(outputs, view, week);
  const sections: readonly Titled[] = [
    [t("Portfolio performance"), portfolio],
    [t("Trades"), trades],
    [t("Risk"), risk],
    [t("Execution"), execution],
    [t("Bayes"), bayes],
    [t("Calibration"), calibrated],
    [t("Against your targets"), targets],
    ...(options.funFacts ? [[t("Fun facts"), (of: Material) => fun(of, options.prices ?? USUAL_PRICES)] as const] : []),
    [t("Recommendations"), advice],
  ];
  return document(t("Weekly review, {0} to {1}", week.monday, week.sunday), sections, material, options);
}

/**
 * What one trading day was (`ENGINE.md` 13, 14), in Markdown: the same text from the same outputs.
 *
 * @param date of the trading day, YYYY-MM-DD
 * @throws RangeError when it is no date
 */
export function dailySummary(
  outputs: readonly EngineOutput[],
  view: EngineView,
  date: string,
  options: Pick<ReviewOptions, "simulated" | "problems">,
): string {
  const day = dayOf(date);
  const sections: readonly Titled[] = [
    [t("Portfolio"), balances],
    [t("Signals"), signals],
    [t("Trades"), trades],
    [t("Trade by trade"), tradesOfDay],
    [t("Risk"), risk],
    [t("Execution"), executionOfDay],
    [t("Calibration, of all trades so far"), calibrated],
  ];
  return document(t("Daily summary, {0}", date), sections, materialOf(outputs, view, day), options);
}

type Titled = readonly [title: string, section: (material: Material) => readonly string[]];

function document(
  title: string,
  sections: readonly Titled[],
  material: Material,
  options: Pick<ReviewOptions, "simulated" | "problems">,
): string {
  const lines = [
    `# ${title}`,
    "",
    ...(options.simulated === undefined ? [] : [`**${inLanguage(options.simulated)}**`, ""]),
    ...problems(options.problems),
    t(
      "The accounts stand side by side and are never added up. Intervals are 90 %; drawdowns and returns are after costs.",
    ),
    ...sections.flatMap(([name, section], i) => ["", `## ${i + 1}. ${name}`, "", ...section(material)]),
  ];
  return `${lines.join("\n")}\n`;
}

/** A figure of records that are not whole must not be read as if they were. */
function problems(sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  return [
    `**${t("The records are not whole: the figures are of what is left.")}**`,
    "",
    ...sentences.map((each) => `- ${inLanguage(each)}`),
    "",
  ];
}
