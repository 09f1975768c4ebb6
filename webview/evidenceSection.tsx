import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { EvidenceBar, EvidenceCall, EvidenceResult, SignalEvidence } from "../src/core/protocol.js";
import { Button } from "./controls.js";
import { delta } from "./footprint.js";
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
import { PathPlot } from "./pathPlot.js";
import type { Actions } from "./view.js";
import { accountInWords, contextInWords, orderTypeInWords } from "./words.js";

interface EvidenceProps {
  readonly evidence: SignalEvidence;
  readonly timeZone: string;
  readonly actions: Actions;
}

/** All that was kept of a signal: what was seen, what was believed, why this size, and what happened after. */
export function EvidenceSection({ evidence, timeZone, actions }: EvidenceProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever asked for it is led to it.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, [evidence.key]);
  const { action, contract, time, call, refused } = evidence;
  return (
    <section class="evidence" aria-labelledby="evidence">
      <div class="heading">
        <h2 id="evidence" ref={heading} tabIndex={-1}>
          Evidence: <Icon name={`arrow-${action === "BUY" ? "up" : "down"}`} />
          {action} {contract} <span class="note">{formatDateTime(time, timeZone)}</span>
        </h2>
        <div class="end">
          <Button onClick={actions.closeEvidence}>Close</Button>
        </div>
      </div>
      <Seen evidence={evidence} timeZone={timeZone} actions={actions} />
      <div class="columns">
        <Answers evidence={evidence} />
        {call !== undefined && <Belief call={call} timeZone={timeZone} />}
        {call !== undefined && <Sizing call={call} />}
        {call === undefined && (
          <p class="empty">{refused === undefined ? "Nothing came of it" : `Refused: ${refused}`}</p>
        )}
        {call !== undefined && <Happened evidence={evidence} timeZone={timeZone} />}
      </div>
    </section>
  );
}

function Seen({ evidence, timeZone, actions }: EvidenceProps): VNode {
  const { cluster, footprint, tickSize, time } = evidence;
  const decimals = decimalsOf(tickSize);
  const at = (price: number) => price.toFixed(decimals);
  const where = cluster.pointOfControl ?? cluster.close;
  const own = footprint.findLast((bar) => bar.time < time);
  const sentence =
    `Volume ${formatCount(cluster.volume)}, ${cluster.ratio.toFixed(1)} times the baseline of ${formatCount(Math.round(cluster.baseline))}. ` +
    `${cluster.pointOfControl === undefined ? "Closed" : "Most of it traded"} at ${at(where)}, between ${at(cluster.low)} and ${at(cluster.high)}` +
    `${cluster.deltaFraction === undefined ? "" : `, delta ${formatPercent(cluster.deltaFraction)} of it`}.`;
  return (
    <>
      <p>{sentence}</p>
      {footprint.length === 0 ? (
        <p class="empty">The bars around it are not recorded: an earlier version kept none</p>
      ) : (
        <>
          <Footprint
            evidence={evidence}
            decimals={decimals}
            marked={own?.time ?? 0}
            timeZone={timeZone}
            actions={actions}
          />
          {own !== undefined && <LevelsTable bar={own} at={at} />}
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
  const words = `Footprint of ${bars.length} bars, bid by ask at each price. Delta by bar: ${bars
    .map(
      (bar) =>
        `${formatTime(bar.time, timeZone, { hour: "2-digit", minute: "2-digit" })} ${formatSignedNumber(delta(bar.levels))}`,
    )
    .join(", ")}`;
  return <div ref={element} class="chart footprint" role="img" aria-label={words} />;
}

function LevelsTable({ bar, at }: { readonly bar: EvidenceBar; readonly at: (price: number) => string }): VNode | null {
  if (bar.levels.length === 0) return <p class="note">The source did not tell volume at price.</p>;
  const most = Math.max(...bar.levels.map(({ volume }) => volume));
  return (
    <details>
      <summary>The signal's bar as a table</summary>
      <Table label="Volume at price" head={["Price", "Bid", "Ask", "Delta", "Volume"]}>
        {bar.levels.toReversed().map(({ price, bid, ask, volume }) => (
          <tr key={price}>
            <th scope="row">
              {at(price)}
              {volume === most && <span class="note"> point of control</span>}
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

const RULES: Readonly<Record<string, string>> = {
  modal: "Where its volume lies",
  delta: "Who was the aggressor",
  absorption: "Aggressors absorbed",
  modal_and_delta: "Volume and aggressors agree",
};

function Answers({ evidence: { answers, cluster, action } }: { readonly evidence: SignalEvidence }): VNode {
  return (
    <section aria-label="Direction">
      <h3>Direction</h3>
      <List
        rows={[
          ...answers.map(({ rule, answer }): Row => [RULES[rule] ?? rule, answer ?? "None"]),
          ["Taken", action],
          ["Place of it in the range", formatPercent(cluster.modalPosition)],
          ["Strength", cluster.strength.toFixed(2)],
          ...(cluster.partial ? [["Seen", "before its bar was over"] as const] : []),
        ]}
      />
    </section>
  );
}

function Belief({ call, timeZone }: { readonly call: EvidenceCall; readonly timeZone: string }): VNode {
  const { own, others, posterior, rows } = call;
  const score = ({ wins, losses }: EvidenceCall["own"]) => `${formatCount(wins)} won, ${formatCount(losses)} lost`;
  return (
    <section aria-label="Chance">
      <h3>Chance</h3>
      <List
        rows={[
          ["Context", contextInWords(call.context)],
          ["Closed in it before", score(own)],
          ["In the others", score(others)],
          ["Weight of another's result", posterior === undefined ? "Not recorded" : posterior.lambda.toFixed(3)],
          [
            "Beta distribution",
            posterior === undefined
              ? "Not recorded"
              : `α ${posterior.alpha.toFixed(2)}, β ${posterior.beta.toFixed(2)}`,
          ],
          ["Chance of a win", `${formatPercent(call.confidence, 1)} (${formatInterval(call.interval)})`],
          ["Break-even", formatPercent(call.breakEven, 1)],
          ["Sure to be above it", formatPercent(call.chanceAboveBreakEven)],
        ]}
      />
      {rows.length > 0 && (
        <details>
          <summary>The newest results of its context</summary>
          <Table label="Results of the context" head={["Closed", "R"]}>
            {rows.toReversed().map((row) => (
              <tr key={row.time}>
                <th scope="row">{formatDateTime(row.time, timeZone)}</th>
                <td class="number">
                  {row.win ? "Win" : "Loss"} {formatR(row.rMultiple)}
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
    <section aria-label="Size">
      <h3>Size</h3>
      <List
        rows={[
          ["Share of the balance", formatPercent(sizing.riskFraction, 2)],
          ["Budget", formatMoney(sizing.budget)],
          ["Risk of a contract", formatMoney(sizing.riskPerContract)],
          ["Base", formatCount(sizing.base)],
          ["Multiplier", `${formatMultiplier(multiplier)} (cautiously ${formatMultiplier(conservativeMultiplier)})`],
          ["Base times multiplier", formatCount(sizing.raw)],
          ["Cap", formatCount(sizing.cap)],
          ["Contracts", formatCount(sizing.quantity)],
          ["Risks", formatMoney(sizing.riskActual)],
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
    <section class="happened" aria-label="What happened after">
      <h3>What happened after</h3>
      <p>
        {evidence.action} {formatCount(call.quantity)} {orderTypeInWords(call.orderType)} at {call.price}, target{" "}
        {call.target}, stop {call.stop}. {answer}.
      </p>
      {path.length === 0 ? (
        <p class="note">The path of the price is not recorded: it is kept when the trading day ends.</p>
      ) : (
        <PathPlot path={path} targetR={rOf(call)} timeZone={timeZone} />
      )}
      {results.length > 0 && (
        <Table label="How it ended" head={["Of", "Exit by", "Entry, exit", "Worst, best", "R", "Net"]}>
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
  const price = (value: number | undefined) => value?.toFixed(decimals) ?? "none";
  const points = (value: number | undefined) => (value === undefined ? "n/a" : formatSignedNumber(value));
  return (
    <tr>
      <th scope="row">{of === "shadow" ? "By the paper rules alone" : accountInWords(of)}</th>
      <td>{result.reason}</td>
      <td class="number">
        {price(entry)} → {price(exit)}
      </td>
      <td class="number">
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

interface TableProps {
  readonly label: string;
  readonly head: readonly string[];
  readonly children: ComponentChildren;
}

function Table({ label, head, children }: TableProps): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
    <section class="sideways" aria-label={label} tabIndex={0}>
      <table class="table">
        <thead>
          <tr>
            {head.map((title, index) => (
              <th key={title} scope="col" class={index === 0 ? "" : title === "Net" ? "number money" : "number"}>
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
