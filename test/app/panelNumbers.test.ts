import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nullTest } from "../../src/core/ledger/nullTests.js";
import type { Period } from "../../src/core/protocol.js";
import { hostMessage } from "../../webview/schema.js";
import { expectedEvidence } from "./panelNumbers/expectedEvidence.js";
import { expectedReport } from "./panelNumbers/expectedReport.js";
import { expectedState, expectedTrades } from "./panelNumbers/expectedState.js";
import { type Panel, tradedFolder } from "./panelNumbers/folder.js";
import { evidence } from "./panelNumbers/formulas.js";
import { generalPath, numbersInSchema, numbersOf } from "./panelNumbers/numbers.js";
import { type Sources, sourcesOf } from "./panelNumbers/sources.js";
import { NO_RESULT, TRACED } from "./panelNumbers/traced.js";

let folder = "";
let panel: Panel;
let sources: Sources;
/** Paths of the numbers that were. */
const compared = new Set<string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "panel-numbers-"));
  panel = await tradedFolder(folder, 11, 36);
  sources = await sourcesOf(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PERIODS: readonly Period[] = [
  { kind: "all" },
  { kind: "days", days: 7 },
  { kind: "days", days: 30 },
  { kind: "days", days: 90 },
  { kind: "range", from: "2025-01-13", to: "2025-01-24" },
];

/** Simulated by another generator, so only alike: the ends of 1,000 paths are known to some 3 % each. */
const isSimulated = (path: string) => /cone\.(steps|halted|losing)/.test(path);

function same(root: string, actual: unknown, expected: unknown): void {
  const [is, wanted] = [numbersOf(actual), numbersOf(expected)];
  for (const path of numbersOf({ [root]: actual }).keys()) compared.add(generalPath(path));
  const wrong: string[] = [];
  for (const path of new Set([...is.keys(), ...wanted.keys()])) {
    const [a, b] = [is.get(path), wanted.get(path)];
    if (a === undefined || b === undefined) wrong.push(`${path}: ${a} in the panel, ${b} recomputed`);
    else if (Math.abs(a - b) > (isSimulated(path) ? 0.12 * Math.max(1, Math.abs(b)) : 1e-6 * Math.max(1, Math.abs(b))))
      wrong.push(`${path}: ${a} in the panel, ${b} recomputed`);
  }
  expect(wrong.slice(0, 20)).toEqual([]);
}

interface Held {
  readonly account: string;
  readonly recommendation: string;
  readonly held: string;
}

describe("Each number of the panel is that of an independent recomputation from the folder's files", () => {
  it("has results to compare: wins, losses, parts, exits by hand, skips, silence, corrections and what was taken back", () => {
    const own = sources.trades.filter(({ account }) => account === "manual");
    const kinds = sources.journal.map(({ type }) => type);
    expect(own.length).toBeGreaterThan(30);
    expect(kinds).toEqual(expect.arrayContaining(["amendment", "void", "decision", "gap", "shadow"]));
    const parted = new Set(
      sources.journal.filter(({ type }) => type === "partialExit").map((part) => part.recommendation),
    );
    expect(own.filter(({ recommendation }) => parted.has(recommendation)).length).toBeGreaterThan(1);
    expect([...sources.open].filter((id) => parted.has(id))).toHaveLength(1);
  });

  it("key figures, curves, contexts and what waits", () => {
    const expected = expectedState(sources, panel.now);
    same("state", panel.state, expected);
    const held = (state: unknown) =>
      (state as { readonly open: readonly Held[] }).open.map(
        (each) => `${each.account} ${each.recommendation}: ${each.held}`,
      );
    expect(held(panel.state).sort()).toEqual(held(expected).sort());
    expect(held(expected).length).toBeGreaterThan(1);
  });

  it("the list of trades", () => same("trades", { rows: panel.trades }, { rows: expectedTrades(sources) }));

  it("the evidence of every signal that was for the user", () => {
    const ids = sources.calls.map(({ id }) => id);
    for (const id of ids) same("evidence", panel.evidence(id), expectedEvidence(sources, id));
  });

  it.each(PERIODS)("the statistics of %j", (period) => {
    same("report", panel.report(period), expectedReport(sources, period, panel.now));
  });

  it("the trades that a null hypothesis took, and those that it still needs", () => {
    const outcomes = (won: number, lost: number) =>
      Array.from({ length: won + lost }, (_, i) => i % (won + lost) < won);
    const { rejectedAfter, rejected } = nullTest(outcomes(30, 5), 0.5) ?? {};
    const bets = Array.from({ length: 35 }, (_, i) => evidence(Math.min(i + 1, 30), Math.max(0, i - 29), 0.5));
    expect([rejected, rejectedAfter]).toEqual([true, bets.findIndex((bet) => bet >= 20) + 1]);
    const mixed = [...outcomes(6, 4), ...outcomes(6, 4), ...outcomes(6, 4)];
    const needed = nullTest(mixed, 0.5)?.needed ?? Number.NaN;
    const later = (more: number) => evidence(18 + 0.6 * more, 12 + 0.4 * more, 0.5);
    expect(later(needed)).toBeGreaterThanOrEqual(20);
    expect(later(needed - 1)).toBeLessThan(20);
    for (const end of ["rejectedAfter", "needed"]) compared.add(`report.accounts[].calibration.nulls[].${end}`);
  });

  it("and the list of them has every number that the panel can be told, once, and no other", () => {
    const listed = [...Object.values(TRACED).flat(), ...NO_RESULT];
    expect(listed.filter((path, i) => listed.indexOf(path) !== i)).toEqual([]);
    // An append brings the state again, without the curves, and their new points.
    const told = numbersInSchema(hostMessage)
      .map((path) => (path === "kept" || path.startsWith("rows") ? `trades.${path}` : path))
      .map((path) => path.replace("change.equity[].points[]", "state.accounts[].equity[]").replace(/^change\./, ""));
    const report = panel.report({ kind: "all" });
    const named = [...numbersOf({ report }).keys()].map(generalPath).filter((path) => /(figures|units)\[/.test(path));
    const without = told.filter((path) => !/(figures|units)\[\]/.test(path));
    expect([...new Set([...without, ...named])].toSorted()).toEqual(listed.toSorted());
  });

  it("and each of those was compared", () => {
    expect(
      Object.values(TRACED)
        .flat()
        .filter((path) => !compared.has(path)),
    ).toEqual([]);
  });
});
