import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { AccountReport, Period, ReportFigure } from "../src/core/protocol.js";
import { ageInWords, groupInWords, unknown } from "../src/words/tradeWords.js";
import { Answers } from "./answersList.js";
import {
  formatCount,
  formatInterval,
  formatMoney,
  formatNumber,
  formatPercent,
  formatR,
  formatSigned,
  formatSignedMoney,
  formatSignedPercent,
} from "./format.js";
import { Pair } from "./pair.js";
import { PeriodPicker } from "./periodPicker.js";
import type { Actions } from "./view.js";
import { ENOUGH_TRADES, tradesInWords } from "./words.js";

interface StatisticsProps {
  readonly report: AccountReport;
  readonly period: Period;
  readonly actions: Actions;
}

/** An account's closed trades of a period: in dollars, ticks and R, what else they tell, and what decisions have cost. */
export function StatisticsSection({ report, period, actions }: StatisticsProps): VNode {
  return (
    <section aria-labelledby="statistics">
      <div class="heading">
        <h2 id="statistics">
          {t("Statistics")}{" "}
          <span class="note">
            {report.tooFew
              ? t("{0}: under {1}, too few to tell anything", tradesInWords(report.trades), ENOUGH_TRADES)
              : tradesInWords(report.trades)}
          </span>
        </h2>
        <PeriodPicker days={report.days} period={period} actions={actions} />
      </div>
      <div class="columns">
        <Units report={report} />
        <dl class="pairs noted">
          {report.figures.map((figure) => (
            <Pair
              key={figure.name}
              name={figure.name}
              note={figure.note}
              isMoney={figure.unit === "usd"}
              isWeak={figure.weak}
            >
              {figureInWords(figure)}
            </Pair>
          ))}
        </dl>
        <Answers report={report} />
      </div>
      <details>
        <summary>{t("By direction, exit, hour, weekday, size, order, contract and context")}</summary>
        <div class="columns">
          {report.groups.map(({ by, rows }) => (
            <table key={by} class="table groups">
              <thead>
                <tr>
                  <th scope="col">{by}</th>
                  <th scope="col" class="number">
                    {t("Won, 90 %")}
                  </th>
                  <th scope="col" class="number">
                    {t("Mean R")}
                  </th>
                  <th scope="col" class="number medium">
                    {t("Mean price")}
                  </th>
                  <th scope="col" class="number money">
                    {t("Net")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.name}>
                    <th scope="row">{groupInWords(row.name)}</th>
                    <td class="number">
                      {t("{0} of {1}", formatCount(row.wins), formatCount(row.trades))}{" "}
                      <span class="note">{formatInterval(row.winRateInterval)}</span>
                    </td>
                    <td class="number">{formatR(row.meanR)}</td>
                    <td class="number medium">{formatSignedPercent(row.meanReturn, 2)}</td>
                    <td class="number money">{formatSignedMoney(row.netPnl)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ))}
        </div>
      </details>
    </section>
  );
}

function Units({ report }: { readonly report: AccountReport }): VNode {
  return (
    <table class="table">
      <caption>
        <span class="money">
          {t(
            "Totals are what they say; the rest is after costs in dollars, before them in ticks of one contract and in R",
          )}
        </span>
        <span class="discreetly">
          {t("Totals are what they say; the rest is before costs, in ticks of one contract and in R")}
        </span>
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("Result")}</th>
          <th scope="col" class="number money">
            $
          </th>
          <th scope="col" class="number">
            {t("Ticks")}
          </th>
          <th scope="col" class="number">
            R
          </th>
        </tr>
      </thead>
      <tbody>
        {report.units.map(({ name, usd, ticks, r }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number money">{usd === undefined ? unknown() : formatSignedMoney(usd)}</td>
            <td class="number">{ticks === undefined ? unknown() : formatSigned(ticks, 1)}</td>
            <td class="number">{r === undefined ? unknown() : formatSigned(r, 2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function figureInWords({ value, unit }: ReportFigure): string {
  if (value === undefined) return unknown();
  switch (unit) {
    case "percent":
      return formatPercent(value, 1);
    case "usd":
      return formatMoney(value);
    case "count":
      return formatCount(value);
    case "minutes":
      return t("{0} min", formatCount(value));
    case "seconds":
      return ageInWords(value);
    case "ratio":
      return formatNumber(value, 2);
    case "ticks":
      return t("{0} ticks", formatSigned(value, 2));
    case "points":
      return t("{0} pts", formatSigned(value, 2));
    default:
      return unit satisfies never;
  }
}
