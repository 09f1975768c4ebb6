import { t } from "@vscode/l10n";
import { BACK, type Choice, pick } from "../ask.js";
import { openAlertSettings } from "../notices.js";
import type { Standing } from "../standing.js";
import type { Snooze, SnoozeUntil } from "./snooze.js";

const MINUTE_MS = 60_000;

type Wanted = SnoozeUntil | "end" | "settings";

/** Asks for how long nothing sounds and no message comes. */
export async function snoozeAlerts(standing: Standing, snooze: Snooze): Promise<void> {
  const now = Date.now();
  const words = snooze.words(standing);
  const day = standing.view?.tradingDay;
  const choices: Choice<Wanted>[] = [
    ...(words === undefined
      ? []
      : [
          {
            label: `$(bell) ${t("End the snooze")}`,
            description: t("They are snoozed {0}", words),
            value: "end" as const,
          },
        ]),
    { label: `$(bell-slash) ${t("For 15 minutes")}`, value: now + 15 * MINUTE_MS },
    { label: `$(bell-slash) ${t("For an hour")}`, value: now + 60 * MINUTE_MS },
    ...(day === undefined
      ? []
      : [{ label: `$(bell-slash) ${t("Until the trading day ends")}`, value: { tradingDay: day } }]),
    { label: `$(gear) ${t("Choose what sounds and what is told...")}`, value: "settings" },
  ];
  const wanted = await pick({
    title: t("Snooze Alerts"),
    placeholder: t("Sounds and messages rest; status bar, badge and rows stay"),
    choices,
  });
  if (wanted === undefined || wanted === BACK) return;
  if (wanted === "settings") await openAlertSettings();
  else if (wanted === "end") snooze.end();
  else snooze.begin(wanted);
}
