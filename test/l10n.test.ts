import { existsSync, readdirSync, readFileSync } from "node:fs";
import { config, t } from "@vscode/l10n";
import ts from "typescript";
import { afterEach, describe, expect, it } from "vitest";
import { parse, placeholders, sourcesIn, translatedIn } from "./support/translated.js";

type Texts = Readonly<Record<string, string>>;

const readTexts = (name: string): Texts => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));

const calls = sourcesIn("src", "webview").flatMap((path) => translatedIn(parse(path)));
const english = new Set(calls.map(({ key }) => key ?? ""));
const chinese = readTexts("l10n/bundle.l10n.zh-cn.json");

/** Texts that read the same in both languages: names, numbers and what is typed. */
const SAME: readonly string[] = [];

/** Fields of package.json that VS Code shows, or would. */
const FOR_PEOPLE = new Set([
  ...["title", "shortTitle", "category", "label", "name", "contextualTitle", "contents"],
  ...["description", "markdownDescription", "enumDescriptions", "markdownEnumDescriptions", "deprecationMessage"],
]);

/** Chinese writing, its signs included. */
const HAN = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;

describe("The calls of t and say", () => {
  it("are found by the names under which they are imported, with their texts and arguments", () => {
    const source = (text: string) => ts.createSourceFile("a.tsx", text, ts.ScriptTarget.ES2023, true);
    const found = translatedIn(
      source(
        'import { config, t as say } from "@vscode/l10n";\n' +
          'const a = <p title={say("one {0}", 1)}>{say("it\\"s")}</p>;\n' +
          'import { say as english } from "../core/say.js";\n' +
          "say(a ? 'x' : 'y'); say`z`; say(`w {name}`, { name: 1 }); t('not ours'); english('v'); say({ message: 'm', comment: 'c' });",
      ),
    );
    expect(found.map(({ key, args }) => [key, args])).toEqual([
      ["one {0}", 1],
      ['it"s', 0],
      [undefined, 0],
      [undefined, undefined],
      ["w {name}", undefined],
      ["v", 0],
      ["m/c", undefined],
    ]);
    expect(translatedIn(source('import { t } from "other"; t("a");'))).toEqual([]);
  });

  it("hold their whole text, and an argument for each of its placeholders", () => {
    expect(calls.filter(({ key }) => key === undefined).map(({ at }) => at)).toEqual([]);
    const wanting = calls.filter(({ key = "", args }) => {
      const numbers = [...Array(args ?? 0).keys()].map(String);
      return args !== undefined && placeholders(key).join() !== numbers.join();
    });
    expect(wanting.map(({ at }) => at)).toEqual([]);
  });
});

describe("The Chinese texts", () => {
  it("are there for every English one, and for no other", () => {
    expect(Object.keys(chinese)).toEqual([...english].toSorted());
  });

  it("keep the placeholders", () => {
    const differ = Object.entries(chinese).filter(([key, text]) => `${placeholders(key)}` !== `${placeholders(text)}`);
    expect(differ).toEqual([]);
  });

  it("are Chinese, but for what reads the same in both", () => {
    const untranslated = Object.entries(chinese).filter(([, text]) => !HAN.test(text));
    expect(untranslated.map(([key]) => key)).toEqual(SAME);
    for (const key of SAME) expect(chinese[key]).toBe(key);
  });
});

describe("The texts of package.json", () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const [inEnglish, inChinese] = [readTexts("package.nls.json"), readTexts("package.nls.zh-cn.json")];

  it("are all in package.nls.json and its translation, which have nothing else", () => {
    const keys = new Set(textsOf(manifest).flatMap(({ text }) => /^%(.+)%$/.exec(text)?.[1] ?? []));
    expect(Object.keys(inEnglish).toSorted()).toEqual([...keys].toSorted());
    expect(Object.keys(inChinese)).toEqual(Object.keys(inEnglish));
  });

  it("stand nowhere in package.json itself, but for the product's name", () => {
    const bare = textsOf(manifest).filter(({ field, text }) => FOR_PEOPLE.has(field) && !/^%.+%$/.test(text));
    expect(new Set(bare.map(({ text }) => text))).toEqual(new Set(["volume-cluster-workbench", "Volume Cluster"]));
  });

  it("are Chinese, with the same keys, commands and links in them", () => {
    expect(Object.entries(inChinese).filter(([, text]) => !HAN.test(text))).toEqual([]);
    const exact = (text = "") => (text.match(/`[^`]+`|\]\(.*?\)/g) ?? []).toSorted();
    for (const [key, text] of Object.entries(inChinese)) expect(exact(text), key).toEqual(exact(inEnglish[key]));
  });

  it("have a Chinese page beside each page of the walkthrough, where VS Code looks for it", () => {
    const folder = new URL("../media/walkthrough/", import.meta.url);
    const pages = readdirSync(folder).filter((name) => /^[a-z]+\.md$/.test(name));
    expect(pages.length).toBe(6);
    for (const page of pages) {
      const translated = new URL(page.replace(/\.md$/, ".nls.zh-cn.md"), folder);
      expect(existsSync(translated), page).toBe(true);
      expect(readFileSync(translated, "utf8"), page).toMatch(HAN);
    }
  });
});

/** Every string of a JSON value, with the name of its field; in a list, that of the list. */
function textsOf(value: unknown, field = ""): readonly { readonly field: string; readonly text: string }[] {
  if (typeof value === "string") return [{ field, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, Array.isArray(value) ? field : name));
}

describe("The Chinese words", () => {
  it.each([
    ["baseline 基准", /基线/],
    ["recommendation 建议", /推荐/],
    ["contracts held 手", /张/],
    ["journal 交易日志", /流水账/],
  ])("are one for each thing: %s", (_word, other) => {
    const texts = { ...readTexts("l10n/bundle.l10n.zh-cn.json"), ...readTexts("package.nls.zh-cn.json") };
    expect(Object.entries(texts).filter(([, text]) => other.test(text))).toEqual([]);
  });
});

describe("A loaded bundle", () => {
  afterEach(() => config({ contents: {} }));

  it("changes the sentence, and nothing of what is put into it", () => {
    config({ contents: { "{0} at {1}": "以 {1} {0}" } });
    expect(t("{0} at {1}", "BUY", "6010.50")).toBe("以 6010.50 BUY");
    expect(t("unknown {0}", 1)).toBe("unknown 1");
  });
});
