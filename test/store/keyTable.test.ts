import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyTable } from "../../src/store/keyTable.js";

function tableOf(texts: readonly string[]): KeyTable {
  const table = new KeyTable();
  for (const text of texts) table.set(text, text.length);
  return table;
}

const someTexts = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 300 });

describe("A table of texts has an identity", () => {
  it("that is the same in whatever order, and however often, they came, and after it was saved", () => {
    fc.assert(
      fc.property(someTexts, (texts) => {
        const table = tableOf(texts);
        expect(tableOf([...texts.toReversed(), ...texts]).identity).toBe(table.identity);
        expect(new KeyTable(table.save()).identity).toBe(table.identity);
      }),
    );
  });

  it("that differs when one of them is missing, or is another", () => {
    fc.assert(
      fc.property(someTexts, fc.nat(), (texts, number) => {
        const table = tableOf(texts);
        const at = number % texts.length;
        expect(tableOf(texts.toSpliced(at, 1)).identity).not.toBe(table.identity);
        expect(tableOf(texts.toSpliced(at, 1, "one that is longer than the others of this test")).identity).not.toBe(
          table.identity,
        );
      }),
    );
  });
});
