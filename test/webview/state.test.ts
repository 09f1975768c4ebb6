import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DashboardState, EquityPoint, HostMessage } from "../../src/core/protocol.js";
import { sampleState } from "../../webview/dev/sample.js";
import { mergePoints, reduce } from "../../webview/state.js";
import { dashboardState, equityPoints } from "./arbitraryState.js";

describe("reduce", () => {
  it("shows a snapshot as it is", () => {
    fc.assert(
      fc.property(fc.option(dashboardState, { nil: undefined }), dashboardState, (before, state) => {
        expect(reduce(before, { type: "snapshot", state })).toBe(state);
      }),
    );
  });

  it("ignores an append before the first snapshot", () => {
    fc.assert(
      fc.property(dashboardState, (state) => {
        expect(reduce(undefined, append(state, []))).toBeUndefined();
      }),
    );
  });

  it("leaves the state alone when a message is of no known type", () => {
    const unknown = { type: "hello" } as unknown as HostMessage;
    fc.assert(
      fc.property(dashboardState, (state) => {
        expect(reduce(state, unknown)).toBe(state);
      }),
    );
  });

  it("comes to the final snapshot by appends, however its points were cut", () => {
    fc.assert(
      fc.property(
        dashboardState,
        dashboardState,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (first, last, cuts) => {
          const start = {
            ...first,
            selected: last.selected,
            accounts: last.accounts.map((account) => ({ ...account, balance: 0, equity: [] })),
          };
          let state = reduce(undefined, { type: "snapshot", state: start });
          for (const [from, to] of slices(cuts)) state = reduce(state, append(last, [from, to]));
          expect(state).toEqual(last);
        },
      ),
    );
  });

  it("keeps few points of an account however long it is open, with the highest among them", () => {
    const sample = sampleState("buy", 0);
    const [account] = sample.accounts;
    if (account === undefined) throw new Error("The sample changed");
    const { equity: _, ...paper } = account;
    let state = reduce(undefined, { type: "snapshot", state: { ...sample, accounts: [{ ...account, equity: [] }] } });
    for (let number = 0; number < 10_000; number += 100) {
      const points = Array.from({ length: 100 }, (_, index) => at(number + index));
      if (number === 3_000) points[50] = { time: number + 50, balance: 99_999, drawdown: 0 };
      const change = { state: { ...sample, accounts: [paper] }, equity: [{ account: paper.name, points }] };
      state = reduce(state, { type: "append", change });
    }
    const equity = state?.accounts[0]?.equity ?? [];
    expect(equity.length).toBeLessThanOrEqual(4_000);
    expect(equity.at(-1)?.time).toBe(9_999);
    expect(equity).toContainEqual({ time: 3_050, balance: 99_999, drawdown: 0 });
  });

  it("is not moved by an append that repeats what it has", () => {
    fc.assert(
      fc.property(dashboardState, (state) => {
        const once = reduce(state, append(state, [0, 1]));
        expect(once).toEqual(state);
        expect(reduce(once, append(state, [0.5, 1]))).toEqual(state);
      }),
    );
  });

  it("never changes the state it was given", () => {
    fc.assert(
      fc.property(dashboardState, dashboardState, (state, change) => {
        const before = structuredClone(state);
        reduce(state, append(change, [0, 1]));
        expect(state).toEqual(before);
      }),
    );
  });

  it.each([
    { name: "the user's trade brings his account to the front", from: "paper", to: "manual", shown: "manual" },
    { name: "the paper account's trade takes the place of none", from: "manual", to: "paper", shown: "manual" },
  ] as const)("$name", ({ from, to, shown }) => {
    const state = { ...sampleState("wait", 0), selected: from };
    expect(reduce(state, append({ ...state, selected: to }, [1, 1]))?.selected).toBe(shown);
  });

  it("opens on the account that trades first, where none had traded", () => {
    const state = { ...sampleState("empty", 0), selected: "manual" as const };
    expect(reduce(state, append({ ...state, selected: "paper" }, [1, 1]))?.selected).toBe("paper");
  });

  it("starts an account's curve that was not there before, and forgets an account that is gone", () => {
    const [state] = fc.sample(
      dashboardState.filter(({ accounts }) => accounts.length === 2),
      { numRuns: 1, seed: 1 },
    );
    if (state === undefined) throw new Error("No sample");
    const [manual, paper] = state.accounts;
    const withPaper = reduce({ ...state, accounts: state.accounts.slice(0, 1) }, append(state, [0, 1]));
    expect(withPaper?.accounts[1]).toEqual(paper);
    const manualAlone = reduce(state, append({ ...state, accounts: state.accounts.slice(0, 1) }, [1, 1]));
    expect(manualAlone?.accounts).toEqual([manual]);
  });
});

describe("mergePoints", () => {
  it.each([
    { name: "adds at the end", before: [1, 2], added: [3, 4], merged: [1, 2, 3, 4] },
    { name: "adds nothing to nothing", before: [], added: [], merged: [] },
    { name: "drops a point it has", before: [1, 2], added: [2, 3], merged: [1, 2, 3] },
    { name: "puts a late point in its place", before: [1, 5], added: [3], merged: [1, 3, 5] },
    { name: "sorts what comes out of order", before: [1], added: [9, 4, 9], merged: [1, 4, 9] },
    { name: "starts from an empty curve", before: [], added: [2, 1], merged: [1, 2] },
  ])("$name", ({ before, added, merged }) => {
    expect(mergePoints(before.map(at), added.map(at)).map((point) => point.time)).toEqual(merged);
  });

  it("takes the later arrival of two points of one second", () => {
    const merged = mergePoints([at(1), at(2)], [{ time: 2, balance: 7, drawdown: 0 }]);
    expect(merged.map((point) => point.balance)).toEqual([1, 7]);
  });

  it("agrees with a map by time that is sorted in the end", () => {
    fc.assert(
      fc.property(
        equityPoints,
        fc.array(fc.record({ time: fc.nat(50), balance: fc.nat(), drawdown: fc.constant(0) })),
        (before, added) => {
          const naive = new Map([...before, ...added].map((point) => [point.time, point]));
          expect(mergePoints(before, added)).toEqual([...naive.values()].sort((a, b) => a.time - b.time));
        },
      ),
    );
  });
});

function at(time: number): EquityPoint {
  return { time, balance: time, drawdown: 0 };
}

/** An append that says `state`, with each curve's points between two shares of its length. */
function append(state: DashboardState, shares: readonly number[]): HostMessage {
  const [from = 0, to = 0] = shares;
  return {
    type: "append",
    change: {
      state: { ...state, accounts: state.accounts.map(({ equity: _, ...account }) => account) },
      equity: state.accounts.map(({ name, equity }) => ({
        account: name,
        points: equity.slice(Math.floor(from * equity.length), Math.floor(to * equity.length)),
      })),
    },
  };
}

function slices(cuts: readonly number[]): readonly [from: number, to: number][] {
  const ends = [...cuts].sort((a, b) => a - b).concat(1);
  return ends.map((end, index) => [ends[index - 1] ?? 0, end]);
}
