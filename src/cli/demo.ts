import type { Run } from "../app/run.js";
import type { EngineOutput } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { demoFeed } from "../feed/demo.js";
import { DemoPace } from "../feed/demoPace.js";
import type { Feed } from "../feed/feed.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { PLAY_OPTIONS, play } from "./play.js";
import { readSettings } from "./readSettings.js";
import { CommandError } from "./usageError.js";

/** The fact under which a demo folder keeps its seed; the extension's demo uses the same. */
const SEED_META = "demo.seed";
const MAX_SEED = 4_294_967_295;
const MAX_DAYS = 100_000;

/** `demo`: the simulated market, without a key and without a file. */
export const demo: Command = {
  summary: "Play the simulated market, which has no edge by construction",
  usage: "[--seed N] [--days N] [--speed N] [--settings FILE] [--data FOLDER] [--paper] [--json]",
  options: {
    seed: ["N", "the same seed gives the same market"],
    days: ["N", "this many simulated days, as fast as it can; without it, on and on"],
    speed: ["N", "without --days: simulated seconds per second, 1 if absent"],
    ...PLAY_OPTIONS,
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const seed = args.number("seed", { min: 0, max: MAX_SEED, whole: true });
    const days = args.number("days", { min: 1, max: MAX_DAYS, whole: true });
    const speed = args.number("speed", { min: 0.001, max: 1_000_000, whole: false }) ?? 1;
    const settings = await readSettings(args.text("settings"), seed === undefined ? {} : { "demo.seed": seed });
    terminal.log.info("Simulated market without an edge: its results say nothing about a real one");
    const feed = async (run: Run) =>
      feedOf(run, await seedOf(run, settings.demo.seed, seed !== undefined), days, speed);
    await play({ kind: "demo", settings, feed }, args, terminal);
  },
};

/** A data folder's market has one seed for good. */
async function seedOf(run: Run, wanted: number, isAsked: boolean): Promise<number> {
  const before = run.meta(SEED_META);
  if (before === undefined) {
    await run.setMeta(SEED_META, wanted);
    return wanted;
  }
  if (!isAsked || Number(before) === wanted) return Number(before);
  throw new CommandError(
    `The demo in "${run.folder}" has the seed ${before}: name another folder for the seed ${wanted}`,
  );
}

function feedOf(run: Run, seed: number, days: number | undefined, speed: number): Feed {
  const { instrument } = run.settings.demo;
  if (days !== undefined) return demoFeed({ seed, instrument, days });
  const pace = new DemoPace({ speed });
  const seen = latest(run.outputs);
  return seen === undefined
    ? demoFeed({ seed, instrument, pace })
    : demoFeed({ seed, instrument, pace, fastUntil: seen });
}

/** How far the folder's market has come: it goes on from there. */
function latest(outputs: readonly EngineOutput[]): Micros | undefined {
  let last: Micros | undefined;
  for (const output of outputs) {
    if ("time" in output && (last === undefined || output.time > last)) last = output.time;
  }
  return last;
}
