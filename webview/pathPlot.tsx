import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { PathPoint } from "../src/core/protocol.js";
import { formatCount, formatR, formatTime } from "./format.js";

const WIDTH = 320;
const HEIGHT = 90;
/** Lines of a table; nobody reads more. */
const TABLE_ROWS = 30;

interface PathProps {
  readonly path: readonly PathPoint[];
  /** Where the target lies, in R. */
  readonly targetR: number;
  readonly timeZone: string;
}

/** The price after a call in R: each bar's range, and a line through the closes, between stop and target. */
export function PathPlot({ path, targetR, timeZone }: PathProps): VNode {
  const { y, lines, points, bars } = pathGeometry(path, targetR);
  return (
    <svg class="path" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={pathSentence(path, timeZone)}>
      {lines.map(({ name, at }) => (
        <line key={name} x1="0" x2={WIDTH} y1={at} y2={at} />
      ))}
      <path class="path-range" d={bars} />
      <polyline class="path-close" points={points} />
      {path.length === 1 && <circle class="path-dot" cx="0" cy={y(path[0]?.close ?? 0)} r="2" />}
      {lines.map(({ name, at }) => (
        <text key={name} x={WIDTH - 1} y={Math.max(10, at - 2)}>
          {levelInWords(name)}
        </text>
      ))}
    </svg>
  );
}

/** The same as a table, in so many steps as are read; a step has the range of all its bars. */
export function PathTable({ path, timeZone }: Omit<PathProps, "targetR">): VNode {
  const size = Math.ceil(path.length / TABLE_ROWS);
  const steps = Array.from({ length: Math.ceil(path.length / size) }, (_, at) =>
    path.slice(at * size, (at + 1) * size),
  );
  return (
    <details>
      <summary>{t("The path as a table")}</summary>
      <table class="table">
        {size > 1 && <caption>{t("{0} bars a line, in R from the price of the call", formatCount(size))}</caption>}
        {size === 1 && <caption>{t("A bar a line, in R from the price of the call")}</caption>}
        <thead>
          <tr>
            <th scope="col">{t("From")}</th>
            {[t("Worst"), t("Best"), t("At the end")].map((title) => (
              <th key={title} scope="col" class="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((bars) => (
            <tr key={bars[0]?.time}>
              <th scope="row">{clock(bars[0]?.time ?? 0, timeZone)}</th>
              <td class="number">{formatR(Math.min(...bars.map(({ low }) => low)))}</td>
              <td class="number">{formatR(Math.max(...bars.map(({ high }) => high)))}</td>
              <td class="number">{formatR(bars.at(-1)?.close ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Where a path and its levels lie in the picture, y downwards; stop, price and target are always in it. */
export function pathGeometry(path: readonly PathPoint[], targetR: number) {
  const low = Math.min(-1, ...path.map((point) => point.low)) - 0.1;
  const high = Math.max(targetR, 0, ...path.map((point) => point.high)) + 0.1;
  const tenth = (value: number) => Math.round(value * 10) / 10;
  const y = (r: number) => tenth((HEIGHT * (high - r)) / (high - low));
  const x = (index: number) => tenth(path.length < 2 ? 0 : (WIDTH * index) / (path.length - 1));
  return {
    y,
    lines: [
      { name: "target" as const, at: y(targetR) },
      { name: "price" as const, at: y(0) },
      { name: "stop" as const, at: y(-1) },
    ],
    points: path.map((point, index) => `${x(index)},${y(point.close)}`).join(" "),
    bars: path.map((point, index) => `M ${x(index)} ${y(point.low)} V ${y(point.high)}`).join(" "),
  };
}

function pathSentence(path: readonly PathPoint[], timeZone: string): string {
  const best = path.reduce((most, point) => (point.high > most.high ? point : most));
  const worst = path.reduce((least, point) => (point.low < least.low ? point : least));
  const at = (point: PathPoint) => clock(point.time, timeZone);
  return t(
    "Price after the call: best {0} at {1}, worst {2} at {3}, at the end {4}",
    formatR(best.high),
    at(best),
    formatR(worst.low),
    at(worst),
    formatR(path.at(-1)?.close ?? 0),
  );
}

function clock(time: number, timeZone: string): string {
  return formatTime(time, timeZone, { hour: "2-digit", minute: "2-digit" });
}

function levelInWords(name: "target" | "price" | "stop"): string {
  switch (name) {
    case "target":
      return t("target");
    case "price":
      return t("price");
    case "stop":
      return t("stop");
    default:
      return name satisfies never;
  }
}
