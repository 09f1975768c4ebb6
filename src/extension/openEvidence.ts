import { t } from "@vscode/l10n";
import type { KnownSignal } from "../app/evidence.js";
import { inLanguage } from "../app/language.js";
import { outputId } from "../core/events.js";
import { say } from "../core/say.js";
import type { RefusalReason } from "../core/sizing/recommendation.js";
import type { Micros } from "../core/units.js";
import { BACK, type Choice, pick } from "./ask.js";
import type { Dashboard } from "./dashboard.js";
import { shownTime } from "./records.js";
import type { Workbench } from "./workbench.js";

/** Signals that are offered, the newest. */
const OFFERED = 200;

/**
 * Shows what was kept of a signal in the panel.
 *
 * @param id of its recommendation; undefined: the user is asked which
 * @throws when nothing is known of it
 */
export async function openEvidence(workbench: Workbench, dashboard: Dashboard, id: string | undefined): Promise<void> {
  await workbench.restore();
  const [{ knownSignals, signalEvidence }, { REFUSAL_WORDS }] = await Promise.all([
    import("../app/evidence.js"),
    import("../app/refusalWords.js"),
  ]);
  const chosen = id ?? (await askSignal(knownSignals(workbench.outputs()), REFUSAL_WORDS));
  if (chosen === undefined) return;
  const { run } = workbench;
  const footprints = (signal: Micros) => run.footprints(signal);
  const evidence =
    signalEvidence({ outputs: workbench.outputs(), footprints }, chosen) ??
    // A signal of years ago is not at hand.
    signalEvidence({ outputs: run.allOutputs(), footprints }, chosen);
  if (evidence === undefined)
    throw new Error(say('Nothing is kept of a signal "{0}": open the run that it belongs to', chosen));
  await dashboard.showEvidence(evidence);
}

async function askSignal(
  signals: readonly KnownSignal[],
  words: Readonly<Record<RefusalReason, string>>,
): Promise<string | undefined> {
  if (signals.length === 0) throw new Error(say("No signal is kept yet: each one will be, with the bars around it"));
  const choices = signals.slice(0, OFFERED).map((known): Choice<string> => {
    const { signal, recommendation, refusal } = known;
    const answer =
      refusal === undefined ? t("nothing came of it") : t("refused: {0}", inLanguage(words[refusal.reason]));
    return {
      label: `${signal.direction === "BUY" ? "$(arrow-up)" : "$(arrow-down)"} ${signal.direction} ${signal.instrument.label}, ${signal.ratio.toFixed(1)}x`,
      description: shownTime(signal.time),
      detail: recommendation === undefined ? answer : t("{0} recommended", recommendation.quantity),
      value: recommendation?.id ?? outputId(signal) ?? "",
    };
  });
  const picked = await pick({ title: t("Open Signal Evidence"), placeholder: t("Of which signal"), choices });
  return picked === BACK ? undefined : picked;
}
