import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { AccountReport, CostLine, Period, ReportFigure } from "../src/core/protocol.js";
import { ageInWords, groupInWords, unknown } from "../src/words/tradeWords.js";
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
import type { Actions } from "./view.js";
import { withElements } from "./withElements.js";
import { ENOUGH_TRADES, tradesInWords } from "./words.js";

interface StatisticsProps {
  readonly report: AccountReport;
  readonly period: Period;
  readonly actions: Actions;
}

/** Below it, what is recorded may be what was worth remembering. */
const FULL_COVERAGE = 0.9;

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

function choices(): readonly (readonly [name: string, period: Period])[] {
  return [
    ...[7, 30, 90].map((days) => [t("{0} days", days), { kind: "days", days }] as const),
    [t("All"), { kind: "all" }],
  ];
}

type PeriodPickerProps = Omit<StatisticsProps, "report"> & Pick<AccountReport, "days">;

function PeriodPicker({ days, period, actions }: PeriodPickerProps): VNode {
  const choose = (chosen: Period) => {
    actions.choose({ period: chosen });
    actions.send({ type: "period", period: chosen });
  };
  const isSame = (other: Period) =>
    other.kind === period.kind && (other.kind !== "days" || period.kind !== "days" || other.days === period.days);
  const today = new Date().toISOString().slice(0, 10);
  // A demo and a replay have their trades in other years than the machine's clock.
  const [from, to] = [days[0]?.date ?? today, days.at(-1)?.date ?? today];
  const range: Period = period.kind === "range" ? period : { kind: "range", from, to };
  return (
    <fieldset class="period end">
      <legend class="unseen">{t("Period of the statistics")}</legend>
      {[...choices(), [t("Own"), range] as const].map(([name, each]) => (
        <label key={name}>
          <input type="radio" name="period" checked={isSame(each)} onChange={() => choose(each)} />
          {name}
        </label>
      ))}
      {period.kind === "range" && (
        <span class="range">
          {(["from", "to"] as const).map((end) => (
            <input
              key={end}
              type="date"
              class="filter"
              aria-label={end === "from" ? t("First trading day") : t("Last trading day")}
              value={period[end]}
              onChange={({ currentTarget: { value } }) => value !== "" && choose({ ...period, [end]: value })}
            />
          ))}
          <span class="note" role="status">
            {period.from > period.to && t("The first day lies after the last: no trade is between them")}
          </span>
        </span>
      )}
    </fieldset>
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

function Answers({ report: { coverage, shadow, costs } }: { readonly report: AccountReport }): VNode | null {
  if (coverage === undefined || coverage.issued === 0) return null;
  const share = coverage.complete / coverage.issued;
  const rate = (value: number | undefined) => (value === undefined ? unknown() : formatPercent(value));
  const r = (value: number | undefined) => (value === undefined ? unknown() : formatR(value));
  const range = (interval: Interval | undefined) => (interval === undefined ? unknown() : formatInterval(interval));
  return (
    <div>
      <dl class="pairs noted">
        <Pair
          name={t("Coverage")}
          note={t("{0} of {1} recommendations", formatCount(coverage.complete), formatCount(coverage.issued))}
        >
          {formatPercent(share)}
        </Pair>
        {shadow !== undefined && shadow.trades > 0 && (
          <>
            <Pair
              name={t("Recorded against shadow, won")}
              note={`n = ${formatCount(shadow.trades)}, 90 %: ${range(shadow.winRateInterval)} / ${range(shadow.shadowWinRateInterval)}`}
            >
              {t("{0} against {1}", rate(shadow.winRate), rate(shadow.shadowWinRate))}
            </Pair>
            <Pair name={t("Recorded against shadow, mean R")}>
              {t("{0} against {1}", r(shadow.meanR), r(shadow.shadowMeanR))}
            </Pair>
            <Pair
              name={t("All shadows, won")}
              note={`n = ${formatCount(shadow.all)}, 90 %: ${range(shadow.allWinRateInterval)}`}
            >
              {rate(shadow.allWinRate)}
            </Pair>
          </>
        )}
        {costs.map((cost) => (
          <Cost key={cost.name} cost={cost} />
        ))}
      </dl>
      {share < FULL_COVERAGE && (
        <p class="note">
          {t(
            "Under {0} coverage: what worked is remembered better, so read the rest with doubt.",
            formatPercent(FULL_COVERAGE),
          )}
        </p>
      )}
    </div>
  );
}

type Interval = readonly [low: number, high: number];

function Cost({ cost: { name, count, usd, r } }: { readonly cost: CostLine }): VNode {
  const [money, inR] = [formatMoney(Math.abs(usd.total)), formatNumber(Math.abs(r.total), 2)];
  return (
    <Pair
      name={
        <>
          {name === "Overrides" ? t("Overrides") : t("Skips")} <span class="note">n = {formatCount(count)}</span>
        </>
      }
      note={
        count > 0 &&
        r.interval !== undefined && (
          <>
            {t("90 %: {0} to {1} R", formatSigned(r.interval[0], 1), formatSigned(r.interval[1], 1))}
            {usd.interval !== undefined && (
              <span class="money">
                {", "}
                {withElements(
                  t("{0} to {1}", "{0}", "{1}"),
                  ...usd.interval.map((end) => <span class="whole">{formatSignedMoney(end)}</span>),
                )}
              </span>
            )}
          </>
        )
      }
    >
      {count === 0
        ? t("None to compare")
        : withElements(
            r.total >= 0 ? t("cost {0} {1} R", "{0}", inR) : t("earned {0} {1} R", "{0}", inR),
            <span class="money">{money},</span>,
          )}
    </Pair>
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
