import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { CalibrationReport, NullReport } from "../src/core/protocol.js";
import { formatCount, formatInterval, formatNumber, formatPercent, formatSignedPercent } from "./format.js";
import { Icon } from "./icon.js";
import { Pair } from "./pair.js";
import { ENOUGH_TRADES, tradesInWords } from "./words.js";

/** How true the stated chances were, and whether wins are more than luck: safe to be looked at every day. */
export function CalibrationSection({ calibration }: { readonly calibration: CalibrationReport | undefined }): VNode {
  return (
    <section aria-labelledby="calibration">
      <h2 id="calibration">
        {t("Calibration")}{" "}
        {calibration !== undefined && (
          <span class="note">{t("of {0} in all, whatever the period", tradesInWords(calibration.forecasts))}</span>
        )}
      </h2>
      {calibration === undefined ? (
        <p class="empty">{t("No closed trade yet: each one is a test of the chance that was stated before it")}</p>
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
      return t("Such outcomes are usual if the stated chances are true.");
    case "miscalibrated":
      return t("Such outcomes are rare if the stated chances are true: they are not to be believed as they stand.");
    case undefined:
      return t("No verdict: {0} of {1} trades.", formatCount(forecasts), ENOUGH_TRADES);
    default:
      return verdict satisfies never;
  }
}

function Scores({ calibration: c }: { readonly calibration: CalibrationReport }): VNode {
  const rows: readonly (readonly [name: string, value: string, note: string])[] = [
    [
      t("Brier score"),
      formatNumber(c.brier, 3),
      t("coin {0}, win rate so far {1}", formatNumber(c.brierOfHalf, 3), formatNumber(c.brierOfRunningRate, 3)),
    ],
    [t("Log loss"), formatNumber(c.logLoss, 3), t("coin {0}", formatNumber(c.logLossOfHalf, 3))],
    [t("Won more than was stated"), formatSignedPercent(c.inTheLarge), t("below 0: less")],
    [t("Win rate"), formatPercent(c.winRate, 1), `90 %: ${formatInterval(c.winRateInterval)}`],
    [
      t("Your target, not verified"),
      formatPercent(c.target, 1),
      t("chance of at least that: {0}", formatPercent(c.chanceOfTarget, 1)),
    ],
  ];
  return (
    <dl class="pairs noted">
      {rows.map(([name, value, note]) => (
        <Pair key={name} name={name} note={note}>
          {value}
        </Pair>
      ))}
    </dl>
  );
}

const SIDE = 150;
/** Room for the numbers and the words of the axes. */
const LEFT = 36;
const BELOW = 30;

function Bins({ calibration: { bins } }: { readonly calibration: CalibrationReport }): VNode {
  const at = (fraction: number) => Math.round(fraction * SIDE * 10) / 10;
  return (
    <div>
      <svg
        class="reliability"
        viewBox={`${-LEFT} -8 ${LEFT + SIDE + 14} ${SIDE + 8 + BELOW}`}
        role="img"
        aria-label={binsSentence(bins)}
      >
        <rect class="frame" x="0" y="0" width={SIDE} height={SIDE} />
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <text class="upright" x="-5" y={SIDE - at(share) + 3}>
              {formatCount(100 * share)}
            </text>
            <text x={at(share)} y={SIDE + 13}>
              {formatCount(100 * share)}
            </text>
          </g>
        ))}
        <text x={SIDE / 2} y={SIDE + 26}>
          {t("stated, %")}
        </text>
        <text transform={`translate(${8 - LEFT} ${SIDE / 2}) rotate(-90)`}>{t("won, %")}</text>
        <line x1="0" y1={SIDE} x2={SIDE} y2="0" />
        {bins.map(({ low, meanConfidence, winRate, interval }) => (
          <g key={low}>
            <path class="path-range" d={`M ${at(meanConfidence)} ${at(1 - interval[0])} V ${at(1 - interval[1])}`} />
            <circle class="path-dot" cx={at(meanConfidence)} cy={at(1 - winRate)} r="3" />
          </g>
        ))}
      </svg>
      <table class="table">
        <caption>{t("Stated chance against what was won; on the diagonal they agree")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("Stated")}</th>
            <th scope="col" class="number">
              {t("Trades")}
            </th>
            <th scope="col" class="number">
              {t("Mean")}
            </th>
            <th scope="col" class="number">
              {t("Won, 90 %")}
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
  const each = bins.map(({ meanConfidence, winRate, forecasts }) =>
    t("stated {0}, won {1} of {2}", formatPercent(meanConfidence), formatPercent(winRate), formatCount(forecasts)),
  );
  return t("Reliability: {0}", each.join("; "));
}

function Nulls({ calibration }: { readonly calibration: CalibrationReport }): VNode {
  return (
    <table class="table">
      <caption>
        {t(
          "Is it more than luck? 20 of evidence rejects a rate with 5 % error, however often one looks. The break-even is itself an estimate, from the same trades.",
        )}
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("Against")}</th>
          <th scope="col" class="number">
            {t("Rate")}
          </th>
          <th scope="col" class="number">
            {t("Evidence")}
          </th>
          <th scope="col">{t("Result")}</th>
        </tr>
      </thead>
      <tbody>
        {calibration.nulls.map((each) => (
          <tr key={each.name}>
            <th scope="row">{rivalInWords(each.name)}</th>
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
  if (trades < ENOUGH_TRADES) return t("No verdict under {0} trades", ENOUGH_TRADES);
  if (rejected) return t("Beaten after {0}", tradesInWords(rejectedAfter ?? trades));
  if (needed === undefined) return t("Not beaten");
  return t("Not yet: {0} more at this rate", tradesInWords(needed));
}

function rivalInWords(name: NullReport["name"]): string {
  switch (name) {
    case "A coin":
      return t("A coin");
    case "Break-even":
      return t("Break-even");
    case "Random entry":
      return t("Random entry");
    default:
      return name satisfies never;
  }
}
