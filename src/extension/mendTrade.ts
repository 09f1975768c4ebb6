import { t } from "@vscode/l10n";
import { amendEvent } from "../app/amendments.js";
import type { Fix } from "../app/reconcile/fixes.js";
import type { DayTrade } from "../app/reconcile/reconcile.js";
import { say } from "../core/say.js";
import { answerCheck } from "./answerCheck.js";
import { BACK, type Choice, input, pick } from "./ask.js";
import type { AtHand } from "./atHand.js";
import { correctTrade } from "./correctTrade.js";
import { inLanguage } from "./language.js";
import { exitDraft, recordExit } from "./recordExit.js";
import { recordFill, skipSignal } from "./recordFill.js";
import { save } from "./save.js";
import { ticket } from "./standing.js";
import { voidTrade } from "./voidTrade.js";
import type { Workbench } from "./workbench.js";

/** Asks how a mismatch of a trade is mended, and begins the conversation that does it. */
export async function mendTrade(
  workbench: Workbench,
  run: AtHand,
  trade: DayTrade,
  fixes: readonly Fix[],
  title: string,
): Promise<void> {
  const fix = await pick({
    title,
    placeholder: t("What is right?"),
    choices: fixes.map((value): Choice<Fix> => ({ ...fixLook(value), value })),
    canGoBack: true,
  });
  if (fix === undefined || fix === BACK) return;
  const { id } = trade.recommendation;
  switch (fix.kind) {
    case "recordFill":
      if (fix.line !== undefined) run.drafts.set(id, fix.line);
      return recordFill(workbench, id);
    case "recordExit":
      if (fix.line !== undefined) run.drafts.set(exitDraft(trade.recommendation), fix.line);
      return recordExit(workbench, id);
    case "notExecuted":
      return skipSignal(workbench, id);
    case "price":
      return amend(run, trade, fix.part, { price: fix.price });
    case "note":
      return amend(run, trade, fix, undefined);
    case "correct":
      return correctTrade(workbench, id);
    case "void":
      return voidTrade(workbench, id);
    default:
      return fix satisfies never;
  }
}

function fixLook(fix: Fix): { readonly label: string; readonly description?: string } {
  switch (fix.kind) {
    case "recordFill":
      return { label: `$(check) ${t("Record Fill")}`, ...(fix.line !== undefined && { description: fix.line }) };
    case "recordExit":
      return { label: `$(sign-out) ${t("Record Exit")}`, ...(fix.line !== undefined && { description: fix.line }) };
    case "notExecuted":
      return { label: `$(circle-slash) ${t("Not Executed")}` };
    case "price":
      return { label: `$(edit) ${t("Take the broker's price")}`, description: fix.price };
    case "correct":
      return { label: `$(edit) ${t("Correct Recorded Trade")}` };
    case "void":
      return { label: `$(discard) ${t("Void Recorded Trade")}` };
    case "note":
      return { label: `$(note) ${t("Leave it, with a note")}` };
    default:
      return fix satisfies never;
  }
}

/** Takes the broker's price, or without one keeps a note beside the record; what was recorded first stays in the journal. */
async function amend(
  run: AtHand,
  { recommendation }: DayTrade,
  { of, id }: { readonly of: "fill" | "exit"; readonly id?: string },
  changed: { readonly price: string } | undefined,
): Promise<void> {
  const event = (words: string) => {
    const said = changed === undefined ? { notes: words, why: RECONCILED } : { ...changed, why: words };
    const about = { recommendation: recommendation.id, ...(of === "fill" ? { of } : { of, exit: id }) };
    return amendEvent(run.view(), { ...about, ...said }, run.answerTime(), run.outputs());
  };
  const words = await input({
    title: changed === undefined ? t("Leave it, with a note") : t("Take the broker's price"),
    prompt: changed === undefined ? t("What is to be known about it?") : t("Why is the record changed?"),
    placeholder: t("A few words"),
    value: changed === undefined ? "" : inLanguage(BROKERS_WORD),
    check: (typed) => answerCheck(() => event(typed)),
  });
  if (typeof words !== "string") return;
  await save(run, event(words).event, say("Correction of {0}", ticket(recommendation)));
}

const BROKERS_WORD = say("The broker's file says so");
const RECONCILED = say("Noted when the day was reconciled");
