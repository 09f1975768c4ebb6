import type { VNode } from "preact";
import type { CalibrationReport, NullReport } from "../src/core/protocol.js";
import { formatCount, formatInterval, formatNumber, formatPercent, formatSignedPercent } from "./format.js";
import { Icon } from "./icon.js";
import { ENOUGH_TRADES, tradesInWords } from "./words.js";

/** How true the stated chances were, and whether wins are more than luck: safe to be looked at every day. */
export function CalibrationSection({ calibration }: { readonly calibration: CalibrationReport | undefined }): VNode {
  return (
    <section aria-labelledby="calibration">
      <h2 id="calibration">
        Calibration{" "}
        {calibration !== undefined && (
          <span class="note">of all {tradesInWords(calibration.forecasts)}, whatever the period</span>
        )}
      </h2>
      {calibration === undefined ? (
        <p class="empty">No closed trade yet: each one is a test of the chance that was stated before it</p>
      ) : (
        <>
          <p>{verdictInWords(calibration)}</p>
          <div class="columns">
            <Scores calibration={calibration} />
            <Bins calibration={calibration} />
            <Nulls calibration={calibration} />
          </div>
        </>
      )}
    </section>
  );
}

/** What is concluded, or why nothing is. */
export function verdictInWords({ forecasts, verdict }: CalibrationReport): string {
  switch (verdict) {
    case "plausible":
      return "Such outcomes are usual if the stated chances are true.";
    case "miscalibrated":
      return "Such outcomes are rare if the stated chances are true: they are not to be believed as they stand.";
    case undefined:
      return `No verdict: ${formatCount(forecasts)} of ${ENOUGH_TRADES} trades.`;
    default:
      return verdict satisfies never;
  }
}

function Scores({ calibration: c }: { readonly calibration: CalibrationReport }): VNode {
  const rows: readonly (readonly [name: string, value: string, note: string])[] = [
    [
      "Brier score",
      formatNumber(c.brier, 3),
      `coin ${formatNumber(c.brierOfHalf, 3)}, win rate so far ${formatNumber(c.brierOfRunningRate, 3)}`,
    ],
    ["Log loss", formatNumber(c.logLoss, 3), `coin ${formatNumber(c.logLossOfHalf, 3)}`],
    ["Won more than was stated", formatSignedPercent(c.inTheLarge), "below 0: less"],
    ["Win rate", formatPercent(c.winRate, 1), `90 %: ${formatInterval(c.winRateInterval)}`],
    [
      "Your target, not verified",
      formatPercent(c.target, 1),
      `chance of at least that: ${formatPercent(c.chanceOfTarget, 1)}`,
    ],
  ];
  return (
    <dl class="pairs">
      {rows.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} <span class="note">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const SIDE = 150;

function Bins({ calibration: { bins } }: { readonly calibration: CalibrationReport }): VNode {
  const at = (fraction: number) => Math.round(fraction * SIDE * 10) / 10;
  return (
    <div>
      <svg class="reliability" viewBox={`-4 -4 ${SIDE + 8} ${SIDE + 8}`} role="img" aria-label={binsSentence(bins)}>
        <rect class="frame" x="0" y="0" width={SIDE} height={SIDE} />
        <line x1="0" y1={SIDE} x2={SIDE} y2="0" />
        {bins.map(({ low, meanConfidence, winRate, interval }) => (
          <g key={low}>
            <path class="path-range" d={`M ${at(meanConfidence)} ${at(1 - interval[0])} V ${at(1 - interval[1])}`} />
            <circle class="path-dot" cx={at(meanConfidence)} cy={at(1 - winRate)} r="3" />
          </g>
        ))}
      </svg>
      <table class="table">
        <caption>Stated chance against what was won; on the diagonal they agree</caption>
        <thead>
          <tr>
            <th scope="col">Stated</th>
            <th scope="col" class="number">
              Trades
            </th>
            <th scope="col" class="number">
              Mean
            </th>
            <th scope="col" class="number">
              Won, 90 %
            </th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ low, high, forecasts, meanConfidence, winRate, interval }) => (
            <tr key={low}>
              <th scope="row">{formatInterval([low, high])}</th>
              <td class="number">{formatCount(forecasts)}</td>
              <td class="number">{formatPercent(meanConfidence)}</td>
              <td class="number">
                {formatPercent(winRate)} <span class="note">{formatInterval(interval)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function binsSentence(bins: CalibrationReport["bins"]): string {
  const each = bins.map(
    ({ meanConfidence, winRate, forecasts }) =>
      `stated ${formatPercent(meanConfidence)}, won ${formatPercent(winRate)} of ${formatCount(forecasts)}`,
  );
  return `Reliability: ${each.join("; ")}`;
}

function Nulls({ calibration }: { readonly calibration: CalibrationReport }): VNode {
  return (
    <table class="table">
      <caption>Is it more than luck? 20 of evidence rejects a rate with 5 % error, however often one looks</caption>
      <thead>
        <tr>
          <th scope="col">Against</th>
          <th scope="col" class="number">
            Rate
          </th>
          <th scope="col" class="number">
            Evidence
          </th>
          <th scope="col">Result</th>
        </tr>
      </thead>
      <tbody>
        {calibration.nulls.map((each) => (
          <tr key={each.name}>
            <th scope="row">{each.name}</th>
            <td class="number">{formatPercent(each.rate, 1)}</td>
            <td class="number">{each.highest > 9_999 ? "> 9,999" : formatNumber(each.highest, 2)}</td>
            <td>
              <Icon name={each.rejected ? "pass" : "question"} />
              {nullInWords(each, calibration.forecasts)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Whether a rate is beaten, or how long that still takes. */
export function nullInWords({ rejected, rejectedAfter, needed }: NullReport, trades: number): string {
  if (trades < ENOUGH_TRADES) return `No verdict under ${ENOUGH_TRADES} trades`;
  if (rejected) return `Beaten after ${tradesInWords(rejectedAfter ?? trades)}`;
  return needed === undefined ? "Not beaten" : `Not yet: ${tradesInWords(needed)} more at this rate`;
}
