import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { DashboardState } from "../src/core/protocol.js";
import { Icon } from "./icon.js";
import { StartButton } from "./recommendationCard.js";
import type { Actions } from "./view.js";
import { modeInWords } from "./words.js";

/** Can I trust it: what is traded, whether it is real, and what the workbench is doing. */
export function TrustLine({ state, actions }: { readonly state: DashboardState; readonly actions: Actions }): VNode {
  const mode = modeInWords(state);
  // Without a recommendation its card says what the workbench does, and starts it.
  const cardIsTaken = state.recommendation !== undefined;
  return (
    <header class="trust">
      <h1 class="instrument">{state.instrument === "" ? t("Performance") : state.instrument}</h1>
      {mode !== undefined && (
        <span class={state.simulated ? "badge warning" : "badge"}>
          {state.simulated && <Icon name="beaker" />}
          {mode}
        </span>
      )}
      <p class="status">{cardIsTaken && state.status}</p>
      {cardIsTaken && state.phase === "idle" && <StartButton actions={actions} />}
      <p class="note">{t("Times in {0}", state.timeZone)}</p>
    </header>
  );
}
