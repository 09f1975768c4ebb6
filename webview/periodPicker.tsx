import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { AccountReport, Period } from "../src/core/protocol.js";
import type { Actions } from "./view.js";

function choices(): readonly (readonly [name: string, period: Period])[] {
  return [
    ...[7, 30, 90].map((days) => [t("{0} days", days), { kind: "days", days }] as const),
    [t("All"), { kind: "all" }],
  ];
}

interface PeriodPickerProps {
  /** The account's trading days, oldest first. */
  readonly days: AccountReport["days"];
  readonly period: Period;
  readonly actions: Actions;
}

/** Of which closed trades the statistics are: of the last days, of all, or of a range of its own. */
export function PeriodPicker({ days, period, actions }: PeriodPickerProps): VNode {
  const choose = (chosen: Period) => {
    actions.choose({ period: chosen });
    actions.send({ type: "period", period: chosen });
  };
  const isSame = (other: Period) =>
    other.kind === period.kind && (other.kind !== "days" || period.kind !== "days" || other.days === period.days);
  const today = new Date().toISOString().slice(0, 10);
  // A demo and a replay have their trades in other years than the machine's clock.
  const [from, to] = [days[0]?.date ?? today, days.at(-1)?.date ?? today];
  const range: Period = period.kind === "range" ? period : { kind: "range", from, to };
  return (
    <fieldset class="period end">
      <legend class="unseen">{t("Period of the statistics")}</legend>
      {[...choices(), [t("Own"), range] as const].map(([name, each]) => (
        <label key={name}>
          <input type="radio" name="period" checked={isSame(each)} onChange={() => choose(each)} />
          {name}
        </label>
      ))}
      {period.kind === "range" && (
        <span class="range">
          {(["from", "to"] as const).map((end) => (
            <input
              key={end}
              type="date"
              class="filter"
              aria-label={end === "from" ? t("First trading day") : t("Last trading day")}
              value={period[end]}
              onChange={({ currentTarget: { value } }) => value !== "" && choose({ ...period, [end]: value })}
            />
          ))}
          <span class="note" role="status">
            {period.from > period.to && t("The first day lies after the last: no trade is between them")}
          </span>
        </span>
      )}
    </fieldset>
  );
}
