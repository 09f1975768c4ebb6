import { t } from "@vscode/l10n";
import { BACK, input } from "./ask.js";
import { keepsUnchecked, keyForgotten, keyKept, keyRefused, nothingToDo, working } from "./notices.js";
import type { Workbench } from "./workbench.js";

/**
 * Asks for the Databento key, tries it, and keeps it in the secret storage. A key that Databento refuses is not kept, and the one
 * before it stays; one that could not be tried is kept if the user wants it.
 *
 * @returns whether it was kept
 */
export async function setApiKey(workbench: Workbench): Promise<boolean> {
  const host = workbench.host();
  const { keyProblem, tryKey } = await import("./databento.js");
  const text = await input({
    title: t("Set Databento API Key"),
    prompt: t("From databento.com/portal/keys. It is kept in VS Code's secret storage, never in a setting or a file"),
    placeholder: "db-…",
    value: "",
    isPassword: true,
    check: (typed) => {
      const problem = typed.trim() === "" ? t("Paste the key") : keyProblem(typed);
      return problem === undefined
        ? { understood: t("Enter tries it with Databento, and keeps it if it works") }
        : { problem };
    },
  });
  if (text === undefined || text === BACK) return false;
  for (;;) {
    const trial = await working(t("Trying the key with Databento"), (tell, stop) => tryKey(text, host, tell, stop));
    if (trial === undefined) return false;
    if (trial.verdict === "refused") {
      host.log.warn(`The Databento key was not kept: ${trial.reason}`);
      void keyRefused(trial.reason);
      return false;
    }
    const answer = trial.verdict === "accepted" ? "keep" : await keepsUnchecked(trial.reason);
    if (answer === "again") continue;
    if (answer === undefined) return false;
    await host.key.keep(text);
    const note = trial.verdict === "accepted" ? trial.note : undefined;
    host.log.info(`The Databento key is kept in the secret storage${trial.verdict === "accepted" ? "" : ", untried"}`);
    void keyKept(trial.verdict === "accepted", note);
    return true;
  }
}

/** Forgets the key; a live feed that runs by it stops. */
export async function clearApiKey(workbench: Workbench): Promise<void> {
  const host = workbench.host();
  if ((await host.key.read()) === undefined) {
    await nothingToDo(t("There is no Databento key: nothing to clear"));
    return;
  }
  const { market, phase } = workbench.standing();
  if (market === "live" && phase !== "idle") await workbench.stop();
  await host.key.forget();
  host.log.info("The Databento key was cleared from the secret storage");
  void keyForgotten();
}
