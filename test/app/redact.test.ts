import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../src/app/redact.js";

const KEY = `db-${"aB3".repeat(9)}xY`;

describe("A redacted text", () => {
  it("has no key, no folder that was named, and no name of a user", () => {
    const text = `key ${KEY} in /data/of/mine/journal, /home/ann/x, C:\\Users\\Ann\\y and /Users/ann`;
    const folders = [["/data/of/mine", "<data folder>"]] as const;
    expect(redact(text, folders)).toBe(
      "key db-*** in <data folder>/journal, /home/***/x, C:\\Users\\***\\y and /Users/***",
    );
  });

  it("never keeps a key, whatever stands around it", () => {
    const around = fc.constantFrom(" ", '"', "\n", "=", ":", ",", "/", "(");
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{29}$/), around, around, (letters, before, after) => {
        expect(redact(`${before}db-${letters}${after}`, [])).not.toContain(letters);
      }),
    );
  });

  it("is the same text where there is nothing to hide, and an empty folder hides nothing", () => {
    expect(redact("Watching, 14,212 trades seen", [["", "<data folder>"]])).toBe("Watching, 14,212 trades seen");
  });
});
