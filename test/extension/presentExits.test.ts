import fc from "fast-check";
import { expect, it } from "vitest";
import type { EngineOutput } from "../../src/core/events.js";
import { presentPortfolios } from "../../src/core/portfolio.js";
import { countingExits } from "../../src/core/tradeRecords.js";
import { PresentExits } from "../../src/extension/presentExits.js";
import { amendment, equity, exit, fill, paperReset, voiding } from "../support/outputs.js";

const one = fc.oneof(
  fc.tuple(fc.nat(4), fc.constantFrom("manual" as const, "paper" as const), fc.boolean()).map(
    ([n, account, isCorrected]): EngineOutput =>
      exit({
        id: `exit ${n}${isCorrected ? "'" : ""}`,
        recommendation: `r${n}`,
        account,
        ...(isCorrected && { replaces: `exit ${n}` }),
      }),
  ),
  fc.nat(4).map((n): EngineOutput => voiding({ recommendation: `r${n}` })),
  fc.constantFrom<EngineOutput>(equity(), fill(), amendment(), paperReset()),
);

it("finds the exits that count, however the records came, and keeps the list where nothing changes it", () => {
  const steps = fc.array(fc.tuple(fc.array(one, { maxLength: 4 }), fc.boolean()), { maxLength: 12 });
  fc.assert(
    fc.property(steps, (given) => {
      const exits = new PresentExits();
      let outputs: readonly EngineOutput[] = [];
      for (const [added, isSorted] of given) {
        const before = exits.of(outputs);
        const isQuiet = !isSorted && added.every(({ type }) => type === "equity" || type === "fill");
        outputs = isSorted ? [...added, ...outputs] : [...outputs, ...added];
        expect(exits.of(outputs)).toEqual(countingExits(presentPortfolios(outputs)));
        if (isQuiet) expect(exits.of(outputs)).toBe(before);
      }
    }),
  );
});
