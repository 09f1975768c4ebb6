import { t } from "@vscode/l10n";
import type { ComponentChildren, VNode } from "preact";
import type { DashboardAccount } from "../src/core/protocol.js";
import { accountInWords } from "../src/words/tradeWords.js";
import { Dropdown } from "./controls.js";
import {
  formatCount,
  formatInterval,
  formatMoney,
  formatPercent,
  formatR,
  formatSignedMoney,
  formatSignedPercent,
} from "./format.js";
import { Icon } from "./icon.js";
import type { Actions } from "./view.js";
import { ENOUGH_TRADES, tradesInWords } from "./words.js";

interface FiguresProps {
  readonly account: DashboardAccount;
  readonly accounts: readonly DashboardAccount[];
  readonly actions: Actions;
}

/** Is it working: one account in five figures, each with what it rests on. */
export function Figures({ account, accounts, actions }: FiguresProps): VNode {
  return (
    <section aria-labelledby="figures">
      <div class="heading">
        <h2 id="figures">{accounts.length > 1 ? t("Account") : accountInWords(account.name)}</h2>
        {accounts.length > 1 && (
          <Dropdown
            label={t("Account")}
            value={account.name}
            options={accounts.map(({ name }) => ({ value: name, text: accountInWords(name) }))}
            onChange={(name) => actions.choose({ account: name })}
          />
        )}
      </div>
      {account.halted && (
        <p class="alarm">
          <Icon name="error" />
          {t('Halted: new signals are refused until "Reset Emergency Stop"')}
        </p>
      )}
      <dl class="figures">
        <Figure name={t("Balance")} note={balanceNote(account)}>
          {formatMoney(account.balance, account.unit)}
        </Figure>
        <Figure name={t("Return")} tone={shown(account.totalReturn, 1000)} note={resultNote(account)}>
          {formatSignedPercent(account.totalReturn)}
        </Figure>
        <Figure
          name={t("Drawdown")}
          tone={-shown(account.drawdown, 1000)}
          note={t("marked; worst {0}", fall(account.maxDrawdown))}
        >
          {fall(account.drawdown)}
        </Figure>
        <WinRate account={account} />
        <Expectancy account={account} />
      </dl>
    </section>
  );
}

/** With what it began, and what it is worth with what is open, where that is something else. */
function balanceNote({ startBalance, balance, marked, unit }: DashboardAccount): string {
  const start = formatMoney(startBalance, unit);
  return marked === undefined || Math.abs(marked - balance) < 0.005
    ? t("started at {0}", start)
    : t("started at {0}, marked {1}", start, formatMoney(marked, unit));
}

/** What the return is of. In R the result is before costs, the return is after them as ever. */
function resultNote({ netPnl, unit }: DashboardAccount): string {
  const result = formatSignedMoney(netPnl, unit);
  return unit === "R" ? t("after costs; {0} before them", result) : t("{0} after costs", result);
}

function WinRate({ account: { trades, wins, winRateInterval } }: { readonly account: DashboardAccount }): VNode {
  if (trades === 0) {
    return (
      <Figure name={t("Win rate")} note={tradesInWords(0)}>
        {t("None yet")}
      </Figure>
    );
  }
  return (
    <Figure name={t("Win rate")} note={t("{0} (90 %), n = {1}", formatInterval(winRateInterval), formatCount(trades))}>
      {formatPercent(wins / trades, 1)}
    </Figure>
  );
}

/** In money after costs, which the balance bears; R is of prices alone, and may be above zero where the money is not. */
function Expectancy({
  account: { trades, expectancy, expectancyR, unit },
}: {
  readonly account: DashboardAccount;
}): VNode {
  if (expectancy === undefined || expectancyR === undefined || trades === 0) {
    return (
      <Figure name={t("Expectancy")} note={t("means something from {0} trades", ENOUGH_TRADES)}>
        {t("None yet")}
      </Figure>
    );
  }
  const r = formatR(expectancyR);
  const money = formatSignedMoney(expectancy);
  const isInR = unit === "R";
  if (trades < ENOUGH_TRADES) {
    return (
      <Figure
        name={t("Expectancy")}
        note={
          isInR
            ? t("so far {0} a trade before costs, {1} of {2} trades", r, trades, ENOUGH_TRADES)
            : t("so far {0} a trade after costs, {1} before costs, {2} of {3} trades", money, r, trades, ENOUGH_TRADES)
        }
      >
        {t("Too few")}
      </Figure>
    );
  }
  return (
    <Figure
      name={t("Expectancy")}
      tone={shown(expectancy, 100)}
      note={
        isInR
          ? t("mean of {0} trades before costs", formatCount(trades))
          : t("mean of {0} trades after costs, {1} before costs", formatCount(trades), r)
      }
    >
      {isInR ? r : money}
    </Figure>
  );
}

interface FigureProps {
  readonly name: string;
  readonly note: string;
  /** Its sign colors the figure; the figure itself carries the sign too. */
  readonly tone?: number;
  readonly children: ComponentChildren;
}

function Figure({ name, note, tone = 0, children }: FigureProps): VNode {
  return (
    <div class="figure">
      <dt class="label">{name}</dt>
      <dd class={`big ${toneClass(tone)}`}>{children}</dd>
      <dd class="note">{note}</dd>
    </div>
  );
}

/** A value in the steps in which it is shown: what is shown as zero has no sign, and no color. */
function shown(value: number, steps: number): number {
  return Math.round(value * steps);
}

function toneClass(tone: number): string {
  if (tone > 0) return "gain";
  return tone < 0 ? "loss" : "";
}

function fall(drawdown: number): string {
  return formatPercent(-drawdown, 1);
}
