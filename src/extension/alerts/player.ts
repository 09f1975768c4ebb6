import { access, constants } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/** A program of the system that plays a WAV file. */
export interface Player {
  /** For people. */
  readonly name: string;
  /** Its absolute path: no folder of a workspace can stand in its place. */
  readonly program: string;
  readonly args: (file: string) => readonly string[];
  /** Handed to it beside the environment, where a file's name must not be a part of what it reads as a command. */
  readonly env: (file: string) => Readonly<Record<string, string>>;
}

/** The machine on which a player is looked for. */
export interface PlayerHost {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isProgram: (path: string) => Promise<boolean>;
}

/** This machine. */
export const THIS_HOST: PlayerHost = {
  platform: process.platform,
  env: process.env,
  isProgram: (path) =>
    access(path, constants.X_OK).then(
      () => true,
      () => false,
    ),
};

/** On Linux, the one that most desktops have first. */
const LINUX: readonly (readonly [name: string, args: (file: string) => readonly string[]])[] = [
  ["paplay", (file) => [file]],
  ["pw-play", (file) => [file]],
  ["aplay", (file) => ["-q", file]],
];

// The file's name comes from the environment: in the command it would be read as a part of it.
const PLAY_ON_WINDOWS = "(New-Object System.Media.SoundPlayer $env:VOLUME_CLUSTER_SOUND).PlaySync()";

/** The system's player; undefined where none was found. */
export async function findPlayer({ platform, env, isProgram }: PlayerHost): Promise<Player | undefined> {
  const nothing = () => ({});
  if (platform === "win32") {
    const program = `${env.SystemRoot ?? "C:\\Windows"}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
    const args = () => ["-NoProfile", "-NonInteractive", "-Command", PLAY_ON_WINDOWS];
    const found = await isProgram(program);
    return found ? { name: "PowerShell", program, args, env: (file) => ({ VOLUME_CLUSTER_SOUND: file }) } : undefined;
  }
  if (platform === "darwin") {
    const program = "/usr/bin/afplay";
    return (await isProgram(program)) ? { name: "afplay", program, args: (file) => [file], env: nothing } : undefined;
  }
  const folders = (env.PATH ?? "").split(":").filter((folder) => isAbsolute(folder));
  for (const [name, args] of LINUX) {
    for (const folder of folders) {
      const program = join(folder, name);
      if (await isProgram(program)) return { name, program, args, env: nothing };
    }
  }
  return undefined;
}
