import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { contributedSettings } from "../../src/app/packageSettings.js";

const PREFIX = "volumeCluster.";
const BEGIN = "<!-- settings -->\n";
const END = "<!-- /settings -->";

/** `UPDATE=1 npx vitest run test/app/readmeSettings.test.ts` writes it. */
it("the README's table lists every setting with its default", () => {
  const readme = readFileSync("README.md", "utf8");
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.slice(rest.indexOf(END));
  const wanted = `${before}${BEGIN}${table()}\n${after}`;
  if (process.env.UPDATE !== undefined) writeFileSync("README.md", wanted);
  else expect(readme).toBe(wanted);
});

function table(): string {
  const { properties } = contributedSettings() as {
    properties: Record<string, { default: unknown; markdownDescription?: string; description?: string }>;
  };
  const rows = Object.entries(properties).map(([key, setting]) => {
    const text = (setting.markdownDescription ?? setting.description ?? "")
      .replaceAll(/`#volumeCluster\.([^#]+)#`/g, "`$1`")
      .replaceAll("|", "\\|")
      .replaceAll("\n", " ");
    return `| \`${key.slice(PREFIX.length)}\` | ${value(setting.default)} | ${text} |`;
  });
  return [
    `All keys begin with \`${PREFIX}\`; in a settings file they stand without it.`,
    "",
    "| key | default | what it does |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

function value(given: unknown): string {
  if (given === undefined || given === null) return "";
  return given === "" ? "empty" : `\`${JSON.stringify(given).replaceAll('"', "")}\``;
}
