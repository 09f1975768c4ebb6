import type { VNode } from "preact";
import type { DashboardState } from "../src/core/protocol.js";
import { Icon } from "./icon.js";
import { modeInWords } from "./words.js";

/** Can I trust it: what is traded, whether it is real, and what the workbench is doing. */
export function TrustLine({ state }: { readonly state: DashboardState }): VNode {
  const mode = modeInWords(state);
  return (
    <header class="trust">
      <h1 class="instrument">{state.instrument === "" ? "Performance" : state.instrument}</h1>
      {mode !== undefined && (
        <span class={state.simulated ? "badge warning" : "badge"}>
          {state.simulated && <Icon name="beaker" />}
          {mode}
        </span>
      )}
      {/* Without a recommendation its card says it. */}
      <p class="status">{state.recommendation !== undefined && state.status}</p>
      <p class="note">Times in {state.timeZone}</p>
    </header>
  );
}
