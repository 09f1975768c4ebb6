import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parse, placeOf, sourcesIn, translatorsIn } from "../support/translated.js";

/** Two words: what a person reads, not a name. */
const SENTENCE = /[A-Za-z]{2}[.,:;!?]? +[A-Za-z]{2}/;

/** One is enough where VS Code shows it: in these fields, and in the messages and boxes of `vscode.window`. */
const WORD = /[A-Za-z]{2}/;
const ICON = /\$\([a-z~-]+\)/g;
const SHOWN = new Set([
  ...["label", "description", "detail", "title", "placeholder", "placeHolder", "prompt", "tooltip", "spoken"],
  ...["openLabel", "saveLabel", "problem", "warning", "understood"],
]);
const SHOWS = /window\.(show\w+Message|setStatusBarMessage|showInputBox|createWebviewPanel)$/;

/** The product's name, names of Databento's, codes of records and of the panel, and what only the log or a program reads. */
const NOT_SAID = new Set([
  "Volume Cluster",
  ...["trades", "ohlcv-1m", "tbbo", "mbp-1", "ES.v.0", "db-…"],
  ...["end of day", "not taken", "Too few"],
  "not yet said",
  "exit of {0}",
  "paper auto of the {0}",
  "Dropped messages of the performance panel: it sent more than {0} in a second",
  'Could not count this start in "{0}", so a start that crashes again and again may not be noticed',
  "(New-Object System.Media.SoundPlayer $env:VOLUME_CLUSTER_SOUND).PlaySync()",
]);

/** The page of the panel has no words of its own; diagnostics are English, for whoever helps. */
const NOT_READ = ["src/extension/dashboardPage.ts", "src/extension/diagnostics.ts"];

describe("The extension", () => {
  const sources = sourcesIn("src/extension").filter((path) => !NOT_READ.includes(path));

  it("says no sentence but by t and say, and logs in English", () => {
    expect(sources.map(parse).flatMap(bareTexts)).toEqual([]);
  });

  it("is looked through for sentences and for single words that are shown", () => {
    const found = bareTexts(
      sourceOf(
        'import { t } from "@vscode/l10n";',
        'const a = "two words"; const b = `@{a} is nothing`; const c = "SELECT a FROM b"; const d = "kebab-case";',
        'log.info("for the log"); t("two words"); const e = { label: "Word", value: "code", id: `@{a}-b` };',
        'vscode.window.showErrorMessage("Word", t("Word")); const f = { label: `@(icon) @{t("Word")}` };',
        'const g = { description: a ? "none" : t("some") };',
      ),
    );
    expect(found).toEqual([
      "a.ts:2: two words",
      "a.ts:2: {0} is nothing",
      "a.ts:3: Word",
      "a.ts:4: Word",
      "a.ts:5: none",
    ]);
  });
});

/** Lines with "@" for "$". */
function sourceOf(...lines: readonly string[]): ts.SourceFile {
  const text = lines.join("\n").replaceAll("@", "$");
  return ts.createSourceFile("a.ts", text.replace("$vscode", "@vscode"), ts.ScriptTarget.ES2023, true);
}

/** Place and text of what a person could read and no translator sees. */
function bareTexts(source: ts.SourceFile): readonly string[] {
  const translators = translatorsIn(source);
  const found: string[] = [];
  const visit = (node: ts.Node, isShown: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    const text = textOf(node)?.replace(ICON, "").trim();
    const pattern = isShown ? WORD : SENTENCE;
    if (text !== undefined && pattern.test(text) && !NOT_SAID.has(text) && !text.startsWith("SELECT "))
      found.push(`${placeOf(node)}: ${text}`);
    if (!ts.isCallExpression(node)) {
      const shows = ts.isPropertyAssignment(node) ? SHOWN.has(node.name.getText(source)) : isShown && passesOn(node);
      ts.forEachChild(node, (child) => visit(child, shows));
      return;
    }
    const callee = node.expression.getText(source);
    if (translators.has(callee) || /\blog\.(info|warn|error)$/.test(callee)) return;
    ts.forEachChild(node, (child) => visit(child, SHOWS.test(callee)));
  };
  visit(source, false);
  return found;
}

/** The text of a literal, with a place for each expression in it. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head, ...node.templateSpans.map(({ literal }) => literal)]
    .map(({ text }, index) => (index === 0 ? text : `{${index - 1}}${text}`))
    .join("");
}

/** What such an expression gives is what one of its parts gives. */
function passesOn(node: ts.Node): boolean {
  return ts.isConditionalExpression(node) || ts.isParenthesizedExpression(node) || ts.isArrayLiteralExpression(node);
}
