import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { AccountReport, CostLine } from "../src/core/protocol.js";
import { unknown } from "../src/words/tradeWords.js";
import {
  formatCount,
  formatInterval,
  formatMoney,
  formatNumber,
  formatPercent,
  formatR,
  formatSigned,
  formatSignedMoney,
} from "./format.js";
import { Pair } from "./pair.js";
import { withElements } from "./withElements.js";

/** Below it, what is recorded may be what was worth remembering. */
const FULL_COVERAGE = 0.9;

/** What was answered, what the paper rules alone made of it, and what deciding otherwise has cost. */
export function Answers({ report: { coverage, shadow, costs } }: { readonly report: AccountReport }): VNode | null {
  if (coverage === undefined || coverage.issued === 0) return null;
  const share = coverage.complete / coverage.issued;
  const rate = (value: number | undefined) => (value === undefined ? unknown() : formatPercent(value));
  const r = (value: number | undefined) => (value === undefined ? unknown() : formatR(value));
  const range = (interval: Interval | undefined) => (interval === undefined ? unknown() : formatInterval(interval));
  return (
    <div>
      <dl class="pairs noted">
        <Pair
          name={t("Coverage")}
          note={t("{0} of {1} recommendations", formatCount(coverage.complete), formatCount(coverage.issued))}
        >
          {formatPercent(share)}
        </Pair>
        {shadow !== undefined && shadow.trades > 0 && (
          <>
            <Pair
              name={t("Recorded against shadow, won")}
              note={`n = ${formatCount(shadow.trades)}, 90 %: ${range(shadow.winRateInterval)} / ${range(shadow.shadowWinRateInterval)}`}
            >
              {t("{0} against {1}", rate(shadow.winRate), rate(shadow.shadowWinRate))}
            </Pair>
            <Pair name={t("Recorded against shadow, mean R")}>
              {t("{0} against {1}", r(shadow.meanR), r(shadow.shadowMeanR))}
            </Pair>
            <Pair
              name={t("All shadows, won")}
              note={`n = ${formatCount(shadow.all)}, 90 %: ${range(shadow.allWinRateInterval)}`}
            >
              {rate(shadow.allWinRate)}
            </Pair>
          </>
        )}
        {costs.map((cost) => (
          <Cost key={cost.name} cost={cost} />
        ))}
      </dl>
      {share < FULL_COVERAGE && (
        <p class="note">
          {t(
            "Under {0} coverage: what worked is remembered better, so read the rest with doubt.",
            formatPercent(FULL_COVERAGE),
          )}
        </p>
      )}
    </div>
  );
}

type Interval = readonly [low: number, high: number];

function Cost({ cost: { name, count, usd, r } }: { readonly cost: CostLine }): VNode {
  const [money, inR] = [formatMoney(Math.abs(usd.total)), formatNumber(Math.abs(r.total), 2)];
  return (
    <Pair
      name={
        <>
          {name === "Overrides" ? t("Overrides") : t("Skips")} <span class="note">n = {formatCount(count)}</span>
        </>
      }
      note={
        count > 0 &&
        r.interval !== undefined && (
          <>
            {t("90 %: {0} to {1} R", formatSigned(r.interval[0], 1), formatSigned(r.interval[1], 1))}
            {usd.interval !== undefined && (
              <span class="money">
                {", "}
                {withElements(
                  t("{0} to {1}", "{0}", "{1}"),
                  ...usd.interval.map((end) => <span class="whole">{formatSignedMoney(end)}</span>),
                )}
              </span>
            )}
          </>
        )
      }
    >
      {count === 0
        ? t("None to compare")
        : withElements(
            r.total >= 0 ? t("cost {0} {1} R", "{0}", inR) : t("earned {0} {1} R", "{0}", inR),
            <span class="money">{money},</span>,
          )}
    </Pair>
  );
}
