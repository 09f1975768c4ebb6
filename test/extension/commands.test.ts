import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { COMMANDS, registerCommands } from "../../src/extension/commands.js";
import { ContextKeys } from "../../src/extension/contextKeys.js";
import { activate, deactivate } from "../../src/extension/extension.js";
import { AT_REST } from "../../src/extension/standing.js";
import defaultKeys from "../data/defaultKeys.json" with { type: "json" };
import { changeSetting, commands, ExtensionMode, FakeSecrets, fake, Uri } from "../support/fakeVscode.js";
import { collisions } from "../support/keys.js";
import { keyIn } from "./support.js";

const SOURCES = fileURLToPath(new URL("../../src/extension/", import.meta.url));

const texts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("../../package.nls.json", import.meta.url), "utf8"),
);

beforeEach(() => fake.reset());

describe("The commands", () => {
  const contributed = manifest.contributes.commands;
  const keys = manifest.contributes.keybindings.map(({ key }) => key);

  it("are those of package.json, all in one category", () => {
    expect(Object.keys(COMMANDS).sort()).toEqual(contributed.map(({ command }) => command).sort());
    expect(new Set(contributed.map(({ category }) => category))).toEqual(new Set(["Volume Cluster"]));
  });

  it("are named in menus and keys only if they exist", () => {
    const { menus, keybindings } = manifest.contributes;
    const used = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
    expect(used.filter((command) => !Object.hasOwn(COMMANDS, command))).toEqual([]);
  });

  it.each(["windows", "macos", "linux"] as const)("take no key that VS Code uses on %s", (system) => {
    const taken = [...defaultKeys.all, ...defaultKeys[system]];
    expect(taken.length).toBeGreaterThan(350);
    expect(collisions(keys, taken)).toEqual([]);
  });

  it("would be told of a key that begins as one of VS Code's, however it is spelled", () => {
    const taken = ["ctrl+k ctrl+c", "ctrl+alt+v", "alt+win+j", "ctrl++"];
    const ours = ["ctrl+k x", "CTRL+ALT+V f", "meta+alt+j", "ctrl++ p", "ctrl+alt+w v"];
    expect(collisions(ours, taken)).toEqual(ours.slice(0, 4));
  });

  it("take each key once, as a chord, and only while it makes sense", () => {
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, when } of manifest.contributes.keybindings) {
      expect(key).toMatch(/^ctrl\+alt\+w [a-z]$/);
      expect(when).toMatch(/^volumeCluster\./);
    }
  });

  it("are offered by context keys that somebody sets", () => {
    const { menus, keybindings, commands: all } = manifest.contributes;
    const conditions: string[] = [
      ...Object.values(menus)
        .flat()
        .map(({ when }) => when ?? ""),
      ...keybindings.map(({ when }) => when),
      ...all.map((command) => ("enablement" in command ? (command.enablement ?? "") : "")),
    ];
    const used = conditions.flatMap((when) => when.match(/volumeCluster\.\w+/g) ?? []);
    const source = readFileSync(`${SOURCES}contextKeys.ts`, "utf8");
    const set = new Set(source.match(/(?<=#keep\(")volumeCluster\.\w+/g));
    // What keys of VS Code are compared with is none of ours.
    const places = ["volumeCluster.performance", ...manifest.contributes.views.volumeCluster.map(({ id }) => id)];
    expect([...new Set(used)].filter((key) => !places.includes(key) && !set.has(key))).toEqual([]);
    expect(set.size).toBeGreaterThan(4);
  });

  it("lead through a walkthrough of six steps, each done by a real action, with a text that is there", () => {
    const [walkthrough, other] = manifest.contributes.walkthroughs;
    const steps = walkthrough?.steps ?? [];
    expect(other).toBeUndefined();
    expect(steps.length).toBeLessThanOrEqual(6);
    const source = readFileSync(`${SOURCES}contextKeys.ts`, "utf8");
    for (const { description, media, completionEvents } of steps) {
      expect(existsSync(media.markdown)).toBe(true);
      const named = [...description.matchAll(/command:(volumeCluster\.\w+)/g)].map(([, command]) => command ?? "");
      expect(named.filter((command) => !Object.hasOwn(COMMANDS, command))).toEqual([]);
      for (const event of completionEvents) {
        const [kind, name = ""] = event.split(":");
        if (kind === "onContext") expect(source).toContain(`#keep("${name}"`);
        else if (kind === "onCommand") expect(Object.keys(COMMANDS)).toContain(name);
        else expect(manifest.contributes.views.volumeCluster.map(({ id }) => `onView:${id}`)).toContain(event);
      }
    }
  });

  it("tell the walkthrough that a key is kept only once it is", async () => {
    const key = keyIn(new FakeSecrets());
    const workbench = { onDidChange: () => ({ dispose: () => undefined }), outputs: () => [], runNumber: 0 };
    const keys = new ContextKeys(workbench as never, key);
    expect(fake.context("volumeCluster.hasKey")).toBeUndefined();
    await key.keep(`db-${"x".repeat(29)}`);
    await expect.poll(() => fake.context("volumeCluster.hasKey")).toBe(true);
    keys.dispose();
  });

  it("that change records or stop trading are in the palette only while they make sense", () => {
    const shown = Object.fromEntries(
      manifest.contributes.menus.commandPalette.map(({ command, when }) => [command, when]),
    );
    expect(shown).toMatchObject({
      "volumeCluster.correctTrade": "volumeCluster.hasRecords",
      "volumeCluster.voidTrade": "volumeCluster.hasRecords",
      "volumeCluster.emergencyStop": "volumeCluster.canHalt",
      "volumeCluster.resetEmergencyStop": "volumeCluster.halted",
      "volumeCluster.resetPaperPortfolio": "volumeCluster.hasPaper",
    });
  });

  it("have plain Stop first in the palette for who types Stop, which sorts by the whole label", () => {
    const shown = manifest.contributes.menus.commandPalette;
    const running = contributed.filter(({ command }) => {
      return shown.find((entry) => entry.command === command)?.when !== "volumeCluster.halted";
    });
    const labels = running
      .map(({ category, title }) => `${category}: ${texts[title.replaceAll("%", "")]}`)
      .filter((label) => label.includes("Stop"));
    expect(labels.sort((a, b) => a.localeCompare(b))).toEqual([
      "Volume Cluster: Stop",
      "Volume Cluster: Trigger Emergency Stop",
    ]);
  });

  it("say in one message what failed, with the log, and never a stack", async () => {
    const failing = {
      standing: () => AT_REST,
      stop: () => Promise.reject(new Error("The disk\u001b[31m is full\nat line 1")),
    };
    const logged: string[] = [];
    registerCommands({
      workbench: failing,
      dashboard: {},
      log: { error: (line: string) => logged.push(line) },
    } as never);
    await commands.executeCommand("volumeCluster.stop");
    expect(fake.messages).toEqual([
      { severity: "error", text: "The disk is full at line 1", modal: false, actions: ["Show Log"] },
    ]);
    expect(logged).toEqual(["The disk is full at line 1"]);
  });

  it("take ids from menus and other extensions only as text", async () => {
    const asked: unknown[] = [];
    const workbench = { restore: async () => undefined, standing: () => AT_REST };
    registerCommands({ workbench, dashboard: {}, log: { error: (line: string) => asked.push(line) } } as never);
    void commands.executeCommand("volumeCluster.recordFill", { toString: () => "x" });
    await expect
      .poll(() => fake.messages.map(({ text }) => text))
      .toEqual(["No recommendation waits for an answer: there is nothing to record"]);
  });
});

describe("Messages", () => {
  it("all come from one file", () => {
    const elsewhere = readdirSync(SOURCES)
      .filter((name) => name.endsWith(".ts") && name !== "notices.ts")
      .filter((name) => /show(Information|Warning|Error)Message/.test(readFileSync(SOURCES + name, "utf8")));
    expect(elsewhere).toEqual([]);
  });
});

describe("The extension", () => {
  const context = (extensionMode = ExtensionMode.Test) => ({
    extensionMode,
    secrets: new FakeSecrets(),
    subscriptions: [] as { dispose(): void }[],
    extensionUri: Uri.file("/extension"),
    globalStorageUri: Uri.file("/nowhere"),
    extension: { packageJSON: manifest },
    globalState: { get: () => undefined, update: async () => undefined },
    workspaceState: { get: () => undefined, update: async () => undefined },
  });

  it("hands all that it builds to the context, and opens nothing", async () => {
    const of = context();
    const workbench = activate(of as never)?.workbench;
    expect(workbench?.standing()).toMatchObject({ phase: "idle", market: undefined, view: undefined });
    expect(fake.statusItems[0]).toMatchObject({ visible: true, text: "$(graph) Volume Cluster" });
    expect(fake.panels).toEqual([]);
    await deactivate();
    for (const disposable of of.subscriptions) disposable.dispose();
    expect(fake.statusItems[0]?.visible).toBe(false);
    await deactivate();
  });

  it("draws what is shown anew as soon as it is to look otherwise", async () => {
    const of = context();
    const workbench = activate(of as never)?.workbench;
    let drawn = 0;
    workbench?.onDidChange(() => drawn++);
    changeSetting("volumeCluster.alerts.sound.volume", 5);
    expect(drawn).toBe(0);
    changeSetting("volumeCluster.display.discreet", true);
    expect(drawn).toBe(1);
    await deactivate();
    for (const disposable of of.subscriptions) disposable.dispose();
  });

  it("opens nothing by itself when its last two starts did not get through, until the user wants it (W9)", async () => {
    const storage = mkdtempSync(join(tmpdir(), "starts-"));
    onTestFinished(() => rmSync(storage, { recursive: true, force: true }));
    const runs = [{ market: "replay", folder: storage, waiting: 0 }];
    const globalState = {
      get: (key: string) => (key === "volumeCluster.runs" ? runs : undefined),
      update: async () => {},
    };
    const starts = join(storage, "starts");
    mkdirSync(starts);
    for (const _ of [1, 2]) writeFileSync(join(starts, `${Date.now()}-${process.pid}-${randomUUID()}`), "");
    const of = { ...context(), globalStorageUri: Uri.file(storage), globalState };
    fake.answers.push("Open");
    activate(of as never);
    await expect.poll(() => existsSync(join(storage, "reserve.bin"))).toBe(true);
    expect(fake.messages.at(-1)).toMatchObject({
      text: expect.stringContaining("did not get through its last 2 starts"),
    });
    await expect.poll(() => readdirSync(starts).length).toBe(2);
    await deactivate();
    for (const disposable of of.subscriptions) disposable.dispose();
  });

  it("gives other extensions nothing, for from its parts the key could be read", async () => {
    const of = context(ExtensionMode.Production);
    expect(activate(of as never)).toBeUndefined();
    await deactivate();
    for (const disposable of of.subscriptions) disposable.dispose();
  });

  it("can be set by no workspace: each setting is the machine's or the user's", () => {
    const scopes = Object.values(manifest.contributes.configuration.properties).map(({ scope }) => scope);
    expect([...new Set(scopes)].sort()).toEqual(["application", "machine"]);
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe("limited");
  });

  it("loads zod, the engine and the store only when a run is opened", () => {
    const eager = new Set<string>();
    const visit = (file: string): void => {
      if (eager.has(file)) return;
      eager.add(file);
      const source = readFileSync(file, "utf8");
      for (const [, path = ""] of source.matchAll(/^import (?!type )[^;]*?from "(\.[^"]+)\.js";/gms)) {
        visit(fileURLToPath(new URL(`${path}.ts`, `file://${file}`)));
      }
      expect(source, file).not.toMatch(/^import (?!type )[^;]*from "(zod|sql\.js|@stdlib[^"]*|temporal-polyfill)"/m);
    };
    visit(`${SOURCES}extension.ts`);
    expect([...eager].filter((file) => /src\/(core\/engine|store\/|app\/(run|settings)\.ts)/.test(file))).toEqual([]);
    expect(eager.size).toBeGreaterThan(10);
  });
});
