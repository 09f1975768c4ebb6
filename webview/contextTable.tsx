import { t } from "@vscode/l10n";
import type { ComponentChild, VNode } from "preact";
import type { ContextRow, Verdict } from "../src/core/protocol.js";
import { contextInWords, unknown } from "../src/words/tradeWords.js";
import { formatCount, formatInterval, formatMultiplier, formatPercent, formatR } from "./format.js";
import { Icon } from "./icon.js";
import { MarksLegend, Whisker } from "./whisker.js";
import { sortByEvidence, verdictOfContext } from "./words.js";

/** Four shapes, so that no verdict is told by its color alone. */
const ICONS = {
  Edge: "pass",
  Unproven: "question",
  Avoid: "circle-slash",
  "Too few": "warning",
} as const satisfies Record<Verdict, string>;

const TONES = { Edge: "good", Unproven: "plain", Avoid: "bad", "Too few": "plain" } as const;

/** Why and where: what each context has earned, and what that does to the size. */
export function ContextTable({ rows }: { readonly rows: readonly ContextRow[] }): VNode {
  return (
    <section aria-labelledby="contexts">
      <h2 id="contexts">
        {t("Contexts")} <span class="count">{formatCount(rows.length)}</span>
      </h2>
      {rows.length === 0 ? (
        <p class="empty">{t("No context has a closed trade yet: each one gets a row with its first")}</p>
      ) : (
        <table class="table">
          <caption>
            {t(
              "Chance of a win as sizing uses it, by context, sorted by the low end of its 90 % interval. Gross: before costs.",
            )}{" "}
            <MarksLegend />
          </caption>
          <thead>
            <tr>
              <th scope="col">{t("Verdict")}</th>
              <th scope="col">{t("Context")}</th>
              <th scope="col" class="number">
                {t("Trades")}
              </th>
              <th scope="col" class="number wide">
                {t("Win rate")}
              </th>
              <th scope="col" class="number medium">
                {t("Gross R")}
              </th>
              <th scope="col" class="number wide">
                {t("Posterior")}
              </th>
              <th scope="col" class="number widest">
                {t("Break-even")}
              </th>
              <th scope="col" class="interval" aria-sort="descending">
                {t("90 % interval")}
                <Icon name="arrow-down" />
              </th>
              <th scope="col" class="number">
                {t("Multiplier")}
              </th>
            </tr>
          </thead>
          <tbody>
            {sortByEvidence(rows).map((row) => (
              <Row key={row.context} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ row }: { readonly row: ContextRow }): VNode {
  return (
    <tr>
      <td class={`verdict ${row.verdict.toLowerCase().replace(" ", "-")}`}>
        <Icon name={ICONS[row.verdict]} />
        <span>{verdictOfContext(row.verdict)}</span>
      </td>
      <th scope="row">{inWholeWords(contextInWords(row.context))}</th>
      <td class="number">{formatCount(row.trades)}</td>
      <td class="number wide">
        {row.trades === 0 ? unknown() : formatPercent(row.wins / row.trades)}{" "}
        <span class="note">{formatInterval(row.winRateInterval)}</span>
      </td>
      <td class="number medium">{formatR(row.meanR)}</td>
      <td class="number wide">{formatPercent(row.posterior)}</td>
      <td class="number widest">{formatPercent(row.breakEven)}</td>
      <td class="interval">
        <span class="pair">
          <Whisker
            interval={row.posteriorInterval}
            mean={row.posterior}
            breakEven={row.breakEven}
            tone={TONES[row.verdict]}
          />
          <span>{formatInterval(row.posteriorInterval)}</span>
        </span>
      </td>
      <td class="number strong">{formatMultiplier(row.multiplier)}</td>
    </tr>
  );
}

/** A narrow cell breaks "BUY, open, 4-6x" after a comma, never at the hyphen. */
function inWholeWords(text: string): readonly ComponentChild[] {
  return text.split(" ").flatMap((word) => [
    <span key={word} class="whole">
      {word}
    </span>,
    " ",
  ]);
}
