import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fillEvent } from "../../src/app/answers.js";
import { formatPrice } from "../../src/core/instrument.js";
import { ContextKeys } from "../../src/extension/contextKeys.js";
import type { RunPlace } from "../../src/extension/knownRuns.js";
import { LeaderWatch } from "../../src/extension/leaderWatch.js";
import { resetDemo } from "../../src/extension/resetDemo.js";
import { reopenRun } from "../../src/extension/runs.js";
import { statusLook } from "../../src/extension/statusText.js";
import { stop } from "../../src/extension/stop.js";
import { Workbench } from "../../src/extension/workbench.js";
import { claimLead } from "../../src/store/lead/lead.js";
import { FakeSecrets, fake } from "../support/fakeVscode.js";
import { hostIn, keyIn, SILENT, workbenchWithSignal } from "./support.js";

let folder: string;
let closing: (() => Promise<void> | void)[];

beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), "following-"));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** A second window of the same user, and the places in which it has noticed a leader. */
function secondWindow() {
  const host = hostIn(folder);
  const workbench = new Workbench(() => host, SILENT);
  const found: RunPlace[] = [];
  const watch = new LeaderWatch(
    () => host,
    () => false,
    async (place) => {
      found.push(place);
      return true;
    },
  );
  closing.push(
    () => workbench.close(),
    () => watch.dispose(),
  );
  return { workbench, watch, found };
}

async function leading(): Promise<Workbench> {
  const workbench = await workbenchWithSignal(join(folder, "demo"));
  closing.push(() => workbench.close());
  return workbench;
}

/** Two windows: the first runs the demo and waits at its first signal, the second shows it. */
async function both() {
  const first = await leading();
  const { workbench, watch, found } = secondWindow();
  await watch.look();
  expect(found).toEqual([{ market: "demo", folder: join(folder, "demo") }]);
  const followed = workbench.follow({ market: "demo", folder: join(folder, "demo") });
  await expect.poll(() => workbench.standing().leader).toBeDefined();
  return { first, second: workbench, watch, found, followed };
}

it("A window notices once that another one runs a feed, and nothing where none does", async () => {
  const { watch, found } = secondWindow();
  await watch.look();
  expect(found).toEqual([]);
  const first = await leading();
  await watch.look();
  await watch.look();
  expect(found).toHaveLength(1);
  await first.stop();
  await watch.look();
  expect(found).toHaveLength(1);
});

it("A leader that could not be followed at once is followed as soon as nothing else is at work", async () => {
  const host = hostIn(folder);
  // Its start takes until it is stopped.
  const busy = new Workbench(
    () => host,
    SILENT,
    async () => ({
      reopenRun,
      prepareRun: async (_choice, _host, { stop }) => void (await once(stop, "abort")),
    }),
  );
  closing.push(() => busy.close());
  const first = await leading();
  void busy.start({ market: "demo" });
  const place = { market: "demo", folder: join(folder, "demo") } as const;
  const followed: boolean[] = [];
  const watch = new LeaderWatch(
    () => host,
    () => false,
    async () => {
      const did = await busy.follow(place);
      followed.push(did);
      return did;
    },
  );
  closing.push(() => watch.dispose());
  await watch.look();
  expect(followed).toEqual([false]);
  await busy.stop();
  const looking = watch.look();
  await expect.poll(() => busy.standing().leader !== undefined || followed.length > 1).toBe(true);
  await first.stop();
  await looking;
  expect(followed).toEqual([false, true]);
  await watch.look();
  expect(followed).toHaveLength(2);
});

it("A window that follows shows the same signal and how the feed does, and its fill reaches the first", async () => {
  const { first, second, followed } = await both();
  const [pending] = first.standing().view?.pending ?? [];
  expect(second.standing()).toMatchObject({
    phase: "running",
    market: "demo",
    view: { pending: [{ id: pending?.id }] },
  });
  await expect.poll(() => second.standing().leader?.status).toContain("trades seen");
  expect(statusLook(second.standing(), Date.now()).tooltip.join()).toContain(String(process.pid));
  if (pending === undefined) throw new Error("A signal waits");
  const price = formatPrice(pending.price, pending.instrument);
  const answer = { recommendation: pending.id, price };
  await second.record(fillEvent(second.view(), answer, second.answerTime(), second.outputs()).event);
  await expect.poll(() => first.standing().view?.open.length).toBe(1);
  await first.stop();
  await followed;
  expect(second.standing()).toMatchObject({ phase: "idle", market: "demo", leader: undefined, failure: undefined });
  expect(second.standing().view?.open).toHaveLength(1);
});

it("A window that follows answers at the time of the leading window's market", async () => {
  const first = await leading();
  const reached = first.view().time + 20_000_000;
  await first.close();
  const lead = await claimLead({ folder: join(folder, "demo"), marketTime: () => reached });
  if (lead.role === "leader") closing.push(() => lead.end());
  const { workbench } = secondWindow();
  void workbench.follow({ market: "demo", folder: join(folder, "demo") });
  await expect.poll(() => workbench.standing().leader).toBeDefined();
  await expect.poll(() => workbench.answerTime()).toBe(reached);
});

it("A start where another window runs the same market follows it", async () => {
  const first = await leading();
  const { workbench } = secondWindow();
  await workbench.start({ market: "demo" });
  await expect.poll(() => workbench.standing().leader).toBeDefined();
  expect(workbench.standing().view?.pending).toHaveLength(1);
  expect(first.standing()).toMatchObject({ phase: "running", leader: undefined });
});

it("Stop says where the feed runs, and brings it here when the user wants that", async () => {
  const { first, second } = await both();
  const keys = new ContextKeys(second, keyIn(new FakeSecrets()));
  closing.push(() => keys.dispose());
  fake.answers.push("Take Over Here");
  await stop(second);
  expect(fake.messages.at(-1)?.text).toContain("The feed runs in another window");
  expect(second.standing()).toMatchObject({ phase: "running", market: "demo", leader: undefined });
  await expect.poll(() => first.standing().phase).toBe("idle");
  await expect.poll(() => fake.context("volumeCluster.following")).toBe(false);
  expect(first.standing().failure).toBeUndefined();
});

it("Reset Demo deletes nothing while another window runs the demo, and says which one and what to do", async () => {
  const { first, second } = await both();
  const before = readdirSync(join(folder, "demo"));
  fake.answers.push("Reset Demo");
  await expect(resetDemo(second)).rejects.toThrow(
    new RegExp(`another window runs it .process ${process.pid}, .*Stop it there.*Take Over Here`),
  );
  expect(readdirSync(join(folder, "demo"))).toEqual(expect.arrayContaining(before));
  expect(second.standing()).toMatchObject({ phase: "running", leader: { who: expect.any(String) } });
  expect(first.standing()).toMatchObject({ phase: "running", leader: undefined });
});

it("A window that runs the demo deletes nothing while another one runs paper auto in it, and runs on", async () => {
  const paper = join(folder, "paper", "demo");
  mkdirSync(paper, { recursive: true });
  const lead = await claimLead({ folder: paper });
  if (lead.role === "leader") closing.push(() => lead.end());
  const first = await leading();
  const own = join(folder, "demo");
  const gone = async () => rmSync(own, { recursive: true });
  await expect(first.without("demo", [own, paper], gone)).rejects.toThrow(paper);
  expect(first.standing()).toMatchObject({ phase: "running", leader: undefined });
  if (lead.role === "leader") await lead.end();
  await first.without("demo", [own, paper], gone);
  expect(existsSync(own)).toBe(false);
  expect(first.standing()).toMatchObject({ phase: "idle", market: undefined });
});

it("A window whose folder is deleted under its resting feed goes on leading the one that takes its place", async () => {
  await leading();
  rmSync(join(folder, "demo"), { recursive: true });
  mkdirSync(join(folder, "demo"));
  await expect.poll(() => existsSync(join(folder, "demo", "lease"))).toBe(true);
  const lead = await claimLead({ folder: join(folder, "demo") });
  closing.push(() => (lead.role === "leader" ? lead.end() : lead.close()));
  expect(lead.role).toBe("follower");
});

it("A window that follows is left alone when its window closes", async () => {
  const { first, second } = await both();
  await second.close();
  expect(first.standing().phase).toBe("running");
});

it("A window that is busy, or has something unsaved, does not follow", async () => {
  const first = await leading();
  await first.follow({ market: "demo", folder: join(folder, "demo") });
  expect(first.standing()).toMatchObject({ phase: "running", leader: undefined });
  await first.stop();
  const lead = await claimLead({ folder: join(folder, "demo") });
  expect(lead.role).toBe("leader");
  if (lead.role === "leader") await lead.end();
});

it("A window goes on with a live feed whose window was killed", async () => {
  const program = join(folder, "child.mjs");
  const entry = fileURLToPath(new URL("../store/lead/leadChild.ts", import.meta.url));
  const node = { platform: "node", target: "node20", format: "esm" } as const;
  await build({ entryPoints: [entry], outfile: program, bundle: true, ...node });
  const child = spawn(process.execPath, [program, folder, "5000"], { stdio: ["pipe", "pipe", "inherit"] });
  closing.push(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const { workbench } = secondWindow();
  const followed = workbench.follow({ market: "live", folder });
  await expect.poll(() => workbench.standing().leader).toBeDefined();
  child.kill("SIGKILL");
  await followed;
  // It has no key, which is as far as it gets.
  await expect.poll(() => fake.messages.at(-1)?.text).toContain("There is no Databento key");
});
