import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { PHASE_KEYS } from "../../src/app/dayPhase.js";
import { ContextKeys, MODE_KEYS } from "../../src/extension/contextKeys.js";
import type { DayAtHand } from "../../src/extension/dayAtHand.js";
import { DayWatch } from "../../src/extension/dayWatch.js";
import type { Standing } from "../../src/extension/standing.js";
import { FakeSecrets, fake } from "../support/fakeVscode.js";
import { at } from "../support/outputs.js";
import { engineView, hostIn, keyIn, standing } from "./support.js";

beforeEach(() => fake.reset());

const SOURCES = "src/extension/";
/** The value of each key that some line of the extension sets. */
const SET = new Set(
  readdirSync(SOURCES)
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => [...readFileSync(SOURCES + name, "utf8").matchAll(/#keep\("(volumeCluster\.\w+)"/g)])
    .map(([, key]) => key),
);

/** All clauses of package.json, wherever they stand. */
function clausesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === "when" || key === "enablement") && typeof inner === "string" ? [inner] : clausesIn(inner),
  );
}

/** The keys of a clause: not what `view` and the like are compared with. */
function keysOf(clause: string): readonly string[] {
  const own = clause.replace(/\/[^/]*\//g, "").replace(/(==|!=)\s*[\w.]+/g, "");
  return [...own.matchAll(/volumeCluster\.\w+/g)].map(([key]) => key);
}

describe("When clauses", () => {
  const clauses = clausesIn(manifest.contributes);

  it("name no key that nobody sets", () => {
    expect(clauses.length).toBeGreaterThan(20);
    expect(clauses.flatMap(keysOf).filter((key) => !SET.has(key))).toEqual([]);
    expect(keysOf("view == volumeCluster.today && !volumeCluster.running && volumeCluster.phase == weekend")).toEqual([
      "volumeCluster.running",
      "volumeCluster.phase",
    ]);
  });

  it.each([
    ["phase", PHASE_KEYS],
    ["mode", MODE_KEYS],
  ] as const)("compare %s with values that it can have", (key, values) => {
    const compared = clauses.flatMap((clause) =>
      [...clause.matchAll(new RegExp(`volumeCluster\\.${key} (?:==|!=) (\\w+)`, "g"))].map(([, value]) => value),
    );
    expect(compared.length).toBeGreaterThan(0);
    expect(compared.filter((value) => !values.some((known) => known === value))).toEqual([]);
  });
});

/** A workbench whose standing is changed by the test. */
function workbenchOf(settings: Readonly<Record<string, unknown>> = {}) {
  let [now, changed]: [Standing, () => void] = [
    standing({ phase: "idle", market: undefined, view: undefined }),
    () => {},
  ];
  const workbench = {
    standing: () => now,
    host: () => hostIn("", settings),
    outputs: () => [],
    runNumber: 0,
    onDidChange: (listener: () => void) => {
      changed = listener;
      return { dispose: () => undefined };
    },
  };
  const change = (changes: Partial<Standing>) => {
    now = standing(changes);
    changed();
  };
  return { workbench: workbench as never, change };
}

describe("The mode", () => {
  it("says what is watched", () => {
    const { workbench, change } = workbenchOf();
    const keys = new ContextKeys(workbench, keyIn(new FakeSecrets()));
    onTestFinished(() => keys.dispose());
    const modes = [fake.context("volumeCluster.mode")];
    for (const changes of [
      { phase: "running", market: "demo" },
      { phase: "running", market: "replay" },
      { phase: "running", market: "live" },
      { phase: "running", market: "live", paper: true },
      { phase: "idle", market: "live", paper: true },
    ] as const) {
      change(changes);
      modes.push(fake.context("volumeCluster.mode"));
    }
    expect(modes).toEqual(["stopped", "demo", "replay", "live", "paperAuto", "stopped"]);
  });
});

describe("The phase", () => {
  it("follows the market's own time, and is unknown while the settings are wrong", async () => {
    const days: (DayAtHand | undefined)[] = [];
    const { workbench, change } = workbenchOf();
    const watch = new DayWatch(workbench, (day) => days.push(day));
    onTestFinished(() => watch.dispose());
    // Saturday noon, and Monday's evening.
    change({ phase: "running", market: "replay", view: engineView({ time: at("2025-06-14T16:00:00Z") }) });
    await expect.poll(() => days.at(-1)?.phase).toBe("weekend");
    change({ phase: "running", market: "replay", view: engineView({ time: at("2025-06-16T21:00:00Z") }) });
    await expect.poll(() => days.at(-1)?.phase).toBe("endOfDay");
  });

  it("is kept as a context key, and taken back", () => {
    const { workbench } = workbenchOf();
    const keys = new ContextKeys(workbench, keyIn(new FakeSecrets()));
    onTestFinished(() => keys.dispose());
    keys.keepPhase("weekend");
    expect(fake.context("volumeCluster.phase")).toBe("weekend");
    keys.keepPhase(undefined);
    expect(fake.context("volumeCluster.phase")).toBeUndefined();
  });
});
