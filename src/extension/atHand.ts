import { AnswerError } from "../app/answers.js";
import { say } from "../core/say.js";
import type { Workbench } from "./workbench.js";

/** What a conversation sees of the workbench. */
export type AtHand = Pick<
  Workbench,
  "log" | "drafts" | "standing" | "view" | "answerTime" | "outputs" | "record" | "leaveUnsaved"
>;

/** Another run, or the same one opened anew, has taken the place of the one that an answer is about. */
export class RunChangedError extends AnswerError {
  constructor() {
    super(say("The run was changed or opened anew meanwhile: nothing is recorded into the one at hand. Begin again"));
    this.name = "RunChangedError";
  }
}

/**
 * The run that is at hand now, for a conversation about it: when another one is at hand, nothing of it can be asked or recorded any
 * more, because the same id may stand for another trade there. Its drafts stay its own.
 *
 * @returns whose `view`, `answerTime` and `record` throw a RunChangedError then
 */
export function atHand(workbench: Workbench): AtHand {
  const { runNumber, log, drafts } = workbench;
  const same = (): Workbench => {
    if (workbench.runNumber !== runNumber) throw new RunChangedError();
    return workbench;
  };
  return {
    log,
    drafts,
    standing: () => workbench.standing(),
    view: () => same().view(),
    answerTime: () => same().answerTime(),
    outputs: () => same().outputs(),
    record: async (event) => same().record(event),
    leaveUnsaved: (unsaved) => {
      if (workbench.runNumber === runNumber) workbench.leaveUnsaved(unsaved);
    },
  };
}
