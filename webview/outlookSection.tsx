import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { Cone } from "../src/core/ledger/cone.js";
import type { MultiplierPoint } from "../src/core/protocol.js";
import { formatCount, formatDateTime, formatNumber, formatPercent } from "./format.js";
import { pure } from "./pure.js";

const WIDTH = 480;
const HEIGHT = 140;
/** Of a word in a picture, where it is largest: on a narrow page. */
const LINE = 14;
/** Lines of a table; nobody reads more. */
const TABLE_ROWS = 20;

const Futures = pure(ConePlot);
const Multipliers = pure(MultiplierPlot);

interface OutlookProps {
  /** Absent where there are too few trades for it. */
  readonly cone: Cone | undefined;
  readonly multipliers: readonly MultiplierPoint[];
  readonly timeZone: string;
}

/** What the closed trades did to the size of the next, and where more of the same may lead. */
export function OutlookSection({ cone, multipliers, timeZone }: OutlookProps): VNode {
  return (
    <section aria-labelledby="outlook">
      <h2 id="outlook">
        {t("Outlook")} <span class="note">{t("simulated from the closed trades of all time, never a forecast")}</span>
      </h2>
      <div class="columns">
        {cone === undefined ? (
          <p class="empty">{t("Too few closed trades to simulate what more of them could bring: from 30 on")}</p>
        ) : (
          <Futures cone={cone} />
        )}
        {multipliers.length > 0 && <Multipliers points={multipliers} timeZone={timeZone} />}
      </div>
    </section>
  );
}

function ConePlot({ cone }: { readonly cone: Cone }): VNode {
  const { outer, inner, median, today, ahead, labels } = coneGeometry(cone);
  return (
    <figure class="outlook">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={coneSentence(cone)}>
        <polygon class="cone-outer" points={outer} />
        <polygon class="cone-inner" points={inner} />
        <line class="cone-today" x1="0" x2={WIDTH} y1={today} y2={today} />
        <polyline class="cone-median" points={median} />
        {labels.map(({ value, y }) => (
          <text key={value} x={WIDTH - 2} y={y}>
            {times(value)}
          </text>
        ))}
      </svg>
      <p class="ends" aria-hidden="true">
        <span>{t("today")}</span>
        <span>{t("{0} trades on", formatCount(ahead))}</span>
      </p>
      <figcaption class="note">{coneSentence(cone)}</figcaption>
      <details>
        <summary>{t("Simulated balances as a table")}</summary>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t("Trades on")}</th>
              {["5 %", "25 %", "50 %", "75 %", "95 %"].map((share) => (
                <th key={share} scope="col" class="number">
                  {share}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cone.steps
              .filter(({ trades }) => trades % 100 === 0)
              .map((step) => (
                <tr key={step.trades}>
                  <th scope="row">{formatCount(step.trades)}</th>
                  {[step.low, step.lowerQuartile, step.median, step.upperQuartile, step.high].map((value, at) => (
                    <td key={at} class="number">
                      {times(value)}
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Where a cone lies in its picture, y downwards by the logarithm: to double and to halve are as far. */
export function coneGeometry({ steps }: Cone) {
  const log = (value: number) => Math.log(Math.max(value, 0.01));
  const values = steps.flatMap(({ low, high }) => [log(low), log(high)]);
  const [bottom, top] = [Math.min(...values) - 0.01, Math.max(...values) + 0.01];
  const ahead = steps.at(-1)?.trades ?? 1;
  const tenth = (value: number) => Math.round(value * 10) / 10;
  const y = (value: number) => tenth((HEIGHT * (top - log(value))) / (top - bottom));
  const line = (of: (step: Cone["steps"][number]) => number) =>
    steps.map((step) => `${tenth((WIDTH * step.trades) / ahead)},${y(of(step))}`);
  const band = (upper: readonly string[], lower: readonly string[]) => [...upper, ...lower.toReversed()].join(" ");
  return {
    outer: band(
      line(({ high }) => high),
      line(({ low }) => low),
    ),
    inner: band(
      line(({ upperQuartile }) => upperQuartile),
      line(({ lowerQuartile }) => lowerQuartile),
    ),
    median: line(({ median }) => median).join(" "),
    today: y(1),
    ahead,
    labels: apart(
      [...new Set([steps.at(-1)?.high, steps.at(-1)?.median, steps.at(-1)?.low])].flatMap((value) =>
        value === undefined ? [] : [{ value, y: y(value) }],
      ),
    ),
  };
}

interface Label {
  readonly value: number;
  /** Of its base line. */
  readonly y: number;
}

/** Labels from top to bottom, moved so that each is whole and none covers another. */
function apart(labels: readonly Label[]): readonly Label[] {
  let free = LINE;
  const down = labels.map((label) => {
    const y = Math.max(label.y, free);
    free = y + LINE;
    return { ...label, y };
  });
  let lowest = HEIGHT - 2;
  const up = down.toReversed().map((label) => {
    const y = Math.min(label.y, lowest);
    lowest = y - LINE;
    return { ...label, y };
  });
  return up.toReversed();
}

function coneSentence({ paths, steps, halted, losing }: Cone): string {
  const last = steps.at(-1);
  if (last === undefined) return "";
  return t(
    "Of {0} simulated futures of {1} trades, half end above {2} of today's balance and 90 % between {3} and {4}; {5} end below it, {6} reach the emergency stop on the way.",
    formatCount(paths),
    formatCount(last.trades),
    times(last.median),
    times(last.low),
    times(last.high),
    formatPercent(losing),
    formatPercent(halted),
  );
}

function MultiplierPlot({
  points,
  timeZone,
}: {
  readonly points: readonly MultiplierPoint[];
  readonly timeZone: string;
}): VNode {
  const { steps, one, label } = multiplierGeometry(points);
  const sentence = multiplierSentence(points);
  return (
    <figure class="outlook">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={sentence}>
        <line class="cone-today" x1="0" x2={WIDTH} y1={one} y2={one} />
        <polyline class="multiplier" points={steps} />
        <text x={WIDTH - 2} y={label}>
          1x
        </text>
      </svg>
      <p class="ends" aria-hidden="true">
        <span>{t("first trade")}</span>
        <span>{t("last trade")}</span>
      </p>
      <figcaption class="note">{sentence}</figcaption>
      <details>
        <summary>{t("Multipliers as a table")}</summary>
        <table class="table">
          {points.length > TABLE_ROWS && (
            <caption>
              {t("The newest {0} of {1} are listed.", formatCount(TABLE_ROWS), formatCount(points.length))}
            </caption>
          )}
          <thead>
            <tr>
              <th scope="col">{t("Time")}</th>
              <th scope="col" class="number">
                {t("Multiplier")}
              </th>
            </tr>
          </thead>
          <tbody>
            {points
              .slice(-TABLE_ROWS)
              .toReversed()
              .map(({ time, multiplier }, at) => (
                <tr key={at}>
                  <th scope="row">{formatDateTime(time, timeZone)}</th>
                  <td class="number">{times(multiplier)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** A step for each trade, from 0 at the bottom to the largest; of more trades than pixels the largest of each pixel. */
export function multiplierGeometry(points: readonly MultiplierPoint[]) {
  const size = Math.ceil(points.length / WIDTH);
  const heights: number[] = [];
  for (const [at, { multiplier }] of points.entries()) {
    const pixel = Math.floor(at / size);
    heights[pixel] = Math.max(heights[pixel] ?? 0, multiplier);
  }
  const most = Math.max(1, ...heights) * 1.05;
  const tenth = (value: number) => Math.round(value * 10) / 10;
  const y = (value: number) => tenth(HEIGHT * (1 - value / most));
  const steps = heights
    .flatMap((value, at) => [at, at + 1].map((edge) => `${tenth((WIDTH * edge) / heights.length)},${y(value)}`))
    .join(" ");
  // No multiplier is below 1: there the label covers none.
  return { steps, one: y(1), label: Math.min(y(1) + LINE, HEIGHT - 2) };
}

function multiplierSentence(points: readonly MultiplierPoint[]): string {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const { multiplier } of points) {
    least = Math.min(least, multiplier);
    most = Math.max(most, multiplier);
  }
  return t(
    "The multiplier of a trade's size went from {0} to {1}, between {2} and {3}.",
    times(points[0]?.multiplier ?? 0),
    times(points.at(-1)?.multiplier ?? 0),
    times(least),
    times(most),
  );
}

/** `1.25x` */
function times(value: number): string {
  return `${formatNumber(value, 2)}x`;
}
