import { t } from "@vscode/l10n";
import { withoutMoney } from "../../app/amounts.js";
import type { DayPhase, Moment } from "../../app/dayPhase.js";
import type { HealthItem } from "../../app/healthItem.js";
import { newYorkTime } from "../../app/times.js";
import { say } from "../../core/say.js";
import { MICROS_PER_MINUTE, type Micros } from "../../core/units.js";
import { feedWords } from "../feedWords.js";
import { inLanguage } from "../language.js";
import { manualPositions, type Standing } from "../standing.js";
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
  /** Ids of the manual items that are ticked for this trading day. */
  readonly ticked: ReadonlySet<string>;
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
        ? t("until {0}", at(day.close, time))
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
  const running = standing.phase === "running";
  const sentence = running ? watchSentence(standing) : t("Not watching a market");
  return {
    id: "watch",
    label: sentence,
    icon: running ? "eye" : "circle-slash",
    ...(running ? {} : { command: { id: "volumeCluster.start" } }),
    spoken: sentence,
  };
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
      ({ id, text }): Row => ({ id: `manual:${id}`, label: inLanguage(text), ticked: ticked.has(id) }),
    ),
  ];
}

/** Key and gateway, as they are; a demo and a replay need neither. */
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
  ];
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
    { id: "review", label: t("Open the performance"), icon: "graph", command: { id: "volumeCluster.openPerformance" } },
  ];
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
  return t("{0} New York (in {1})", `${day}${clock.slice(0, 5)}`, left);
}
