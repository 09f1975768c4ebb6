import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { EvidenceBar, SignalEvidence } from "../src/core/protocol.js";
import { unknown } from "../src/words/tradeWords.js";
import { decimalsOf, Table } from "./evidenceTable.js";
import { delta, heaviest } from "./footprint.js";
import { formatCount, formatPercent, formatSignedNumber, formatTime } from "./format.js";
import type { Actions } from "./view.js";

interface SeenProps {
  readonly evidence: SignalEvidence;
  readonly timeZone: string;
  readonly actions: Actions;
}

/** What was seen: the bars around the signal as a footprint and as tables. */
export function Seen({ evidence, timeZone, actions }: SeenProps): VNode {
  const { cluster, footprint, tickSize, time } = evidence;
  const decimals = decimalsOf(tickSize);
  const at = (price: number) => price.toFixed(decimals);
  const where = cluster.pointOfControl ?? cluster.close;
  const own = footprint.findLast((bar) => bar.time < time);
  const share = cluster.deltaFraction;
  const sentences = [
    t(
      "Volume {0}, {1} times the baseline of {2}.",
      formatCount(cluster.volume),
      cluster.ratio.toFixed(1),
      formatCount(Math.round(cluster.baseline)),
    ),
    cluster.pointOfControl === undefined
      ? t("Closed at {0}, between {1} and {2}.", at(where), at(cluster.low), at(cluster.high))
      : t("Most of it traded at {0}, between {1} and {2}.", at(where), at(cluster.low), at(cluster.high)),
    ...(share === undefined ? [] : [t("Delta: {0} of it.", formatPercent(share))]),
  ];
  return (
    <>
      <p>{sentences.join(" ")}</p>
      {footprint.length === 0 ? (
        <p class="empty">{t("The bars around it are not recorded: an earlier version kept none")}</p>
      ) : (
        <>
          <Footprint
            evidence={evidence}
            decimals={decimals}
            marked={own?.time ?? 0}
            timeZone={timeZone}
            actions={actions}
          />
          <BarsTable bars={footprint} marked={own} at={at} timeZone={timeZone} />
          {own !== undefined && <LevelsTable bar={own} pointOfControl={cluster.pointOfControl} at={at} />}
        </>
      )}
    </>
  );
}

interface FootprintProps extends SeenProps {
  readonly decimals: number;
  readonly marked: number;
}

function Footprint({ evidence, decimals, marked, timeZone, actions }: FootprintProps): VNode {
  const element = useRef<HTMLDivElement>(null);
  const { footprint: bars, tickSize } = evidence;
  useLayoutEffect(() => {
    if (element.current === null) return;
    const drawing = actions.drawFootprint(element.current, { bars, tickSize, decimals, timeZone, marked });
    return () => drawing.dispose();
  }, [actions.drawFootprint, bars, tickSize, decimals, timeZone, marked]);
  const clock = (time: number) => formatTime(time, timeZone, { hour: "2-digit", minute: "2-digit" });
  const deltas = bars.map((bar) => `${clock(bar.time)} ${formatSignedNumber(delta(bar.levels))}`).join(", ");
  const words =
    bars.length === 1
      ? t("Footprint of 1 bar, bid by ask at each price. Delta by bar: {0}", deltas)
      : t("Footprint of {0} bars, bid by ask at each price. Delta by bar: {1}", bars.length, deltas);
  return <div ref={element} class="chart footprint" role="img" aria-label={words} />;
}

interface BarsProps {
  readonly bars: readonly EvidenceBar[];
  /** That of the signal. */
  readonly marked: EvidenceBar | undefined;
  readonly at: (price: number) => string;
  readonly timeZone: string;
}

function BarsTable({ bars, marked, at, timeZone }: BarsProps): VNode {
  return (
    <details>
      <summary>{t("The bars as a table")}</summary>
      <Table
        label={t("Bars around the signal")}
        head={[
          [t("Time"), ""],
          [t("Range"), "number"],
          [t("Heaviest price"), "number medium"],
          [t("Delta"), "number"],
          [t("Volume"), "number"],
        ]}
      >
        {bars.map((bar) => (
          <tr key={bar.time}>
            <th scope="row">
              {formatTime(bar.time, timeZone, { hour: "2-digit", minute: "2-digit" })}
              {bar === marked && <span class="note"> {t("signal")}</span>}
            </th>
            <td class="number">
              {at(bar.low)}–{at(bar.high)}
            </td>
            <td class="number medium">{heaviestPrice(bar, at)}</td>
            <td class="number">{bar.levels.length === 0 ? unknown() : formatSignedNumber(delta(bar.levels))}</td>
            <td class="number">{formatCount(bar.volume)}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

function heaviestPrice({ levels }: EvidenceBar, at: (price: number) => string): string {
  const level = heaviest(levels);
  return level === undefined ? unknown() : at(level.price);
}

interface LevelsTableProps {
  readonly bar: EvidenceBar;
  readonly pointOfControl: number | undefined;
  readonly at: (price: number) => string;
}

function LevelsTable({ bar, pointOfControl, at }: LevelsTableProps): VNode | null {
  if (bar.levels.length === 0) return <p class="note">{t("The source did not tell volume at price.")}</p>;
  // Several prices may have the most volume: the detector took one of them.
  const taken = pointOfControl === undefined ? undefined : at(pointOfControl);
  return (
    <details>
      <summary>{t("The signal's bar as a table")}</summary>
      <Table
        label={t("Volume at price")}
        head={[
          [t("Price"), ""],
          [t("Bid"), "number"],
          [t("Ask"), "number"],
          [t("Delta"), "number"],
          [t("Volume"), "number"],
        ]}
      >
        {bar.levels.toReversed().map(({ price, bid, ask, volume }) => (
          <tr key={price}>
            <th scope="row">
              {at(price)}
              {at(price) === taken && <span class="note"> {t("point of control")}</span>}
            </th>
            <td class="number">{formatCount(bid)}</td>
            <td class="number">{formatCount(ask)}</td>
            <td class="number">{formatSignedNumber(ask - bid)}</td>
            <td class="number">{formatCount(volume)}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
