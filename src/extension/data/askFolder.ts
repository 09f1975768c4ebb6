import * as vscode from "vscode";
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
  if (uri.scheme !== "file") throw new Error(`${uri.path} is not on this machine's disk: choose a folder that is`);
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
    await nothingToDo("Nothing is recorded yet");
    return undefined;
  }
  if (books.length === 1) return books[0];
  const choices = books.map(
    (value): Choice<typeof value> => ({
      label: `The ${value.kind} results`,
      description: value.folder,
      value,
    }),
  );
  const chosen = await pick({ title, placeholder: "Whose results?", choices });
  return chosen === BACK ? undefined : chosen;
}
