import type { AccountView, EngineView, PaperResetRecorded } from "../../core/events.js";
import type { Micros } from "../../core/units.js";
import { percent, usd } from "../amounts.js";
import { AnswerError } from "../answers.js";
import { plainText } from "../plainText.js";
import { counted } from "./words.js";

const MAX_REASON = 500;

/**
 * The user begins the paper portfolio anew.
 *
 * @throws AnswerError without a reason, or when there is no paper account
 */
export function paperResetEvent(view: EngineView, reason: string, now: Micros): PaperResetRecorded {
  const why = plainText(reason).trim();
  if (why === "") throw new AnswerError("Say in a few words why the paper portfolio begins anew");
  if (why.length > MAX_REASON) {
    throw new AnswerError(`The reason has ${why.length} characters: ${MAX_REASON} are allowed`);
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
  return [
    `The paper portfolio begins anew at ${usd(startBalance)}`,
    `It ends: the balance of ${usd(balance)}, ${counted(closedTrades, "closed trade")} in its statistics, its equity curve, its largest drawdown of ${percent(maxDrawdown)}, and, unbooked, ${open === 0 ? "" : `${counted(open, "open position")} and `}any entry at work`,
    `It stays: what was learned (${counted(results, "result")} in ${counted(learned.length, "context")}), your own account, every recommendation, and all of it in the journal and in a backup that is made first`,
    ...(halted ? ["The paper account is halted and stays so until its emergency stop is reset"] : []),
  ];
}

function paperAccount({ accounts }: EngineView): AccountView {
  const paper = accounts.find(({ name }) => name === "paper");
  if (paper !== undefined) return paper;
  throw new AnswerError("There is no paper account here: nothing was traded on paper, so there is nothing to reset");
}
