import { expect, it } from "vitest";
import { type Simulated, simulate } from "./simulate.js";

/** `npm run test:soak` runs in this mode; it takes half an hour. */
const isSoak = (import.meta as { readonly env?: { readonly MODE?: string } }).env?.MODE === "soak";
const SEEDS = isSoak ? 100_000 : 2_000;
const WITH_TRADERS = SEEDS / 4;
/** Seeds that once broke the promise. What they run may have changed since; each defect has a test of its own as well. */
const ONCE_BROKEN: readonly { seed: number; hasTraders?: boolean; why: string }[] = [
  { seed: 5, why: "two windows gave two records one id, and one of them was lost" },
  { seed: 14, why: "a failed stat of a journal was told in the system's words" },
  { seed: 37, why: "a look that failed at its end was never repeated, so a window missed another's fills" },
  { seed: 65, why: "a window did not know what its own journal held after an error" },
  { seed: 71, why: "a reserve that could not be reached hid that nothing was saved" },
  { seed: 110, why: "two windows kept different answers to one question" },
  { seed: 318, why: "a window did not write again what was cut from a journal that it had left after a disk error" },
  { seed: 1_799, why: "a seal written with the first append was noted as a record, so the file seemed cut without it" },
  { seed: 40_011_590, why: "an answer was shown again when another one had counted only while the journals were read" },
  { seed: 70_002_572, why: "a journal whose first record was cut short and taken back was called a deleted one" },
  { seed: 50_001_587, hasTraders: true, why: "the same was said of another one, at which people trade" },
];

it.each(ONCE_BROKEN)("keeps the promise with seed $seed, where $why", async ({ seed, hasTraders = false }) => {
  await simulate(seed, undefined, hasTraders);
});

it(`keeps every promise on ${SEEDS} simulated machines (D2, D3, D4, D7, W1, W7)`, () => keepsPromise(SEEDS), 7_200_000);

it(
  `and on ${WITH_TRADERS}, at which people close positions in parts`,
  () => keepsPromise(WITH_TRADERS, true),
  7_200_000,
);

async function keepsPromise(seeds: number, hasTraders = false): Promise<void> {
  const sum = { acknowledged: 0, steps: 0, powerCuts: 0, kills: 0, failures: 0, rotten: 0, tampered: 0 };
  // Others are tried each day, and the day is in the failure with the seed.
  const first = isSoak ? Math.floor(Date.now() / 86_400_000) * seeds : 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { hash, ...counts } = await simulate(seed, undefined, hasTraders);
    for (const name of names(sum)) sum[name] += counts[name];
    if (isSoak && (seed - first) % 5_000 === 4_999)
      process.stdout.write(`${seed - first + 1} seeds kept the promise\n`);
  }
  const people = hasTraders ? " with traders" : "";
  process.stdout.write(`seeds ${first} to ${first + seeds - 1}${people}: ${JSON.stringify(sum)}\n`);
  // A simulation in which nothing goes wrong proves nothing.
  for (const name of names(sum)) expect(sum[name], name).toBeGreaterThan(seeds / 100);
}

it("runs the same from the same seed", async () => {
  for (let seed = 100; seed < 110; seed += 1) expect(await simulate(seed)).toEqual(await simulate(seed));
});

function names<T extends object>(of: T): readonly (keyof T & Exclude<keyof Simulated, "hash">)[] {
  return Object.keys(of) as (keyof T & Exclude<keyof Simulated, "hash">)[];
}
