import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { BlindSpan, CalendarDay, DashboardState } from "../src/core/protocol.js";
import { CalendarSection } from "./calendarSection.js";
import { CalibrationSection } from "./calibrationSection.js";
import { ContextTable } from "./contextTable.js";
import type { Details } from "./details.js";
import { EquitySection } from "./equitySection.js";
import { EvidenceSection } from "./evidenceSection.js";
import { Figures } from "./figures.js";
import { OpenPositions } from "./openPositions.js";
import { OutlookSection } from "./outlookSection.js";
import { pure } from "./pure.js";
import { RecommendationCard } from "./recommendationCard.js";
import { RoadmapSection } from "./roadmapSection.js";
import { StatisticsSection } from "./statisticsSection.js";
import { TradesTable } from "./tradesTable.js";
import { TrustLine } from "./trustLine.js";
import type { Actions, View } from "./view.js";
import { withElements } from "./withElements.js";
import { shownAccount } from "./words.js";

interface PanelProps {
  /** undefined until the host has spoken. */
  readonly state: DashboardState | undefined;
  readonly details: Details;
  readonly view: View;
  /** Wall clock, seconds since the epoch. */
  readonly now: number;
  readonly actions: Actions;
}

const NOT_BLIND: readonly BlindSpan[] = [];
const NO_DAYS: readonly CalendarDay[] = [];

const Positions = pure(OpenPositions);
const AccountFigures = pure(Figures);
const Equity = pure(EquitySection);
const Calibration = pure(CalibrationSection);
const Contexts = pure(ContextTable);
const Statistics = pure(StatisticsSection);
const Outlook = pure(OutlookSection);
const Trades = pure(TradesTable);
const Calendar = pure(CalendarSection);
const Roadmap = pure(RoadmapSection);
const Evidence = pure(EvidenceSection);

/** The whole panel, in the order of a trader's questions: can I trust it, what now, is it working, why and where. */
export function Panel({ state, details, view, now, actions }: PanelProps): VNode {
  if (state === undefined) {
    return (
      <main class="panel">
        <h1 class="instrument">{t("Performance")}</h1>
        <p class="empty">{t("Waiting for the workbench")}</p>
      </main>
    );
  }
  const account = shownAccount(state, view.account);
  const report = details.report?.accounts.find(({ name }) => name === account?.name);
  // The report comes after the account: until then nothing is said of the trades that it has.
  const hasNone = account?.trades === 0;
  return (
    <main class={account?.unit === "R" ? "panel discreet" : "panel"}>
      <TrustLine state={state} now={now} actions={actions} />
      <RecommendationCard state={state} now={now} actions={actions} />
      <Positions positions={state.open} timeZone={state.timeZone} actions={actions} />
      {account === undefined ? (
        <p class="empty">{t("No account yet: figures appear with the first start")}</p>
      ) : (
        <>
          <AccountFigures account={account} accounts={state.accounts} actions={actions} />
          <Equity
            account={account}
            other={state.accounts.find(({ name }) => name !== account.name)}
            blind={details.report?.blind ?? NOT_BLIND}
            timeZone={state.timeZone}
            view={view}
            actions={actions}
          />
          {(report?.calibration !== undefined || hasNone) && <Calibration calibration={report?.calibration} />}
          <Contexts rows={account.contexts} />
          {report !== undefined && <Statistics report={report} period={view.period} actions={actions} />}
          {report !== undefined && report.trades > 0 && (
            <Outlook cone={report.cone} multipliers={report.multipliers} timeZone={state.timeZone} />
          )}
          {report !== undefined && <Roadmap roadmap={report.roadmap} account={report.name} />}
          <Trades
            trades={details.trades}
            account={account.name}
            hasNone={hasNone}
            timeZone={state.timeZone}
            view={view.trades}
            actions={actions}
          />
          {(report !== undefined || hasNone) && <Calendar days={report?.days ?? NO_DAYS} />}
        </>
      )}
      {details.evidence !== undefined && (
        <Evidence evidence={details.evidence} timeZone={state.timeZone} actions={actions} />
      )}
      <Footer simulated={state.simulated} />
    </main>
  );
}

function Footer({ simulated }: { readonly simulated: boolean }): VNode {
  return (
    <footer class="footer">
      <p>
        {simulated && `${t("This market is made up and has no edge: results here say nothing about a real one.")} `}
        {t("Not investment advice. Paper results are hypothetical: no money was at risk, and real fills can be worse.")}
      </p>
      <p>
        {withElements(
          t("Charts by {0}, © 2025 TradingView, Inc.", "{0}"),
          <a href="https://www.tradingview.com/">TradingView Lightweight Charts™</a>,
        )}
      </p>
    </footer>
  );
}
