import { t } from "@vscode/l10n";
import {
  ColorType,
  CrosshairMode,
  type CustomData,
  type CustomSeriesOptions,
  type CustomSeriesPricePlotValues,
  type CustomSeriesWhitespaceData,
  createChart,
  customSeriesDefaultOptions,
  type ICustomSeriesPaneRenderer,
  type ICustomSeriesPaneView,
  type PaneRendererCustomData,
  type PriceToCoordinateConverter,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import type { EvidenceBar } from "../src/core/protocol.js";
import { delta, heaviest, type LaidOut, layOut } from "./footprint.js";
import { formatCount, formatSignedNumber, formatTime } from "./format.js";
import { fade, type Palette, readPalette, watchTheme } from "./palette.js";

/** A footprint to draw. */
export interface FootprintPicture {
  readonly bars: readonly EvidenceBar[];
  readonly tickSize: number;
  readonly decimals: number;
  readonly timeZone: string;
  /** Time of the bar of the signal. */
  readonly marked: number;
}

/** Puts a footprint into an element of the page. */
export type DrawFootprint = (element: HTMLElement, picture: FootprintPicture) => { dispose(): void };

interface FootprintData extends CustomData<Time> {
  readonly bar: EvidenceBar;
}

/** Height that a row needs for its text, room for the sign between bid and ask, and beside them, in pixels. */
const ROW_PX = 13;
const BETWEEN_PX = 12;
const BESIDE_PX = 4;

type Draw = Parameters<ICustomSeriesPaneRenderer["draw"]>[0];

/** Draws bars as bid x ask at each price, their heaviest price framed and their delta below, all in view. */
export const drawFootprint: DrawFootprint = (element, picture) => {
  const { bars, decimals, timeZone } = picture;
  const chart = createChart(element, {
    autoSize: true,
    layout: { attributionLogo: false },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.06, bottom: 0.14 } },
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: {
      borderVisible: false,
      minBarSpacing: 0.001,
      // A round minute would stand out as if it were the signal's.
      allowBoldLabels: false,
      tickMarkFormatter: (time: Time) => formatTime(Number(time), timeZone, { hour: "2-digit", minute: "2-digit" }),
    },
    localization: {
      timeFormatter: (time: Time) => formatTime(Number(time), timeZone, { hour: "2-digit", minute: "2-digit" }),
      priceFormatter: (price: number) => price.toFixed(decimals),
    },
    handleScroll: false,
    handleScale: false,
  });
  const view = new FootprintView(picture);
  const series = chart.addCustomSeries(view, { priceLineVisible: false, lastValueVisible: false });
  const paint = () => {
    const palette = readPalette();
    view.palette = palette;
    chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: palette.background },
        textColor: palette.text,
        fontFamily: palette.fontFamily,
        fontSize: 11,
      },
      crosshair: { vertLine: palette.crosshair, horzLine: palette.crosshair },
      grid: { vertLines: { visible: false }, horzLines: { visible: false } },
    });
  };
  const showAll = () => chart.timeScale().setVisibleLogicalRange({ from: -0.5, to: bars.length - 0.5 });
  paint();
  series.setData(bars.map((bar) => ({ time: bar.time as UTCTimestamp, bar })));
  showAll();
  const theme = watchTheme(paint);
  const resize = new ResizeObserver(showAll);
  resize.observe(element);
  return {
    dispose: () => {
      theme.dispose();
      resize.disconnect();
      chart.remove();
    },
  };
};

class FootprintView implements ICustomSeriesPaneView<Time, FootprintData, CustomSeriesOptions> {
  readonly #picture: FootprintPicture;
  palette: Palette = readPalette();
  #data: PaneRendererCustomData<Time, FootprintData> | undefined;

  constructor(picture: FootprintPicture) {
    this.#picture = picture;
  }

  renderer(): ICustomSeriesPaneRenderer {
    return { draw: (target, priceToCoordinate) => this.#draw(target, priceToCoordinate) };
  }

  update(data: PaneRendererCustomData<Time, FootprintData>): void {
    this.#data = data;
  }

  priceValueBuilder({ bar }: FootprintData): CustomSeriesPricePlotValues {
    return [bar.low, bar.high + this.#picture.tickSize, bar.close];
  }

  isWhitespace(data: FootprintData | CustomSeriesWhitespaceData<Time>): data is CustomSeriesWhitespaceData<Time> {
    return !("bar" in data);
  }

  defaultOptions(): CustomSeriesOptions {
    return customSeriesDefaultOptions;
  }

  #draw(target: Draw, priceToCoordinate: PriceToCoordinateConverter): void {
    const data = this.#data;
    if (data === undefined) return;
    target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio, verticalPixelRatio }) => {
      context.save();
      context.scale(horizontalPixelRatio, verticalPixelRatio);
      context.textBaseline = "middle";
      context.font = `10px ${this.palette.fontFamily}`;
      const width = data.barSpacing - 4;
      const columns = data.bars.flatMap(({ x, originalData: { bar } }): readonly Column[] => {
        const laid = layOut(bar, this.#picture.tickSize, priceToCoordinate, ROW_PX);
        return laid === undefined ? [] : [{ ...laid, x, bar }];
      });
      const isRoomy = columns.every(({ rows }) => textWidth(context, rows) <= width);
      for (const column of columns) this.#bar(context, column, width, isRoomy);
      context.restore();
    });
  }

  #bar(
    context: CanvasRenderingContext2D,
    { x, bar, rows, top, bottom }: Column,
    width: number,
    isRoomy: boolean,
  ): void {
    const { palette } = this;
    const most = heaviest(rows);
    for (const row of rows) {
      const { y, end } = row;
      const color = row.ask >= row.bid ? palette.up : palette.down;
      // How heavy it is against the bar's heaviest; which side, its color and the order of the numbers say.
      context.fillStyle = fade(color, 0.1 + 0.35 * (row.volume / (most?.volume ?? 1)));
      context.fillRect(x - width / 2, y, width, end - y - 1);
      if (row === most) {
        context.strokeStyle = palette.text;
        context.strokeRect(x - width / 2 + 0.5, y + 0.5, width - 1, end - y - 2);
      }
      if (!isRoomy) continue;
      context.fillStyle = palette.text;
      context.textAlign = "right";
      context.fillText(formatCount(row.bid), x - BETWEEN_PX / 2, (y + end) / 2);
      context.textAlign = "center";
      context.fillText("\u00d7", x, (y + end) / 2);
      context.textAlign = "left";
      context.fillText(formatCount(row.ask), x + BETWEEN_PX / 2, (y + end) / 2);
    }
    if (rows.length === 0) {
      context.fillStyle = palette.grid;
      context.fillRect(x - width / 4, top, width / 2, bottom - top);
    }
    this.#words(context, { x, bar, rows, top, bottom }, width);
  }

  /** What a bar came to below it, and above it whether it is that of the signal; without names where they do not fit. */
  #words(context: CanvasRenderingContext2D, { x, bar, rows, top, bottom }: Column, width: number): void {
    context.fillStyle = this.palette.text;
    context.textAlign = "center";
    const fitting = (words: string, short: string) => (context.measureText(words).width <= width ? words : short);
    const number = rows.length === 0 ? formatCount(bar.volume) : formatSignedNumber(delta(bar.levels));
    const named = rows.length === 0 ? t("volume {0}", number) : t("delta {0}", number);
    context.fillText(fitting(named, number), x, bottom + 10);
    if (bar.time === this.#picture.marked) context.fillText(fitting(`\u25bc ${t("signal")}`, "\u25bc"), x, top - 8);
  }
}

/** A bar in the picture, and its middle. */
interface Column extends LaidOut {
  readonly x: number;
  readonly bar: EvidenceBar;
}

/** What the widest row of a bar needs for its two numbers, which stand on both sides of the middle. */
function textWidth(context: CanvasRenderingContext2D, rows: LaidOut["rows"]): number {
  const widest = Math.max(0, ...rows.flatMap(({ bid, ask }) => [bid, ask]));
  return 2 * (context.measureText(formatCount(widest)).width + BESIDE_PX) + BETWEEN_PX;
}
