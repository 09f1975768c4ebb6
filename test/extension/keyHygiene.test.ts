import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyHygiene } from "../../src/extension/keyHygiene.js";
import { commands, editors, FakeDocument, FakeSecrets, fake, Uri } from "../support/fakeVscode.js";
import { keyIn, SILENT } from "./support.js";

const KEY = `db-${"aB3".repeat(9)}xY`;
const OTHER = `db-${"z".repeat(29)}`;

let secrets: FakeSecrets;
let hygiene: KeyHygiene;

beforeEach(() => {
  fake.reset();
  secrets = new FakeSecrets();
  hygiene = new KeyHygiene(keyIn(secrets), SILENT);
});
afterEach(() => hygiene.dispose());

function settings(text: string, scheme = "vscode-userdata"): FakeDocument {
  const document = new FakeDocument(new Uri(scheme, "/User/settings.json"), text);
  editors.open(document);
  return document;
}

/** Takes the quick fix of the first warning. */
async function fix(document: FakeDocument): Promise<void> {
  const [action] =
    editors.actions?.provideCodeActions(document, undefined, { diagnostics: editors.found(document) }) ?? [];
  const { command, arguments: args } = action?.command ?? { command: "", arguments: [] };
  await commands.executeCommand(command, ...args);
}

describe("A Databento key in a file", () => {
  it.each(["vscode-userdata", "file", "untitled"])("is warned of in %s, without the key in the warning", (scheme) => {
    const document = settings(`{\n  "databento.key": "${KEY}"\n}`, scheme);
    const [found, other] = editors.found(document);
    expect(found?.range).toMatchObject({ start: { line: 1, character: 20 }, end: { line: 1, character: 52 } });
    expect(found?.message).not.toContain(KEY);
    expect(other).toBeUndefined();
  });

  it("is found as it is typed, and no more once it is gone or the file is closed", () => {
    const document = settings("{}");
    expect(editors.found(document)).toEqual([]);
    editors.edit(document, `KEY=${KEY}\nOLD=${OTHER}`);
    expect(editors.found(document)).toHaveLength(2);
    editors.edit(document, "{}");
    expect(editors.found(document)).toEqual([]);
    editors.edit(document, KEY);
    editors.close(document);
    expect(editors.found(document)).toEqual([]);
  });

  it.each([`db-${"a".repeat(28)}`, `db-${"a".repeat(30)}`, `xdb-${"a".repeat(29)}`, `db-${"a".repeat(28)}-`])(
    "is nothing that only looks like one: %s",
    (text) => {
      expect(editors.found(settings(text))).toEqual([]);
    },
  );

  it("is not looked for in what nobody writes, such as an older revision", () => {
    expect(editors.found(settings(KEY, "git"))).toEqual([]);
  });

  it("is moved to the secret storage and out of the file, which is saved, and a new one is advised", async () => {
    const document = settings(`{ "key": "${KEY}" }`);
    await fix(document);
    expect([...secrets.kept.values()]).toEqual([KEY]);
    expect([document.text, document.saved]).toEqual(['{ "key": "" }', 1]);
    expect(editors.found(document)).toEqual([]);
    expect(fake.messages.map(({ severity, text }) => [severity, text])).toEqual([
      ["information", expect.stringContaining("make a new one at databento.com/portal/keys")],
    ]);
  });

  it("takes the place of another one only after a question", async () => {
    await keyIn(secrets).keep(OTHER);
    const document = settings(KEY);
    fake.answers.push(undefined);
    await fix(document);
    expect([[...secrets.kept.values()], document.text]).toEqual([[OTHER], KEY]);
    fake.answers.push("Replace");
    await fix(document);
    expect([[...secrets.kept.values()], document.text]).toEqual([[KEY], ""]);
  });

  it("stays in the file where it cannot be kept, and is said to be there where the file cannot be saved", async () => {
    const document = settings(KEY);
    secrets.failure = new Error("locked");
    await fix(document);
    expect(document.text).toBe(KEY);
    secrets.failure = undefined;
    document.isWritable = false;
    await fix(document);
    expect(fake.messages.map(({ severity }) => severity)).toEqual(["error", "error"]);
    expect(fake.messages.map(({ text }) => text).join()).not.toContain(KEY);
  });
});
