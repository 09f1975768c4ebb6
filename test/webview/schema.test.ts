import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Inbox } from "../../src/core/envelope.js";
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

type Path = readonly string[];

/** Every place in a value for which `holds`. */
function placesIn(value: unknown, holds: (part: unknown) => boolean): readonly Path[] {
  const below =
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([key, part]) => placesIn(part, holds).map((path): Path => [key, ...path]));
  return holds(value) ? [[], ...below] : below;
}

/** The value with another part in one place of it. */
function withPart(value: unknown, [key, ...rest]: Path, part: (old: unknown) => unknown): unknown {
  if (key === undefined) return part(value);
  if (Array.isArray(value)) return value.map((each, at) => (String(at) === key ? withPart(each, rest, part) : each));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [key]: withPart(object[key], rest, part) };
}

/** One of each kind with all that it can have, as short as that allows. */
function everyMessage(): readonly unknown[] {
  const full = sampleState("buy", 1_750_000_000);
  const state = { ...full, accounts: full.accounts.map((each) => ({ ...each, equity: each.equity.slice(0, 1) })) };
  const rows = sampleTrades(full).filter(({ account }) => account === "manual");
  const report = sampleReport({ ...full, accounts: full.accounts.slice(1) }, rows);
  const evidence = sampleEvidence();
  return [
    snapshot(state),
    append(state),
    { type: "trades", kept: 0, rows: rows.slice(0, 1), more: false },
    {
      type: "report",
      report: { ...report, blind: [{ from: 1, to: 2, days: 1 }] },
      kept: [{ name: "manual", multipliers: 0, days: 0 }],
    },
    { type: "evidence", evidence: { ...evidence, footprint: evidence.footprint.slice(0, 1) } },
    { type: "draw", svg: "<svg/>" },
    { type: "sound", wav: "" },
  ].map((message) => carried(message as HostMessage));
}

describe("A message of the host", () => {
  it("is dropped when any text of it, or any list, is longer than any that the host sends", () => {
    const large = ["equity", "points", "rows", "multipliers"];
    for (const message of everyMessage()) {
      expect(read(message)).toEqual(message);
      for (const path of placesIn(message, (part) => typeof part === "string"))
        expect(read(withPart(message, path, () => "x".repeat(20_000_001))), path.join(".")).toBeUndefined();
      for (const path of placesIn(message, Array.isArray)) {
        const length = large.includes(path.at(-1) ?? "") ? 200_001 : 20_001;
        const longer = (old: unknown) => Array(length).fill((old as readonly unknown[])[0]);
        expect(read(withPart(message, path, longer)), path.join(".")).toBeUndefined();
      }
    }
  });

  it("is read or dropped, but never an error, whatever comes in the place of any part of it", () => {
    const messages = fc.constantFrom(...everyMessage());
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true });
    fc.assert(
      fc.property(messages, fc.nat(), anything, (message, which, other) => {
        const paths = placesIn(message, () => true);
        const changed = withPart(message, paths[which % paths.length] ?? [], () => other);
        void [read(changed), parseHostMessage(changed), parseHostMessage({ number: other, message })];
      }),
    );
  });

  it("is dropped where numbers come in a typed array, which cannot be frozen", () => {
    for (const message of everyMessage()) {
      for (const path of placesIn(message, Array.isArray)) {
        expect(read(withPart(message, path, () => Float64Array.from([0, 1]))), path.join(".")).toBeUndefined();
      }
    }
  });

  it("is taken once and in order by the panel, and what is none, is repeated or is late is counted", () => {
    const arrival = fc.record({ number: fc.integer({ min: 0, max: 6 }), kind: fc.constantFrom("good", "bad", "none") });
    const good = { type: "trades", kept: 0, rows: [], more: false };
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 30 }), (arrivals) => {
        const inbox = new Inbox(parseHostMessage);
        let last = 0;
        let taken = 0;
        for (const { number, kind } of arrivals) {
          const isNew = kind === "good" && number > last;
          if (isNew) last = number;
          taken += isNew ? 1 : 0;
          const raw = kind === "none" ? undefined : { number, message: kind === "good" ? good : { type: "hello" } };
          expect(inbox.take(raw)).toEqual(isNew ? good : undefined);
        }
        expect(inbox.dropped).toBe(arrivals.length - taken);
      }),
    );
  });

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
      { type: "trades", kept: 0, rows, more: true },
      { type: "report", report: sampleReport(state, rows), kept: [] },
      { type: "evidence", evidence: sampleEvidence() },
    ] as const) {
      expect(read(carried(message))).toEqual(carried(message));
    }
  });

  it("is dropped when it is longer than any that the host sends", () => {
    const [row] = sampleTrades(sampleState("buy", 0));
    expect(read({ type: "trades", kept: 0, rows: Array(200_001).fill(row), more: false })).toBeUndefined();
    expect(read({ type: "trades", kept: -1, rows: [], more: false })).toBeUndefined();
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
