import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { say } from "../../core/say.js";
import { BACK, type Choice, pick } from "../ask.js";
import { nothingToDo } from "../notices.js";
import type { Workbench } from "../workbench.js";

/** Asks for a folder on this machine's disk; undefined when the user leaves. */
export async function askFolder(title: string, openLabel: string): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel,
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
  });
  const [uri] = chosen ?? [];
  if (uri === undefined) return undefined;
  if (uri.scheme !== "file")
    throw new Error(say("{0} is not on this machine's disk: choose a folder that is", uri.path));
  return uri.fsPath;
}

/** Asks whose results are meant, where there are several; says so where there are none. */
export async function askBooks(
  workbench: Workbench,
  title: string,
): Promise<{ readonly kind: string; readonly folder: string } | undefined> {
  await workbench.restore();
  const { booksOf } = await import("./dataWork.js");
  const books = booksOf(workbench);
  if (books.length === 0) {
    await nothingToDo(t("Nothing is recorded yet"));
    return undefined;
  }
  if (books.length === 1) return books[0];
  const choices = books.map(
    (value): Choice<typeof value> => ({
      label: t("The {0} results", value.kind),
      description: value.folder,
      value,
    }),
  );
  const chosen = await pick({ title, placeholder: t("Whose results?"), choices });
  return chosen === BACK ? undefined : chosen;
}
