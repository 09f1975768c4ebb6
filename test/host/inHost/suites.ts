import { registerFirst } from "./first.js";
import { registerLive } from "./live.js";
import { registerRestarted } from "./restarted.js";

/** Defines the tests of one part of the suite: `first` in a new profile, or `restarted` in the one that it left. */
export function register(part: string | undefined): void {
  if (part === "first") registerFirst();
  else if (part === "restarted") {
    registerRestarted();
    registerLive();
  } else throw new Error(`VSCODE_TEST_PART is "${part}", it must be "first" or "restarted"`);
}
