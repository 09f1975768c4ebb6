import type { EngineOutput, EngineView, HaltReset, KillSwitch } from "../core/events.js";
import { say } from "../core/say.js";
import type { AccountName } from "../core/sizing/recommendation.js";
import type { Micros } from "../core/units.js";
import { AnswerError, AnswerValueError } from "./answers.js";
import { plainText } from "./plainText.js";

const MAX_REASON = 500;

/**
 * The user lets a halted account trade again, after the emergency stop or after stopping everything. Its id comes from what
 * is ended, so that the same halt ends once.
 *
 * @param history outputs kept so far
 * @throws AnswerError without a reason, or when the account is not halted
 */
export function resetEvent(
  view: EngineView,
  said: { readonly account: AccountName; readonly reason: string },
  now: Micros,
  history: readonly EngineOutput[],
): HaltReset {
  const { account } = said;
  const reason = given(
    said.reason,
    account === "paper"
      ? say("Say in a few words why the paper account may trade again")
      : say("Say in a few words why your account may trade again"),
  );
  const cause = history.findLast(
    (output) => output.type === "kill" || (output.type === "halt" && output.account === account),
  );
  const halted = view.accounts.find(({ name }) => name === account)?.halted === true;
  if (!halted || cause === undefined || !("id" in cause)) {
    throw new AnswerError(
      account === "paper"
        ? say("The paper account is not halted: there is nothing to reset")
        : say("Your account is not halted: there is nothing to reset"),
    );
  }
  return { type: "account", kind: "reset", id: `haltEnded:${account}:${cause.id}`, account, time: now, reason };
}

/**
 * The user stops everything: each account is halted until its reset.
 *
 * @throws AnswerError without a reason
 */
export function killEvent(reason: string, now: Micros): KillSwitch {
  const why = given(reason, say("Say in a few words why everything is stopped"));
  return { type: "account", kind: "kill", id: `kill:${now}`, time: now, reason: why };
}

/**
 * Another program stops everything, by the file `HALT` in the data folder. The same file stops once.
 *
 * @param said what the file says; empty where it says nothing
 */
export function haltFileEvent(identity: string, said: string, now: Micros): KillSwitch {
  const reason = plainText(said).trim().slice(0, MAX_REASON) || say('The file "HALT" was put into the data folder');
  return { type: "account", kind: "kill", id: `kill:HALT:${identity}`, time: now, reason };
}

function given(text: string, question: string): string {
  const reason = plainText(text).trim();
  if (reason === "") throw new AnswerValueError(question);
  if (reason.length > MAX_REASON) {
    throw new AnswerValueError(say("The reason has {0} characters: {1} are allowed", reason.length, MAX_REASON));
  }
  return reason;
}
