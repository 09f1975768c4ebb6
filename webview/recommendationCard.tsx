import { t } from "@vscode/l10n";
import type { ComponentChild, VNode } from "preact";
import type { DashboardRecommendation, DashboardState } from "../src/core/protocol.js";
import { ageInWords, contextInWords, orderTypeInWords } from "../src/words/tradeWords.js";
import { Button } from "./controls.js";
import { formatCount, formatInterval, formatMultiplier, formatPercent, formatR } from "./format.js";
import { Icon } from "./icon.js";
import type { Actions } from "./view.js";
import { Whisker } from "./whisker.js";
import {
  countdownInWords,
  exceedsBudget,
  isHalted,
  nearestInWords,
  recommendationSentence,
  riskInWords,
  secondsLeft,
  unansweredInWords,
} from "./words.js";

interface CardProps {
  readonly state: DashboardState;
  readonly now: number;
  readonly actions: Actions;
}

/** What now: the recommendation with everything needed to act on it, or that there is none. */
export function RecommendationCard({ state, now, actions }: CardProps): VNode {
  const { recommendation } = state;
  return (
    <section aria-label={t("Recommendation")}>
      <p class="unseen" role="status">
        {recommendation !== undefined && recommendationSentence(recommendation)}
      </p>
      {recommendation === undefined ? (
        <Waiting state={state} now={now} actions={actions} />
      ) : (
        <Call key={recommendation.id} recommendation={recommendation} now={now} actions={actions} />
      )}
      {state.unanswered > 0 && (
        <p class="unanswered">
          <span>
            <Icon name="bell-dot" />
            {unansweredInWords(state.unanswered, recommendation !== undefined)}
          </span>
          <Button onClick={() => actions.send({ type: "showPending" })}>{t("Show Pending")}</Button>
        </p>
      )}
    </section>
  );
}

/** What is to be done while there is no call: the word, its icon. */
function phaseInWords(state: DashboardState): readonly [word: string, icon: string] {
  switch (state.phase) {
    case "idle":
      return [t("STOPPED"), "debug-stop"];
    case "starting":
      return [t("STARTING"), "sync"];
    case "running":
      if (state.noCall !== undefined) return [t("NO CALL"), "debug-disconnect"];
      return isHalted(state) ? [t("HALTED"), "error"] : [t("WAIT"), "eye"];
    case "stopping":
      return [t("STOPPING"), "sync"];
    default:
      return state.phase satisfies never;
  }
}

function Waiting({ state, now, actions }: CardProps): VNode {
  const [word, icon] = phaseInWords(state);
  const lastHeardAt = state.noCall?.lastHeardAt;
  return (
    <div class={state.noCall === undefined ? "card wait" : "card wait no-call"}>
      <div class="who">
        <p class="call">
          <Icon name={icon} />
          {word}
        </p>
        <p>{state.status}</p>
        {state.nearest !== undefined && <p>{nearestInWords(state.nearest, state.timeZone)}</p>}
        {lastHeardAt !== undefined && <p class="note">{t("Last heard {0} ago", ageInWords(now - lastHeardAt))}</p>}
      </div>
      {state.phase === "idle" && <StartButton actions={actions} />}
    </div>
  );
}

/** Starts a market, which can be done while none runs. */
export function StartButton({ actions }: { readonly actions: Actions }): ComponentChild {
  return (
    <Button primary onClick={() => actions.send({ type: "start" })}>
      {t("Start")}
    </Button>
  );
}

interface CallProps {
  readonly recommendation: DashboardRecommendation;
  readonly now: number;
  readonly actions: Actions;
}

function Call({ recommendation, now, actions }: CallProps): VNode {
  const { id, action, quantity, contract, context, lateAt } = recommendation;
  const late = secondsLeft(lateAt, now) <= 0;
  const ask = (type: "recordFill" | "copyTicket" | "skip") => () => actions.send({ type, recommendation: id });
  return (
    <div class={`card ${action === "BUY" ? "buy" : "short"} ${late ? "late" : ""}`}>
      <div class="who">
        <p class="call">
          <Icon name={`arrow-${action === "BUY" ? "up" : "down"}`} />
          <span class="action">{action}</span> {formatCount(quantity)} <span class="contract">{contract}</span>
        </p>
        <p>{contextInWords(context)}</p>
        <p class={late ? "countdown warning" : "countdown"} role={late ? undefined : "timer"}>
          <Icon name={late ? "warning" : "watch"} />
          {countdownInWords(lateAt, now)}
        </p>
        <div class="acts">
          <Button primary onClick={ask("recordFill")}>
            {t("Record Fill")}
          </Button>
          <Button label={t("Copy Order Ticket")} onClick={ask("copyTicket")}>
            {t("Copy")}
          </Button>
          <Button label={t("Skip Signal")} onClick={ask("skip")}>
            {t("Skip")}
          </Button>
        </div>
      </div>
      <Ladder recommendation={recommendation} />
      <Chance recommendation={recommendation} />
      <div class="size">
        <p class="label">{t("Size multiplier")}</p>
        <p class="big">{formatMultiplier(recommendation.multiplier)}</p>
        <p class="note">
          {exceedsBudget(recommendation) && <Icon name="warning" />}
          {riskInWords(recommendation)}
        </p>
      </div>
    </div>
  );
}

/** Target, entry and stop, the highest price on top; what target and stop are worth is in R, the way to the stop. */
function Ladder({ recommendation }: { readonly recommendation: DashboardRecommendation }): VNode {
  const { action, target, price, stop, orderType } = recommendation;
  const away = (level: string) => Math.abs(Number(level) - Number(price));
  const rungs = [
    { name: t("Target"), price: target, note: formatR(away(target) / away(stop)), tone: "gain" },
    { name: t("Entry"), price, note: orderTypeInWords(orderType), tone: "entry" },
    { name: t("Stop"), price: stop, note: formatR(-1), tone: "loss" },
  ];
  return (
    <dl class="ladder">
      {(action === "BUY" ? rungs : rungs.toReversed()).map((rung) => (
        <div key={rung.name} class={`rung ${rung.tone}`}>
          <dt>
            {rung.name} <span class="note">{rung.note}</span>
          </dt>
          <dd>{rung.price}</dd>
        </div>
      ))}
    </dl>
  );
}

function Chance({ recommendation }: { readonly recommendation: DashboardRecommendation }): VNode {
  const { confidence, interval, breakEven, evidence } = recommendation;
  return (
    <div class="chance">
      <p class="label">{t("Chance of a win")}</p>
      <p class="big">{formatPercent(confidence)}</p>
      <Whisker interval={interval} mean={confidence} breakEven={breakEven} />
      <p class="axis" aria-hidden="true">
        <span>10</span>
        <span>50</span>
        <span>80 %</span>
      </p>
      <p class="note">
        {evidence === 0
          ? t("{0} (90 %), no result yet, break-even {1}", formatInterval(interval), formatPercent(breakEven))
          : t(
              "{0} (90 %), n = {1}, break-even {2}",
              formatInterval(interval),
              formatCount(evidence),
              formatPercent(breakEven),
            )}
      </p>
    </div>
  );
}
