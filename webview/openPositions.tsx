import { t } from "@vscode/l10n";
import type { VNode } from "preact";
import type { DashboardPosition } from "../src/core/protocol.js";
import { accountInWords } from "../src/words/tradeWords.js";
import { Button } from "./controls.js";
import { formatCount, formatDateTime } from "./format.js";
import { Icon } from "./icon.js";
import type { Actions } from "./view.js";
import { withElements } from "./withElements.js";
import { positionInWords } from "./words.js";

interface OpenPositionsProps {
  readonly positions: readonly DashboardPosition[];
  readonly timeZone: string;
  readonly actions: Actions;
}

/** Positions without an exit; nothing at all when there is none. */
export function OpenPositions({ positions, timeZone, actions }: OpenPositionsProps): VNode | null {
  if (positions.length === 0) return null;
  return (
    <section aria-labelledby="open-positions">
      <h2 id="open-positions">
        {t("Open positions")} <span class="count">{formatCount(positions.length)}</span>
      </h2>
      <ul class="positions">
        {positions.map((position) => (
          <li key={`${position.account} ${position.recommendation}`} class="position">
            <Position position={position} timeZone={timeZone} actions={actions} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface PositionProps {
  readonly position: DashboardPosition;
  readonly timeZone: string;
  readonly actions: Actions;
}

function Position({ position, timeZone, actions }: PositionProps): VNode {
  const { account, action, held, contract, entry, stop, target, since, recommendation, closed } = position;
  return (
    <>
      <p class="held">
        <Icon name={`arrow-${action === "BUY" ? "up" : "down"}`} />
        <b>
          {held} {contract}
        </b>{" "}
        <span class="note">{accountInWords(account)}</span>
      </p>
      <p class="levels">
        <span>{withElements(t("Entry {0}", "{0}"), <b>{entry}</b>)}</span>
        <span>{withElements(t("Target {0}", "{0}"), <b>{target}</b>)}</span>
        <span>{withElements(t("Stop {0}", "{0}"), <b>{stop}</b>)}</span>
        {closed && <span>{t("{0} closed at {1}", closed.count, closed.price)}</span>}
        <span class="note">{t("since {0}", formatDateTime(since, timeZone))}</span>
      </p>
      {account === "manual" ? (
        <Button
          label={t("Record Exit of {0}", positionInWords(position))}
          onClick={() => actions.send({ type: "recordExit", recommendation })}
        >
          {t("Record Exit")}
        </Button>
      ) : (
        <span class="note">{t("The workbench closes it")}</span>
      )}
    </>
  );
}
