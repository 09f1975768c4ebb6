import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { launchUriProblem } from "../../src/app/launchUri.js";

describe("The address of a broker's platform", () => {
  it.each([
    "https://trader.tradovate.com/",
    "http://localhost:8080/desk?layout=es#1",
    "tradovate://open",
    "ninjatrader:chart",
    "TWS://open",
  ])("may be %s", (address) => expect(launchUriProblem(address)).toBeUndefined());

  it.each([
    ["command:workbench.action.terminal.new", "command"],
    ["COMMAND:x", "command"],
    ["file:///etc/passwd", "file"],
    ["vscode:extension/evil.evil", "vscode"],
    ["vscode-insiders://settings", "vscode-insiders"],
    ["javascript:alert(1)", "javascript"],
    ["JavaScript:alert(1)", "javascript"],
    ["data:text/html,x", "data"],
    ["ms-msdt:/id", "ms-msdt"],
    ["search-ms:query=x", "search-ms"],
    ["ssh://host", "ssh"],
  ])("is never %s", (address, scheme) =>
    expect(launchUriProblem(address)).toBe(`an address that begins with "${scheme}:" is never opened`),
  );

  it.each([
    ["broker.example", /is no address/],
    ["", /is no address/],
    ["https://", /is no address/],
    ["https://user:secret@broker.example", /name or password/],
    ["https://broker.example/ a", /blanks/],
    [" javascript:alert(1)", /blanks/],
    ["java\nscript:alert(1)", /blanks/],
    [`https://broker.example/${"a".repeat(500)}`, /more than 500/],
  ])("is refused as %j", (address, problem) => expect(launchUriProblem(address)).toMatch(problem));

  it("never lets a forbidden scheme through, however it is written", () => {
    const scheme = fc.constantFrom("command", "file", "vscode", "javascript");
    const cased = scheme.chain((name) =>
      fc.tuple(...[...name].map((letter) => fc.boolean().map((up) => (up ? letter.toUpperCase() : letter)))),
    );
    fc.assert(
      fc.property(cased, fc.string(), fc.constantFrom("", " ", "\t", "\u0000"), (letters, rest, before) => {
        expect(launchUriProblem(`${before}${letters.join("")}:${rest}`)).toBeDefined();
      }),
    );
  });
});
