import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { Engine } from "../../src/core/engine.js";
import type { AccountEvent, EngineOutput } from "../../src/core/events.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { tradeRecords } from "../../src/core/tradeRecords.js";
import { restoredEvents } from "../../src/store/restore.js";
import { after, recommendation, ticks } from "../support/outputs.js";

const base = { type: "account", account: "manual", recommendation: "A", at: after(2000) } as const;
const FILL: AccountEvent = {
  ...base,
  kind: "fill",
  id: "fill",
  time: after(100),
  price: ticks(24_000),
  quantity: 1,
  unverified: true,
};
const EXIT: AccountEvent = {
  ...base,
  kind: "exit",
  id: "exit",
  time: after(101),
  price: ticks(24_004),
  reason: "manual",
};
const AMENDMENT: AccountEvent = {
  ...base,
  kind: "amendment",
  id: "amendment",
  target: "fill",
  time: after(102),
  correction: { price: ticks(24_001) },
  why: "Misread",
};
const VOID: AccountEvent = { ...base, kind: "void", id: "void", time: after(103), why: "Wrong account" };
const KILL: AccountEvent = {
  type: "account",
  kind: "kill",
  id: "kill",
  at: after(2000),
  time: after(99),
  reason: "Stop",
};

function told(...events: readonly AccountEvent[]): { engine: Engine; outputs: readonly EngineOutput[] } {
  const mode = { leading: "manual", paperTrades: false, haltEndsWithSession: true } as const;
  const engine = new Engine(parseSettings({ "risk.emergencyStopLossPct": 1 }), mode, NO_HOLIDAYS);
  const issued = recommendation({ id: "A", account: "manual" });
  const outputs = [...restoredEvents([issued]), ...events].flatMap((event) => [...engine.process(event)]);
  return { engine, outputs: [issued, ...outputs] };
}

describe("A correction", () => {
  it("leaves an unverified trade unverified: it counts in the balance and teaches nothing", () => {
    const { engine, outputs } = told(FILL, EXIT, AMENDMENT);
    const exits = outputs.filter((output) => output.type === "exit");
    expect(exits).toMatchObject([{ unverified: true }, { unverified: true, replaces: exits[0]?.id }]);
    expect(exits[1]).toMatchObject({ entryPrice: 24_001, learned: { trades: 0 } });
    expect(engine.view().contexts).toMatchObject([{ trades: 1, evidence: 0 }]);
    expect(tradeRecords(outputs).get("A")).toMatchObject({ fills: [{ unverified: true }], exit: { unverified: true } });
  });

  it("is kept and told again at a restart with the same doubt", () => {
    const { engine, outputs } = told(FILL, EXIT, AMENDMENT);
    const again = told(...restoredEvents(outputs.slice(1)));
    expect(again.engine.view()).toEqual(engine.view());
    expect(again.outputs.filter(({ type }) => type === "amendment")).toEqual(
      outputs.filter(({ type }) => type === "amendment"),
    );
  });

  it("does not end a stop of the user, and is possible under it", () => {
    const { engine, outputs } = told(FILL, EXIT, KILL, AMENDMENT, VOID);
    expect(outputs.map(({ type }) => type)).not.toContain("illegal");
    expect(engine.view().accounts).toMatchObject([{ halted: true, closedTrades: 0 }]);
  });
});
