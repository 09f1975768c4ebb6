import { type ChildProcess, execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../app/log.js";
import { say } from "../../core/say.js";
import { oneLine } from "../notices.js";
import { findPlayer, type Player, type PlayerHost, THIS_HOST } from "./player.js";
import type { SoundName } from "./soundNames.js";
import { atVolume } from "./wav.js";

/** No sound lasts as long: a player that hangs is ended. */
const LONGEST_MS = 10_000;

/** What the performance panel can do for the ears: it may sound once the user has touched it. */
export type PanelSound = "closed" | "untried" | "allowed" | "blocked";

/** The performance panel, as far as it sounds. */
export interface SpeakingPanel {
  readonly sound: PanelSound;
  playSound(wav: Uint8Array): void;
}

export interface SoundsOptions {
  /** Has the sounds as `NAME.wav`. */
  readonly mediaFolder: string;
  /** Where copies of another loudness are kept. */
  readonly scratchFolder: string;
  readonly log: Log;
  /** Why a sound on the machine of the extension would not be heard, such as that it is another one than the user's. */
  readonly unheard: string | undefined;
  /** It sounds on the user's own machine, wherever the extension runs. */
  readonly panel: SpeakingPanel;
  readonly host?: PlayerHost;
  /** Starts a program without a shell, and tells when it has ended. */
  readonly execute?: typeof execFile;
}

/**
 * Plays the product's sounds through the system's player, and where it has none or the user would not hear it, in the performance
 * panel. It never waits and never throws; what fails is told once, in the log.
 */
export class Sounds {
  readonly #options: SoundsOptions;
  readonly #playing = new Map<SoundName, ChildProcess | undefined>();
  #player: Promise<Player | undefined> | undefined;
  #failure: string | undefined;
  #isDisposed = false;

  constructor(options: SoundsOptions) {
    this.#options = options;
  }

  /** What plays here, or why nothing does; in English. */
  async standing(): Promise<{ readonly works: boolean; readonly words: string }> {
    const unheard = await this.#unheard();
    if (unheard !== undefined) return panelStanding(this.#options.panel.sound, unheard);
    if (this.#failure !== undefined) return { works: false, words: this.#failure };
    const player = await this.#findPlayer();
    return { works: true, words: say("played by {0}", player?.name ?? "") };
  }

  /**
   * Plays a sound, unless the same one is playing.
   *
   * @param volume in percent; at 0 nothing is played
   * @returns resolves when it has been started; nobody needs to wait
   */
  async play(name: SoundName, volume: number): Promise<void> {
    if (volume <= 0 || this.#playing.has(name)) return;
    this.#playing.set(name, undefined);
    try {
      const percent = Math.min(100, volume);
      const unheard = await this.#unheard();
      const player = await this.#findPlayer();
      if (unheard !== undefined || player === undefined) {
        await this.#playInPanel(name, percent, unheard ?? "");
        return;
      }
      const file = await this.#fileOf(name, percent);
      if (this.#isDisposed) return;
      this.#start(name, player, file);
    } catch (error) {
      this.#playing.delete(name);
      this.#tell(oneLine(error));
    }
  }

  /** Ends what is playing. */
  dispose(): void {
    this.#isDisposed = true;
    for (const child of this.#playing.values()) child?.kill();
    this.#playing.clear();
  }

  /** Why the system's player is of no use. */
  async #unheard(): Promise<string | undefined> {
    return this.#options.unheard ?? ((await this.#findPlayer()) === undefined ? NO_PLAYER : undefined);
  }

  async #playInPanel(name: SoundName, percent: number, unheard: string): Promise<void> {
    const { panel, mediaFolder } = this.#options;
    try {
      if (panel.sound === "closed") throw new Error(panelStanding("closed", unheard).words);
      panel.playSound(atVolume(await readFile(join(mediaFolder, `${name}.wav`)), percent));
    } finally {
      this.#playing.delete(name);
    }
  }

  #findPlayer(): Promise<Player | undefined> {
    this.#player ??= findPlayer(this.#options.host ?? THIS_HOST);
    return this.#player;
  }

  #start(name: SoundName, player: Player, file: string): void {
    const { execute = execFile } = this.#options;
    const options = { timeout: LONGEST_MS, windowsHide: true, env: { ...process.env, ...player.env(file) } };
    const child = execute(player.program, player.args(file), options, (error) => {
      this.#playing.delete(name);
      if (error === null) this.#failure = undefined;
      else if (!this.#isDisposed) this.#tell(say("{0} could not play it: {1}", player.name, oneLine(error)));
    });
    this.#playing.set(name, child);
  }

  async #fileOf(name: SoundName, volume: number): Promise<string> {
    const { mediaFolder, scratchFolder } = this.#options;
    const whole = join(mediaFolder, `${name}.wav`);
    if (volume === 100) return whole;
    const file = join(scratchFolder, `${name}-${volume}.wav`);
    await mkdir(scratchFolder, { recursive: true });
    await writeFile(file, atVolume(await readFile(whole), volume));
    return file;
  }

  #tell(reason: string): void {
    if (this.#failure === undefined) this.#options.log.warn(`Alerts make no sound: ${reason}`);
    this.#failure = reason;
  }
}

/** Where the panel has to sound: whether it can, and what it needs. */
function panelStanding(sound: PanelSound, unheard: string): { readonly works: boolean; readonly words: string } {
  switch (sound) {
    case "allowed":
      return { works: true, words: say("played by the performance panel, while it is open: {0}", unheard) };
    case "untried":
      return { works: false, words: say("click once in the performance panel, then it sounds there: {0}", unheard) };
    case "blocked":
      return {
        works: false,
        words: say("the performance panel may not sound before you click in it: {0}", unheard),
      };
    default:
      return {
        works: false,
        words: say("open the performance panel and click in it, then it sounds there: {0}", unheard),
      };
  }
}

const NO_PLAYER = say("no player was found: on Linux install paplay, pw-play or aplay");
