import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commandLine.js";
import { inProcess } from "./inProcess.js";

const commands = Object.entries(COMMANDS);
const BEGIN = "<!-- commands -->\n";
const END = "<!-- /commands -->";

describe("The help", () => {
  it("has all commands with their whole usage", async () => {
    const { code, out } = await inProcess("--help");
    expect(code).toBe(0);
    for (const [name, { usage, summary }] of commands) {
      expect(out).toContain(`  ${name} ${usage}\n`);
      expect(out).toContain(`      ${summary}\n`);
    }
  });

  it.each(commands)("of %s has every option in its usage, and none that there is not", async (name, command) => {
    const { code, out } = await inProcess(name, "--help");
    expect(code).toBe(0);
    expect(out).toContain(`Usage: volume-cluster ${name} ${command.usage}\n`);
    const used = [...command.usage.matchAll(/--([a-z-]+)/g)].map(([, option]) => option);
    expect([...new Set(used)].sort()).toEqual(Object.keys(command.options).sort());
    for (const [option, [value, text]] of Object.entries(command.options)) {
      expect(out).toMatch(new RegExp(`^  --${option} ${value} +\\S`, "m"));
      expect(out).toContain(text);
    }
  });

  it.each([
    ["demo", "-h"],
    ["help", "demo"],
  ])("of a command is shown for %s %s too", async (...args) => {
    expect(await inProcess(...args)).toEqual(await inProcess("demo", "--help"));
  });

  /** `UPDATE=1 npx vitest run test/cli/help.test.ts` writes it. */
  it("is the README's table", () => {
    const readme = readFileSync("README.md", "utf8");
    const [before, rest] = readme.split(BEGIN);
    const after = rest?.slice(rest.indexOf(END));
    const rows = commands.map(
      ([name, { usage, summary }]) => `| \`${name} ${usage.replaceAll("|", "\\|")}\` | ${summary} |`,
    );
    const wanted = `${before}${BEGIN}${["| command | what it does |", "|---|---|", ...rows].join("\n")}\n${after}`;
    if (process.env.UPDATE !== undefined) writeFileSync("README.md", wanted);
    else expect(readme).toBe(wanted);
  });
});
