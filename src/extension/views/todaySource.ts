import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import { healthCheck } from "../../app/healthCheck.js";
import { say } from "../../core/say.js";
import type { Micros } from "../../core/units.js";
import { demoContract } from "../../feed/demo.js";
import type { Sounds } from "../alerts/sounds.js";
import { setting } from "../configuration.js";
import type { DatabentoKey } from "../databentoKey.js";
import { dayAtHand } from "../dayAtHand.js";
import { inLanguage } from "../language.js";
import { oneLine } from "../notices.js";
import type { Weeks } from "../weeks.js";
import type { Workbench } from "../workbench.js";
import type { Row } from "./row.js";
import { readiness, type Today, todayRows } from "./todayRows.js";

const TICKED = "volumeCluster.checklist";

/** What was ticked, and on which trading day: another day starts with an empty list. */
interface Ticked {
  readonly day: string;
  readonly ids: readonly string[];
}

/** What the views are drawn from. */
export interface ViewParts {
  readonly workbench: Workbench;
  /** Keeps what was ticked. */
  readonly memory: vscode.Memento;
  readonly key: DatabentoKey;
  readonly sounds: Pick<Sounds, "standing">;
  readonly weeks: Weeks;
}

/** Puts the rows of the Today view together from the run at hand, or before one from the settings and the clock. */
export class TodaySource {
  readonly #workbench: Workbench;
  readonly #memory: vscode.Memento;
  readonly #key: DatabentoKey;
  readonly #sounds: Pick<Sounds, "standing">;
  readonly #weeks: Weeks;

  constructor({ workbench, memory, key, sounds, weeks }: ViewParts) {
    this.#workbench = workbench;
    this.#memory = memory;
    this.#key = key;
    this.#sounds = sounds;
    this.#weeks = weeks;
  }

  /** The rows, and how much of the checklist is done. */
  async look(): Promise<{ readonly rows: readonly Row[]; readonly readiness: string }> {
    const hasKey = await this.#key.isSet();
    const day = this.#day();
    if (typeof day === "string") return { rows: [wrongSettings(day)], readiness: "" };
    const today = { ...day, hasKey, sound: await this.#sound(), records: await this.#records() };
    return { rows: todayRows(today), readiness: readiness(today) };
  }

  /** Keeps the tick of a manual item for this trading day. */
  tick(row: Row, ticked: boolean): void {
    const today = this.#day();
    const day = typeof today === "string" ? undefined : today.moment.day?.date;
    if (day === undefined) return;
    const ids = new Set(this.#ticked(day));
    const id = row.id.replace(/^manual:/, "");
    if (ticked) ids.add(id);
    else ids.delete(id);
    void this.#memory.update(TICKED, { day, ids: [...ids] } satisfies Ticked);
  }

  /** Or one line that says what is wrong with the settings. */
  #day(): Omit<Today, "hasKey" | "sound" | "records"> | string {
    const standing = this.#workbench.standing();
    try {
      const { settings, time, calendar, moment, weekToReview } = dayAtHand(this.#workbench);
      const only = standing.market === "demo" ? { onlyContract: demoContract(settings.demo.instrument).label } : {};
      const health = healthCheck(settings, { time, calendar, ...only });
      const week = weekToReview !== undefined && !this.#weeks.isReviewed(weekToReview) ? weekToReview : undefined;
      return { standing, time, moment, health, ticked: new Set(this.#ticked(moment.day?.date)), week };
    } catch (error) {
      return oneLine(error);
    }
  }

  async #sound(): Promise<Today["sound"]> {
    return setting("alerts.sound.enabled")
      ? await this.#sounds.standing()
      : { works: false, words: say("switched off in the settings") };
  }

  async #records(): Promise<Today["records"]> {
    if (this.#workbench.standing().market === undefined) return undefined;
    const { run } = this.#workbench;
    // A folder that is just taken away tells nothing.
    const integrity = await run.integrity().catch(() => undefined);
    return integrity && { ...integrity, warnings: run.warnings, now: (Date.now() * 1000) as Micros };
  }

  #ticked(day: string | undefined): readonly string[] {
    const kept = this.#memory.get<Ticked>(TICKED);
    return kept !== undefined && kept.day === day ? kept.ids : [];
  }
}

function wrongSettings(english: string): Row {
  const reason = inLanguage(english);
  return {
    id: "settings",
    label: t("The settings are wrong"),
    description: reason,
    tooltip: [reason],
    icon: "error",
    colour: "charts.red",
    command: { id: "workbench.action.openSettings", argument: "@ext:volume-cluster.volume-cluster-workbench" },
  };
}
