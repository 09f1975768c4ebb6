import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BlindSpan, DashboardAccount, EquityPoint } from "../src/core/protocol.js";
import { accountInWords } from "../src/words/tradeWords.js";
import { Button } from "./controls.js";
import type { EquityDrawing } from "./equityChart.js";
import { formatCount, formatDateTime, formatMoney, formatPercent } from "./format.js";
import type { Actions, View } from "./view.js";
import { withElements } from "./withElements.js";
import { blindInWords, equitySentence, tradesInWords } from "./words.js";

/** More rows than anyone reads, few enough to draw at once. */
const TABLE_ROWS = 200;

interface EquityProps {
  readonly account: DashboardAccount;
  /** The one that is not shown, where there is one. */
  readonly other: DashboardAccount | undefined;
  /** Days of which nothing was seen. */
  readonly blind: readonly BlindSpan[];
  readonly timeZone: string;
  readonly view: View;
  readonly actions: Actions;
}

/** How it went: balance over drawdown, as a chart or as a table. */
export function EquitySection({ account, other, blind, timeZone, view, actions }: EquityProps): VNode {
  const empty = account.equity.length === 0;
  return (
    <section aria-labelledby="equity">
      <div class="heading">
        <h2 id="equity">
          {t("Equity curve")} <span class="note">{extent(account)}</span>
        </h2>
        {!empty && (
          <div class="end">
            {other !== undefined && other.equity.length > 0 && !view.equityAsTable && (
              <Button onClick={() => actions.choose({ both: !view.both })}>
                {view.both ? t("Show one account") : t("Show both accounts")}
              </Button>
            )}{" "}
            <Button onClick={() => actions.choose({ equityAsTable: !view.equityAsTable })}>
              {view.equityAsTable ? t("Show as chart") : t("Show as table")}
            </Button>
          </div>
        )}
      </div>
      {empty && <p class="empty">{t("No closed trade yet: the curve starts with the first exit")}</p>}
      {!empty && view.equityAsTable && <EquityTable account={account} timeZone={timeZone} />}
      {!empty && !view.equityAsTable && (
        <Chart
          account={account}
          other={view.both ? other : undefined}
          blind={blind}
          timeZone={timeZone}
          actions={actions}
        />
      )}
    </section>
  );
}

function extent({ trades, equity, unit }: DashboardAccount): string {
  const closed = tradesInWords(trades);
  const what =
    unit === "R" ? t("balance before costs over drawdown after costs") : t("balance over drawdown, after costs");
  if (equity.length === 0) return what;
  return equity.length === 1
    ? t("{0}: {1} closed, 1 point", what, closed)
    : t("{0}: {1} closed, {2} points", what, closed, formatCount(equity.length));
}

function Chart({ account, other, blind, timeZone, actions }: Omit<EquityProps, "view">): VNode {
  const element = useRef<HTMLDivElement>(null);
  const drawing = useRef<EquityDrawing>(undefined);
  const [pointedAt, setPointedAt] = useState<EquityPoint>();
  useEffect(() => {
    if (element.current === null) return;
    drawing.current = actions.drawEquity(element.current, setPointedAt);
    return () => drawing.current?.dispose();
  }, [actions.drawEquity]);
  useEffect(() => {
    drawing.current?.show({
      points: account.equity,
      startBalance: account.startBalance,
      unit: account.unit,
      timeZone,
      other: other?.equity,
      blind,
    });
  }, [account.equity, account.startBalance, account.unit, timeZone, other?.equity, blind]);
  const sentence = [account, ...(other === undefined ? [] : [other])]
    .map((each) => equitySentence(each, timeZone))
    .join(" ");
  const point = pointedAt ?? account.equity.at(-1);
  return (
    <>
      {point !== undefined && <Legend point={point} account={account} other={other} timeZone={timeZone} />}
      <div ref={element} class="chart" role="img" aria-label={sentence} />
      {blind.length > 0 && <p class="note">{blindInWords(blind)}</p>}
    </>
  );
}

interface LegendProps {
  readonly point: EquityPoint;
  readonly account: DashboardAccount;
  readonly other: DashboardAccount | undefined;
  readonly timeZone: string;
}

/** The point under the pointer in numbers, without one the newest, and where the account started. */
function Legend({ point, account: { startBalance, unit }, other, timeZone }: LegendProps): VNode {
  return (
    <p class="legend">
      <span class="balance">{withElements(t("Balance {0}", "{0}"), <b>{formatMoney(point.balance, unit)}</b>)}</span>
      <span class="fall">{withElements(t("Drawdown {0}", "{0}"), <b>{formatPercent(-point.drawdown, 1)}</b>)}</span>
      <span>{formatDateTime(point.time, timeZone)}</span>
      {other !== undefined && (
        <span class="other">
          {withElements(
            t("{0} {1} now", accountInWords(other.name), "{0}"),
            <b>{formatMoney(other.balance, other.unit)}</b>,
          )}
        </span>
      )}
      <span class="note start">{t("Start {0}", formatMoney(startBalance, unit))}</span>
    </p>
  );
}

function EquityTable({ account, timeZone }: Pick<EquityProps, "account" | "timeZone">): VNode {
  const total = account.equity.length;
  const newest = account.equity.slice(-TABLE_ROWS).toReversed();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
    <section class="scroll" aria-label={t("Balance and drawdown as a table")} tabIndex={0}>
      <table class="table">
        <caption>
          {equitySentence(account, timeZone)}
          {total > TABLE_ROWS &&
            ` ${t("The newest {0} of {1} are listed.", formatCount(TABLE_ROWS), formatCount(total))}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t("Time")}</th>
            <th scope="col" class="number">
              {t("Balance")}
            </th>
            <th scope="col" class="number">
              {t("Drawdown")}
            </th>
          </tr>
        </thead>
        <tbody>
          {newest.map((point) => (
            <tr key={point.time}>
              <th scope="row">{formatDateTime(point.time, timeZone)}</th>
              <td class="number">{formatMoney(point.balance, account.unit)}</td>
              <td class="number">{formatPercent(-point.drawdown, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
