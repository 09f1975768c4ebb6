import {
  AreaSeries,
  type AutoscaleInfo,
  type ChartOptions,
  ColorType,
  createChart,
  type DeepPartial,
  type IChartApi,
  type IPriceLine,
  type IPrimitivePaneRenderer,
  type IPrimitivePaneView,
  type ISeriesApi,
  type ISeriesPrimitive,
  LineSeries,
  LineStyle,
  TickMarkType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { downsample } from "../src/core/downsample.js";
import type { BlindSpan, EquityPoint, Unit } from "../src/core/protocol.js";
import { formatDateTime, formatDollars, formatPercent, formatTime } from "./format.js";
import { readPalette, watchTheme } from "./palette.js";

/** What the chart draws: an account's balance over its drawdown. */
export interface EquityCurve {
  readonly points: readonly EquityPoint[];
  readonly startBalance: number;
  readonly unit: Unit | undefined;
  readonly timeZone: string;
  /** The other account, whose balance is drawn beside it. */
  readonly other?: readonly EquityPoint[] | undefined;
  /** Days of which nothing was seen: they are shaded. */
  readonly blind?: readonly BlindSpan[] | undefined;
}

/** A chart in the page. */
export interface EquityDrawing {
  /** Draws a curve in the place of the one before it. */
  show(curve: EquityCurve): void;
  dispose(): void;
}

/**
 * Puts a chart into an element of the page.
 *
 * @param onPoint is told the point under the pointer, undefined when there is none
 */
export type DrawEquity = (element: HTMLElement, onPoint: (point: EquityPoint | undefined) => void) => EquityDrawing;

/** With so few points a bare line is hard to see. */
const MARKED_POINTS = 40;

/**
 * Pixels of the chart's width for each point that is drawn. Without a graphics card a path of more points costs a multiple, in every
 * update, and looks the same.
 */
const PIXELS_PER_POINT = 2;

/** What is drawn in a chart of any width, so that the shape of a curve stays. */
const LEAST_POINTS = 200;

/** With more points a line of two pixels would be a band, and cost ten times one of a single pixel. */
const CROWDED_POINTS = 150;

/** Room on both sides of the curve, as a share of its points. */
const EDGE = 0.01;

/** Room on both sides of a point that is alone: in the middle of a line, not as wide as the chart. */
const ROOM_OF_ONE = 10;

/** The drawdown axis reaches at least this deep, so that its zero is on top when nothing was lost. */
const LEAST_DEPTH = -0.01;

/** The newest values are told in words: their labels would cover those of the axis. */
const QUIET = { priceLineVisible: false, lastValueVisible: false };

/** Draws equity over drawdown as two panes on one time axis, all points always in view, in the theme's colors. */
export const drawEquity: DrawEquity = (element, onPoint) => new EquityChart(element, onPoint);

class EquityChart implements EquityDrawing {
  readonly #element: HTMLElement;
  readonly #onPoint: (point: EquityPoint | undefined) => void;
  readonly #chart: IChartApi;
  readonly #balance: ISeriesApi<"Area">;
  readonly #drawdown: ISeriesApi<"Area">;
  readonly #start: IPriceLine;
  readonly #resize: ResizeObserver;
  readonly #theme: { dispose(): void };
  #timeZone = "UTC";
  #startBalance = 0;
  #unit: Unit | undefined;
  #curve: EquityCurve | undefined;
  /** How many places on the axis of time the view was made for. */
  #fitted = 0;
  /** Of the curve, as many points as its width can show. */
  #drawn: readonly EquityPoint[] = [];
  readonly #otherBalance: ISeriesApi<"Line">;
  #other: readonly EquityPoint[] = [];
  readonly #shade: BlindShade;

  constructor(element: HTMLElement, onPoint: (point: EquityPoint | undefined) => void) {
    this.#element = element;
    this.#onPoint = onPoint;
    this.#chart = createChart(element, this.#options());
    this.#balance = this.#chart.addSeries(AreaSeries, {
      lineWidth: 2,
      ...QUIET,
      priceFormat: { type: "custom", minMove: 1, formatter: formatDollars },
      // The start belongs in the picture: it tells gain from loss.
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => widen(original(), this.#startBalance),
    });
    this.#start = this.#balance.createPriceLine({
      price: 0,
      lineStyle: LineStyle.Dashed,
      lineWidth: 1,
      axisLabelVisible: false,
    });
    this.#drawdown = this.#chart.addSeries(
      AreaSeries,
      {
        lineWidth: 1,
        invertFilledArea: true,
        ...QUIET,
        priceFormat: { type: "custom", minMove: 0.001, formatter: (price: number) => formatPercent(price, 1) },
        autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => widen(original(), 0, LEAST_DEPTH),
      },
      1,
    );
    this.#otherBalance = this.#chart.addSeries(LineSeries, { lineWidth: 1, ...QUIET });
    this.#shade = new BlindShade(this.#chart);
    this.#balance.attachPrimitive(this.#shade);
    this.#chart.panes()[0]?.setStretchFactor(2.4);
    this.#chart.panes()[1]?.setStretchFactor(1);
    this.#drawdown.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.1 } });
    this.#balance.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.12 } });
    this.#chart.subscribeCrosshairMove(({ point, time }) =>
      onPoint(point === undefined || time === undefined ? undefined : lastUntil(this.#drawn, Number(time))),
    );
    this.#paint();
    this.#theme = watchTheme(() => this.#paint());
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(element);
  }

  show(curve: EquityCurve): void {
    const { points, startBalance, unit, timeZone, other, blind = [] } = curve;
    const before = this.#curve;
    this.#curve = curve;
    if (timeZone !== this.#timeZone) {
      this.#timeZone = timeZone;
      this.#chart.applyOptions(this.#options());
    }
    if (this.#unit !== unit) {
      const formatter = (amount: number) => formatDollars(amount, unit);
      this.#balance.applyOptions({ priceFormat: { type: "custom", minMove: unit === "R" ? 0.01 : 1, formatter } });
    }
    this.#unit = unit;
    this.#startBalance = startBalance;
    if (points !== before?.points || other !== before.other) this.#draw(curve);
    if (before === undefined || !continues(before.points, points)) this.#onPoint(undefined);
    this.#shade.spans = shades(this.#drawn, blind);
    this.#start.applyOptions({ price: startBalance });
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#theme.dispose();
    this.#chart.remove();
  }

  #draw({ points, other = NO_POINTS }: EquityCurve): void {
    const most = Math.max(LEAST_POINTS, Math.floor(this.#element.clientWidth / PIXELS_PER_POINT));
    const others = downsample(other, most);
    if (others !== this.#other) this.#otherBalance.setData(others.map(balancePoint));
    this.#other = others;
    const next = downsample(points, most);
    const [wasLine, isLine] = [this.#drawn.length > 1, next.length > 1];
    if (continues(this.#drawn, next)) {
      for (const point of next.slice(this.#drawn.length)) {
        this.#balance.update(balancePoint(point));
        this.#drawdown.update(drawdownPoint(point));
      }
    } else {
      this.#balance.setData(next.map(balancePoint));
      this.#drawdown.setData(next.map(drawdownPoint));
    }
    // A line and an area of one point would be a block.
    this.#balance.applyOptions({
      pointMarkersVisible: next.length <= MARKED_POINTS,
      lineVisible: isLine,
      lineWidth: next.length > CROWDED_POINTS ? 1 : 2,
    });
    this.#drawdown.applyOptions({ pointMarkersVisible: !isLine, lineVisible: isLine });
    this.#drawn = next;
    if (wasLine !== isLine) this.#paint();
    this.#fit();
  }

  /** Another width shows more points, or fewer. */
  #resized(): void {
    if (this.#curve === undefined) return;
    this.#fitted = 0;
    this.#draw(this.#curve);
    this.#shade.spans = shades(this.#drawn, this.#curve.blind ?? []);
  }

  /**
   * The library's own fit puts the first point on the very edge, where a fall from it is not drawn. Every fit paints once more, so
   * that a few points more or fewer take of the room at the side instead.
   */
  #fit(): void {
    const count = this.#other.length === 0 ? this.#drawn.length : placesOf(this.#drawn, this.#other);
    const margin = count === 1 ? ROOM_OF_ONE : Math.max(0.5, count * EDGE);
    const more = count - this.#fitted;
    if (count === 0 || (more <= margin / 2 && more >= -margin)) return;
    this.#fitted = count;
    this.#chart.timeScale().setVisibleLogicalRange({ from: -margin, to: count - 1 + margin });
  }

  #options(): DeepPartial<ChartOptions> {
    return {
      autoSize: true,
      // The library's own logo injects a style sheet, which the page's policy forbids; a line below the chart credits it.
      layout: { attributionLogo: false },
      localization: { timeFormatter: (time: Time) => formatDateTime(Number(time), this.#timeZone) },
      rightPriceScale: { borderVisible: false, entireTextOnly: true },
      timeScale: {
        borderVisible: false,
        // By default points that do not fit are left out of the picture in silence. Conflation would lose peaks at the ends.
        minBarSpacing: 0.001,
        enableConflation: false,
        tickMarkFormatter: (time: Time, type: TickMarkType) => tickMark(Number(time), type, this.#timeZone),
      },
      // Everything is in view: the wheel belongs to the page.
      handleScroll: false,
      handleScale: false,
    };
  }

  #paint(): void {
    const palette = readPalette();
    const isLine = this.#drawn.length > 1;
    this.#chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: palette.background },
        textColor: palette.text,
        fontFamily: palette.fontFamily,
        fontSize: 11,
        panes: { enableResize: false, separatorColor: palette.grid },
      },
      crosshair: { vertLine: palette.crosshair, horzLine: palette.crosshair },
      grid: { vertLines: { visible: false }, horzLines: { color: palette.grid } },
    });
    this.#balance.applyOptions({
      lineColor: palette.balance,
      topColor: isLine ? palette.balanceFill : "transparent",
      bottomColor: "transparent",
    });
    this.#start.applyOptions({ color: palette.text });
    this.#otherBalance.applyOptions({ color: palette.text });
    this.#shade.color = palette.grid;
    this.#drawdown.applyOptions({
      lineColor: palette.drawdown,
      topColor: "transparent",
      bottomColor: isLine ? palette.drawdownFill : "transparent",
    });
  }
}

const NO_POINTS: readonly EquityPoint[] = [];

/** Shades what lies between two points of the curve, behind it. */
class BlindShade implements ISeriesPrimitive<Time> {
  spans: readonly (readonly [from: number, to: number])[] = [];
  color = "transparent";
  readonly #chart: IChartApi;

  constructor(chart: IChartApi) {
    this.#chart = chart;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    const draw: IPrimitivePaneRenderer["draw"] = (target) =>
      target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio, bitmapSize }) => {
        context.fillStyle = this.color;
        for (const [from, to] of this.spans) {
          const [left, right] = [from, to].map((time) =>
            this.#chart.timeScale().timeToCoordinate(time as UTCTimestamp),
          );
          if (left == null || right == null) continue;
          context.fillRect(left * horizontalPixelRatio, 0, (right - left) * horizontalPixelRatio, bitmapSize.height);
        }
      });
    return [{ zOrder: () => "bottom", renderer: () => ({ draw }) }];
  }
}

/** The steps of the curve in which something was not seen, each once. */
function shades(
  points: readonly EquityPoint[],
  blind: readonly BlindSpan[],
): readonly (readonly [from: number, to: number])[] {
  const steps = new Map<number, readonly [from: number, to: number]>();
  for (const { from, to } of blind) {
    const before = lastUntil(points, from);
    const after = points[placeOf(points, to)];
    if (before !== undefined && after !== undefined) steps.set(before.time, [before.time, after.time]);
  }
  return [...steps.values()];
}

function lastUntil(points: readonly EquityPoint[], time: number): EquityPoint | undefined {
  return points[placeOf(points, Math.floor(time) + 1) - 1];
}

/** Where the first point lies that is not before `time`; of thousands it is looked for at every step of the pointer. */
function placeOf(points: readonly EquityPoint[], time: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.time ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Each time has its place on the axis. */
function placesOf(...curves: readonly (readonly EquityPoint[])[]): number {
  return new Set(curves.flatMap((curve) => curve.map(({ time }) => time))).size;
}

/** Whether `points` is `drawn` and more after it. */
function continues(drawn: readonly EquityPoint[], points: readonly EquityPoint[]): boolean {
  if (drawn.length === 0 || points.length < drawn.length) return false;
  return drawn[0] === points[0] && drawn.at(-1) === points[drawn.length - 1];
}

function balancePoint({ time, balance }: EquityPoint): { time: UTCTimestamp; value: number } {
  return { time: time as UTCTimestamp, value: balance };
}

/** A fall hangs down from zero. */
function drawdownPoint({ time, drawdown }: EquityPoint): { time: UTCTimestamp; value: number } {
  return { time: time as UTCTimestamp, value: -drawdown };
}

/** Makes a price range contain `prices`. */
function widen(info: AutoscaleInfo | null, ...prices: readonly number[]): AutoscaleInfo | null {
  const range = info?.priceRange;
  if (!range) return info;
  return {
    ...info,
    priceRange: { minValue: Math.min(range.minValue, ...prices), maxValue: Math.max(range.maxValue, ...prices) },
  };
}

function tickMark(time: number, type: TickMarkType, timeZone: string): string {
  switch (type) {
    case TickMarkType.Year:
      return formatTime(time, timeZone, { year: "numeric" });
    case TickMarkType.Month:
      return formatTime(time, timeZone, { month: "short" });
    case TickMarkType.DayOfMonth:
      return formatTime(time, timeZone, { month: "short", day: "numeric" });
    default:
      return formatTime(time, timeZone, { hour: "2-digit", minute: "2-digit" });
  }
}
