import * as vscode from "vscode";

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

/** The contributed settings of an extension's own package.json. */
export function contributedSettings(packageJson: {
  readonly contributes?: { readonly configuration?: { readonly properties?: Readonly<Record<string, unknown>> } };
}): Readonly<Record<string, unknown>> {
  return packageJson.contributes?.configuration?.properties ?? {};
}
