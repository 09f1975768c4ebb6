import { t } from "@vscode/l10n";
import { AnswerError } from "../app/answers.js";
import { killEvent, resetEvent } from "../app/resets.js";
import { say } from "../core/say.js";
import type { AccountName } from "../core/sizing/recommendation.js";
import { BACK, type Choice, type Found, input, pick } from "./ask.js";
import { atHand } from "./atHand.js";
import { inLanguage } from "./language.js";
import { confirmsTrading, nothingToDo } from "./notices.js";
import { save } from "./save.js";
import { haltedAccounts } from "./standing.js";
import type { Workbench } from "./workbench.js";

/** What most often is the reason, so that one Enter stops everything. */
const BY_HAND = say("Stopped by hand");

/** Stops every account at once: no signal is taken until the reset. Open positions stay as they are at the broker. */
export async function emergencyStop(workbench: Workbench): Promise<void> {
  await workbench.restore();
  const { view } = workbench.standing();
  if (view === undefined || haltedAccounts(workbench.standing()).length === view.accounts.length) {
    await nothingToDo(
      view === undefined ? t("Nothing runs: there is nothing to stop") : t("Everything is stopped already"),
    );
    return;
  }
  const reason = await input({
    title: t("Emergency Stop"),
    prompt: t(
      "Enter stops every account until its reset. Positions at your broker are not touched. Why is it stopped?",
    ),
    placeholder: inLanguage(BY_HAND),
    value: inLanguage(BY_HAND),
    check: (typed) => problemOf(() => killEvent(typed, workbench.answerTime())),
  });
  if (reason === undefined || reason === BACK) return;
  // Whatever is at hand by now is stopped: nobody stops a market of yesterday.
  const run = atHand(workbench);
  await save(run, killEvent(reason, run.answerTime()), say("Emergency stop: {0}", reason));
}

/** Lets halted accounts trade again: which, why, and a question, because it takes a guard away. */
export async function resetEmergencyStop(workbench: Workbench): Promise<void> {
  await workbench.restore();
  const run = atHand(workbench);
  const halted = haltedAccounts(run.standing());
  if (halted.length === 0) {
    await nothingToDo(t("No account is halted: there is nothing to reset"));
    return;
  }
  const accounts = halted.length === 1 ? halted : await askAccounts(halted);
  if (accounts === undefined) return;
  const event = (account: AccountName, reason: string) =>
    resetEvent(run.view(), { account, reason }, run.answerTime(), run.outputs());
  const reason = await input({
    title: t("Reset Emergency Stop: {0}", accountWords(accounts)),
    prompt: t("Why may it trade again?"),
    placeholder: t("A few words"),
    value: "",
    check: (typed) => problemOf(() => accounts.map((account) => event(account, typed))),
  });
  if (reason === undefined || reason === BACK) return;
  if (!(await confirmsTrading(accountWords(accounts)))) return;
  for (const account of accounts) {
    const words =
      account === "manual"
        ? say("Emergency stop of your account ended: {0}", reason)
        : say("Emergency stop of the paper account ended: {0}", reason);
    await save(run, event(account, reason), words);
  }
}

async function askAccounts(halted: readonly AccountName[]): Promise<readonly AccountName[] | undefined> {
  const chosen = await pick({
    title: t("Reset Emergency Stop"),
    placeholder: t("Which account may trade again?"),
    choices: [halted, ...halted.map((account) => [account])].map(
      (accounts): Choice<readonly AccountName[]> => ({ label: accountWords(accounts), value: accounts }),
    ),
  });
  return chosen === BACK ? undefined : chosen;
}

function accountWords(accounts: readonly AccountName[]): string {
  return accounts
    .map((account) => (account === "manual" ? t("your account") : t("the paper account")))
    .join(t(" and "));
}

function problemOf(run: () => unknown): Found | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof AnswerError) return { problem: error.message };
    throw error;
  }
}
