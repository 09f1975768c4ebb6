import { t } from "@vscode/l10n";
import { AnswerError } from "../../app/answers.js";
import { say } from "../../core/say.js";
import { BACK, input } from "../ask.js";
import { confirmsChange, nothingToDo } from "../notices.js";
import { save } from "../save.js";
import type { Workbench } from "../workbench.js";

/** Begins the paper portfolio anew: why, a question that says what ends and what stays, a backup, then the record. */
export async function resetPaperPortfolio(workbench: Workbench): Promise<void> {
  await workbench.restore();
  const { folder } = workbench;
  const { view } = workbench.standing();
  if (folder === undefined || view?.accounts.some(({ name }) => name === "paper") !== true) {
    await nothingToDo(t("There is no paper account at hand: there is nothing to reset"));
    return;
  }
  const work = await import("./dataWork.js");
  const reason = await input({
    title: t("Reset Paper Portfolio"),
    prompt: t("Why does it begin anew? It is kept in the journal."),
    placeholder: t("A few words"),
    value: "",
    check: (typed) => {
      try {
        work.paperResetEvent(workbench.view(), typed, workbench.answerTime());
        return undefined;
      } catch (error) {
        if (error instanceof AnswerError) return { problem: error.message };
        throw error;
      }
    },
  });
  if (reason === undefined || reason === BACK) return;
  if (!(await confirmsChange(t("Reset the paper portfolio?"), work.paperResetWords(workbench.view()), t("Reset"))))
    return;
  const tools = work.toolsOf(workbench.host());
  const backup = work.keptAsideFolder(folder, "reset", tools);
  await work.exportJournal(folder, backup, tools);
  workbench.log.info(`The paper portfolio of before is kept in ${backup}`);
  const event = work.paperResetEvent(workbench.view(), reason, workbench.answerTime());
  await save(workbench, event, say("Paper portfolio begun anew: {0}", reason));
}
