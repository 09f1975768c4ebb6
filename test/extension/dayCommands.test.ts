import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { clearLearningDebt } from "../../src/extension/clearDebt.js";
import { copyOrderTicket, copyTicketField } from "../../src/extension/copyTicket.js";
import { diagnostics } from "../../src/extension/diagnostics.js";
import { Documents } from "../../src/extension/documents.js";
import { answerCall } from "../../src/extension/lateAnswer.js";
import { openBroker } from "../../src/extension/openBroker.js";
import { quickActionsOf } from "../../src/extension/quickActions.js";
import { RecentLog } from "../../src/extension/recentLog.js";
import { recordFill, skipSignal } from "../../src/extension/recordFill.js";
import { stop } from "../../src/extension/stop.js";
import { showWeeklyReview } from "../../src/extension/weeklyReview.js";
import { Weeks } from "../../src/extension/weeks.js";
import type { Workbench } from "../../src/extension/workbench.js";
import { commands, fake, type Uri, workspace } from "../support/fakeVscode.js";
import { recommendation } from "../support/outputs.js";
import { accountView, engineView, SILENT, standing, workbenchWithSignal } from "./support.js";

beforeEach(() => fake.reset());

async function workbenchOf(count = 1): Promise<Workbench> {
  const workbench = await workbenchWithSignal(undefined, count);
  onTestFinished(() => workbench.close());
  return workbench;
}

const answers = (workbench: Workbench) =>
  workbench.outputs().flatMap((output) => {
    if (output.type === "fill" && output.account === "manual") return ["filled"];
    return output.type === "decision" ? [output.reason] : [];
  });

/** Nothing was offered or reviewed before. */
const weeksIn = (kept = new Map<string, string>()) =>
  new Weeks({
    get: (key: string) => kept.get(key),
    update: async (key: string, value: string) => void kept.set(key, value),
  } as never);

/** The text whose rendered preview was opened last. */
async function previewed(): Promise<string> {
  const [, uri] = fake.executed.findLast(([name]) => name === "markdown.showPreview") ?? [];
  return (await workspace.openTextDocument(uri as Uri)).text;
}

describe("Copy Order Ticket", () => {
  it("copies the newest recommendation without an answer, and says so", async () => {
    const workbench = await workbenchOf();
    await copyOrderTicket(workbench);
    expect(fake.clipboard).toMatch(
      /^Symbol: MES DEC25\nSide: (BUY|SHORT)\nQuantity: \d\nOrder Type: LMT\nPrice: \d+\.\d\d\n/,
    );
    expect(fake.statusMessages[0]).toMatch(/^\$\(check\) Copied: /);
  });

  it("copies it as the user's broker wants it, and nothing where his template cannot be filled", async () => {
    const workbench = await workbenchOf();
    fake.settings["volumeCluster.display.orderTicket"] = { globalValue: "{side} {quantity} {contract}" };
    await copyOrderTicket(workbench);
    expect(fake.clipboard).toMatch(/^(BUY|SELL) \d MES DEC25$/);
    fake.clipboard = "";
    fake.settings["volumeCluster.display.orderTicket"] = { globalValue: "{secret}" };
    await expect(copyOrderTicket(workbench)).rejects.toThrow('"{secret}" is not known');
    expect(fake.clipboard).toBe("");
  });

  it("touches no clipboard where there is none", async () => {
    const workbench = await workbenchOf();
    fake.answers.push(undefined);
    await copyOrderTicket(workbench, "another");
    expect(fake.clipboard).toBe("");
    expect(fake.messages[0]?.text).toContain("there is no ticket to copy");
  });
});

describe("Copy Ticket Field", () => {
  it("copies the whole ticket with the first Enter", async () => {
    const workbench = await workbenchOf();
    const flow = copyTicketField(workbench);
    (await fake.nextBox()).enter();
    await flow;
    const whole = fake.clipboard;
    await copyOrderTicket(workbench);
    expect(whole).toBe(fake.clipboard);
  });

  it("copies one field with an Enter, and goes on to the next until Escape", async () => {
    const workbench = await workbenchOf();
    const flow = copyTicketField(workbench);
    const first = await fake.nextBox();
    expect(first.labels()).toEqual([
      "$(copy) The whole ticket",
      "Symbol: MES DEC25",
      expect.stringMatching(/^Side: (BUY|SHORT)$/),
      expect.stringMatching(/^Quantity: \d$/),
      "Order Type: LMT",
      expect.stringMatching(/^Price: \d+\.\d\d$/),
      expect.stringMatching(/^Stop Loss: \d+\.\d\d$/),
      expect.stringMatching(/^Profit Target: \d+\.\d\d$/),
      "Validity: DAY",
    ]);
    first.choose("Stop Loss");
    const second = await fake.nextBox();
    expect(fake.clipboard).toMatch(/^\d+\.\d\d$/);
    const stop = fake.clipboard;
    second.enter();
    (await fake.nextBox()).hide();
    await flow;
    expect(fake.clipboard).toMatch(/^\d+\.\d\d$/);
    expect(fake.clipboard).not.toBe(stop);
  });
});

describe("Open Broker Platform", () => {
  const named = (address: string) => {
    fake.settings["volumeCluster.broker.launchUri"] = { globalValue: address, workspaceValue: "command:x" };
  };

  it("opens what the user's own settings name", async () => {
    named("https://broker.example/trade");
    await openBroker();
    expect(fake.opened).toEqual(["https://broker.example/trade"]);
    fake.opens = false;
    await expect(openBroker()).rejects.toThrow("nothing on this machine opens https://broker.example/trade");
  });

  it("opens nothing in a workspace that is not trusted, and leads to the trust", async () => {
    named("https://broker.example/trade");
    workspace.isTrusted = false;
    fake.answers.push("Manage Workspace Trust");
    await openBroker();
    expect(fake.opened).toEqual([]);
    expect(fake.executed.map(([name]) => name)).toContain("workbench.trust.manage");
  });

  it("opens no command, file or script, whatever the settings say", async () => {
    for (const address of [
      "command:workbench.action.quit",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "vscode://x",
    ]) {
      named(address);
      await expect(openBroker()).rejects.toThrow("volumeCluster.broker.launchUri cannot be used");
    }
    expect(fake.opened).toEqual([]);
  });

  it("opens nothing a workspace names, and says where the address belongs", async () => {
    fake.settings["volumeCluster.broker.launchUri"] = { workspaceValue: "https://evil.example" };
    fake.answers.push("Open Settings");
    await openBroker();
    expect(fake.opened).toEqual([]);
    expect(fake.executed).toContainEqual(["workbench.action.openSettings", "volumeCluster.broker.launchUri"]);
  });
});

describe("Clear Learning Debt", () => {
  it("goes through all of them in one flow, the oldest first", async () => {
    const workbench = await workbenchOf(3);
    const ids = workbench.view().pending.map(({ id }) => id);
    const done = clearLearningDebt(workbench);
    const first = await fake.nextBox();
    expect([first.step, first.totalSteps]).toEqual([1, 3]);
    first.choose("Filled");
    (await fake.nextBox()).enter();
    (await fake.nextBox()).choose("Missed");
    (await fake.nextBox()).choose("Not taken");
    (await fake.nextBox()).choose("Away");
    await done;
    expect(ids).toHaveLength(3);
    expect(workbench.view().pending).toEqual([]);
    expect(answers(workbench)).toEqual(["filled", "Not filled", "Away"]);
    expect(fake.statusMessages.at(-1)).toBe("$(check) Every recommendation has an answer");
  });

  it("leaves for later what is to be left, and ends when the user leaves a conversation", async () => {
    const workbench = await workbenchOf(3);
    const done = clearLearningDebt(workbench);
    (await fake.nextBox()).choose("Later");
    (await fake.nextBox()).choose("Filled");
    (await fake.nextBox()).hide();
    await done;
    expect(workbench.view().pending).toHaveLength(3);
    expect(fake.statusMessages.at(-1)).toBe("$(check) Learning debt: 3 without an answer");
  });
});

describe("A click on a call", () => {
  it("leads to its fill while its time runs", async () => {
    const workbench = await workbenchOf();
    const done = answerCall(workbench, workbench.view().pending[0]?.id);
    (await fake.nextBox()).enter();
    await done;
    expect(answers(workbench)).toEqual(["filled"]);
  });

  it.each([
    ["Filled", ["filled"]],
    ["Missed", ["Not filled"]],
    ["Not taken", ["Too late"]],
    ["Later", []],
  ])("asks what became of it when its time is over: %s", async (answer, recorded) => {
    const workbench = await workbenchOf();
    const [call] = workbench.view().pending;
    (workbench.standing().deadlines as Map<string, number>).set(call?.id ?? "", Date.now() - 1);
    const done = answerCall(workbench, call?.id);
    const question = await fake.nextBox();
    expect(question.title).toMatch(/ \(late: its time is over\)$/);
    question.choose(answer);
    if (answer === "Filled") (await fake.nextBox()).enter();
    if (answer === "Not taken") (await fake.nextBox()).choose("Too late");
    await done;
    expect(answers(workbench)).toEqual(recorded);
  });

  it("says what is recorded where it has an answer", async () => {
    const workbench = await workbenchOf();
    const id = workbench.view().pending[0]?.id;
    const filled = answerCall(workbench, id);
    (await fake.nextBox()).enter();
    await filled;
    fake.answers.push(undefined);
    await answerCall(workbench, id);
    expect(fake.messages.at(-1)?.text).toContain("is filled already");
  });
});

it("Skip Signal asks for the reason of the newest at once", async () => {
  const workbench = await workbenchOf();
  const done = skipSignal(workbench);
  (await fake.nextBox()).choose("Too late");
  await done;
  expect(answers(workbench)).toEqual(["Too late"]);
});

it("Stop says what waits, and leads there", async () => {
  const workbench = await workbenchOf();
  fake.answers.push("Record Now");
  await stop(workbench);
  expect(fake.messages.map(({ text, modal }) => [text, modal])).toEqual([
    ["Stopped. 1 trade waits to be recorded: now, or later, it is kept", false],
  ]);
  await expect.poll(() => fake.executed.map(([name]) => name)).toContain("volumeCluster.showPendingTrades");
});

it("Weekly Review shows the week of the run at hand as a document", async () => {
  const workbench = await workbenchOf();
  const documents = new Documents();
  await showWeeklyReview(workbench, documents, weeksIn());
  expect(await previewed()).toMatch(/^# Weekly review, \d{4}-\d\d-\d\d to /);
  expect(await previewed()).toContain("Simulated: the demo market");
  documents.dispose();
});

it("Weekly Review shows the week that it is asked for, and no other text is taken for a date", async () => {
  const workbench = await workbenchOf();
  const documents = new Documents();
  await showWeeklyReview(workbench, documents, weeksIn(), "2025-06-09");
  expect(await previewed()).toMatch(/^# Weekly review, 2025-06-09 to 2025-06-15/);
  await showWeeklyReview(workbench, documents, weeksIn(), "2025-13-45");
  expect(await previewed()).not.toContain("2025-13-45");
  documents.dispose();
});

it("Weekly Review shows the source where nothing can render it", async () => {
  const documents = new Documents();
  const none = commands.registerCommand("markdown.showPreview", () => {
    throw new Error("command 'markdown.showPreview' not found");
  });
  onTestFinished(() => none.dispose());
  await documents.preview("a.md", "# A");
  expect(fake.documents).toEqual(["# A"]);
  documents.dispose();
});

it("Weekly Review says at its top what is wrong with the records, and counts what is left", async () => {
  const folder = mkdtempSync(join(tmpdir(), "review-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = await workbenchWithSignal(folder);
  const id = first.view().pending[0]?.id ?? "";
  const filled = recordFill(first, id);
  (await fake.nextBox()).enter();
  await filled;
  await first.close();
  damageFill(join(folder, "journal"));
  const workbench = await workbenchWithSignal(folder);
  onTestFinished(() => workbench.close());
  const documents = new Documents();
  await showWeeklyReview(workbench, documents, weeksIn());
  expect(await previewed()).toContain("**The records are not whole: the figures are of what is left.**");
  expect(await previewed()).toMatch(/\n- .*journal/i);
  documents.dispose();
});

/** Changes one letter of the fill that a journal holds. */
function damageFill(journal: string): void {
  for (const name of readdirSync(journal)) {
    const file = join(journal, name);
    const text = readFileSync(file, "latin1");
    const at = text.indexOf('"type":"fill"');
    if (at >= 0) writeFileSync(file, `${text.slice(0, at + 8)}F${text.slice(at + 9)}`, "latin1");
  }
}

describe("Quick Actions", () => {
  const rows = (...changes: Parameters<typeof standing>) =>
    quickActionsOf(standing(...changes), 0).map(({ value }) => value);

  it("offer what makes sense now, the most urgent first", () => {
    const signal = recommendation({ id: "a", account: "manual" });
    const view = engineView({ pending: [signal] });
    expect(rows({ view, deadlines: new Map([["a", 30_000]]) }).slice(0, 3)).toEqual([
      "copyOrderTicket",
      "recordFill",
      "skipSignal",
    ]);
    const older = { ...signal, id: "b" };
    expect(rows({ view: engineView({ pending: [older, signal] }) }).slice(0, 3)).toEqual([
      "recordFill",
      "skipSignal",
      "clearLearningDebt",
    ]);
    expect(rows({ phase: "idle", market: undefined, view: undefined })[0]).toBe("start");
    expect(rows().at(-1)).toBe("stop");
    expect(rows()).toContain("openEvidence");
    expect(rows({ phase: "idle", market: undefined, view: undefined })).not.toContain("openEvidence");
    expect(rows({ view: engineView({ accounts: [accountView({ halted: true })] }) })[0]).toBe("resetEmergencyStop");
  });
});

describe("Copy Diagnostics", () => {
  it("names versions, counts, settings and the last lines, and nothing that tells who asks", async () => {
    const workbench = await workbenchOf();
    const key = `db-${"x".repeat(29)}`;
    const recent = new RecentLog(SILENT);
    for (let line = 0; line < 100; line++) recent.info(`line ${line}`);
    recent.error(`The file "/home/ann/es.dbn" is damaged, ${key}`);
    const settings = { "risk.maxDailyTrades": 3, "data.folder": "/secret/place" };
    const parts = { settings, storageFolder: "/home/ann/.config", key: { isSet: async () => true } };
    const text = await diagnostics({
      workbench: {
        host: () => parts as never,
        standing: () => workbench.standing(),
        outputs: () => workbench.outputs(),
        folder: "/secret/place/demo",
      },
      recent,
      sounds: { standing: async () => ({ words: "played by paplay" }) },
    });
    expect(text).toMatch(/^Volume Cluster Workbench \d+\.\d+\.\d+\nVS Code 1\.100\.0, /);
    expect(text).toContain("Run at hand: demo, running");
    expect(text).toContain("1 recommendation");
    expect(text).toContain('"risk.maxDailyTrades": 3');
    expect(text).toContain('error The file "/home/***/es.dbn" is damaged, db-***');
    expect(text).not.toMatch(/ann|secret|db-x/);
    expect(text.split("\n").filter((line) => line.startsWith("info line"))).toHaveLength(59);
  });
});
