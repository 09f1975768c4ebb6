import { t } from "@vscode/l10n";
import { say } from "../../core/say.js";
import { BACK, type Choice, pick } from "../ask.js";
import type { Documents } from "../documents.js";
import { inLanguage } from "../language.js";
import { confirmsChange, dataDone, nothingToDo, working } from "../notices.js";
import type { Workbench } from "../workbench.js";
import { askFolder } from "./askFolder.js";

/** Reports what the earlier system's folder holds, then keeps it as history beside the live results. */
export async function importEarlierData(workbench: Workbench, documents: Documents): Promise<void> {
  const from = await askFolder(t("Import Earlier Data: the earlier system's folder"), t("Look Into It"));
  if (from === undefined) return;
  const zone = await askZone();
  if (zone === undefined) return;
  const work = await import("./dataWork.js");
  const host = workbench.host();
  const folder = work.dataFolder(host);
  const tools = work.toolsOf(host);
  const data = { from, zone };
  const plan = await working(t("Looking into the earlier data"), (progress, stop) =>
    work.planImport(folder, data, { ...tools, progress, stop }),
  );
  const words = work.importWords(plan);
  await documents.show(
    `${t("Import Report")}.md`,
    `# ${t("What {0} holds", escaped(from))}\n\n${words.map(listed).join("\n")}\n`,
  );
  if (plan.rows.length === 0) {
    await nothingToDo(inLanguage(words.slice(-1).join()));
    return;
  }
  const detail = [
    words.slice(-1).join(),
    say("They are in no balance and in no statistics of yours; the report names every known defect."),
  ];
  if (!(await confirmsChange(t("Import {0} rows as history?", plan.rows.length), detail, t("Import")))) return;
  await workbench.apart(folder, async () => {
    const { rows } = await working(t("Importing the earlier data"), (progress, stop) =>
      work.importEarlier(folder, data, { ...tools, progress, stop }),
    );
    const done = say("Imported {0} rows as history into {1}", rows.length, folder);
    workbench.log.info(done);
    void dataDone([done]);
  });
}

async function askZone(): Promise<string | undefined> {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set(["America/New_York", here, "UTC"])];
  const chosen = await pick({
    title: t("Import Earlier Data"),
    placeholder: t("In which time zone did the earlier system's clock run?"),
    choices: zones.map((value): Choice<string> => ({ label: value, value })),
  });
  return chosen === BACK ? undefined : chosen;
}

function listed(line: string): string {
  return `${line.startsWith("  ") ? "  " : ""}- ${escaped(inLanguage(line.trim()))}`;
}

/** Nothing of a file may be taken for Markdown or HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]|#~]/g, "\\$&").replaceAll("<", "&lt;");
}
