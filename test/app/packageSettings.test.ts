import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { contributedSettings, packagedSettings } from "../../src/app/packageSettings.js";
import { KEYS } from "../../src/app/settingKeys.js";
import { parseSettings } from "../../src/app/settings.js";
import { VERSION } from "../../src/app/version.js";

const PATH = new URL("../../package.json", import.meta.url);
const ENGLISH = new URL("../../package.nls.json", import.meta.url);
const contributed = contributedSettings();
const packaged = packagedSettings();

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
  json.contributes = { ...json.contributes, configuration: packaged.configuration };
  write(PATH, json);
  write(ENGLISH, { ...Object.fromEntries(textsIn(ENGLISH).filter(([key]) => !isSetting(key))), ...packaged.texts });
}

function write(path: URL, json: object): void {
  writeFileSync(path, `${JSON.stringify(json, undefined, 2)}\n`);
}

function textsIn(path: URL): readonly (readonly [string, string])[] {
  return Object.entries(JSON.parse(readFileSync(path, "utf8")));
}

function isSetting(key: string): boolean {
  return key.startsWith("volumeCluster.");
}

it("is what package.json contributes (UPDATE=1 writes it)", () => {
  const json = JSON.parse(readFileSync(PATH, "utf8"));
  expect(json.contributes.configuration).toEqual(JSON.parse(JSON.stringify(packaged.configuration)));
});

it("has its English texts in package.nls.json (UPDATE=1 writes them)", () => {
  expect(textsIn(ENGLISH).filter(([key]) => isSetting(key))).toEqual(Object.entries(packaged.texts));
  expect(packaged.texts).toMatchObject({
    "volumeCluster.bayes.alphaPrior": "Wins that the prior stands for.",
    "volumeCluster.live.schema.tbbo": "Every trade with the best prices before it",
    "volumeCluster.instruments.tickSize": "Points per tick",
  });
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
