import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { EvidenceCall, EvidenceResult, SignalEvidence } from "../src/core/protocol.js";
import { accountInWords, orderTypeInWords, reasonInWords, unknown } from "../src/words/tradeWords.js";
import { decimalsOf, Table } from "./evidenceTable.js";
import { formatCount, formatR, formatSignedMoney, formatSignedNumber } from "./format.js";
import { PathPlot, PathTable } from "./pathPlot.js";

interface HappenedProps {
  readonly evidence: SignalEvidence;
  readonly timeZone: string;
}

/** The path of the price after a call, and how the call ended. */
export function Happened({ evidence, timeZone }: HappenedProps): VNode | null {
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

/** The target's distance in units of the stop's. */
function rOf({ price, stop, target }: EvidenceCall): number {
  const risk = Math.abs(Number(price) - Number(stop));
  return risk > 0 ? Math.abs(Number(target) - Number(price)) / risk : 0;
}
