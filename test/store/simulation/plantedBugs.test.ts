import { describe, expect, it } from "vitest";
import { Broken } from "./broken.js";
import { PLANTED_BUGS } from "./plantedBugs.js";
import { simulate } from "./simulate.js";

/** A bug that so many runs do not notice would get through. */
const SEEDS = 600;

describe("The simulation notices that", () => {
  it.each(PLANTED_BUGS)("$name", async (bug) => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const broken = await simulate(seed, bug).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (broken === undefined) continue;
      expect(broken).toBeInstanceOf(Broken);
      process.stdout.write(`${bug.name}: ${(broken as Error).message.split("\n", 1)[0]?.slice(0, 200)}\n`);
      return;
    }
    throw new Error(`${SEEDS} seeds did not notice it`);
  });
});
