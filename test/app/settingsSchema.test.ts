import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { KEYS } from "../../src/app/settingKeys.js";
import { SETTINGS_FILES, settingsSchema } from "../../src/app/settingsSchema.js";

const PATH = new URL("../../media/settings.schema.json", import.meta.url);
const schema = JSON.parse(JSON.stringify(settingsSchema())) as {
  readonly additionalProperties: boolean;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, { readonly description: string; readonly default?: unknown }>>;
};

if (process.env.UPDATE === "1") writeFileSync(PATH, `${JSON.stringify(schema, undefined, 2)}\n`);

it("is what media/settings.schema.json holds (UPDATE=1 writes it)", () => {
  expect(JSON.parse(readFileSync(PATH, "utf8"))).toEqual(schema);
});

it("knows every key of a settings file and no other, none of them needed", () => {
  expect(Object.keys(schema.properties)).toEqual(Object.keys(KEYS));
  expect(schema.additionalProperties).toBe(false);
  expect(schema.required).toBeUndefined();
});

it("describes each key in plain words, by names that a file has", () => {
  for (const [key, property] of Object.entries(schema.properties)) {
    expect(property.description, key).toMatch(/^[^`#]+\.$/);
    expect(property.description, key).not.toContain("volumeCluster");
    expect(property, key).not.toHaveProperty("scope");
    expect(property, key).toHaveProperty("default");
  }
  expect(schema.properties["order.useMarketOrdersOnHighConfidence"]?.description).toContain(
    '"order.highConfidenceThreshold"',
  );
});

it("is contributed for files that are settings by their name", () => {
  const { contributes } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(contributes.jsonValidation).toEqual([{ fileMatch: SETTINGS_FILES, url: "./media/settings.schema.json" }]);
});
