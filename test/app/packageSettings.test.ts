import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { contributedSettings } from "../../src/app/packageSettings.js";
import { KEYS } from "../../src/app/settingKeys.js";
import { parseSettings } from "../../src/app/settings.js";
import { VERSION } from "../../src/app/version.js";

const PATH = new URL("../../package.json", import.meta.url);
const contributed = contributedSettings();

interface Property {
  readonly scope?: string;
  readonly default?: unknown;
  readonly markdownDescription?: string;
  readonly enum?: readonly unknown[];
  readonly enumDescriptions?: readonly string[];
}

const properties = Object.entries(contributed.properties as Record<string, Property>);

if (process.env.UPDATE === "1") {
  const json = JSON.parse(readFileSync(PATH, "utf8"));
  json.contributes = { ...json.contributes, configuration: contributed };
  writeFileSync(PATH, `${JSON.stringify(json, undefined, 2)}\n`);
}

it("is what package.json contributes (UPDATE=1 writes it)", () => {
  const json = JSON.parse(readFileSync(PATH, "utf8"));
  expect(json.contributes.configuration).toEqual(JSON.parse(JSON.stringify(contributed)));
});

it("holds every key under the prefix, each with a text and a default that the settings take", () => {
  expect(properties.map(([key]) => key)).toEqual(Object.keys(KEYS).map((key) => `volumeCluster.${key}`));
  for (const [key, property] of properties) {
    expect(property.markdownDescription, key).toMatch(/\.$/);
    expect(property.default, key).toBeDefined();
  }
  const defaults = properties.map(([key, property]) => [key.slice("volumeCluster.".length), property.default]);
  expect(parseSettings(Object.fromEntries(defaults))).toEqual(parseSettings({}));
});

it("lets a workspace set nothing", () => {
  for (const [key, { scope }] of properties) expect(["application", "machine"], key).toContain(scope);
  expect(properties.find(([key]) => key === "volumeCluster.data.folder")?.[1].scope).toBe("machine");
});

it("describes each value of a choice, and links to keys that exist", () => {
  for (const [key, property] of properties) {
    if (property.enum !== undefined) expect(property.enumDescriptions?.length, key).toBe(property.enum.length);
    for (const [, link] of property.markdownDescription?.matchAll(/`#(.*?)#`/g) ?? []) {
      expect(properties.map(([other]) => other)).toContain(link);
    }
  }
});

it("has the version of package.json", () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(PATH, "utf8")).version);
});
