import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { exitEvent, fillEvent } from "../../src/app/answers.js";
import { feedOf, LIVE, LiveDay, liveRun, never } from "./liveDay.js";

const MONDAY = new LiveDay("2025-06-09");
const ID = "ESM5-20250609T135700Z-BUY";

it.each([
  { price: "6000.00", exit: "6003.00", unverified: false, trades: 1, balance: 1_514_500 },
  { price: "6150.00", exit: "6003.00", unverified: true, trades: 0, balance: 764_500 },
  { price: "6000.00", exit: "6150.00", unverified: true, trades: 0, balance: 2_249_500 },
])(
  "A fill at $price and an exit at $exit, typed without a feed, teach $trades and count all the same",
  async (given) => {
    const folder = mkdtempSync(join(tmpdir(), "unverified-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const run = await liveRun(folder, LIVE);
    await run.run(feedOf(...MONDAY.signal(0, 26)), never);
    await run.close();
    const desk = await liveRun(folder, LIVE);
    await desk.restore();
    const { engine, outputs } = desk;
    const fill = { recommendation: ID, price: given.price };
    await desk.dispatch(fillEvent(engine.view(), fill, MONDAY.at(1640), outputs).event);
    const exit = { recommendation: ID, price: given.exit, reason: "manual" };
    const made = await desk.dispatch(exitEvent(engine.view(), exit, MONDAY.at(1800), desk.outputs).event);
    expect(made[0]).toMatchObject({ learned: { trades: given.trades } });
    expect(made[0] && "unverified" in made[0]).toBe(given.unverified);
    const known = engine.view();
    expect(known.accounts[0]).toMatchObject({ balance: given.balance, closedTrades: 1 });
    await desk.close();
    const again = await liveRun(folder, LIVE);
    await again.restore();
    expect(again.engine.view()).toMatchObject({ accounts: known.accounts, contexts: known.contexts });
    await again.close();
  },
);
