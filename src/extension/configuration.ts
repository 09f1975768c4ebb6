import * as vscode from "vscode";
import type { Flat } from "../app/settings.js";

const SECTION = "volumeCluster";

/**
 * What the user has set, by keys without the prefix; defaults are left out. Only the user's own settings count: a workspace can
 * set nothing (`RELIABILITY.md` S1).
 *
 * @param contributed the `contributes.configuration.properties` of package.json: the keys that exist
 */
export function userSettings(contributed: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const keys = Object.keys(contributed).map((key) => key.slice(SECTION.length + 1));
  const set = keys.flatMap((key) => {
    const value: unknown = configuration.inspect(key)?.globalValue;
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(set);
}

/**
 * One setting as the user has it, or its default, also where he set something of another kind. For what must be known at once, while
 * the schemas of all settings are loaded with the first run.
 */
export function setting<K extends keyof Flat>(key: K): Flat[K] {
  const found = vscode.workspace.getConfiguration(SECTION).inspect<Flat[K]>(key);
  const { globalValue, defaultValue } = found ?? {};
  return (typeof globalValue === typeof defaultValue ? globalValue : defaultValue) as Flat[K];
}

/** Switches a setting off for the user, who finds it among his settings. */
export async function switchOff(key: keyof Flat): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update(key, false, vscode.ConfigurationTarget.Global);
}

/** The contributed settings of an extension's own package.json. */
export function contributedSettings(packageJson: {
  readonly contributes?: { readonly configuration?: { readonly properties?: Readonly<Record<string, unknown>> } };
}): Readonly<Record<string, unknown>> {
  return packageJson.contributes?.configuration?.properties ?? {};
}
