import { planRestore, type RestorePlan, restoreBackup } from "../app/data/restoreBackup.js";
import { restoredWords, restorePlanWords } from "../app/data/words.js";
import { printed } from "../app/lines.js";
import { dataTools } from "./books.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { contentsFields } from "./export.js";

/** `restore`: what a backup holds, and with `--apply` its way back into a data folder. */
export const restore: Command = {
  summary: "Show what a backup would bring back; with --apply, add what is missing: nothing is ever taken away",
  usage: "--data FOLDER --from FOLDER [--apply] [--json]",
  options: {
    data: ["FOLDER", "the data folder of a run, or a new one"],
    from: ["FOLDER", "a backup that export made"],
    apply: ["", "restore it; the present state is backed up first"],
    json: ["", "JSON lines, for programs"],
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const folder = args.required("data");
    const from = args.required("from");
    const tools = dataTools(terminal);
    const say = (fields: object, words: readonly string[]) => {
      if (args.has("json")) terminal.out(printed(fields));
      else for (const line of words) terminal.out(line);
    };
    const showPlan = (plan: RestorePlan) => say(planFields(plan), restorePlanWords(plan));
    if (!args.has("apply")) {
      const plan = await planRestore(folder, from, tools);
      showPlan(plan);
      if (plan.missingRecords > 0) terminal.log.info("Nothing was changed: --apply restores it");
      return;
    }
    const restored = await restoreBackup(folder, from, tools);
    showPlan(restored.plan);
    const { added, keptAside } = restored;
    say({ type: "restored", added, keptAside: keptAside ?? null }, restoredWords(restored));
  },
};

function planFields(plan: RestorePlan): object {
  const { backup, present, missing, onlyHere, ...said } = plan;
  return {
    type: "restorePlan",
    ...said,
    backup: contentsFields(backup),
    present: present === undefined ? null : contentsFields(present),
    missing: contentsFields(missing),
    onlyHere: contentsFields(onlyHere),
  };
}
