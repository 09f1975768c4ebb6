import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { AccountReport, RoadmapMonth } from "../src/core/protocol.js";
import { unknown } from "../src/words/tradeWords.js";
import { formatCount, formatInterval, formatNumber, formatPercent } from "./format.js";

/** The user's own months and what he hopes of each, from his back-test: shown, and used nowhere. */
const months = () => [
  [t("Month {0}", 1), t("Record all, multiplier 1x")],
  [t("Month {0}", 2), "1.5x – 2x"],
  [t("Month {0}", 3), "2.5x"],
  [t("Later"), unknown()],
];

interface RoadmapProps {
  readonly roadmap: AccountReport["roadmap"];
  readonly account: AccountReport["name"];
}

/** How far an account has come, beside what the user hopes for. */
export function RoadmapSection({ roadmap, account }: RoadmapProps): VNode | null {
  if (roadmap.length === 0) return null;
  return (
    <section aria-labelledby="roadmap">
      <h2 id="roadmap">
        {t("Roadmap")}{" "}
        <span class="note">{t("your targets are from your back-test, not verified: not a goal to force")}</span>
      </h2>
      <table class="table groups">
        <thead>
          <tr>
            <th scope="col">{t("30 days each")}</th>
            {account === "manual" && (
              <th scope="col" class="number medium">
                {t("Complete feedback")}
              </th>
            )}
            <th scope="col" class="number">
              {t("Won, 90 %")}
            </th>
            <th scope="col" class="number">
              {t("Multiplier")}
            </th>
            <th scope="col" class="number wide">
              {t("Conservative")}
            </th>
            <th scope="col" class="medium">
              {t("Your target")}
            </th>
          </tr>
        </thead>
        <tbody>
          {months().map(([title, target], at) => (
            <Month key={title} title={title} target={target} month={roadmap[at]} isManual={account === "manual"} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface MonthProps {
  readonly title: string | undefined;
  readonly target: string | undefined;
  readonly month: RoadmapMonth | undefined;
  readonly isManual: boolean;
}

function Month({ title, target, month, isManual }: MonthProps): VNode {
  const { issued = 0, complete = 0, trades = 0, wins = 0, winRateInterval, multiplier, conservative } = month ?? {};
  const of = (part: number, all: number) => t("{0} of {1}", formatCount(part), formatCount(all));
  return (
    <tr>
      <th scope="row">{title}</th>
      {isManual && (
        <td class="number medium">
          {issued === 0 ? unknown() : `${of(complete, issued)} (${formatPercent(complete / issued)})`}
        </td>
      )}
      <td class="number">
        {trades === 0 || winRateInterval === undefined ? (
          unknown()
        ) : (
          <>
            {of(wins, trades)} <span class="note">{formatInterval(winRateInterval)}</span>
          </>
        )}
      </td>
      <td class="number">
        {multiplier === undefined ? (
          unknown()
        ) : (
          <>
            {times(multiplier.mean)} <span class="note">{`${times(multiplier.low)} – ${times(multiplier.high)}`}</span>
          </>
        )}
      </td>
      <td class="number wide">{conservative === undefined ? unknown() : times(conservative)}</td>
      <td class="medium">{target}</td>
    </tr>
  );
}

/** `1.25x` */
function times(value: number): string {
  return `${formatNumber(value, 2)}x`;
}
