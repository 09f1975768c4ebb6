import type { VNode } from "preact";
import type { AccountReport, CostLine, Period, ReportFigure } from "../src/core/protocol.js";
import {
  formatCount,
  formatMoney,
  formatNumber,
  formatPercent,
  formatR,
  formatSigned,
  formatSignedMoney,
} from "./format.js";
import type { Actions } from "./view.js";
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
          Statistics{" "}
          <span class="note">
            {tradesInWords(report.trades)}
            {report.tooFew && `: under ${ENOUGH_TRADES}, too few to tell anything`}
          </span>
        </h2>
        <PeriodPicker period={period} actions={actions} />
      </div>
      <div class="columns">
        <Units report={report} />
        <dl class="pairs">
          {report.figures.map((figure) => (
            <div key={figure.name} class={figure.unit === "usd" ? "money" : ""}>
              <dt>{figure.name}</dt>
              <dd>
                {figureInWords(figure)} {figure.note !== undefined && <span class="note">{figure.note}</span>}
              </dd>
            </div>
          ))}
        </dl>
        <Answers report={report} />
      </div>
      <details>
        <summary>By direction, exit, hour, weekday, size, order and contract</summary>
        <div class="columns">
          {report.groups.map(({ by, rows }) => (
            <table key={by} class="table">
              <thead>
                <tr>
                  <th scope="col">{by}</th>
                  <th scope="col" class="number">
                    Won
                  </th>
                  <th scope="col" class="number">
                    Mean R
                  </th>
                  <th scope="col" class="number money">
                    Net
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.name}>
                    <th scope="row">{row.name}</th>
                    <td class="number">
                      {formatCount(row.wins)} of {formatCount(row.trades)}
                    </td>
                    <td class="number">{formatR(row.meanR)}</td>
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

const CHOICES: readonly (readonly [name: string, period: Period])[] = [
  ["7 days", { kind: "days", days: 7 }],
  ["30 days", { kind: "days", days: 30 }],
  ["90 days", { kind: "days", days: 90 }],
  ["All", { kind: "all" }],
];

function PeriodPicker({ period, actions }: Omit<StatisticsProps, "report">): VNode {
  const choose = (chosen: Period) => {
    actions.choose({ period: chosen });
    actions.send({ type: "period", period: chosen });
  };
  const isSame = (other: Period) =>
    other.kind === period.kind && (other.kind !== "days" || period.kind !== "days" || other.days === period.days);
  const today = new Date().toISOString().slice(0, 10);
  const range: Period = period.kind === "range" ? period : { kind: "range", from: `${today.slice(0, 8)}01`, to: today };
  return (
    <fieldset class="period end">
      <legend class="unseen">Period of the statistics</legend>
      {[...CHOICES, ["Own", range] as const].map(([name, each]) => (
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
              aria-label={end === "from" ? "First trading day" : "Last trading day"}
              value={period[end]}
              onChange={({ currentTarget: { value } }) => value !== "" && choose({ ...period, [end]: value })}
            />
          ))}
        </span>
      )}
    </fieldset>
  );
}

function Units({ report }: { readonly report: AccountReport }): VNode {
  return (
    <table class="table">
      <caption>After costs in dollars; before them in ticks of one contract and in R</caption>
      <thead>
        <tr>
          <th scope="col">Result</th>
          <th scope="col" class="number money">
            $
          </th>
          <th scope="col" class="number">
            Ticks
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
            <td class="number money">{usd === undefined ? "n/a" : formatSignedMoney(usd)}</td>
            <td class="number">{ticks === undefined ? "" : formatSigned(ticks, 1)}</td>
            <td class="number">{r === undefined ? "" : formatSigned(r, 2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Answers({ report: { coverage, shadow, costs } }: { readonly report: AccountReport }): VNode | null {
  if (coverage === undefined || coverage.issued === 0) return null;
  const share = coverage.complete / coverage.issued;
  const rate = (value: number | undefined) => (value === undefined ? "n/a" : formatPercent(value));
  return (
    <div>
      <dl class="pairs">
        <div>
          <dt>Coverage</dt>
          <dd>
            {formatPercent(share)}{" "}
            <span class="note">
              {formatCount(coverage.complete)} of {formatCount(coverage.issued)} recommendations
            </span>
          </dd>
        </div>
        {shadow !== undefined && shadow.trades > 0 && (
          <>
            <div>
              <dt>Recorded against shadow, won</dt>
              <dd>
                {rate(shadow.winRate)} against {rate(shadow.shadowWinRate)}{" "}
                <span class="note">n = {formatCount(shadow.trades)}</span>
              </dd>
            </div>
            <div>
              <dt>All shadows, won</dt>
              <dd>
                {rate(shadow.allWinRate)} <span class="note">n = {formatCount(shadow.all)}</span>
              </dd>
            </div>
          </>
        )}
        {costs.map((cost) => (
          <Cost key={cost.name} cost={cost} />
        ))}
      </dl>
      {share < FULL_COVERAGE && (
        <p class="note">
          Under {formatPercent(FULL_COVERAGE)} coverage: what worked is remembered better, so read the rest with doubt.
        </p>
      )}
    </div>
  );
}

function Cost({ cost: { name, count, usd, r } }: { readonly cost: CostLine }): VNode {
  const word = r.total >= 0 ? "cost" : "earned";
  return (
    <div>
      <dt>
        {name} <span class="note">n = {formatCount(count)}</span>
      </dt>
      <dd>
        {count === 0 ? (
          "None to compare"
        ) : (
          <>
            {word} <span class="money">{formatMoney(Math.abs(usd.total))}, </span>
            {formatNumber(Math.abs(r.total), 2)} R{" "}
            {r.interval !== undefined && (
              <span class="note">
                90 %: {formatSigned(r.interval[0], 1)} to {formatSigned(r.interval[1], 1)} R
              </span>
            )}
          </>
        )}
      </dd>
    </div>
  );
}

function figureInWords({ value, unit }: ReportFigure): string {
  if (value === undefined) return "n/a";
  switch (unit) {
    case "percent":
      return formatPercent(value, 1);
    case "usd":
      return formatMoney(value);
    case "count":
      return formatCount(value);
    case "minutes":
      return `${formatCount(value)} min`;
    case "seconds":
      return `${formatCount(value)} s`;
    case "ratio":
      return formatNumber(value, 2);
    case "ticks":
    case "points":
      return `${formatSigned(value, 2)} ${unit}`;
    default:
      return unit satisfies never;
  }
}
