import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWebviewMessage } from "../../src/extension/webviewMessage.js";

const read = (message: unknown) => parseWebviewMessage({ number: 1, message })?.message;

describe("A message from the panel", () => {
  it.each([
    { type: "ready" },
    { type: "recordFill", recommendation: "ESM5-20250609T183215Z-BUY" },
    { type: "recordExit", recommendation: "ESM5-20250609T183215Z-BUY" },
    { type: "copyTicket", recommendation: "ESM5-20250609T183215Z-BUY" },
    { type: "skip", recommendation: "ESM5-20250609T183215Z-BUY" },
    { type: "showPending" },
    { type: "start" },
  ])("$type is understood", (message) => {
    expect(read(message)).toEqual(message);
  });

  it.each([
    ["an unknown type", { type: "executeCommand", command: "rm" }],
    ["an extra field", { type: "ready", more: 1 }],
    ["a missing id", { type: "recordFill" }],
    ["an id that is no text", { type: "recordFill", recommendation: { toString: "x" } }],
    ["an endless id", { type: "recordFill", recommendation: "x".repeat(101) }],
    ["ten megabytes", { type: "recordFill", recommendation: "x".repeat(10_000_000) }],
    ["a prototype", JSON.parse('{"type":"ready","__proto__":{"polluted":true}}')],
    ["nothing", undefined],
    ["a function", () => undefined],
  ])("%s is dropped", (_what, message) => {
    expect(read(message)).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([undefined, 0, 1.5, "1", 1e300])("is dropped with the number %j", (number) => {
    expect(parseWebviewMessage({ number, message: { type: "ready" } })).toBeUndefined();
  });

  it("never throws, whatever comes", () => {
    const cyclic: Record<string, unknown> = { type: "ready" };
    cyclic.self = cyclic;
    expect(read(cyclic)).toBeUndefined();
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true });
    fc.assert(fc.property(anything, (raw) => void [read(raw), parseWebviewMessage(raw)]));
  });
});
