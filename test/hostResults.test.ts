import { describe, expect, it } from "vitest";
import { partResults } from "./host/results.mjs";

const passed = { title: "It works", state: "passed" } as const;
const failed = { title: "It breaks", state: "failed", error: "Broken" } as const;

describe("The results of a part of the in-host suite", () => {
  it("are those that it wrote, where one tells of the failure or there is none", () => {
    expect(partResults([passed], undefined)).toEqual([passed]);
    expect(partResults([passed, failed], new Error("1 test failed"))).toEqual([passed, failed]);
  });

  it.each([
    ["VS Code ends badly after tests that passed", [passed], new Error("SIGSEGV"), /ended badly.*SIGSEGV/],
    ["nothing was written", [], new Error("It did not start"), /no result.*It did not start/],
    ["nothing ran", [], undefined, /ran no test/],
  ])("have a failure when %s", (_case, results, rejection, message) => {
    const last = partResults(results, rejection).at(-1);
    expect(last).toMatchObject({ state: "failed", error: expect.stringMatching(message) });
  });
});
