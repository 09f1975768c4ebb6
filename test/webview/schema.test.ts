import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DashboardState, HostMessage } from "../../src/core/protocol.js";
import { SAMPLES, sampleState, sampleTrades } from "../../webview/dev/sample.js";
import { sampleEvidence } from "../../webview/dev/sampleEvidence.js";
import { sampleReport } from "../../webview/dev/sampleReport.js";
import { parseHostMessage } from "../../webview/schema.js";
import { dashboardState } from "./arbitraryState.js";

/** As VS Code carries messages. */
const carried = (message: HostMessage): unknown => JSON.parse(JSON.stringify(message));

const snapshot = (state: DashboardState): HostMessage => ({ type: "snapshot", state });

function append(state: DashboardState): HostMessage {
  const equity = state.accounts.map(({ name, equity: points }) => ({ account: name, points }));
  const accounts = state.accounts.map(({ equity: _, ...account }) => account);
  return { type: "append", change: { state: { ...state, accounts }, equity } };
}

const read = (message: unknown) => parseHostMessage({ number: 1, message })?.message;

describe("A message of the host", () => {
  it("is read as it was sent, whatever the state", () => {
    fc.assert(
      fc.property(dashboardState, fc.constantFrom(snapshot, append), (state, kind) => {
        const message = carried(kind(state));
        expect(read(message)).toEqual(message);
      }),
    );
  });

  it.each(SAMPLES)("is read with the sample %s", (name) => {
    const message = carried(snapshot(sampleState(name, 1_750_000_000)));
    expect(read(message)).toEqual(message);
  });

  it.each(SAMPLES)("is read with the details of the sample %s", (name) => {
    const state = sampleState(name, 1_750_000_000);
    const rows = sampleTrades(state);
    for (const message of [
      { type: "trades", kept: 0, rows },
      { type: "report", report: sampleReport(state, rows) },
      { type: "evidence", evidence: sampleEvidence() },
    ] as const) {
      expect(read(carried(message))).toEqual(carried(message));
    }
  });

  it("is dropped when it is longer than any that the host sends", () => {
    const [row] = sampleTrades(sampleState("buy", 0));
    expect(read({ type: "trades", kept: 0, rows: Array(200_001).fill(row) })).toBeUndefined();
    expect(read({ type: "trades", kept: -1, rows: [] })).toBeUndefined();
  });

  it("is dropped when any one part of it is of another type or missing", () => {
    const paths = (value: unknown): readonly (readonly string[])[] =>
      typeof value !== "object" || value === null
        ? [[]]
        : Object.entries(value).flatMap(([key, part]) => paths(part).map((path) => [key, ...path]));
    const changed = (value: unknown, [key, ...rest]: readonly string[]): unknown => {
      if (key === undefined) return { other: true };
      if (Array.isArray(value)) return value.map((part, at) => (String(at) === key ? changed(part, rest) : part));
      const object = value as Readonly<Record<string, unknown>>;
      return { ...object, [key]: changed(object[key], rest) };
    };
    const message = carried(snapshot(sampleState("buy", 1_750_000_000)));
    const leaves = paths(message);
    expect(leaves.length).toBeGreaterThan(100);
    for (const path of leaves) expect(read(changed(message, path)), path.join(".")).toBeUndefined();
  });

  it.each([
    undefined,
    null,
    "snapshot",
    [],
    {},
    { type: "hello" },
    { type: "snapshot" },
    { type: "append", change: {} },
  ])("is not %j", (raw) => {
    expect(read(raw)).toBeUndefined();
    expect(parseHostMessage(raw)).toBeUndefined();
  });

  it.each([undefined, 0, -1, 1.5, "1", 1e300])("is none with the number %j", (number) => {
    const message = carried(snapshot(sampleState("buy", 1_750_000_000)));
    expect(parseHostMessage({ number: 1, message })?.number).toBe(1);
    expect(parseHostMessage({ number, message })).toBeUndefined();
  });
});
