import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** One call of `t`, or of `say` for a sentence that is put into the language later. */
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

/** All calls of `t` of `@vscode/l10n` and of the core's `say` in a source that imports them, under whatever name. */
export function translatedIn(source: ts.SourceFile): readonly Translated[] {
  const names = translatorsIn(source);
  const isOne = (node: ts.Node): boolean => ts.isIdentifier(node) && names.has(node.text);
  const found: Translated[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isOne(node.expression)) {
      found.push({ at: placeOf(node), ...read(node.arguments) });
    } else if (ts.isTaggedTemplateExpression(node) && isOne(node.tag)) {
      // Its key would be written nowhere.
      found.push({ at: placeOf(node), key: undefined, args: undefined });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The names under which a source imports `t` and `say`. */
export function translatorsIn(source: ts.SourceFile): ReadonlySet<string> {
  const found = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const from = statement.moduleSpecifier.text;
    const wanted = from === "@vscode/l10n" ? "t" : from.endsWith("/say.js") ? "say" : undefined;
    const names = statement.importClause?.namedBindings;
    if (wanted === undefined || names === undefined) continue;
    if (!ts.isNamedImports(names)) throw new Error(`${placeOf(statement)}: import { ${wanted} } by name`);
    for (const { name, propertyName } of names.elements)
      if ((propertyName ?? name).text === wanted) found.add(name.text);
  }
  return found;
}

/** The names in braces of a text, each once, in plain order. */
export function placeholders(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name))].toSorted();
}

function read(args: ts.NodeArray<ts.Expression>): Pick<Translated, "key" | "args"> {
  const [first, ...rest] = args;
  if (first === undefined) return { key: undefined, args: undefined };
  if (ts.isObjectLiteralExpression(first)) return { key: commented(first), args: undefined };
  const uncounted = rest.some((arg) => ts.isSpreadElement(arg) || ts.isObjectLiteralExpression(arg));
  return { key: ts.isStringLiteralLike(first) ? first.text : undefined, args: uncounted ? undefined : rest.length };
}

/** A text that means two things has a comment, which is a part of its key: `Stop/the command`. */
function commented(options: ts.ObjectLiteralExpression): string | undefined {
  const parts = ["message", "comment"].map((name) => {
    const property = options.properties.find((each) => each.name !== undefined && each.name.getText() === name);
    const value = property !== undefined && ts.isPropertyAssignment(property) ? property.initializer : undefined;
    return value !== undefined && ts.isStringLiteralLike(value) ? value.text : undefined;
  });
  return parts.includes(undefined) ? undefined : parts.join("/");
}
