import { t } from "@vscode/l10n";
import * as vscode from "vscode";
import { plainText } from "../app/plainText.js";
import type { BrokerFile } from "../app/reconcile/brokerCsv.js";
import { type Choice, pick } from "./ask.js";

/** A broker's file as it was chosen. */
export interface Chosen {
  readonly name: string;
  readonly file: BrokerFile;
}

/**
 * Asks for the broker's list of executions, and for its time zone where it says none.
 *
 * @param read reads its text, in a time zone
 * @returns undefined when the user leaves
 * @throws what `read` throws
 */
export async function chooseBrokerFile(read: (text: string, zone: string) => BrokerFile): Promise<Chosen | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: t("Reconcile Day: the broker's executions"),
      openLabel: t("Compare"),
      canSelectMany: false,
      filters: { CSV: ["csv", "txt", "tsv"] },
    })) ?? [];
  if (uri === undefined) return undefined;
  const name = plainText(uri.path.split("/").at(-1) ?? "");
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const file = read(text, here);
  if (file.isZoned) return { name, file };
  const zone = await pick({
    title: t("Reconcile Day: {0}", name),
    placeholder: t("The file says no time zone. In which one are its times?"),
    choices: [...new Set([here, "America/New_York", "America/Chicago", "UTC"])].map(
      (value): Choice<string> => ({
        label: value,
        value,
      }),
    ),
  });
  return typeof zone === "string" ? { name, file: read(text, zone) } : undefined;
}
