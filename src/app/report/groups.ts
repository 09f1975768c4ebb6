import type { Exit } from "../../core/events.js";
import { mean, sum } from "../../core/ledger/moments.js";
import type { AccountReport, CalendarDay, ReportGroup } from "../../core/protocol.js";
import { say } from "../../core/say.js";
import { winRateInterval } from "../../core/sizing/posterior.js";
import { newYorkTime } from "../times.js";
import type { Known } from "./known.js";

const WEEKDAYS = [
  say("Sunday"),
  say("Monday"),
  say("Tuesday"),
  say("Wednesday"),
  say("Thursday"),
  say("Friday"),
  say("Saturday"),
];

type Order = (name: string) => number;

/** Closed trades by what they have in common: hours, weekdays and quantities in their own order, of the rest the most frequent first. */
export function groupsOf(exits: readonly Exit[], { recommendations }: Known): AccountReport["groups"] {
  const hour = ({ entryTime }: Exit) => `${newYorkTime(entryTime).slice(11, 13)}:00`;
  const by: readonly (readonly [by: string, of: (exit: Exit) => string, order?: Order])[] = [
    [say("Direction"), ({ direction }) => direction],
    [say("Exit by"), ({ reasonChecked }) => reasonChecked],
    [say("Hour of the entry, New York"), hour, (name) => Number.parseInt(name, 10)],
    [
      say("Weekday"),
      ({ tradingDay }) => WEEKDAYS[new Date(tradingDay).getUTCDay()] ?? tradingDay,
      (name) => WEEKDAYS.indexOf(name),
    ],
    [say("Contracts"), ({ quantity }) => `${quantity}`, Number],
    [say("Order type"), ({ recommendation }) => recommendations.get(recommendation)?.orderType ?? "unknown"],
    [say("Contract"), ({ instrument }) => instrument.label],
    [say("Context"), ({ context }) => context],
  ];
  return by.map(([name, of, order]) => ({ by: name, rows: groups(exits, of, order) }));
}

function groups(exits: readonly Exit[], of: (exit: Exit) => string, order: Order = () => 0): readonly ReportGroup[] {
  const found = new Map<string, Exit[]>();
  for (const exit of exits) {
    const name = of(exit);
    const members = found.get(name);
    if (members === undefined) found.set(name, [exit]);
    else members.push(exit);
  }
  return [...found]
    .map(([name, members]) => groupOf(name, members))
    .sort((a, b) => order(a.name) - order(b.name) || b.trades - a.trades || (a.name < b.name ? -1 : 1));
}

function groupOf(name: string, members: readonly Exit[]): ReportGroup {
  const wins = members.filter(({ win }) => win).length;
  return {
    name,
    trades: members.length,
    wins,
    winRateInterval: winRateInterval(wins, members.length),
    netPnl: sum(members.map(({ netPnl }) => netPnl)) / 100,
    meanR: mean(members.map(({ rMultiple }) => rMultiple)) ?? 0,
    meanReturn: mean(members.map(({ returnFraction }) => returnFraction)) ?? 0,
  };
}

/** The trading days with a closed trade, oldest first. */
export function calendarOf(exits: readonly Exit[]): readonly CalendarDay[] {
  const days = new Map<string, Exit[]>();
  for (const exit of exits) {
    const day = days.get(exit.tradingDay);
    if (day === undefined) days.set(exit.tradingDay, [exit]);
    else day.push(exit);
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, members]) => ({
      date,
      trades: members.length,
      wins: members.filter(({ win }) => win).length,
      netPnl: sum(members.map(({ netPnl }) => netPnl)) / 100,
      r: sum(members.map(({ rMultiple }) => rMultiple)),
    }));
}
