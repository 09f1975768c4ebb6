import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { preProcessFile } from "typescript";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What the files of each folder may import besides their own. */
const RINGS: Readonly<Record<string, readonly string[]>> = {
  "src/core": [],
  "src/feed": ["src/core"],
  "src/store": ["src/core"],
  "src/words": ["src/core"],
  "src/app": ["src/core", "src/words", "src/feed", "src/store"],
  "src/cli": ["src/core", "src/words", "src/feed", "src/store", "src/app"],
  "src/extension": ["src/core", "src/words", "src/feed", "src/store", "src/app"],
  webview: ["src/core", "src/words"],
};

/** The stages of the core, first to last: each may import itself and those before it. */
const STAGES = ["words", "detector", "guards", "sizing", "broker", "ledger", "engine"];

/** What every stage speaks of. A file beside the folders that is not named here is of the engine, the last stage. */
const WORDS = ["units", "instrument", "instruments", "session", "market", "settings", "random", "say"];

/** Imports against the order, of types alone: nothing of them is there when the program runs. */
const TYPES_AHEAD = [
  "market.ts > detector/volumeProfile.ts", // a closed bar carries its volume at price
  "settings.ts > detector/cluster.ts", // the choices of a setting are declared where they are meant
  "settings.ts > sizing/recommendation.ts", // the same
  "broker/paperTrade.ts > events.ts", // why a trade ended is a word of the records
  "ledger/account.ts > events.ts", // the same
];

interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether every import of `to` in the file is an `import type`. */
  readonly typeOnly: boolean;
}

const IMPORTS = Object.keys(RINGS).flatMap((ring) => {
  const files = readdirSync(join(ROOT, ring), { recursive: true, encoding: "utf8" });
  const code = files.filter((name) => /\.tsx?$/.test(name)).map((name) => posix.join(ring, name.replaceAll("\\", "/")));
  return code.flatMap(importsOf);
});

function importsOf(from: string): readonly Import[] {
  const text = readFileSync(join(ROOT, from), "utf8");
  const names = preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return names
    .filter((name) => name.startsWith("."))
    .map((name) => ({
      from,
      to: posix.join(dirname(from), name).replace(/\.js$/, ".ts"),
      typeOnly: text
        .split(`"${name}"`)
        .slice(0, -1)
        .every((before) => /\b(import|export) type [^;]*from $/.test(before)),
    }));
}

const ringOf = (path: string) => Object.keys(RINGS).find((ring) => path.startsWith(`${ring}/`));
const inCore = (path: string) => path.slice("src/core/".length);

function stageOf(path: string): number {
  const [first = "", second] = inCore(path).split("/");
  if (second !== undefined) return STAGES.indexOf(first);
  return STAGES.indexOf(WORDS.includes(first.replace(/\.ts$/, "")) ? "words" : "engine");
}

it("core knows nobody, feed, store and words the core, app these, terminal and extension all but each other, the panel core and words", () => {
  const against = IMPORTS.filter(({ from, to }) => {
    const [ring = "", other = ""] = [ringOf(from), ringOf(to)];
    return other !== ring && !RINGS[ring]?.includes(other);
  });
  expect(against.map(({ from, to }) => `${from} > ${to}`)).toEqual([]);
  expect(new Set(IMPORTS.map(({ from }) => ringOf(from))).size).toBe(Object.keys(RINGS).length);
});

it("no stage of the core imports a later one, but for the types that are named here", () => {
  const core = IMPORTS.filter(({ from, to }) => ringOf(from) === "src/core" && ringOf(to) === "src/core");
  expect(core.filter(({ from, to }) => stageOf(from) < 0 || stageOf(to) < 0)).toEqual([]);
  const ahead = core.filter(({ from, to }) => stageOf(to) > stageOf(from));
  expect(ahead.map(({ from, to }) => `${inCore(from)} > ${inCore(to)}`).toSorted()).toEqual(TYPES_AHEAD.toSorted());
  expect(ahead.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
});
