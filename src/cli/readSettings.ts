import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { parseSettings, parseSettingsText, type Settings } from "../app/settings.js";
import { NOT_A_FILE } from "../store/files.js";
import { CommandError } from "./usageError.js";

const MAX_BYTES = 1_048_576;

/**
 * The settings of a run: those of the file, if one is named, under the options of the command line.
 *
 * @throws SettingsError, CommandError
 */
export async function readSettings(
  path: string | undefined,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<Settings> {
  if (path === undefined) return parseSettings({}, overrides);
  return parseSettingsText(await readText(path), path, overrides);
}

async function readText(path: string): Promise<string> {
  try {
    // Opening a pipe without a writer would wait for one.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const status = await file.stat();
      if (!status.isFile()) throw new CommandError(`"${path}" is not a file: name a JSON file with settings`);
      if (status.size > MAX_BYTES) throw new CommandError(`"${path}" has more than 1 MB: it cannot be a settings file`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`Could not read the settings "${path}": ${systemReason(error)}`, { cause: error });
  }
}

/** What the system says about a file, in words. */
export function systemReason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ENAMETOOLONG") return "the path is too long";
  if (code === "ELOOP") return "its links lead in a circle";
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full";
  if (code === "EROFS") return "the disk takes nothing new";
  if (code === NOT_A_FILE) return "it is a folder, a pipe or a device";
  return typeof code === "string" ? code : "the system refused";
}
