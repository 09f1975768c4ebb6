import { t } from "@vscode/l10n";
import { QuickPickItemKind } from "vscode";
import { BACK, type Choice, pick } from "./ask.js";
import { type AtHand, atHand } from "./atHand.js";
import { type Chosen, chooseBrokerFile } from "./brokerFile.js";
import { mendTrade } from "./mendTrade.js";
import { nothingToDo } from "./notices.js";
import { shownTime } from "./records.js";
import { ticket } from "./standing.js";
import type { Workbench } from "./workbench.js";

type Work = typeof import("./reconcileWork.js");
type Reconciliation = ReturnType<Work["reconcileDay"]>;

type Step = () => Promise<Partial<{ readonly day: string; readonly chosen: Chosen }>>;

/**
 * Compares a trading day three ways: what is recorded, how the paper rules alone ended each trade, and, where the user has it, the
 * broker's file. Each mismatch leads to what mends it, and back to the list.
 */
export async function reconcileDay(workbench: Workbench): Promise<void> {
  await workbench.restore();
  // Imported when first needed: it is too heavy for activation.
  const work = await import("./reconcileWork.js");
  const run = atHand(workbench);
  const days = workbench.standing().market === undefined ? [] : work.daysToReconcile(run.outputs());
  const [newest] = days;
  if (newest === undefined) {
    await nothingToDo(t("Nothing was recommended to you yet: there is no day to reconcile"));
    return;
  }
  let [day, chosen]: [string, Chosen | undefined] = [newest, undefined];
  for (;;) {
    const found = work.reconcileDay(run.outputs(), day, chosen?.file.fills, work.daysOf(workbench));
    const step: Step | typeof BACK | undefined = await pick<Step>({
      title: t("Reconcile Day: {0}", day),
      placeholder: summary(found, chosen),
      choices: [...rows(workbench, run, work, found, chosen), ...ways(work, days, chosen)],
    });
    if (step === undefined || step === BACK) return;
    const next = await step();
    day = next.day ?? day;
    chosen = next.chosen ?? chosen;
  }
}

function summary({ trades }: Reconciliation, chosen: Chosen | undefined): string {
  const count = trades.reduce((sum, { mismatches }) => sum + mismatches.length, 0);
  const against =
    chosen === undefined
      ? t("records and paper rules, without the broker's file")
      : t("records, paper rules and {0}", chosen.name);
  return count === 1 ? t("1 mismatch: {0}", against) : t("{0} mismatches: {1}", count, against);
}

function rows(
  workbench: Workbench,
  run: AtHand,
  work: Work,
  found: Reconciliation,
  chosen: Chosen | undefined,
): readonly Choice<Step>[] {
  const wrong = found.trades.flatMap((trade) =>
    trade.mismatches.map(
      (mismatch): Choice<Step> => ({
        label: `$(warning) ${work.mismatchWords(trade, mismatch)}`,
        description: t("{0}, {1}", ticket(trade.recommendation), shownTime(trade.recommendation.time)),
        detail: work.sidesWords(trade),
        value: async () => {
          await mendTrade(workbench, run, trade, work.fixesOf(trade, mismatch), work.mismatchWords(trade, mismatch));
          return {};
        },
      }),
    ),
  );
  const right = found.trades.flatMap((trade): Choice<Step>[] =>
    trade.mismatches.length > 0
      ? []
      : [{ label: `$(pass) ${ticket(trade.recommendation)}`, detail: work.sidesWords(trade) }],
  );
  const [sample] = found.trades;
  const only =
    sample === undefined
      ? []
      : found.onlyAtBroker.map((taken): Choice<Step> => {
          const words = work.takenWords([taken], sample.recommendation.instrument);
          return {
            label: `$(question) ${t("Only at the broker: {0}", words)}`,
            description: t("line {0}", taken.fill.line),
          };
        });
  const { problems = [], unfilled = 0 } = chosen?.file ?? {};
  const notes = work
    .fileWords(found.elsewhere, unfilled, problems)
    .map((label): Choice<Step> => ({ label: `$(info) ${label}` }));
  return [
    ...headed(t("Do not agree"), wrong),
    ...headed(t("Fit no record"), only),
    ...headed(t("Agree"), right),
    ...headed(t("The broker's file"), notes),
  ];
}

function ways(work: Work, days: readonly string[], chosen: Chosen | undefined): readonly Choice<Step>[] {
  const compare = chosen === undefined ? t("Compare with the broker's CSV file...") : t("Compare with another file...");
  return headed<Step>(t("More"), [
    {
      label: `$(folder-opened) ${compare}`,
      value: async () => {
        const file = await chooseBrokerFile(work.readBrokerCsv);
        return file === undefined ? {} : { chosen: file };
      },
    },
    ...(days.length < 2
      ? []
      : [
          {
            label: `$(calendar) ${t("Another day...")}`,
            value: async () => {
              const day = await pick({
                title: t("Reconcile Day"),
                placeholder: t("Which trading day?"),
                choices: days.map((value): Choice<string> => ({ label: value, value })),
                canGoBack: true,
              });
              return typeof day === "string" ? { day } : {};
            },
          },
        ]),
  ]);
}

function headed<T>(title: string, choices: readonly Choice<T>[]): readonly Choice<T>[] {
  return choices.length === 0 ? [] : [{ label: title, kind: QuickPickItemKind.Separator }, ...choices];
}
