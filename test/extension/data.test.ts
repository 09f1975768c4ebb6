import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { exportJournal, restoreBackup } from "../../src/extension/data/backup.js";
import { importEarlierData } from "../../src/extension/data/importEarlier.js";
import { type QueryMemory, queriesIn, queryJournal } from "../../src/extension/data/queryJournal.js";
import { resetPaperPortfolio } from "../../src/extension/data/resetPaper.js";
import { Documents } from "../../src/extension/documents.js";
import { Workbench } from "../../src/extension/workbench.js";
import { inProcess } from "../cli/inProcess.js";
import { openStore, temporaryFolder, wasmFile } from "../store/support.js";
import { earlierFolder } from "../support/earlierData.js";
import { fake, Uri } from "../support/fakeVscode.js";
import { builtQueryWorker } from "../support/queryWorker.js";
import { hostIn, SILENT } from "./support.js";

let root: string;
let workbench: Workbench;
beforeEach(async () => {
  fake.reset();
  root = temporaryFolder();
  mkdirSync(join(root, "extension/dist"), { recursive: true });
  copyFileSync(wasmFile, join(root, "extension/dist/sql-wasm.wasm"));
  const host = { ...hostIn(join(root, "data")), extensionFolder: join(root, "extension") };
  workbench = new Workbench(() => host, SILENT);
  onTestFinished(async () => {
    await workbench.close();
  });
});

/** The demo was played in an earlier window, in paper auto. */
async function demo(): Promise<string> {
  const folder = join(root, "data/paper/demo");
  await inProcess("demo", "--seed", "3", "--days", "6", "--paper", "--data", folder);
  return folder;
}

const paper = () => workbench.standing().view?.accounts.find(({ name }) => name === "paper");
const last = () => fake.messages.at(-1);

describe("Export Journal and Restore Backup", () => {
  it("put a backup where the user says, and bring back from it what was lost", async () => {
    const folder = await demo();
    fake.openDialog = [Uri.file(root)];
    await exportJournal(workbench);
    const [backup = ""] = readdirSync(root).filter((name) => name.startsWith("volume-cluster-paper-demo-"));
    expect(existsSync(join(root, backup, "manifest.json"))).toBe(true);
    expect(last()?.text).toMatch(/^Exported the demo results to .*It holds \d+ recommendations/);
    const before = paper();
    expect(before?.closedTrades).toBeGreaterThan(0);
    // The journal is lost.
    await workbench.close();
    rmSync(folder, { recursive: true });
    const host = { ...hostIn(join(root, "data")), extensionFolder: join(root, "extension") };
    workbench = new Workbench(() => host, SILENT);
    fake.openDialog = [Uri.file(join(root, backup))];
    fake.answers.push("Restore");
    await restoreBackup(workbench);
    expect(fake.messages.at(-2)).toMatchObject({ modal: true, text: "Restore this backup?", actions: ["Restore"] });
    expect(fake.details.at(-1)).toContain("every checksum was verified");
    expect(last()?.text).toMatch(/^Restored \d+ records; nothing was taken away/);
    await workbench.restore();
    expect(paper()).toEqual(before);
    // A second time there is nothing to do, and no question.
    fake.answers.push(undefined);
    await restoreBackup(workbench);
    expect(last()).toMatchObject({
      modal: false,
      text: "All of the backup is here already: there is nothing to restore",
    });
  });

  it("bring the run at hand back with what was restored", async () => {
    const folder = await demo();
    await workbench.restore();
    fake.openDialog = [Uri.file(root)];
    await exportJournal(workbench);
    const [backup = ""] = readdirSync(root).filter((name) => name.startsWith("volume-cluster-paper-demo-"));
    const before = paper();
    await workbench.close();
    rmSync(folder, { recursive: true });
    await inProcess("demo", "--seed", "9", "--days", "1", "--data", folder);
    const host = { ...hostIn(join(root, "data")), extensionFolder: join(root, "extension") };
    workbench = new Workbench(() => host, SILENT);
    await workbench.restore();
    fake.openDialog = [Uri.file(join(root, backup))];
    fake.answers.push("Restore");
    await restoreBackup(workbench);
    expect(fake.details.at(-1)).toContain("A run in it is stopped first.");
    expect(workbench.folder).toBe(folder);
    expect(paper()).toMatchObject({ closedTrades: before?.closedTrades, netPnl: before?.netPnl });
    expect(readdirSync(join(folder, "backups"))).toHaveLength(1);
  });

  it("change nothing when the user leaves, and name what is no backup", async () => {
    const folder = await demo();
    const before = readdirSync(folder, { recursive: true }).length;
    await exportJournal(workbench);
    await restoreBackup(workbench);
    expect(fake.messages).toEqual([]);
    fake.openDialog = [Uri.file(folder)];
    await expect(restoreBackup(workbench)).rejects.toThrow("it is no backup");
    fake.openDialog = [new Uri("vscode-vfs", "/x")];
    await expect(restoreBackup(workbench)).rejects.toThrow("is not on this machine's disk");
    expect(readdirSync(folder, { recursive: true }).length).toBe(before);
  });

  it("say that nothing is recorded yet", async () => {
    fake.answers.push(undefined);
    await exportJournal(workbench);
    expect(last()?.text).toBe("Nothing is recorded yet");
  });
});

describe("Reset Paper Portfolio", () => {
  it("asks why, says what ends and what stays, backs up, and begins anew", async () => {
    const folder = await demo();
    await workbench.restore();
    const learned = workbench.view().contexts;
    fake.answers.push("Reset");
    const done = resetPaperPortfolio(workbench);
    const box = await fake.nextBox();
    box.type(" ");
    expect(box.said()).toBe("Say in a few words why the paper portfolio begins anew");
    box.type("A new month");
    box.enter();
    await done;
    expect(fake.messages[0]).toMatchObject({ modal: true, text: "Reset the paper portfolio?", actions: ["Reset"] });
    expect(fake.details[0]).toMatch(/It ends: the balance of \$[\s\S]*It stays: what was learned/);
    expect(paper()).toMatchObject({ balance: 1_500_000, closedTrades: 0, maxDrawdown: 0 });
    expect(workbench.view().contexts).toEqual(learned);
    expect(readdirSync(join(folder, "backups"))).toHaveLength(1);
    expect(fake.statusMessages.at(-1)).toContain("Saved: Paper portfolio begun anew: A new month");
  });

  it("says that there is no paper account", async () => {
    fake.answers.push(undefined);
    await resetPaperPortfolio(workbench);
    expect(last()?.text).toContain("There is no paper account at hand");
  });

  it("does nothing without the user's word", async () => {
    const folder = await demo();
    await workbench.restore();
    const before = paper();
    fake.answers.push(undefined);
    const done = resetPaperPortfolio(workbench);
    const box = await fake.nextBox();
    box.type("x");
    box.enter();
    await done;
    expect(paper()).toEqual(before);
    expect(existsSync(join(folder, "backups"))).toBe(false);
  });
});

describe("Import Earlier Data", () => {
  it("shows a report that cannot be edited, asks, and keeps it beside the live results", async () => {
    const from = await earlierFolder(join(root, "earlier"));
    copyFileSync(await builtQueryWorker(), join(root, "extension/dist/queryWorker.cjs"));
    const documents = new Documents();
    fake.openDialog = [Uri.file(from)];
    fake.answers.push("Import");
    const done = importEarlierData(workbench, documents);
    (await fake.nextBox()).choose("America/New_York");
    await done;
    expect(fake.documents[0]).toMatch(
      /^# What .*earlier holds\n\n- recommendations\\_log\.jsonl, recommendations\\_log: 1 row read/,
    );
    expect(fake.messages.at(-2)).toMatchObject({ modal: true, text: "Import 4 rows as history?" });
    expect(last()?.text).toMatch(/^Imported 4 rows as history into /);
    const store = await openStore(join(root, "data"), { readOnly: true });
    expect(store.outputs.map(({ type }) => type)).toEqual(["imported", "imported", "imported", "imported"]);
    fake.answers.push(undefined);
    const again = importEarlierData(workbench, documents);
    (await fake.nextBox()).choose("UTC");
    await again;
    expect(last()?.text).toBe("All of it is here already, or refused: there is nothing to import");
    documents.dispose();
  });
});

describe("Query Journal", () => {
  const memory = (): QueryMemory => {
    let kept: unknown = ["SELECT 1 AS one", 7];
    const update = async (_key: string, value: unknown) => {
      kept = value;
    };
    return queriesIn({ get: () => kept, update } as never);
  };

  it("offers the last queries, and shows the result as a table that cannot be edited", async () => {
    await demo();
    copyFileSync(await builtQueryWorker(), join(root, "extension/dist/queryWorker.cjs"));
    const documents = new Documents();
    const queries = memory();
    const done = queryJournal(workbench, documents, queries);
    const list = await fake.nextBox();
    expect(list.labels()).toEqual([
      "$(edit) Write a query...",
      "$(history) SELECT 1 AS one",
      "The last five closed trades",
      "The last seven days by context",
      "The paper portfolio's curve",
      "All tables and their columns",
    ]);
    list.choose("The last five");
    const box = await fake.nextBox();
    expect(box.value).toBe("SELECT * FROM context_performance ORDER BY created_at DESC LIMIT 5");
    box.type("");
    expect(box.said()).toBe("Say what to select");
    box.type("SELECT source, COUNT(*) > 0 AS traded FROM context_performance");
    box.enter();
    await done;
    expect(fake.documents[0]).toContain("| source | traded |\n| --- | --: |\n| paper | 1 |\n");
    expect(queries.get()[0]).toBe("SELECT source, COUNT(*) > 0 AS traded FROM context_performance");
    const wrong = queryJournal(workbench, documents, queries);
    (await fake.nextBox()).choose("Write a query");
    const second = await fake.nextBox();
    second.type("DROP TABLE meta");
    second.enter();
    await expect(wrong).rejects.toThrow("The query failed: DROP is not possible here");
    documents.dispose();
  });
});
