import { z } from "zod";
import { FLAT } from "./settingKeys.js";

/** Names of files that are settings by themselves: an editor completes and checks them by the schema. */
export const SETTINGS_FILES = "*.volume-cluster.json";

/**
 * The JSON schema, draft 7, of a settings file: the keys of VS Code without the prefix. `media/settings.schema.json` is made of
 * it; a test keeps the two equal.
 */
export function settingsSchema(): object {
  const { $schema, properties, ...rest } = z.toJSONSchema(FLAT, { target: "draft-7", io: "input" });
  const described = Object.entries(properties ?? {}).map(([key, property]) => [key, withPlainText(property)]);
  return {
    $schema,
    title: "Volume Cluster settings",
    description: "Settings for one run of the terminal program: volume-cluster replay FILE --settings THIS_FILE",
    ...rest,
    properties: Object.fromEntries(described),
  };
}

// Scopes and links between settings are VS Code's own: a file has the keys without the prefix.
function withPlainText(property: unknown): object {
  const { markdownDescription, scope: _, ...json } = property as Readonly<Record<string, unknown>>;
  const text = String(markdownDescription).replaceAll(/`#volumeCluster\.(.*?)#`/g, "`$1`");
  return { description: text.replaceAll("`", '"').replaceAll('""', '"'), ...json };
}
