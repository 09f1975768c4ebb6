import { z } from "zod";
import { KEYS } from "./settingKeys.js";

const PREFIX = "volumeCluster.";

/** The `contributes.configuration` of package.json. */
export interface ContributedSettings {
  readonly title: string;
  readonly properties: Readonly<Record<string, object>>;
}

/** The settings as package.json holds them: JSON schema draft 7 with the fields that VS Code adds to it, in English. */
export function contributedSettings(): ContributedSettings {
  const properties = Object.entries(KEYS).map(([key, schema], order) => [PREFIX + key, contributed(schema, order)]);
  return { title: "Volume Cluster", properties: Object.fromEntries(properties) };
}

/**
 * The same with a `%key%` in the place of every text: `%volumeCluster.demo.seed%`, `%volumeCluster.live.schema.trades%` of
 * a choice, `%volumeCluster.instruments.symbol%` of a field. A test keeps package.json and package.nls.json equal to it.
 *
 * @returns `texts` the English text of each key
 */
export function packagedSettings(): {
  readonly configuration: ContributedSettings;
  readonly texts: Readonly<Record<string, string>>;
} {
  const { title, properties } = contributedSettings();
  const texts: Record<string, string> = {};
  return { configuration: { title, properties: keyedAll("", properties, texts) }, texts };
}

function contributed(schema: z.ZodType, order: number): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  return { ...json, order };
}

type Texts = Record<string, string>;

function keyedAll(prefix: string, properties: object, texts: Texts): Readonly<Record<string, object>> {
  const entries = Object.entries(properties).map(([name, schema]) => [name, keyed(prefix + name, schema, texts)]);
  return Object.fromEntries(entries);
}

/** A schema of draft 7 with keys instead of texts; what it describes inside itself has a key below `key`. */
function keyed(key: string, schema: Readonly<Record<string, unknown>>, texts: Texts): object {
  const keep = (name: string, text: unknown) => {
    if (Object.hasOwn(texts, name)) throw new Error(`Two texts of the settings are called ${name}.`);
    texts[name] = String(text);
    return `%${name}%`;
  };
  const within = (field: string, value: unknown): unknown => {
    if (field === "description" || field === "markdownDescription") return keep(key, value);
    if (field === "enumDescriptions") {
      const choices = schema.enum as readonly string[];
      return (value as readonly string[]).map((text, index) => keep(`${key}.${choices[index]}`, text));
    }
    if (field === "properties") return keyedAll(`${key}.`, value as object, texts);
    return field === "items" ? keyed(key, value as Readonly<Record<string, unknown>>, texts) : value;
  };
  return Object.fromEntries(Object.entries(schema).map(([field, value]) => [field, within(field, value)]));
}
