import { t } from "@vscode/l10n";
import type { EquityPoint } from "../core/protocol.js";
import { fixed } from "./amounts.js";
import { inLanguage } from "./language.js";

const WIDTH = 1200;
const HEIGHT = 600;
const LEFT = 90;
const RIGHT = 20;
const TOP = 70;
const BOTTOM = 40;
/** Where the balance ends and the drawdown begins. */
const MIDDLE = 420;
const GAP = 30;

/** Two that differ in lightness too, and the second is dashed: print and color-blind eyes tell them apart. */
const LINES = [
  { color: "#0b5cad", dash: "" },
  { color: "#b45309", dash: "8 5" },
];

/** A curve with the name of its account. */
export interface NamedCurve {
  readonly name: string;
  readonly points: readonly EquityPoint[];
}

/**
 * Draws balances over drawdowns as a picture that stands alone: on white, by time, with the axis' ends in numbers.
 *
 * @param remark said in the picture, such as that results are simulated
 * @param unit of the balances
 * @returns an SVG document; without a point it says so
 */
export function equitySvg(curves: readonly NamedCurve[], remark: string | undefined, unit: "R" | "$" = "$"): string {
  const points = curves.flatMap((curve) => curve.points);
  const title = remark === undefined ? t("Equity") : t("Equity. {0}", inLanguage(remark));
  const body =
    points.length === 0
      ? [text(LEFT, HEIGHT / 2, t("No closed trade yet"))]
      : drawing(curves, points, unit === "R" ? inR : dollars);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="14" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 28, title, 18),
    ...body,
    "</svg>",
  ].join("\n")}\n`;
}

function drawing(
  curves: readonly NamedCurve[],
  points: readonly EquityPoint[],
  amount: (value: number) => string,
): readonly string[] {
  const x = scale(extent(points.map(({ time }) => time)), [LEFT, WIDTH - RIGHT]);
  const balances = extent(points.map(({ balance }) => balance));
  const deepest = points.reduce((most, { drawdown }) => Math.max(most, drawdown), 0.01);
  const y = scale(balances, [MIDDLE, TOP]);
  const depth = scale([0, deepest], [MIDDLE + GAP, HEIGHT - BOTTOM]);
  const [first, last] = extent(points.map(({ time }) => time));
  return [
    ...balances.map((balance) => axis(y(balance), amount(balance))),
    axis(depth(0), "0 %"),
    axis(depth(deepest), `-${(deepest * 100).toFixed(1)} %`),
    text(LEFT, HEIGHT - 12, date(first)),
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 12}" text-anchor="end">${date(last)}</text>`,
    ...curves.flatMap((curve, index) => {
      const { color, dash } = LINES[index % LINES.length] ?? { color: "#000000", dash: "" };
      const line = (of: (point: EquityPoint) => number) =>
        `<polyline fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}" points="${curve.points
          .map((point) => `${x(point.time)},${of(point)}`)
          .join(" ")}"/>`;
      const at = LEFT + index * 330;
      const end = curve.points.at(-1)?.balance ?? 0;
      return [
        `<line x1="${at}" x2="${at + 30}" y1="48" y2="48" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`,
        text(at + 38, 53, `${curve.name}: ${amount(end)}`),
        line((point) => y(point.balance)),
        line((point) => depth(point.drawdown)),
      ];
    }),
  ];
}

function axis(y: number, label: string): string {
  return (
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="#d0d0d0"/>` +
    `<text x="${LEFT - 8}" y="${y + 5}" text-anchor="end">${label}</text>`
  );
}

function text(x: number, y: number, words: string, size = 14): string {
  return `<text x="${x}" y="${y}" font-size="${size}">${escaped(words)}</text>`;
}

/** A linear scale, rounded to a tenth of a pixel; what has no extent lies in the middle. */
function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]) {
  return (value: number) =>
    Math.round(10 * (to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start))) / 10;
}

function extent(values: readonly number[]): readonly [low: number, high: number] {
  return values.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function dollars(value: number): string {
  const whole = fixed(value, 0).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return whole.startsWith("-") ? `-$${whole.slice(1)}` : `$${whole}`;
}

function inR(value: number): string {
  const text = fixed(value, 2);
  return `${text.startsWith("-") ? text : `+${text}`} R`;
}

function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function escaped(words: string): string {
  return words.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
