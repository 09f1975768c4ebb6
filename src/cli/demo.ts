import { paced } from "../app/demoPacing.js";
import type { Run } from "../app/run.js";
import { parseSettings } from "../app/settings.js";
import type { EngineOutput } from "../core/events.js";
import type { Micros } from "../core/units.js";
import { demoFeed } from "../feed/demo.js";
import { DemoPace } from "../feed/demoPace.js";
import type { Feed } from "../feed/feed.js";
import type { Arguments, Command, Terminal } from "./command.js";
import { PLAY_OPTIONS, play } from "./play.js";
import { readSettings } from "./readSettings.js";
import type { Input } from "./sameInput.js";

/** The fact under which a demo folder keeps its seed; the extension's demo uses the same. */
const SEED_META = "demo.seed";
const DEFAULT_SEED = parseSettings({}).demo.seed;
const MAX_SEED = 4_294_967_295;
const MAX_DAYS = 100_000;

/** `demo`: the simulated market, without a key and without a file. */
export const demo: Command = {
  summary: "Play the simulated market, which has no edge by construction",
  usage: "[--seed N] [--days N] [--speed N] [--settings FILE] [--data FOLDER] [--paper] [--json]",
  options: {
    seed: ["N", "the same seed gives the same market"],
    days: ["N", "this many simulated days, as fast as it can; without it, on and on"],
    speed: ["N", "always N simulated seconds per second; without it fast, and in real time while a signal waits"],
    ...PLAY_OPTIONS,
  },
  async run(args: Arguments, terminal: Terminal) {
    args.noFiles();
    const seed = args.number("seed", { min: 0, max: MAX_SEED, whole: true });
    const days = args.number("days", { min: 1, max: MAX_DAYS, whole: true });
    const speed = args.number("speed", { min: 0.001, max: 1_000_000, whole: false });
    const settings = await readSettings(args.text("settings"), seed === undefined ? {} : { "demo.seed": seed });
    const pace = days !== undefined && speed === undefined ? undefined : paceOf(speed, terminal);
    const isAsked = seed !== undefined || settings.demo.seed !== DEFAULT_SEED;
    const feed = (run: Run) => announced(feedOf(run, Number(seedOf(run, isAsked).value), days, pace), terminal);
    const input = (run: Run) => seedOf(run, isAsked);
    await play({ kind: "demo", settings, feed, input, sinks: pace === undefined ? [] : [paced(pace)] }, args, terminal);
  },
};

/** The same feed, with a word on what it is once it begins: where another window runs it, it does not. */
function announced(feed: Feed, { log }: Terminal): Feed {
  return {
    async *events(stop) {
      log.info("Simulated market without an edge: its results say nothing about a real one");
      yield* feed.events(stop);
    },
  };
}

/** A speed that is asked for stays; else it is fast until a signal waits. */
function paceOf(speed: number | undefined, { demoClock }: Terminal): DemoPace {
  return new DemoPace({
    ...(speed === undefined ? {} : { speed }),
    ...(demoClock === undefined ? {} : { clock: demoClock }),
  });
}

/** A data folder's market has one seed for good: without one that is asked for it goes on with its own. */
function seedOf(run: Run, isAsked: boolean): Input {
  const known = run.meta(SEED_META);
  const value = isAsked || typeof known !== "number" ? run.settings.demo.seed : known;
  return { key: SEED_META, value, otherwise: `with the seed ${known}` };
}

function feedOf(run: Run, seed: number, days: number | undefined, pace: DemoPace | undefined): Feed {
  const { instrument } = run.settings.demo;
  const seen = latest(run.everything());
  return demoFeed({
    ...{ seed, instrument },
    ...(days === undefined ? {} : { days }),
    ...(pace === undefined ? {} : { pace }),
    ...(seen === undefined ? {} : { fastUntil: seen }),
  });
}

/** How far the folder's market has come: it goes on from there. */
function latest(outputs: Iterable<EngineOutput>): Micros | undefined {
  let last: Micros | undefined;
  for (const output of outputs) {
    if ("time" in output && (last === undefined || output.time > last)) last = output.time;
  }
  return last;
}
