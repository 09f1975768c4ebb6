import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineOutput, Exit } from "../../src/core/events.js";
import { presentPortfolios } from "../../src/core/portfolio.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { restoredEvents } from "../../src/store/restore.js";
import { after, fill, paperTrade, recommendation } from "../support/outputs.js";

const BOTH = { leading: "manual", paperTrades: true, haltEndsWithSession: false } as const;
const engine = () => new Engine(parseSettings({}), BOTH, NO_HOLIDAYS);

const tell = (of: Engine, events: readonly AccountEvent[]): readonly EngineOutput[] =>
  events.flatMap((event) => of.process(event));

/** Closed on the user's account as `trade` was on paper. */
function byHand(trade: readonly EngineOutput[]): readonly EngineOutput[] {
  return trade.map((output) =>
    output.type === "recommendation"
      ? output
      : ({
          ...output,
          account: "manual",
          id: "id" in output ? output.id.replace("paper", "manual") : "",
        } as EngineOutput),
  );
}

const RESET: AccountEvent = {
  type: "account",
  kind: "paperReset",
  id: "paperReset:1",
  account: "paper",
  time: after(90_000),
  reason: "A new month",
};

const paper = (of: Engine) => of.view().accounts.find(({ name }) => name === "paper");
const manual = (of: Engine) => of.view().accounts.find(({ name }) => name === "manual");

describe("A reset of the paper portfolio", () => {
  it("begins anew at the start balance, with no trade, drawdown or fill of before", () => {
    const of = engine();
    tell(of, restoredEvents([...paperTrade(1), ...paperTrade(2)]));
    expect(paper(of)).toMatchObject({ balance: 1_803_000, closedTrades: 2, wins: 2 });
    const made = tell(of, [RESET]);
    expect(made.map(({ type }) => type)).toEqual(["paperReset", "equity"]);
    expect(made[0]).toMatchObject({
      startBalance: 1_500_000,
      before: { balance: 1_803_000, closedTrades: 2, wins: 2, abandoned: 0 },
    });
    expect(made[1]).toMatchObject({ balance: 1_500_000, peak: 1_500_000, drawdown: 0, pnlToday: 0, tradesToday: 0 });
    expect(paper(of)).toMatchObject({
      balance: 1_500_000,
      equity: 1_500_000,
      closedTrades: 0,
      wins: 0,
      maxDrawdown: 0,
    });
  });

  it("leaves the user's account and all that was learned as they are", () => {
    const of = engine();
    tell(of, restoredEvents([...paperTrade(1), ...paperTrade(2), ...byHand(paperTrade(3))]));
    const before = { manual: manual(of), contexts: of.view().contexts };
    expect(before.contexts.map(({ account, trades }) => [account, trades])).toEqual([
      ["manual", 1],
      ["paper", 2],
    ]);
    tell(of, [RESET]);
    expect({ manual: manual(of), contexts: of.view().contexts }).toEqual(before);
  });

  it("ends what is open or at work unbooked, and what the journal still tells of it does not come back", () => {
    const of = engine();
    const [issued, filled] = paperTrade(1);
    tell(of, restoredEvents([issued, filled].filter((output) => output !== undefined)));
    expect(of.view().open).toHaveLength(1);
    expect(tell(of, [RESET])[0]).toMatchObject({ before: { abandoned: 1 } });
    expect(of.view().open).toEqual([]);
    // Another window books its exit at the same moment.
    expect(tell(of, restoredEvents(paperTrade(1)))).toEqual([]);
    expect(paper(of)).toMatchObject({ balance: 1_500_000, closedTrades: 0 });
    const working = engine();
    tell(working, restoredEvents([recommendation()]));
    expect(working.summary().workingEntries).toBe(1);
    tell(working, [RESET]);
    expect(working.summary().workingEntries).toBe(0);
  });

  it("leaves a halted account halted", () => {
    const of = engine();
    tell(of, [{ type: "account", kind: "kill", id: "kill:1", time: after(0), reason: "x" }, RESET]);
    expect(of.view().accounts.map(({ halted }) => halted)).toEqual([true, true]);
  });

  it("happens once, and again by another event", () => {
    const of = engine();
    expect(tell(of, [RESET, RESET])).toHaveLength(2);
    tell(of, restoredEvents(paperTrade(1)));
    tell(of, [RESET]);
    expect(paper(of)?.closedTrades).toBe(1);
    tell(of, [{ ...RESET, id: "paperReset:2" }]);
    expect(paper(of)?.closedTrades).toBe(0);
  });

  it("is the same after a restart: the journal's outputs give the same view", () => {
    const first = engine();
    const kept = [
      ...tell(first, restoredEvents([...paperTrade(1), ...byHand(paperTrade(3))])),
      ...tell(first, [RESET]),
      ...tell(first, restoredEvents(paperTrade(2, { price: fill().price }))),
    ];
    // Recommendations are no output of a restored engine.
    const all = [...[1, 2, 3].flatMap((number) => paperTrade(number).slice(0, 1)), ...kept];
    const again = engine();
    tell(again, restoredEvents(all));
    expect(again.view().accounts).toEqual(first.view().accounts);
    expect(again.view().contexts).toEqual(first.view().contexts);
    expect(paper(again)).toMatchObject({ closedTrades: 1, balance: 1_500_000 + (kept.findLast(isExit)?.netPnl ?? 0) });
  });
});

describe("The present portfolio", () => {
  it("is all of it without a reset, and of paper what came after the last", () => {
    const outputs = [...paperTrade(1), ...byHand(paperTrade(3))];
    expect(presentPortfolios(outputs)).toBe(outputs);
    const resets = [RESET, { ...RESET, id: "paperReset:2" }].flatMap((event) => tell(engine(), [event]));
    const ids = (of: readonly EngineOutput[]) => of.flatMap((output) => ("id" in output ? [output.id] : []));
    const present = ids(presentPortfolios([...outputs, ...resets, ...paperTrade(2)]));
    expect(present).toEqual([
      ...ids(paperTrade(1).slice(0, 1)),
      ...ids(byHand(paperTrade(3))),
      "paperReset:2",
      "equity:paper:paperReset:2",
      ...ids(paperTrade(2)),
    ]);
  });
});

function isExit(output: EngineOutput): output is Exit {
  return output.type === "exit";
}
