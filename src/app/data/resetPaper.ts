import { t } from "@vscode/l10n";
import type { AccountView, EngineView, PaperResetRecorded } from "../../core/events.js";
import { say } from "../../core/say.js";
import type { Micros } from "../../core/units.js";
import { percent, usd } from "../amounts.js";
import { AnswerError } from "../answers.js";
import { plainText } from "../plainText.js";
import { counted, tradeCount } from "./words.js";

const MAX_REASON = 500;

/**
 * The user begins the paper portfolio anew.
 *
 * @throws AnswerError without a reason, or when there is no paper account
 */
export function paperResetEvent(view: EngineView, reason: string, now: Micros): PaperResetRecorded {
  const why = plainText(reason).trim();
  if (why === "") throw new AnswerError(say("Say in a few words why the paper portfolio begins anew"));
  if (why.length > MAX_REASON) {
    throw new AnswerError(say("The reason has {0} characters: {1} are allowed", why.length, MAX_REASON));
  }
  paperAccount(view);
  return { type: "account", kind: "paperReset", id: `paperReset:${now}`, account: "paper", time: now, reason: why };
}

/** What a reset of the paper portfolio ends and what it leaves, one sentence a line. @throws AnswerError */
export function paperResetWords(view: EngineView): readonly string[] {
  const paper = paperAccount(view);
  const { balance, startBalance, closedTrades, maxDrawdown, halted } = paper;
  const open = view.open.filter(({ account }) => account === "paper").length;
  const learned = view.contexts.filter(({ account }) => account === "paper");
  const results = learned.reduce((sum, { trades }) => sum + trades, 0);
  const ends = [
    t("the balance of {0}", usd(balance)),
    t("{0} in its statistics", tradeCount(closedTrades)),
    t("its equity curve"),
    t("its largest drawdown of {0}", percent(maxDrawdown)),
  ].join(", ");
  return [
    t("The paper portfolio begins anew at {0}", usd(startBalance)),
    open === 0
      ? t("It ends: {0}, and, unbooked, any entry at work", ends)
      : open === 1
        ? t("It ends: {0}, and, unbooked, 1 open position and any entry at work", ends)
        : t("It ends: {0}, and, unbooked, {1} open positions and any entry at work", ends, open),
    t(
      "It stays: what was learned ({0} in {1}), your own account, every recommendation, and all of it in the journal and in a backup that is made first",
      counted(results, t("no result"), t("1 result"), t("{0} results", results)),
      counted(learned.length, t("no context"), t("1 context"), t("{0} contexts", learned.length)),
    ),
    ...(halted ? [t("The paper account is halted and stays so until its emergency stop is reset")] : []),
  ];
}

function paperAccount({ accounts }: EngineView): AccountView {
  const paper = accounts.find(({ name }) => name === "paper");
  if (paper !== undefined) return paper;
  throw new AnswerError(
    say("There is no paper account here: nothing was traded on paper, so there is nothing to reset"),
  );
}
