import { t } from "@vscode/l10n";
import type * as vscode from "vscode";
import { say } from "../../core/say.js";
import { BACK, type Choice, input, pick } from "../ask.js";
import type { Documents } from "../documents.js";
import { inLanguage } from "../language.js";
import type { Workbench } from "../workbench.js";
import { askBooks } from "./askFolder.js";

/** The last queries of the user, the newest first. */
export interface QueryMemory {
  get(): readonly string[];
  set(queries: readonly string[]): void;
}

/** Queries that are remembered. */
const REMEMBERED = 10;

/** Of the daily routine, and a begin for others. */
const USUAL: readonly (readonly [label: string, query: string])[] = [
  [say("The last five closed trades"), "SELECT * FROM context_performance ORDER BY created_at DESC LIMIT 5"],
  [
    say("The last seven days by context"),
    "SELECT context_value, COUNT(*) AS trades, ROUND(AVG(return_pct)*100, 2) AS avg_return_pct, ROUND(SUM(win)*100.0/COUNT(*), 1) AS win_rate FROM context_performance WHERE created_at > date('now', '-7 days') GROUP BY context_value ORDER BY trades DESC",
  ],
  [say("The paper portfolio's curve"), "SELECT * FROM portfolio_equity ORDER BY timestamp"],
  [say("All tables and their columns"), "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"],
];

/** Queries in the extension's own memory. */
export function queriesIn(memory: vscode.Memento): QueryMemory {
  const key = "volumeCluster.queries";
  return {
    get: () => {
      const stored: unknown = memory.get(key);
      return Array.isArray(stored) ? stored.filter((each) => typeof each === "string") : [];
    },
    set: (queries) => void memory.update(key, queries),
  };
}

/** Asks for SQL and shows its result as a document that cannot be edited. */
export async function queryJournal(workbench: Workbench, documents: Documents, memory: QueryMemory): Promise<void> {
  const books = await askBooks(workbench, t("Query Journal"));
  if (books === undefined) return;
  const query = await askQuery(memory.get());
  if (query === undefined) return;
  memory.set([query, ...memory.get().filter((each) => each !== query)].slice(0, REMEMBERED));
  const work = await import("./dataWork.js");
  const result = await work.queryJournal(books.folder, query, work.toolsOf(workbench.host()));
  await documents.show(`${t("Query Result")}.md`, work.markdownTable(query, result));
}

async function askQuery(last: readonly string[]): Promise<string | undefined> {
  const choices: Choice<string>[] = [
    { label: `$(edit) ${t("Write a query...")}`, value: "SELECT " },
    ...last.map((query) => ({ label: `$(history) ${query}`, value: query })),
    ...USUAL.map(([label, query]) => ({ label: inLanguage(label), description: query, value: query })),
  ];
  const begin = await pick({ title: t("Query Journal"), placeholder: t("SQL, read-only"), choices });
  if (begin === undefined || begin === BACK) return undefined;
  const typed = await input({
    title: t("Query Journal"),
    prompt: t(
      "One SELECT over context_performance, paper_trades, portfolio_equity and imported; nothing can be changed by it",
    ),
    placeholder: "SELECT ...",
    value: begin,
    isDraft: true,
    check: (text) => (text.trim() === "" ? { problem: t("Say what to select") } : undefined),
  });
  return typed === BACK ? undefined : typed?.trim();
}
