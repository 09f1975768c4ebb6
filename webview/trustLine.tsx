import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { DashboardState } from "../src/core/protocol.js";
import { ageInWords } from "../src/words/tradeWords.js";
import { formatPercent, formatTime } from "./format.js";
import { Icon } from "./icon.js";
import { StartButton } from "./recommendationCard.js";
import type { Actions } from "./view.js";
import { isHalted, modeInWords } from "./words.js";

interface TrustProps {
  readonly state: DashboardState;
  /** Wall clock, seconds since the epoch. */
  readonly now: number;
  readonly actions: Actions;
}

/** Can I trust it: what is traded, whether it is real, how old it is, what is left to lose, and what the workbench is doing. */
export function TrustLine({ state, now, actions }: TrustProps): VNode {
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
      {factsOf(state, now).map(([icon, words]) => (
        <span key={icon} class="fact">
          <Icon name={icon} />
          {words}
        </span>
      ))}
      <p class="status">{cardIsTaken && state.status}</p>
      {cardIsTaken && state.phase === "idle" && <StartButton actions={actions} />}
      <p class="note">{t("Times in {0}", state.timeZone)}</p>
    </header>
  );
}

/** The age of the feed, the trading day, and what of the risk is used or that no signal is taken; each with its icon. */
function factsOf(state: DashboardState, now: number): readonly (readonly [icon: string, words: string])[] {
  const { trust, noCall, timeZone } = state;
  if (trust === undefined) return [];
  const { lastTradeAt, closesAt, fallen, haltsAt } = trust;
  const clock = (time: number) => formatTime(time, timeZone, { hour: "2-digit", minute: "2-digit" });
  const isKnown = fallen !== undefined && haltsAt !== undefined;
  const risk = isKnown ? [["shield", riskUsedInWords(fallen, haltsAt)] as const] : [];
  return [
    // Without data its card says since when.
    ...(lastTradeAt === undefined || noCall !== undefined
      ? []
      : [["pulse", t("Last trade {0} ago", ageInWords(now - lastTradeAt))] as const]),
    ...(closesAt === undefined ? [] : [["history", t("Open until {0}", clock(closesAt))] as const]),
    ...(isHalted(state) ? [["error", t("Halted")] as const] : risk),
  ];
}

function riskUsedInWords(fallen: number, haltsAt: number): string {
  return t("Risk used {0} of {1}", formatPercent(fallen, 1), formatPercent(haltsAt, 1));
}
