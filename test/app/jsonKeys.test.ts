import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatedKeys } from "../../src/app/jsonKeys.js";

describe("repeatedKeys", () => {
  it("finds none in what JSON.stringify writes", () => {
    fc.assert(fc.property(fc.json(), (text) => void expect(repeatedKeys(text)).toEqual([])));
  });

  it("finds a key that was written again anywhere, whatever its value", () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), fc.json(), (key, first, second) => {
        const member = (value: string) => `${JSON.stringify(key)} : ${value}`;
        const text = `[1, {"deep": {${member(first)},\n${member(second)}}}]`;
        fc.pre(key !== "deep");
        expect(repeatedKeys(text)).toEqual([`[1].deep.${key}`]);
      }),
    );
  });

  it("gives each once, however often it is written, in the order in which they are found", () => {
    expect(repeatedKeys('{"b":1,"b":2,"b":3,"a":{"a":1},"a":2}')).toEqual(["b", "a"]);
  });

  it("takes a megabyte in one string", () => {
    for (const long of ["a".repeat(1_000_000), "\\\\".repeat(500_000), '\\"'.repeat(500_000)]) {
      expect(repeatedKeys(`{"k":"${long}","k":"${long}"}`)).toEqual(["k"]);
    }
  });
});
