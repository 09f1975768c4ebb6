import { expect, it } from "vitest";
import { memoryStore } from "../../src/store/memoryStore.js";
import { fill, signal } from "../support/outputs.js";

it("leaves out what it was given before, and passes on what has no identity", async () => {
  const keeper = memoryStore();
  const change = { type: "connection", time: signal().time, state: "up", message: undefined } as const;
  expect(await keeper.keep([fill(), fill(), change, change])).toEqual([fill(), change, change]);
  expect(await keeper.keep([fill(), signal(), change])).toEqual([signal(), change]);
});
