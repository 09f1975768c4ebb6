import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { isFindable, PhraseBook, type Phrases, phraseOf } from "../../src/core/phraseBook.js";
import { say } from "../../src/core/say.js";
import { sourcesIn, translatedIn } from "../support/translated.js";

const ROOT = new URL("../../", import.meta.url);
const chinese: Phrases = JSON.parse(readFileSync(new URL("l10n/bundle.l10n.zh-cn.json", ROOT), "utf8"));
const book = new PhraseBook(chinese);

/** The texts of `say` in the sources, those of `t` left out. */
const said = sourcesIn("src", "webview").flatMap((path) => {
  const text = readFileSync(new URL(path, ROOT), "utf8").replaceAll("@vscode/l10n", "nobody");
  return translatedIn(ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)).map(({ key = "" }) => key);
});

const placesOf = (text: string) => new Set(text.match(/\{\d+\}/g) ?? []);

/** Something for each place of a text, which is in no phrase itself. */
const samples = (text: string) => Array.from(placesOf(text), (_, index) => `ESM5-${index + 1}`);

describe("A sentence", () => {
  const small = new PhraseBook({
    "{0} at {1}, of {0}": "{0}的{1}",
    "Could not read {0}: {1}": "无法读取 {0}：{1}",
    "Could not read {0}": "无法读取 {0}",
    "it is empty": "它是空的",
    "{0}: {1}": "{0}：{1}",
    "{0} of {1}": "{1} 中的 {0}",
  });

  it("is put together from the phrase with the most words in it, with its parts in the other language", () => {
    expect(small.translated('Could not read "a.dbn": it is empty')).toBe('无法读取 "a.dbn"：它是空的');
    expect(small.translated("Could not read x")).toBe("无法读取 x");
  });

  it("is found where it is joined to another", () => {
    expect(small.translated("ESM5: it is empty")).toBe("ESM5：它是空的");
  });

  it("stays as it is where nobody knows it, such as the words of a server", () => {
    for (const foreign of ["Authorization of the key failed", "6010.25", "", "BUY"]) {
      expect(small.translated(foreign)).toBe(foreign);
    }
  });
});

describe("Every sentence that is said", () => {
  it("has enough words of its own to be found", () => {
    const lost = said.filter((text) => placesOf(text).size > 0 && !isFindable(phraseOf(text, "")));
    expect([...new Set(lost)]).toEqual([]);
    expect(said.length).toBeGreaterThan(500);
  });

  it("is found again in Chinese by its English, with its values as they are", () => {
    const differ = said.flatMap((text) => {
      const values = samples(text);
      const [made, wanted] = [book.translated(say(text, ...values)), say(chinese[text] ?? "", ...values)];
      return made === wanted ? [] : [{ text, made, wanted }];
    });
    expect(differ).toEqual([]);
  });
});
