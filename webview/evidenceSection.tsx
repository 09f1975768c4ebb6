import { t } from "@vscode/l10n";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { EvidenceBar, EvidenceCall, EvidenceResult, SignalEvidence } from "../src/core/protocol.js";
import { accountInWords, contextInWords, orderTypeInWords, reasonInWords, unknown } from "../src/words/tradeWords.js";
import { Button } from "./controls.js";
import { delta, heaviest } from "./footprint.js";
import {
  formatCount,
  formatDateTime,
  formatInterval,
  formatMoney,
  formatMultiplier,
  formatPercent,
  formatR,
  formatSignedMoney,
  formatSignedNumber,
  formatTime,
} from "./format.js";
import { Icon } from "./icon.js";
import { PathPlot, PathTable } from "./pathPlot.js";
import type { Actions } from "./view.js";

interface EvidenceProps {
  readonly evidence: SignalEvidence;
  readonly timeZone: string;
  readonly actions: Actions;
}

/** All that was kept of a signal: what was seen, what was believed, why this size, and what happened after. */
export function EvidenceSection({ evidence, timeZone, actions }: EvidenceProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const asked = useRef<Element | null>(null);
  // Whoever asked for it is led to it, and back when it is closed.
  useEffect(() => {
    const before = document.activeElement;
    if (heading.current?.closest("section")?.contains(before) !== true) asked.current = before;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, [evidence.key]);
  const close = () => {
    leadBack(asked.current);
    actions.closeEvidence();
  };
  const { action, contract, time, call, refused } = evidence;
  return (
    <section class="evidence" aria-labelledby="evidence">
      <div class="heading">
        <h2 id="evidence" ref={heading} tabIndex={-1}>
          {t("Evidence:")} <Icon name={`arrow-${action === "BUY" ? "up" : "down"}`} />
          {action} {contract} <span class="note">{formatDateTime(time, timeZone)}</span>
        </h2>
        <div class="end">
          <Button onClick={close}>{t("Close")}</Button>
        </div>
      </div>
      <Seen evidence={evidence} timeZone={timeZone} actions={actions} />
      <div class="columns">
        <Answers evidence={evidence} />
        {call !== undefined && <Belief call={call} timeZone={timeZone} />}
        {call !== undefined && <Sizing call={call} />}
        {call === undefined && (
          <p class="empty">{refused === undefined ? t("Nothing came of it") : t("Refused: {0}", refused)}</p>
        )}
        {call !== undefined && <Happened evidence={evidence} timeZone={timeZone} />}
      </div>
    </section>
  );
}

/** Gives the focus to what had it; where that is not drawn any more, to the row of the trades that Tab leads to. */
function leadBack(asked: Element | null): void {
  const isThere = asked instanceof HTMLElement && asked.isConnected && asked !== document.body;
  const target = isThere ? asked : document.querySelector<HTMLElement>('.trades tr[tabindex="0"]');
  target?.focus();
}

function Seen({ evidence, timeZone, actions }: EvidenceProps): VNode {
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

interface FootprintProps extends EvidenceProps {
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

function ruleInWords(rule: string): string {
  switch (rule) {
    case "modal":
      return t("Where its volume lies");
    case "delta":
      return t("Who was the aggressor");
    case "absorption":
      return t("Aggressors absorbed");
    case "modal_and_delta":
      return t("Volume and aggressors agree");
    default:
      return rule;
  }
}

function Answers({ evidence: { answers, cluster, action } }: { readonly evidence: SignalEvidence }): VNode {
  return (
    <section aria-label={t("Direction")}>
      <h3>{t("Direction")}</h3>
      <List
        rows={[
          ...answers.map(({ rule, answer }): Row => [ruleInWords(rule), answer ?? t("None")]),
          [t("Taken"), action],
          [t("Place of it in the range"), formatPercent(cluster.modalPosition)],
          [t("Strength"), cluster.strength.toFixed(2)],
          ...(cluster.partial ? [[t("Seen"), t("before its bar was over")] as const] : []),
        ]}
      />
    </section>
  );
}

function Belief({ call, timeZone }: { readonly call: EvidenceCall; readonly timeZone: string }): VNode {
  const { own, others, posterior, rows } = call;
  const score = ({ wins, losses }: EvidenceCall["own"]) =>
    t("{0} won, {1} lost", formatCount(wins), formatCount(losses));
  return (
    <section aria-label={t("Chance")}>
      <h3>{t("Chance")}</h3>
      <List
        rows={[
          [t("Context"), contextInWords(call.context)],
          [t("Closed in it before"), score(own)],
          [t("In the others"), score(others)],
          [t("Weight of another's result"), posterior === undefined ? t("Not recorded") : posterior.lambda.toFixed(3)],
          [
            t("Beta distribution"),
            posterior === undefined
              ? t("Not recorded")
              : `α ${posterior.alpha.toFixed(2)}, β ${posterior.beta.toFixed(2)}`,
          ],
          [t("Chance of a win"), `${formatPercent(call.confidence, 1)} (${formatInterval(call.interval)})`],
          [t("Break-even"), formatPercent(call.breakEven, 1)],
          [t("Sure to be above it"), formatPercent(call.chanceAboveBreakEven)],
        ]}
      />
      {rows.length > 0 && (
        <details>
          <summary>{t("The newest results of its context")}</summary>
          <Table
            label={t("Results of the context")}
            head={[
              [t("Closed"), ""],
              ["R", "number"],
            ]}
          >
            {rows.toReversed().map((row) => (
              <tr key={row.time}>
                <th scope="row">{formatDateTime(row.time, timeZone)}</th>
                <td class="number">
                  {row.win ? t("Win") : t("Loss")} {formatR(row.rMultiple)}
                </td>
              </tr>
            ))}
          </Table>
        </details>
      )}
    </section>
  );
}

function Sizing({ call }: { readonly call: EvidenceCall }): VNode {
  const { sizing, multiplier, conservativeMultiplier } = call;
  return (
    <section aria-label={t("Size")}>
      <h3>{t("Size")}</h3>
      <List
        rows={[
          [t("Share of the balance"), formatPercent(sizing.riskFraction, 2)],
          [t("Budget"), formatMoney(sizing.budget)],
          [t("Risk of a contract"), formatMoney(sizing.riskPerContract)],
          [t("Base"), formatCount(sizing.base)],
          [
            t("Multiplier"),
            t("{0} (cautiously {1})", formatMultiplier(multiplier), formatMultiplier(conservativeMultiplier)),
          ],
          [t("Base times multiplier"), formatCount(sizing.raw)],
          [t("Cap"), formatCount(sizing.cap)],
          [t("Contracts"), formatCount(sizing.quantity)],
          [t("Risks"), formatMoney(sizing.riskActual)],
        ]}
      />
    </section>
  );
}

function Happened({ evidence, timeZone }: Pick<EvidenceProps, "evidence" | "timeZone">): VNode | null {
  const { call, path, results, answer, tickSize } = evidence;
  if (call === undefined) return null;
  const decimals = decimalsOf(tickSize);
  return (
    <section class="happened" aria-label={t("What happened after")}>
      <h3>{t("What happened after")}</h3>
      <p>
        {t(
          "{0} {1} {2} at {3}, target {4}, stop {5}. {6}.",
          evidence.action,
          formatCount(call.quantity),
          orderTypeInWords(call.orderType),
          call.price,
          call.target,
          call.stop,
          answer ?? "",
        )}
      </p>
      {path.length === 0 ? (
        <p class="note">{t("The path of the price is not recorded: it is kept when the trading day ends.")}</p>
      ) : (
        <>
          <PathPlot path={path} targetR={rOf(call)} timeZone={timeZone} />
          <PathTable path={path} timeZone={timeZone} />
        </>
      )}
      {results.length > 0 && (
        <Table
          label={t("How it ended")}
          head={[
            [t("Of"), ""],
            [t("Exit by"), ""],
            [t("Entry, exit"), "number medium"],
            [t("Worst, best"), "number medium"],
            ["R", "number"],
            [t("Net"), "number money"],
          ]}
        >
          {results.map((result) => (
            <Result key={result.of} result={result} decimals={decimals} />
          ))}
        </Table>
      )}
    </section>
  );
}

function Result({ result, decimals }: { readonly result: EvidenceResult; readonly decimals: number }): VNode {
  const { of, entry, exit, maePoints, mfePoints } = result;
  const price = (value: number | undefined) => value?.toFixed(decimals) ?? t("none");
  const points = (value: number | undefined) => (value === undefined ? unknown() : formatSignedNumber(value));
  return (
    <tr>
      <th scope="row">{of === "shadow" ? t("By the paper rules alone") : accountInWords(of)}</th>
      <td>{reasonInWords(result.reason)}</td>
      <td class="number medium">
        {price(entry)} → {price(exit)}
      </td>
      <td class="number medium">
        {points(maePoints)}, {points(mfePoints)}
      </td>
      <td class="number">{formatR(result.rMultiple)}</td>
      <td class="number money">{formatSignedMoney(result.netPnl)}</td>
    </tr>
  );
}

type Row = readonly [name: string, value: string];

function List({ rows }: { readonly rows: readonly Row[] }): VNode {
  return (
    <dl class="pairs">
      {rows.map(([name, value]) => (
        <div key={name} class={value.startsWith("$") ? "money" : ""}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A column: its head, and the classes of its cells. */
type Column = readonly [title: string, kind: string];

interface TableProps {
  readonly label: string;
  readonly head: readonly Column[];
  readonly children: ComponentChildren;
}

function Table({ label, head, children }: TableProps): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
    <section class="sideways" aria-label={label} tabIndex={0}>
      <table class="table">
        <thead>
          <tr>
            {head.map(([title, kind]) => (
              <th key={title} scope="col" class={kind}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** The target's distance in units of the stop's. */
function rOf({ price, stop, target }: EvidenceCall): number {
  const risk = Math.abs(Number(price) - Number(stop));
  return risk > 0 ? Math.abs(Number(target) - Number(price)) / risk : 0;
}

function decimalsOf(tickSize: number): number {
  return Math.max(2, `${tickSize}`.split(".")[1]?.length ?? 0);
}
