import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registerCommands } from "../../src/extension/commands.js";
import type { DatabentoKey } from "../../src/extension/databentoKey.js";
import { KEYS_PAGE } from "../../src/extension/notices.js";
import type { RunHost } from "../../src/extension/openRun.js";
import { Workbench } from "../../src/extension/workbench.js";
import { endingOf } from "../../src/feed/databento/live/gatewayErrors.js";
import { refusal } from "../../src/feed/databento/live/handshake.js";
import { FeedError } from "../../src/feed/feedError.js";
import { hurried } from "../support/fakeClock.js";
import { commands, FakeSecrets, fake } from "../support/fakeVscode.js";
import { CANARY, CANARY_FORMS } from "../support/historicalRange.js";
import { HistoricalServer } from "../support/historicalServer.js";
import { hostIn, keyIn, NO_SURFACES } from "./support.js";

const OTHER = `db-${"Z".repeat(29)}`;
const SECRET = "volumeCluster.databentoKey";

let server: HistoricalServer;
let folder: string;
let secrets: FakeSecrets;
let key: DatabentoKey;
let workbench: Workbench;
let logged: string[];

beforeEach(async () => {
  fake.reset();
  logged = [];
  server = await HistoricalServer.start();
  folder = mkdtempSync(join(tmpdir(), "volume-cluster-key-"));
  secrets = new FakeSecrets();
  key = keyIn(secrets);
  const say = (line: string) => void logged.push(line);
  const log = { info: say, warn: say, error: say };
  const loopback = { historical: { address: server.address, clock: hurried() } };
  const host: RunHost = hostIn(folder, {}, { key, log, loopback });
  workbench = new Workbench(() => host, log);
  registerCommands({
    workbench,
    ...NO_SURFACES,
    dashboard: {} as never,
    log: { ...log, show: () => undefined } as never,
  });
});

afterEach(async () => {
  await workbench.close();
  key.dispose();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that was said, shown or written by the program. */
function everythingSaid(): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const boxes = fake.boxes.map(({ title, prompt, placeholder, validationMessage }) => [
    title,
    prompt,
    placeholder,
    validationMessage,
  ]);
  return JSON.stringify([logged, fake.messages, fake.progress, fake.statusMessages, fake.executed, boxes, files]);
}

/** Runs the command and types a text, which is entered. */
async function setKey(text: string): Promise<void> {
  const done = commands.executeCommand("volumeCluster.setApiKey");
  const box = await fake.nextBox();
  box.type(text);
  box.enter();
  await done;
}

const said = () => fake.messages.map(({ severity, text, actions }) => [severity, text, ...actions]);

describe("Set Databento API Key", () => {
  it("hides what is typed, and accepts nothing that cannot be a key", async () => {
    const done = commands.executeCommand("volumeCluster.setApiKey");
    const box = await fake.nextBox();
    expect(box.password).toBe(true);
    box.enter();
    box.type("db-short");
    expect(box.said()).toMatch(/29 letters and digits, these are 8 characters/);
    box.enter();
    expect(box.visible).toBe(true);
    box.type(`  ${CANARY}\n`);
    expect(box.said()).toBe("info: Enter tries it with Databento, and keeps it if it works");
    box.hide();
    await done;
    expect(secrets.kept.size).toBe(0);
    expect(server.requests).toEqual([]);
  });

  it("tries the key with one request, and keeps it, trimmed, in the secret storage alone", async () => {
    await setKey(` ${CANARY} `);
    expect([...secrets.kept]).toEqual([[SECRET, CANARY]]);
    expect(server.requests.map(({ call }) => call)).toEqual(["metadata.get_dataset_range"]);
    expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from(`${CANARY}:`).toString("base64")}`);
    expect(fake.statusMessages).toEqual(["$(check) Databento knows the key: it is kept in VS Code's secret storage"]);
    expect(fake.messages).toEqual([]);
    expect(await key.isSet()).toBe(true);
  });

  it("keeps no key that Databento refuses, keeps the one before it, and offers to type another", async () => {
    secrets.kept.set(SECRET, OTHER);
    server.usually("metadata.get_dataset_range", { status: 401, body: { detail: `bad key ${CANARY}` } });
    fake.answers = ["Set Key"];
    await setKey(CANARY);
    expect(secrets.kept.get(SECRET)).toBe(OTHER);
    expect(said()).toEqual([
      [
        "error",
        expect.stringMatching(/^The key was not kept\. Databento refused the key: "bad key db-\*\*\*"/),
        "Set Key",
      ],
    ]);
    expect((await fake.nextBox()).password).toBe(true);
  });

  it("keeps a key that is known but may not have the dataset, and says so", async () => {
    server.usually("metadata.get_dataset_range", { status: 403, body: { detail: "no licence" } });
    await setKey(CANARY);
    expect(secrets.kept.get(SECRET)).toBe(CANARY);
    expect(said()[0]?.slice(0, 2)).toEqual(["warning", expect.stringContaining("no licence")]);
  });

  it.each([
    ["Keep It Untried", CANARY],
    [undefined, undefined],
  ])("asks what to do when Databento cannot be reached: %s", async (answer, kept) => {
    server.usually("metadata.get_dataset_range", "reset");
    fake.answers = [answer];
    await setKey(CANARY);
    expect(said()).toEqual([
      [
        "warning",
        expect.stringMatching(/^The key could not be tried\. Could not ask Databento/),
        "Try Again",
        "Keep It Untried",
      ],
    ]);
    expect(secrets.kept.get(SECRET)).toBe(kept);
    expect(fake.progress[0]?.told).toContainEqual(expect.stringContaining("trying again in"));
  });

  it("tries again when asked to, without the key being typed again", async () => {
    server.next("metadata.get_dataset_range", ...Array(5).fill("reset"));
    fake.answers = ["Try Again"];
    await setKey(CANARY);
    expect(secrets.kept.get(SECRET)).toBe(CANARY);
    expect(fake.boxes).toHaveLength(1);
  });

  it("keeps nothing when the trial is cancelled", async () => {
    server.usually("metadata.get_dataset_range", "silence");
    const done = setKey(CANARY);
    await expect.poll(() => server.requests.length).toBe(1);
    fake.progress[0]?.cancel();
    await done;
    expect(secrets.kept.size).toBe(0);
    expect(fake.messages).toEqual([]);
  });

  it("says in one line when the system's storage refuses, without the key", async () => {
    const done = commands.executeCommand("volumeCluster.setApiKey");
    const box = await fake.nextBox();
    secrets.failure = new Error(`org.freedesktop.secrets is not there for ${CANARY}`);
    box.type(CANARY);
    box.enter();
    await done;
    expect(said()).toEqual([
      ["error", expect.stringMatching(/^Could not keep the Databento key.*for db-\*\*\*"/), "Show Log"],
    ]);
  });

  it("counts no environment variable", async () => {
    process.env.DATABENTO_API_KEY = CANARY;
    try {
      expect(await key.read()).toBeUndefined();
    } finally {
      delete process.env.DATABENTO_API_KEY;
    }
  });

  afterEach(() => {
    for (const form of CANARY_FORMS) expect(everythingSaid()).not.toContain(form);
  });
});

describe("Clear Databento API Key", () => {
  it("takes the key out of the secret storage, and says where it still exists", async () => {
    secrets.kept.set(SECRET, CANARY);
    await commands.executeCommand("volumeCluster.clearApiKey");
    expect(secrets.kept.size).toBe(0);
    expect(said()[0]?.[1]).toContain(KEYS_PAGE);
    expect(await key.isSet()).toBe(false);
  });

  it("says when there is none", async () => {
    fake.answers = [undefined];
    await commands.executeCommand("volumeCluster.clearApiKey");
    expect(said()).toEqual([["information", "There is no Databento key: nothing to clear"]]);
  });
});

describe("A failure that another key may mend", () => {
  it("names the page where keys are made, by which its message offers to set one", async () => {
    const failures = [endingOf(1, "bad"), endingOf(2, "bad"), refusal("Authentication failed")];
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(FeedError);
      expect(failure?.message).toContain(KEYS_PAGE);
    }
    fake.answers = ["Set Key"];
    const failing = { restore: () => Promise.reject(failures[0]) };
    fake.executed.length = 0;
    registerCommands({ workbench: failing, dashboard: {}, log: { error: () => undefined } } as never);
    await commands.executeCommand("volumeCluster.openPerformance");
    expect(fake.messages[0]?.actions).toEqual(["Set Key", "Show Log"]);
    await expect.poll(() => fake.executed.map(([name]) => name)).toContain("volumeCluster.setApiKey");
  });
});
