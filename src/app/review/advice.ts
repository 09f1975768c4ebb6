import { t } from "@vscode/l10n";
import { realisedBreakEven } from "../../core/contextRecord.js";
import { calibration } from "../../core/ledger/calibration.js";
import { mean } from "../../core/ledger/moments.js";
import { sequentialTest } from "../../core/ledger/sequentialTest.js";
import { accountInWords } from "../../words/tradeWords.js";
import { percent, usd } from "../amounts.js";
import { FEW_TRADES } from "../statistics.js";
import type { Books, Material } from "./material.js";
import { utilisation } from "./sections.js";

/** Below this share of recommendations with complete feedback the record flatters: winners are remembered. */
const COMPLETE_ENOUGH = 0.9;

/** What follows from the numbers, by rules that anyone can check; never a promise. */
export function advice(material: Material): readonly string[] {
  const found = [
    ...completeness(material),
    ...feasibility(material),
    ...material.books.flatMap((b) => ofAccount(b, material)),
  ];
  return (found.length === 0 ? [t("Nothing stands out: go on, and go on recording.")] : found).map(
    (line) => `- ${line}`,
  );
}

/** What to say of recommendations without a complete answer (`ENGINE.md` 13); nothing where they are few. */
export function completeness(material: Material): readonly string[] {
  const { answered, issued } = utilisation(material);
  if (issued === 0 || answered / issued >= COMPLETE_ENOUGH) return [];
  return [
    t(
      "Record the rest: {0} of {1} recommendations have no complete answer. A record with gaps flatters, because winners are remembered, and what is not recorded is not learned.",
      issued - answered,
      issued,
    ),
  ];
}

// The user's sizing takes one contract at least, whatever its risk (`ENGINE.md` 7).
function feasibility({ recommendations }: Material): readonly string[] {
  const [budget, actual] = [
    mean(recommendations.map((r) => r.riskBudget)),
    mean(recommendations.map((r) => r.riskActual)),
  ];
  if (budget === undefined || actual === undefined || actual <= budget) return [];
  return [
    t(
      "The size does not fit the budget: a recommendation risked {0} on average, against a budget of {1}. A micro contract has a tenth of the risk.",
      usd(Math.round(actual)),
      usd(Math.round(budget)),
    ),
  ];
}

function ofAccount(b: Books, material: Material): readonly string[] {
  const who = accountInWords(b.name);
  const count = b.exitsSoFar.length;
  if (count < FEW_TRADES) {
    return [
      count === 1
        ? t("{0}: 1 closed trade so far, too few to judge. Change nothing before {1}.", who, FEW_TRADES)
        : t("{0}: {1} closed trades so far, too few to judge. Change nothing before {2}.", who, count, FEW_TRADES),
    ];
  }
  const wins = b.exitsSoFar.map((exit) => exit.win);
  const needed = breakEven(b, material);
  const lines: string[] = [];
  const judge = (verdict: string) =>
    lines.push(`${verdict} ${t("That break-even is itself an estimate, from the same trades.")}`);
  if (needed !== undefined) {
    const rate = percent(mean(wins.map(Number)) ?? 0);
    if (sequentialTest(wins, needed)?.rejected) {
      judge(
        t("{0}: the win rate of {1} is above its break-even of {2}, beyond chance (5 %).", who, rate, percent(needed)),
      );
    } else if (
      sequentialTest(
        wins.map((win) => !win),
        1 - needed,
      )?.rejected
    ) {
      judge(
        t(
          "{0}: the win rate of {1} is below its break-even of {2}, beyond chance (5 %): stop.",
          who,
          rate,
          percent(needed),
        ),
      );
    } else {
      judge(
        t(
          "{0}: a win rate of {1} does not differ from its break-even of {2} beyond chance.",
          who,
          rate,
          percent(needed),
        ),
      );
    }
  }
  if (calibration(b.exitsSoFar)?.verdict === "miscalibrated") {
    lines.push(t("{0}: the stated chances do not fit the results. Trust the interval, not the multiplier.", who));
  }
  return lines;
}

// That of the results, else that of the brackets, as in the panel: who has only lost has no mean win.
function breakEven({ exitsSoFar }: Books, { issued }: Material): number | undefined {
  const planned = exitsSoFar.flatMap(({ recommendation }) => issued.get(recommendation)?.breakEven ?? []);
  return realisedBreakEven(exitsSoFar) ?? mean(planned);
}
