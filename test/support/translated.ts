import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** One call of the translator. */
export interface Translated {
  /** File and line, for messages. */
  readonly at: string;
  /** The English text, which is its key in the bundles; missing where it is not written in the call itself. */
  readonly key: string | undefined;
  /** How many arguments follow the text; missing where they cannot be counted, or have names. */
  readonly args: number | undefined;
}

/** Paths of all sources below the folders, from the root of the checkout. */
export function sourcesIn(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
      .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
      .toSorted(),
  );
}

/** The syntax tree of a source of the checkout. */
export function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(ROOT, path), "utf8"), ts.ScriptTarget.ES2023, true);
}

/** File and line of a node. */
export function placeOf(node: ts.Node): string {
  const source = node.getSourceFile();
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** All calls of `t` in a source that imports it from `@vscode/l10n`, under whatever name. */
export function translatedIn(source: ts.SourceFile): readonly Translated[] {
  const name = translatorIn(source);
  const found: Translated[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name) {
      found.push({ at: placeOf(node), ...read(node.arguments) });
    } else if (ts.isTaggedTemplateExpression(node) && ts.isIdentifier(node.tag) && node.tag.text === name) {
      // Its key would be written nowhere.
      found.push({ at: placeOf(node), key: undefined, args: undefined });
    }
    ts.forEachChild(node, visit);
  };
  if (name !== undefined) visit(source);
  return found;
}

/** The name under which a source imports `t` of `@vscode/l10n`. */
export function translatorIn(source: ts.SourceFile): string | undefined {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (statement.moduleSpecifier.text !== "@vscode/l10n") continue;
    const names = statement.importClause?.namedBindings;
    if (names === undefined || !ts.isNamedImports(names))
      throw new Error(`${placeOf(statement)}: import { t } by name`);
    const t = names.elements.find(({ name, propertyName }) => (propertyName ?? name).text === "t");
    if (t !== undefined) return t.name.text;
  }
  return undefined;
}

/** The names in braces of a text, each once, in plain order. */
export function placeholders(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name))].toSorted();
}

function read(args: ts.NodeArray<ts.Expression>): Pick<Translated, "key" | "args"> {
  const [first, ...rest] = args;
  const key = first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
  const uncounted = rest.some((arg) => ts.isSpreadElement(arg) || ts.isObjectLiteralExpression(arg));
  return { key, args: uncounted ? undefined : rest.length };
}
