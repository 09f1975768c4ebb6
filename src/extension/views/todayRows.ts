import { t } from "@vscode/l10n";
import { withoutMoney } from "../../app/amounts.js";
import type { DayPhase, Moment } from "../../app/dayPhase.js";
import type { HealthItem } from "../../app/healthItem.js";
import type { Week } from "../../app/review/week.js";
import { newYorkTime } from "../../app/times.js";
import { clockVerdict } from "../../core/guards/freshness.js";
import { say } from "../../core/say.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, type Micros } from "../../core/units.js";
import type { Integrity } from "../../store/store.js";
import { feedWords } from "../feedWords.js";
import { inLanguage } from "../language.js";
import { HALTED, isHalted, manualPositions, type Standing } from "../standing.js";
import { watchSentence } from "../statusText.js";
import type { Row } from "./row.js";

/** What a person must see to by himself before the open, in English. */
export const MANUAL_ITEMS = [
  { id: "broker", text: say("Broker platform is open and logged in") },
  { id: "contract", text: say("The broker shows the same contract") },
  { id: "news", text: say("The day's news and its times are known") },
] as const;

/** The trader's day at one moment. */
export interface Today {
  readonly standing: Standing;
  /** The market's own time: simulated in a demo, recorded in a replay. */
  readonly time: Micros;
  readonly moment: Moment;
  /** What the settings imply. */
  readonly health: readonly HealthItem[];
  /** Whether there is a Databento key. */
  readonly hasKey: boolean;
  /** Whether alerts sound, and by what or why not. */
  readonly sound: { readonly works: boolean; readonly words: string };
  /** How whole the records of the run at hand are; undefined where there is none. */
  readonly records: RecordsStanding | undefined;
  /** Ids of the manual items that are ticked for this trading day. */
  readonly ticked: ReadonlySet<string>;
  /** Whose trading is over and which was not reviewed yet. */
  readonly week: Week | undefined;
}

/** What is known of the records of a run. */
export interface RecordsStanding extends Integrity {
  /** Wall-clock time: in a demo that of the market is another one. */
  readonly now: Micros;
  /** What is wrong with them, one sentence each. */
  readonly warnings: readonly string[];
}

const ICONS: Readonly<Record<DayPhase, string>> = {
  "pre-market": "coffee",
  session: "pulse",
  "end of day": "book",
  closed: "calendar",
};

/** The phase, the watch, the checklist and what the settings imply. */
export function todayRows(today: Today): readonly Row[] {
  const { standing, moment } = today;
  return [
    phaseRow(today),
    watchRow(standing),
    checklist(today),
    ...(moment.phase === "end of day" ? endOfDay(standing) : []),
    ...(today.week === undefined ? [] : [weekRow(today.week)]),
  ];
}

/** How much of the checklist is done: `5/8 ready`. */
export function readiness(today: Today): string {
  const items = checklistItems(today);
  return t("{0}/{1} ready", items.filter(isReady).length, items.length);
}

function phaseRow({ moment, time }: Today): Row {
  const { phase, day } = moment;
  const next =
    day === undefined
      ? ""
      : phase === "session"
        ? t("ends {0}", at(day.close, time))
        : t("opens {0}", at(day.open, time));
  const label = phaseWords(phase);
  return { id: "phase", label, description: next, icon: ICONS[phase], spoken: t("{0}, {1}", label, next) };
}

function phaseWords(phase: DayPhase): string {
  switch (phase) {
    case "pre-market":
      return t("Pre-market");
    case "session":
      return t("Session");
    case "end of day":
      return t("End of day");
    case "closed":
      return t("Market closed");
    default:
      return phase satisfies never;
  }
}

function watchRow(standing: Standing): Row {
  const { phase, progress } = standing;
  const row = (sentence: string, icon: string): Row => ({ id: "watch", label: sentence, icon, spoken: sentence });
  switch (phase) {
    case "running":
      return isHalted(standing)
        ? {
            ...row(inLanguage(HALTED), "error"),
            colour: "charts.red",
            command: { id: "volumeCluster.resetEmergencyStop" },
          }
        : row(watchSentence(standing), "eye");
    case "starting":
      return row(progress ?? t("Starting"), "sync");
    case "stopping":
      return row(t("Stopping"), "sync");
    case "idle":
      if (standing.restoring) return row(t("Reading what was recorded"), "sync");
      return { ...row(t("Not watching a market"), "circle-slash"), command: { id: "volumeCluster.start" } };
    default:
      return phase satisfies never;
  }
}

function checklist(today: Today): Row {
  return {
    id: "checklist",
    label: t("Checklist"),
    description: readiness(today),
    icon: "checklist",
    children: checklistItems(today),
  };
}

function checklistItems(today: Today): readonly Row[] {
  const { health, standing, ticked, moment } = today;
  const day = moment.day?.date;
  const left = (standing.view?.pending ?? []).filter(({ tradingDay }) => day !== undefined && tradingDay < day);
  return [
    ...health.map((item) => healthRow(standing.discreet ? { ...item, text: withoutMoney(item.text) } : item)),
    ...marketRows(today),
    recordsRow(today),
    diskRow(today),
    soundRow(today),
    {
      id: "left",
      label: t("Answers left from earlier days"),
      description: left.length === 0 ? t("none") : t("{0} without an answer", left.length),
      icon: left.length === 0 ? "pass" : "warning",
      ...(left.length === 0 ? { colour: "charts.green" as const } : { colour: "charts.yellow" as const }),
      command: { id: "volumeCluster.showPendingTrades" },
    },
    ...MANUAL_ITEMS.map(
      ({ id, text }): Row => ({
        id: `manual:${id}`,
        label: inLanguage(text),
        ticked: ticked.has(id),
        ...(id === "broker" ? { kind: "broker" as const } : {}),
      }),
    ),
  ];
}

/** Key, gateway and clock, as they are; a demo and a replay need neither. */
function marketRows({ standing, hasKey }: Today): readonly Row[] {
  if (standing.market === "demo" || standing.market === "replay") return [];
  const key = hasKey ? t("kept in the secret storage") : t("none yet: live and history need one");
  const { feed } = standing;
  const words = feed && feedWords(feed, Date.now());
  const isGood = words?.level === "good";
  const gateway = words?.sentence ?? t("not connected: it is once live was started");
  return [
    {
      id: "key",
      label: t("Databento key"),
      description: key,
      icon: hasKey ? "pass" : "warning",
      colour: hasKey ? "charts.green" : "charts.yellow",
      command: { id: "volumeCluster.setApiKey" },
      spoken: t("{0}, {1}", t("Databento key"), key),
    },
    {
      id: "gateway",
      label: t("Live feed"),
      description: gateway,
      tooltip: [gateway],
      icon: isGood ? "pass" : words?.level === "bad" ? "error" : "warning",
      colour: isGood ? "charts.green" : words?.level === "bad" ? "charts.red" : "charts.yellow",
      command: feed === undefined ? { id: "volumeCluster.start", argument: "live" } : { id: "volumeCluster.showLog" },
      spoken: t("{0}, {1}", t("Live feed"), gateway),
    },
    clockRow(standing),
  ];
}

/** The clock of this computer against the market's and the gateway's, as far as a live feed tells. */
function clockRow({ feed, leader, phase }: Standing): Row {
  const label = t("Clock of this computer");
  const delay = feed?.health.clockDelay;
  if (delay !== undefined) return judgedClock(label, delay);
  const why =
    leader !== undefined
      ? t("compared in the window that runs the feed")
      : phase === "running" && feed !== undefined
        ? t("not known yet: nothing of now has come")
        : t("not known until the live feed runs");
  return { id: "clock", label, description: why, tooltip: [why], icon: "question", spoken: `${label}, ${why}` };
}

function judgedClock(label: string, delay: number): Row {
  const seconds = (Math.ceil((10 * Math.abs(delay)) / MICROS_PER_SECOND) / 10).toFixed(1);
  const verdict = clockVerdict(delay);
  const side =
    delay < 0
      ? t("{0} s behind the market's: set it by a time server", seconds)
      : t("{0} s ahead of the market's: set it by a time server", seconds);
  const words = verdict === "ok" ? t("agrees with the market's within {0} s", seconds) : side;
  const icon = ({ ok: "pass", warn: "warning", deny: "error" } as const)[verdict];
  const colour = ({ ok: "charts.green", warn: "charts.yellow", deny: "charts.red" } as const)[verdict];
  const more = t("The quickest record of the last minute tells. From 2 s on no signal is taken.");
  return { id: "clock", label, description: words, tooltip: [words, more], icon, colour, spoken: `${label}, ${words}` };
}

/** Journals, quarantine and databases of the run at hand. */
function recordsRow({ records, standing }: Today): Row {
  const label = t("Records");
  const item = (words: string, more: readonly string[], level: "pass" | "warning" | "error" | "question"): Row => ({
    id: "records",
    label,
    description: words,
    tooltip: [words, ...more],
    icon: level,
    ...(level === "question" ? {} : { colour: recordsColour(level) }),
    command: { id: "volumeCluster.showLog" },
    spoken: `${label}, ${words}`,
  });
  if (standing.unsaved > 0) return item(notSaved(standing.unsaved), [], "error");
  if (records === undefined) return item(t("not known before a run is at hand"), [], "question");
  const { now, warnings, quarantined, verifiedAt, databasesAt } = records;
  const [first, ...others] = warnings.map(inLanguage);
  const copies =
    quarantined === 0
      ? []
      : [
          quarantined === 1
            ? t("1 damaged file lies in the quarantine")
            : t("{0} damaged files lie in the quarantine", quarantined),
        ];
  const databases =
    databasesAt === undefined
      ? t("The databases are written when something is recorded.")
      : t("The databases had everything at {0} New York.", clockOf(databasesAt, now));
  if (first !== undefined) return item(first, [...others, ...copies, databases], "warning");
  const whole = t("whole, verified at {0} New York", clockOf(verifiedAt, now));
  const [copy] = copies;
  if (copy !== undefined) return item(`${whole}; ${copy}`, [databases], "warning");
  return item(whole, [databases], "pass");
}

/** Below this room on the disk a day's log, databases and recording may not find any. */
const LITTLE_ROOM_BYTES = 1e9;

function diskRow({ records }: Today): Row {
  const label = t("Disk");
  const item = (words: string, level: "pass" | "warning" | "question"): Row => ({
    id: "disk",
    label,
    description: words,
    icon: level,
    ...(level === "question" ? {} : { colour: recordsColour(level) }),
    spoken: `${label}, ${words}`,
  });
  if (records === undefined) return item(t("not known before a run is at hand"), "question");
  const { room } = records;
  if (room === undefined) return item(t("the system does not say how much is free"), "question");
  return room < LITTLE_ROOM_BYTES
    ? item(t("{0} MB free: make room before the day", Math.floor(room / 1e6)), "warning")
    : item(t("{0} GB free", Math.floor(room / 1e9)), "pass");
}

function recordsColour(level: "pass" | "warning" | "error") {
  if (level === "pass") return "charts.green";
  return level === "warning" ? "charts.yellow" : "charts.red";
}

function notSaved(count: number): string {
  return count === 1 ? t("1 record is not on the disk") : t("{0} records are not on the disk", count);
}

/** `09:31`, with its day where that is not the one of `now`. */
function clockOf(moment: Micros, now: Micros): string {
  const [date = "", clock = ""] = newYorkTime(moment).split("T");
  const minute = clock.slice(0, 5);
  return newYorkTime(now).startsWith(date) ? minute : `${date} ${minute}`;
}

function soundRow({ sound }: Today): Row {
  const words = inLanguage(sound.words);
  return {
    id: "sound",
    label: t("Sound of alerts"),
    description: words,
    tooltip: [words],
    icon: sound.works ? "pass" : "warning",
    colour: sound.works ? "charts.green" : "charts.yellow",
    command: { id: "volumeCluster.testAlerts" },
    spoken: t("{0}, {1}", t("Sound of alerts"), words),
  };
}

function healthRow({ level, title, text: english }: HealthItem): Row {
  const [label, text] = [inLanguage(title), inLanguage(english)];
  const icon = { ok: "pass", warn: "warning", stop: "error" }[level];
  const colour = ({ ok: "charts.green", warn: "charts.yellow", stop: "charts.red" } as const)[level];
  const word = level === "ok" ? t("fine") : level === "warn" ? t("warning") : t("stops every signal");
  return {
    id: `health:${title}`,
    label,
    description: text,
    tooltip: [text],
    icon,
    colour,
    spoken: t("{0}, {1}: {2}", label, word, text),
  };
}

function isReady(row: Row): boolean {
  return row.ticked ?? row.icon === "pass";
}

function endOfDay(standing: Standing): readonly Row[] {
  const pending = (standing.view?.pending.length ?? 0) + manualPositions(standing).length;
  return [
    {
      id: "flush",
      label: pending === 0 ? t("Everything is recorded") : t("{0} to record before you leave", pending),
      icon: pending === 0 ? "pass" : "warning",
      ...(pending === 0 ? {} : { command: { id: "volumeCluster.showPendingTrades" } }),
    },
    {
      id: "reconcile",
      label: t("Reconcile the day"),
      description: t("with the paper rules and the broker's file"),
      icon: "git-compare",
      command: { id: "volumeCluster.reconcileDay" },
    },
    { id: "summary", label: t("Sum up the day"), icon: "note", command: { id: "volumeCluster.dailySummary" } },
    { id: "review", label: t("Open the performance"), icon: "graph", command: { id: "volumeCluster.openPerformance" } },
  ];
}

function weekRow({ monday }: Week): Row {
  const label = t("Review the week of {0}", monday);
  return { id: "week", label, icon: "calendar", command: { id: "volumeCluster.weeklyReview", argument: monday } };
}

function at(moment: Micros, now: Micros): string {
  const minutes = Math.ceil((moment - now) / MICROS_PER_MINUTE);
  const [date = "", clock = ""] = newYorkTime(moment).split("T");
  const day = newYorkTime(now).startsWith(date) ? "" : `${date} `;
  const left =
    minutes < 60
      ? t("{0} min", minutes)
      : minutes < 48 * 60
        ? t("{0} h {1} min", Math.floor(minutes / 60), minutes % 60)
        : t("{0} days", Math.floor(minutes / 1440));
  return t("in {0} ({1} New York)", left, `${day}${clock.slice(0, 5)}`);
}
