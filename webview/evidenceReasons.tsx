import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { EvidenceCall, SignalEvidence } from "../src/core/protocol.js";
import { contextInWords } from "../src/words/tradeWords.js";
import { List, type Row, Table } from "./evidenceTable.js";
import {
  formatCount,
  formatDateTime,
  formatInterval,
  formatMoney,
  formatMultiplier,
  formatPercent,
  formatR,
} from "./format.js";

function ruleInWords(rule: string): string {
  switch (rule) {
    case "modal":
      return t("Where its volume lies");
    case "delta":
      return t("Who was the aggressor");
    case "absorption":
      return t("Aggressors absorbed");
    case "modal_and_delta":
      return t("Volume and aggressors agree");
    default:
      return rule;
  }
}

/** What each direction rule said, and what was taken. */
export function Answers({ evidence: { answers, cluster, action } }: { readonly evidence: SignalEvidence }): VNode {
  return (
    <section aria-label={t("Direction")}>
      <h3>{t("Direction")}</h3>
      <List
        rows={[
          ...answers.map(({ rule, answer }): Row => [ruleInWords(rule), answer ?? t("None")]),
          [t("Taken"), action],
          [t("Place of it in the range"), formatPercent(cluster.modalPosition)],
          [t("Strength"), cluster.strength.toFixed(2)],
          ...(cluster.partial ? [[t("Seen"), t("before its bar was over")] as const] : []),
        ]}
      />
    </section>
  );
}

/** The chance of a win and what it rests on. */
export function Belief({ call, timeZone }: { readonly call: EvidenceCall; readonly timeZone: string }): VNode {
  const { own, others, posterior, rows } = call;
  const score = ({ wins, losses }: EvidenceCall["own"]) =>
    t("{0} won, {1} lost", formatCount(wins), formatCount(losses));
  return (
    <section aria-label={t("Chance")}>
      <h3>{t("Chance")}</h3>
      <List
        rows={[
          [t("Context"), contextInWords(call.context)],
          [t("Closed in it before"), score(own)],
          [t("In the others"), score(others)],
          [t("Weight of another's result"), posterior === undefined ? t("Not recorded") : posterior.lambda.toFixed(3)],
          [
            t("Beta distribution"),
            posterior === undefined
              ? t("Not recorded")
              : `α ${posterior.alpha.toFixed(2)}, β ${posterior.beta.toFixed(2)}`,
          ],
          [t("Chance of a win"), `${formatPercent(call.confidence, 1)} (${formatInterval(call.interval)})`],
          [t("Break-even"), formatPercent(call.breakEven, 1)],
          [t("Sure to be above it"), formatPercent(call.chanceAboveBreakEven)],
        ]}
      />
      {rows.length > 0 && (
        <details>
          <summary>{t("The newest results of its context")}</summary>
          <Table
            label={t("Results of the context")}
            head={[
              [t("Closed"), ""],
              ["R", "number"],
            ]}
          >
            {rows.toReversed().map((row) => (
              <tr key={row.time}>
                <th scope="row">{formatDateTime(row.time, timeZone)}</th>
                <td class="number">
                  {row.win ? t("Win") : t("Loss")} {formatR(row.rMultiple)}
                </td>
              </tr>
            ))}
          </Table>
        </details>
      )}
    </section>
  );
}

/** How the number of contracts came about. */
export function Sizing({ call }: { readonly call: EvidenceCall }): VNode {
  const { sizing, multiplier, conservativeMultiplier } = call;
  return (
    <section aria-label={t("Size")}>
      <h3>{t("Size")}</h3>
      <List
        rows={[
          [t("Share of the balance"), formatPercent(sizing.riskFraction, 2)],
          [t("Budget"), formatMoney(sizing.budget)],
          [t("Risk of a contract"), formatMoney(sizing.riskPerContract)],
          [t("Base"), formatCount(sizing.base)],
          [
            t("Multiplier"),
            t("{0} (cautiously {1})", formatMultiplier(multiplier), formatMultiplier(conservativeMultiplier)),
          ],
          [t("Base times multiplier"), formatCount(sizing.raw)],
          [t("Cap"), formatCount(sizing.cap)],
          [t("Contracts"), formatCount(sizing.quantity)],
          [t("Risks"), formatMoney(sizing.riskActual)],
        ]}
      />
    </section>
  );
}
