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
import { delta, footprintRows, heaviest, ticksPerRow } from "./footprint.js";
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

/** Height that a row needs for its text, and the width from which bid and ask fit into a cell, in pixels. */
const ROW_PX = 13;
const TEXT_WIDTH = 74;

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
      for (const { x, originalData } of data.bars) this.#bar(context, x, width, originalData.bar, priceToCoordinate);
      context.restore();
    });
  }

  #bar(
    context: CanvasRenderingContext2D,
    x: number,
    width: number,
    bar: EvidenceBar,
    toY: PriceToCoordinateConverter,
  ): void {
    const { tickSize, marked } = this.#picture;
    const { palette } = this;
    const [top, bottom] = [toY(bar.high + tickSize), toY(bar.low)];
    if (top === null || bottom === null) return;
    const tickPx = (bottom - top) / Math.max(1, Math.round((bar.high - bar.low) / tickSize) + 1);
    const rows = footprintRows(bar, tickSize, ticksPerRow(tickPx, ROW_PX));
    const most = heaviest(rows);
    for (const row of rows) {
      const [y, end] = [toY(row.high), toY(row.low)];
      if (y === null || end === null || most === undefined) continue;
      const color = row.ask >= row.bid ? palette.up : palette.down;
      // How heavy it is against the bar's heaviest; which side, its color and the order of the numbers say.
      context.fillStyle = fade(color, 0.1 + 0.35 * (row.volume / most.volume));
      context.fillRect(x - width / 2, y, width, end - y - 1);
      if (row === most) {
        context.strokeStyle = palette.text;
        context.strokeRect(x - width / 2 + 0.5, y + 0.5, width - 1, end - y - 2);
      }
      if (width < TEXT_WIDTH) continue;
      context.fillStyle = palette.text;
      context.textAlign = "right";
      context.fillText(formatCount(row.bid), x - 6, (y + end) / 2);
      context.textAlign = "center";
      context.fillText("\u00d7", x, (y + end) / 2);
      context.textAlign = "left";
      context.fillText(formatCount(row.ask), x + 6, (y + end) / 2);
    }
    if (rows.length === 0) {
      context.fillStyle = palette.grid;
      context.fillRect(x - width / 4, top, width / 2, bottom - top);
    }
    context.fillStyle = palette.text;
    context.textAlign = "center";
    const isNarrow = width < TEXT_WIDTH;
    const words = rows.length === 0 ? formatCount(bar.volume) : formatSignedNumber(delta(bar.levels));
    const named = rows.length === 0 ? t("volume {0}", words) : t("delta {0}", words);
    context.fillText(isNarrow ? words : named, x, bottom + 10);
    if (bar.time === marked) context.fillText(isNarrow ? "\u25bc" : `\u25bc ${t("signal")}`, x, top - 8);
  }
}
