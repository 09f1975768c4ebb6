import { expect, it } from "vitest";
import { simulate } from "./simulate.js";

it("x", async () => {
  const t = performance.now();
  let acked = 0,
    steps = 0,
    cuts = 0,
    kills = 0,
    fails = 0,
    rot = 0;
  const n = Number(process.env.N ?? 100),
    from = Number(process.env.FROM ?? 0);
  let bad = 0;
  for (let seed = from; seed < from + n; seed += 1) {
    try {
      const r = await simulate(seed);
      acked += r.acknowledged;
      steps += r.steps;
      cuts += r.powerCuts;
      kills += r.kills;
      fails += r.failures;
      rot += r.rotten;
    } catch (e) {
      bad++;
      if (bad <= Number(process.env.SHOW ?? 1)) process.stdout.write(String((e as Error).message) + "\n");
      else process.stdout.write(String((e as Error).message).split("\n")[0] + "\n");
    }
  }
  process.stdout.write(
    JSON.stringify({ bad, acked, steps, cuts, kills, fails, rot, ms: performance.now() - t }) + "\n",
  );
  expect(1).toBe(1);
}, 600000);
