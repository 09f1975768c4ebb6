import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Period } from "../../src/core/protocol.js";
import { restore, save } from "../../webview/saved.js";
import { TRADE_SORTS } from "../../webview/tradeList.js";
import { FIRST_VIEW, type View } from "../../webview/view.js";
import { dashboardState } from "./arbitraryState.js";

const view: fc.Arbitrary<View> = fc.record({
  account: fc.constantFrom(undefined, "manual" as const, "paper" as const),
  equityAsTable: fc.boolean(),
  both: fc.boolean(),
  period: fc.constantFrom<Period>(
    { kind: "all" },
    { kind: "days", days: 7 },
    { kind: "range", from: "2025-01-01", to: "2025-02-01" },
  ),
  trades: fc.record({ sort: fc.constantFrom(...TRADE_SORTS), descending: fc.boolean(), filter: fc.string() }),
});

describe("What is kept of the panel", () => {
  it("comes back without its call, its positions, its status and what stood in a call's way", () => {
    fc.assert(
      fc.property(dashboardState, view, (state, kept) => {
        const restored = restore(throughVsCode(save({ state, view: kept })));
        expect(restored.view).toEqual(kept);
        const { status, ...rest } = restored.state ?? state;
        expect(status).toMatch(/^Showing the last results/);
        const { status: _, ...expected } = {
          ...throughVsCode(state),
          recommendation: undefined,
          noCall: undefined,
          nearest: undefined,
          unanswered: 0,
          open: [],
        };
        expect(rest).toEqual(expected);
      }),
    );
  });

  it("comes back as a view alone when the host had not spoken yet", () => {
    const saved = { state: undefined, view: { ...FIRST_VIEW, account: "paper" as const, equityAsTable: true } };
    expect(restore(throughVsCode(save(saved)))).toEqual(saved);
  });

  it.each([
    undefined,
    null,
    "",
    [],
    { version: 2, view: FIRST_VIEW },
    { version: 1, view: { equityAsTable: "yes" } },
    { version: 1, view: { equityAsTable: true }, state: { instrument: "ES MAR24" } },
  ])("is forgotten when it is not of this version: %j", (kept) => {
    expect(restore(kept)).toEqual({ state: undefined, view: FIRST_VIEW });
  });

  it("is forgotten without a throw, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (kept) => {
        expect(restore(kept)).toEqual({ state: undefined, view: FIRST_VIEW });
      }),
    );
  });
});

/** VS Code keeps it as JSON. */
function throughVsCode<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
