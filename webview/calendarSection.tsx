import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { CalendarDay } from "../src/core/protocol.js";
import { monthsOf, weeksOf } from "./calendar.js";
import { Button } from "./controls.js";
import { formatCount, formatR, formatSignedDollars, formatSignedMoney, formatTime } from "./format.js";
import { tradesInWords } from "./words.js";

function weekdays(): readonly string[] {
  return [t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun")];
}

/** What each trading day brought, by the exchange's date, a month at a time. */
export function CalendarSection({ days }: { readonly days: readonly CalendarDay[] }): VNode {
  const months = monthsOf(days);
  const [chosen, setChosen] = useState<string>();
  const at = chosen !== undefined && months.includes(chosen) ? months.indexOf(chosen) : months.length - 1;
  const month = months[at];
  const own = month === undefined ? [] : days.filter(({ date }) => date.startsWith(month));
  return (
    <section aria-labelledby="calendar">
      <div class="heading">
        <h2 id="calendar">
          {t("Calendar")} <span class="note">{t("net result by trading day")}</span>
        </h2>
        {months.length > 1 && (
          <div class="end">
            {at > 0 && <Button onClick={() => setChosen(months[at - 1])}>{t("Earlier")}</Button>}{" "}
            {at < months.length - 1 && <Button onClick={() => setChosen(months[at + 1])}>{t("Later")}</Button>}
          </div>
        )}
      </div>
      {month === undefined ? (
        <p class="empty">{t("No closed trade yet: each trading day with one is marked")}</p>
      ) : (
        <>
          <Month month={month} days={own} />
          <MonthAsList month={month} days={own} />
        </>
      )}
    </section>
  );
}

interface MonthProps {
  readonly month: string;
  /** Those of the month with a trade. */
  readonly days: readonly CalendarDay[];
}

/** A month as it hangs on a wall, where there is room for seven days side by side. */
function Month({ month, days }: MonthProps): VNode {
  const weeks = weeksOf(month, days);
  const most = Math.max(...days.map(({ netPnl }) => Math.abs(netPnl)));
  return (
    <table class="table calendar when-wide">
      <MonthCaption month={month} days={days} />
      <thead>
        <tr>
          {weekdays()
            .slice(0, weeks[0]?.length)
            .map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week, index) => (
          <tr key={`${month} ${index}`}>
            {week.map(({ date, day }, weekday) => (
              <td key={date ?? weekday} class={day === undefined ? "" : `day ${tone(day, most)}`}>
                {date !== undefined && <span class="note">{Number(date.slice(8))}</span>}
                {day !== undefined && (
                  <>
                    <b class="money">{formatSignedDollars(day.netPnl)}</b>
                    <span class="note">{formatR(day.r)}</span>
                    <span class="note won">{t("{0} of {1} won", formatCount(day.wins), formatCount(day.trades))}</span>
                  </>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The days with a trade, one a line, where there is little room: no amount is broken over lines. */
function MonthAsList({ month, days }: MonthProps): VNode {
  return (
    <table class="table when-narrow">
      <MonthCaption month={month} days={days} />
      <thead>
        <tr>
          <th scope="col">{t("Day")}</th>
          <th scope="col" class="number">
            {t("Won")}
          </th>
          <th scope="col" class="number">
            R
          </th>
          <th scope="col" class="number money">
            {t("Net")}
          </th>
        </tr>
      </thead>
      <tbody>
        {days.map(({ date, trades, wins, netPnl, r }) => (
          <tr key={date}>
            <th scope="row">{dayInWords(date)}</th>
            <td class="number">{t("{0} of {1}", formatCount(wins), formatCount(trades))}</td>
            <td class="number">{formatR(r)}</td>
            <td class={`number money ${netPnl > 0 ? "gain" : netPnl < 0 ? "loss" : ""}`}>
              {formatSignedDollars(netPnl)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MonthCaption({ month, days }: MonthProps): VNode {
  const sum = (of: (day: CalendarDay) => number) => days.reduce((total, day) => total + of(day), 0);
  return (
    <caption>
      {monthInWords(month)}: {tradesInWords(sum(({ trades }) => trades))},{" "}
      <span class="money">{formatSignedMoney(sum(({ netPnl }) => netPnl))}, </span> {formatR(sum(({ r }) => r))}
    </caption>
  );
}

// The sign stands before the amount: the color says it once more, and how much of the month's most it is.
function tone({ netPnl }: CalendarDay, most: number): string {
  if (netPnl === 0) return "";
  return `${netPnl > 0 ? "up" : "down"}${Math.abs(netPnl) > most / 2 ? " much" : ""}`;
}

function dayInWords(date: string): string {
  const time = Date.parse(`${date}T00:00:00Z`) / 1000;
  return formatTime(time, "UTC", { weekday: "short", month: "short", day: "numeric" });
}

function monthInWords(month: string): string {
  return formatTime(Date.parse(`${month}-15T00:00:00Z`) / 1000, "UTC", { month: "long", year: "numeric" });
}
