import type { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { findPlayer, type PlayerHost } from "../../../src/extension/alerts/player.js";
import { SOUND_NAMES } from "../../../src/extension/alerts/soundNames.js";
import { Sounds, type SoundsOptions } from "../../../src/extension/alerts/sounds.js";
import { atVolume } from "../../../src/extension/alerts/wav.js";
import { makeSound } from "../../support/makeSounds.js";

const MEDIA = fileURLToPath(new URL("../../../media/sounds", import.meta.url));

describe("The sounds", () => {
  it.each(SOUND_NAMES)("hold what the generator makes: %s (UPDATE=1 writes it)", (name) => {
    const path = join(MEDIA, `${name}.wav`);
    const made = makeSound(name);
    if (process.env.UPDATE === "1") writeFileSync(path, made);
    expect(readFileSync(path).equals(made)).toBe(true);
    expect(made.length).toBeLessThan(200 * 1024);
  });

  it("are told apart, and none is cut off or distorted", () => {
    const all = SOUND_NAMES.map((name) => makeSound(name));
    expect(new Set(all.map((wav) => Buffer.from(wav).toString("base64"))).size).toBe(SOUND_NAMES.length);
    for (const wav of all) {
      const samples = samplesOf(wav);
      expect(Math.max(...samples.map(Math.abs))).toBeLessThan(32_767);
      expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(100);
    }
  });

  it("keep their length at another volume, and become silent at none", () => {
    const wav = makeSound("signal");
    const half = atVolume(wav, 50);
    expect(half.slice(0, 44)).toEqual(wav.slice(0, 44));
    expect(Math.max(...samplesOf(half))).toBeCloseTo(Math.max(...samplesOf(wav)) / 2, -1);
    expect(samplesOf(atVolume(wav, 0)).every((sample) => sample === 0)).toBe(true);
  });
});

describe("The player", () => {
  it.each([
    ["linux", ["/usr/bin/paplay", "/usr/bin/aplay"], "paplay", ["/usr/bin/paplay", "s.wav"]],
    ["linux", ["/usr/bin/aplay"], "aplay", ["/usr/bin/aplay", "-q", "s.wav"]],
    ["darwin", ["/usr/bin/afplay"], "afplay", ["/usr/bin/afplay", "s.wav"]],
  ] as const)("of %s with %j is %s", async (platform, programs, name, command) => {
    const player = await findPlayer(machine({ platform, programs }));
    expect(player?.name).toBe(name);
    expect([player?.program, ...(player?.args("s.wav") ?? [])]).toEqual(command);
  });

  it("of Windows is told the file by its environment, so that no name of a folder is run", async () => {
    const program = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
    const player = await findPlayer(machine({ platform: "win32", programs: [program] }));
    const hostile = "C:\\a'; calc; '\\s.wav";
    expect(player?.args(hostile).join(" ")).not.toContain("calc");
    expect(player?.env(hostile)).toEqual({ VOLUME_CLUSTER_SOUND: hostile });
  });

  it("is none where the system has none, and never one of a relative folder", async () => {
    expect(await findPlayer(machine({ platform: "linux", programs: [] }))).toBeUndefined();
    const host = { ...machine({ platform: "linux", programs: ["paplay", "./paplay"] }), env: { PATH: ".:" } };
    expect(await findPlayer(host)).toBeUndefined();
  });
});

describe("Playing", () => {
  it("starts the player without a shell, at the volume that is wanted", async () => {
    const { sounds, started } = soundsWith();
    await sounds.play("signal", 100);
    expect(started).toMatchObject([{ program: "/usr/bin/aplay", args: ["-q", join(MEDIA, "signal.wav")] }]);
    expect(started[0]?.options).not.toHaveProperty("shell");
    started[0]?.end();
    await sounds.play("signal", 30);
    const file = started[1]?.args[1] ?? "";
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file).equals(atVolume(makeSound("signal"), 30))).toBe(true);
  });

  it("plays no sound twice at a time, and none at no volume", async () => {
    const { sounds, started } = soundsWith();
    await sounds.play("signal", 0);
    await Promise.all([sounds.play("signal", 100), sounds.play("signal", 100)]);
    await sounds.play("feedLost", 100);
    expect(started.map(({ args }) => args[1])).toEqual(
      ["signal", "feedLost"].map((name) => join(MEDIA, `${name}.wav`)),
    );
    started[0]?.end();
    await sounds.play("signal", 100);
    expect(started).toHaveLength(3);
  });

  it("tells once what fails, and that it works again", async () => {
    const { sounds, started, warned } = soundsWith();
    for (let time = 0; time < 3; time++) {
      await sounds.play("signal", 100);
      started.at(-1)?.end(new Error("no sound card"));
    }
    expect(warned).toEqual(["Alerts make no sound: aplay could not play it: no sound card"]);
    expect(await sounds.standing()).toEqual({ works: false, words: "aplay could not play it: no sound card" });
    await sounds.play("signal", 100);
    started.at(-1)?.end();
    expect(await sounds.standing()).toEqual({ works: true, words: "played by aplay" });
  });

  it("says where there is no player, or nobody to hear it, and starts nothing", async () => {
    const none = soundsWith({ host: machine({ platform: "linux", programs: [] }) });
    await none.sounds.play("signal", 100);
    await none.sounds.play("feedLost", 100);
    expect(none.warned).toHaveLength(1);
    expect((await none.sounds.standing()).words).toContain("no player was found");
    const far = soundsWith({ unheard: "the extension runs on another machine" });
    await far.sounds.play("signal", 100);
    expect([...none.started, ...far.started]).toEqual([]);
    const words =
      "open the performance panel and click in it, then it sounds there: the extension runs on another machine";
    expect(far.warned).toEqual([`Alerts make no sound: ${words}`]);
    expect(await far.sounds.standing()).toEqual({ works: false, words });
  });

  it.each([
    ["untried", false, /^click once in the performance panel/],
    ["allowed", true, /^played by the performance panel, while it is open/],
    ["blocked", false, /^the performance panel may not sound before you click in it/],
  ] as const)(
    "sounds in a panel that is %s, as loud as is wanted, where the machine is another one",
    async (sound, works, words) => {
      const played: Uint8Array[] = [];
      const panel = { sound, playSound: (wav: Uint8Array) => void played.push(wav) };
      for (const machineOf of [{ unheard: "far away" }, { host: machine({ platform: "linux", programs: [] }) }]) {
        const { sounds, started } = soundsWith({ ...machineOf, panel });
        await sounds.play("signal", 40);
        await sounds.play("signal", 0);
        expect(await sounds.standing()).toEqual({ works, words: expect.stringMatching(words) });
        expect(started).toEqual([]);
      }
      const wanted = Buffer.from(atVolume(makeSound("signal"), 40)).toString("base64");
      expect(played.map((wav) => Buffer.from(wav).toString("base64"))).toEqual([wanted, wanted]);
    },
  );

  it("leaves the panel silent where the system's player is heard", async () => {
    const played: Uint8Array[] = [];
    const panel = { sound: "allowed", playSound: (wav: Uint8Array) => void played.push(wav) } as const;
    const { sounds, started } = soundsWith({ panel });
    await sounds.play("signal", 100);
    expect([started.length, played.length]).toEqual([1, 0]);
  });

  it("is ended with the extension", async () => {
    const { sounds, started } = soundsWith();
    await sounds.play("signal", 100);
    sounds.dispose();
    expect(started[0]?.killed).toBe(true);
    sounds.dispose();
  });
});

function samplesOf(wav: Uint8Array): readonly number[] {
  const view = new DataView(wav.buffer, wav.byteOffset);
  return Array.from({ length: (wav.length - 44) / 2 }, (_, index) => view.getInt16(44 + 2 * index, true));
}

function machine({ platform, programs }: { platform: NodeJS.Platform; programs: readonly string[] }): PlayerHost {
  return { platform, env: { PATH: "/usr/local/bin:/usr/bin" }, isProgram: async (path) => programs.includes(path) };
}

interface Started {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: object;
  killed: boolean;
  end(error?: Error): void;
}

function soundsWith(changes: Partial<SoundsOptions> = {}) {
  const scratchFolder = mkdtempSync(join(tmpdir(), "sounds-"));
  onTestFinished(() => rmSync(scratchFolder, { recursive: true, force: true }));
  const started: Started[] = [];
  const warned: string[] = [];
  const execute = (program: string, args: readonly string[], options: object, done: (error: Error | null) => void) => {
    const one: Started = { program, args, options, killed: false, end: (error) => done(error ?? null) };
    started.push(one);
    return { kill: () => Object.assign(one, { killed: true }) };
  };
  const sounds = new Sounds({
    mediaFolder: MEDIA,
    scratchFolder,
    log: { info: () => undefined, warn: (line) => warned.push(line), error: () => undefined },
    unheard: undefined,
    panel: { sound: "closed", playSound: () => undefined },
    host: machine({ platform: "linux", programs: ["/usr/bin/aplay"] }),
    execute: execute as unknown as typeof execFile,
    ...changes,
  });
  return { sounds, started, warned };
}
