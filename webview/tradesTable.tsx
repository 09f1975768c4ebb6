import { t } from "@vscode/l10n";
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TradeRow } from "../src/core/protocol.js";
import type { AccountName } from "../src/core/sizing/recommendation.js";
import { contextInWords, reasonInWords, sideInWords, unknown } from "../src/words/tradeWords.js";
import { formatCount, formatDateTime, formatR, formatSignedMoney, formatSignedNumber, formatTime } from "./format.js";
import { Icon } from "./icon.js";
import { listTrades, moved, rowWindow, sortedBy, TRADE_SORTS, type TradeSort, type TradesView } from "./tradeList.js";
import type { Actions } from "./view.js";
import { tradesInWords } from "./words.js";

interface TradesProps {
  readonly trades: readonly TradeRow[];
  readonly account: AccountName;
  /** The account has none, rather than that none has come yet. */
  readonly hasNone: boolean;
  readonly timeZone: string;
  readonly view: TradesView;
  readonly actions: Actions;
}

/** A row's height until one was measured. */
const ROW_PX = 30;

/** The closed trades of an account: sorted, filtered, and only the rows in sight are drawn. */
export function TradesTable({ trades, account, hasNone, timeZone, view, actions }: TradesProps): VNode {
  const rows = useMemo(() => listTrades(trades, account, view), [trades, account, view]);
  const own = useMemo(() => trades.filter((row) => row.account === account).length, [trades, account]);
  const choose = (change: Partial<TradesView>) => actions.choose({ trades: { ...view, ...change } });
  return (
    <section aria-labelledby="trades">
      <div class="heading">
        <h2 id="trades">
          {t("Trades")} {(own > 0 || hasNone) && <span class="count">{formatCount(own)}</span>}
        </h2>
        {own > 0 && (
          <input
            class="filter end"
            type="search"
            aria-label={t("Filter trades")}
            placeholder={t("Filter: short target open")}
            value={view.filter}
            maxLength={100}
            onInput={(event) => choose({ filter: event.currentTarget.value })}
          />
        )}
      </div>
      {hasNone && <p class="empty">{t("No closed trade yet: each one gets a row")}</p>}
      {own > 0 && rows.length === 0 && (
        <p class="empty" role="status">
          {own === 1
            ? t("The 1 trade has not all of these words")
            : t("None of {0} trades has all of these words", formatCount(own))}
        </p>
      )}
      {rows.length > 0 && (
        <Grid
          rows={rows}
          timeZone={timeZone}
          view={view}
          onSort={(sort) => choose(sortedBy(view, sort))}
          onOpen={({ recommendation }) => actions.send({ type: "openEvidence", recommendation })}
        />
      )}
    </section>
  );
}

interface GridProps {
  readonly rows: readonly TradeRow[];
  readonly timeZone: string;
  readonly view: TradesView;
  readonly onSort: (sort: TradeSort) => void;
  readonly onOpen: (row: TradeRow) => void;
}

function Grid({ rows, timeZone, view, onSort, onOpen }: GridProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 400, rowHeight: ROW_PX });
  const [active, setActive] = useState({ id: "", toFocus: false });
  const { from, to } = rowWindow(scroll.top, scroll.height, scroll.rowHeight, rows.length);
  const activeAt = rows.findIndex(({ id }) => id === active.id);
  // Where the row with the focus is not drawn, Tab leads to the first that is in sight.
  const inSight = Math.min(rows.length - 1, Math.ceil(scroll.top / scroll.rowHeight));
  const stop = from <= activeAt && activeAt < to ? activeAt : inSight;

  const measure = () => {
    const element = box.current;
    if (element === null) return;
    const drawn = meanHeight(element.querySelectorAll("tbody tr[aria-rowindex]"));
    // Rows are rounded to pixels one by one: a height that is new differs by more, and what is drawn must not depend on itself.
    const isOther = drawn !== undefined && Math.abs(drawn - scroll.rowHeight) > 0.5;
    const now = { top: element.scrollTop, height: element.clientHeight, rowHeight: isOther ? drawn : scroll.rowHeight };
    const isSame = now.top === scroll.top && now.height === scroll.height && now.rowHeight === scroll.rowHeight;
    if (!isSame) setScroll(now);
  };
  useLayoutEffect(() => {
    measure();
    if (!active.toFocus) return;
    box.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
    setActive({ ...active, toFocus: false });
  });

  const onKey = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLTableRowElement)) return;
    const row = rows[stop];
    if ((event.key === "Enter" || event.key === " ") && row !== undefined) {
      event.preventDefault();
      onOpen(row);
      return;
    }
    const head = box.current?.querySelector("thead")?.clientHeight ?? 0;
    const page = Math.max(1, Math.floor((scroll.height - head) / scroll.rowHeight));
    const next = moved(event.key, stop, page, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    setActive({ id: rows[next]?.id ?? "", toFocus: true });
    const element = box.current;
    if (element === null) return;
    const top = next * scroll.rowHeight;
    const lowest = top - (scroll.height - head - scroll.rowHeight);
    element.scrollTop = Math.min(top, Math.max(lowest, element.scrollTop));
    measure();
  };

  return (
    // The rows have the focus and the keys; the box only scrolls.
    <div ref={box} class="scroll trades" onScroll={measure}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows take the focus one by one */}
      <table class="table" role="grid" aria-labelledby="trades" aria-rowcount={rows.length + 1} onKeyDown={onKey}>
        <caption class="unseen">
          {t("{0}. Arrow keys, Page, Home and End move; Enter shows the evidence.", tradesInWords(rows.length))}
        </caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns().map(({ sort, title, kind }) => (
              <Head key={sort} sort={sort} kind={kind} view={view} onSort={onSort}>
                {title}
              </Head>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={from * scroll.rowHeight} />
          {rows.slice(from, to).map((row, index) => (
            <tr
              key={row.id}
              aria-rowindex={from + index + 2}
              tabIndex={from + index === stop ? 0 : -1}
              onClick={() => {
                setActive({ id: row.id, toFocus: true });
                onOpen(row);
              }}
              onFocus={() => row.id !== active.id && setActive({ id: row.id, toFocus: false })}
            >
              <Cells row={row} timeZone={timeZone} />
            </tr>
          ))}
          <Gap height={(rows.length - to) * scroll.rowHeight} />
        </tbody>
      </table>
    </div>
  );
}

/** Where there is little room the context and the ticks give way first, what was won or lost never. */
function columns(): readonly { readonly sort: TradeSort; readonly title: string; readonly kind: string }[] {
  return [
    { sort: "time", title: t("Closed"), kind: "" },
    { sort: "action", title: t("Trade"), kind: "" },
    { sort: "context", title: t("Context"), kind: "wide" },
    { sort: "entry", title: t("Entry, exit"), kind: "number roomy" },
    { sort: "reason", title: t("Exit by"), kind: "medium" },
    { sort: "ticks", title: t("Ticks"), kind: "number wide" },
    { sort: "maeTicks", title: t("Worst, best, ticks"), kind: "number widest" },
    { sort: "rMultiple", title: "R", kind: "number" },
    { sort: "netPnl", title: t("Net"), kind: "number money" },
  ];
}

interface HeadProps {
  readonly sort: TradeSort;
  readonly kind: string;
  readonly view: TradesView;
  readonly onSort: (sort: TradeSort) => void;
  readonly children: ComponentChildren;
}

function Head({ sort, kind, view, onSort, children }: HeadProps): VNode {
  const isSorted = view.sort === sort;
  const order = view.descending ? "descending" : "ascending";
  return (
    <th scope="col" class={kind} aria-sort={isSorted ? order : "none"}>
      <button type="button" class="sort" onClick={() => onSort(sort)}>
        {children}
        {isSorted && <Icon name={view.descending ? "arrow-down" : "arrow-up"} />}
      </button>
    </th>
  );
}

function Cells({ row, timeZone }: { readonly row: TradeRow; readonly timeZone: string }): VNode {
  const tone = row.netPnl > 0 ? "gain" : "loss";
  const { maeTicks, mfeTicks } = row;
  const isWatched = maeTicks !== undefined && mfeTicks !== undefined;
  return (
    <>
      <th scope="row">
        <span class="when-wide">{formatDateTime(row.time, timeZone)}</span>
        <span class="when-narrow">{formatTime(row.time, timeZone, { month: "short", day: "numeric" })}</span>
      </th>
      <td>
        <Icon name={`arrow-${row.action === "BUY" ? "up" : "down"}`} />
        {sideInWords(row.action)} {formatCount(row.quantity)} <span class="when-wide">{row.contract}</span>
        {row.unverified && <span class="note"> {t("unverified")}</span>}
        {row.exits && (
          <>
            <span class="note when-tight" aria-hidden="true">
              {t("{0} exits", formatCount(row.exits.length))}
            </span>
            <span class="unseen"> {exitsInWords(row.exits)}</span>
          </>
        )}
      </td>
      <td class="wide">{contextInWords(row.context)}</td>
      <td class="number roomy" title={row.exits?.join(", ")}>
        {row.entry} → {row.exit}
        {row.exits && (
          <span class="note" aria-hidden="true">
            {" "}
            {t("in {0} exits", formatCount(row.exits.length))}
          </span>
        )}
      </td>
      <td class="medium">{reasonInWords(row.reason)}</td>
      <td class="number wide">{formatSignedNumber(row.ticks)}</td>
      <td class="number widest">
        {isWatched ? `${formatSignedNumber(maeTicks)}, ${formatSignedNumber(mfeTicks)}` : unknown()}
      </td>
      <td class="number">{formatR(row.rMultiple)}</td>
      <td class={`number money ${tone}`}>{formatSignedMoney(row.netPnl)}</td>
    </>
  );
}

/** For who hears the row, whatever there is room for; to the eye its evidence lists them, too. */
function exitsInWords(exits: readonly string[]): string {
  return `${t("in {0} exits", formatCount(exits.length))}: ${exits.join(", ")}`;
}

// By code: the page's policy allows no style in markup, and a style sheet knows no numbers.
function highAs(height: number) {
  return (element: HTMLElement | null) => {
    if (element !== null) element.style.height = `${height}px`;
  };
}

function meanHeight(rows: NodeListOf<Element>): number | undefined {
  const [first, last] = [rows[0], rows[rows.length - 1]];
  if (first === undefined || last === undefined) return undefined;
  const height = (last.getBoundingClientRect().bottom - first.getBoundingClientRect().top) / rows.length;
  return height > 0 ? height : undefined;
}

/** The rows above or below those that are drawn, as one of their height. */
function Gap({ height }: { readonly height: number }): VNode | null {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it has no tabindex, nothing gives it the focus
    <tr class="gap" aria-hidden="true">
      <td colSpan={TRADE_SORTS.length} ref={highAs(height)} />
    </tr>
  );
}
