import { expect, it } from "vitest";
import { parseSettings } from "../../src/app/settings.js";
import { ContractOfDay } from "../../src/core/contractOfDay.js";
import { Engine } from "../../src/core/engine.js";
import type { EngineEvent } from "../../src/core/events.js";
import { instrumentOf } from "../../src/core/instruments.js";
import { NO_HOLIDAYS } from "../../src/core/session.js";
import { at } from "../support/outputs.js";

const MODE = { leading: "manual", paperTrades: false, haltEndsWithSession: false } as const;

const contract = (symbol: string, instrument: number, time: string): EngineEvent => ({
  type: "contract",
  instrument,
  symbol,
  time: at(time),
  leads: true,
});
const clock = (time: string): EngineEvent => ({ type: "clock", time: at(time) });

it("F16: the contract that the feed names is followed from the next open on, not within a trading day", () => {
  const engine = new Engine(parseSettings({}), MODE, NO_HOLIDAYS);
  const followed: (string | undefined)[] = [];
  for (const event of [
    contract("ESM5", 1, "2025-06-16T13:00:00Z"),
    clock("2025-06-16T13:00:00Z"),
    clock("2025-06-16T14:00:00Z"),
    contract("ESU5", 2, "2025-06-16T15:00:00Z"),
    clock("2025-06-16T19:00:00Z"),
    clock("2025-06-17T13:29:59Z"),
    clock("2025-06-17T13:30:00Z"),
  ]) {
    engine.process(event);
    followed.push(engine.view().instrument?.symbol);
  }
  expect(followed).toEqual(["ESM5", "ESM5", "ESM5", "ESM5", "ESM5", "ESM5", "ESU5"]);
});

it("is followed again when the feed names it again, though its id is known", () => {
  const engine = new Engine(parseSettings({}), MODE, NO_HOLIDAYS);
  const followed: (string | undefined)[] = [];
  for (const event of [
    contract("ESM5", 1, "2025-06-09T13:00:00Z"),
    clock("2025-06-09T14:00:00Z"),
    contract("ESU5", 2, "2025-06-09T15:00:00Z"),
    clock("2025-06-10T14:00:00Z"),
    contract("ESM5", 1, "2025-06-10T15:00:00Z"),
    clock("2025-06-11T14:00:00Z"),
  ]) {
    engine.process(event);
    followed.push(engine.view().instrument?.symbol);
  }
  expect(followed).toEqual(["ESM5", "ESM5", "ESM5", "ESU5", "ESU5", "ESM5"]);
});

it("was named for the next open, and no longer decides against the one with the most volume a day later", () => {
  const choice = new ContractOfDay(parseSettings({}).contract);
  const of = (symbol: string, id: number) =>
    instrumentOf({ type: "contract", instrument: id, symbol, time: at("2025-06-09T13:00:00Z") }, parseSettings({})) ??
    expect.fail();
  const [june, september] = [of("ESM5", 1), of("ESU5", 2)];
  choice.add(june, at("2025-06-09T13:00:00Z"));
  choice.add(september, at("2025-06-09T13:00:00Z"), true);
  expect(choice.beginDay(june)).toEqual(september);
  choice.count(1, 5);
  choice.count(2, 9);
  expect(choice.beginDay(june)).toBeUndefined();
  choice.count(2, 9);
  expect(choice.beginDay(june)).toEqual(september);
});
