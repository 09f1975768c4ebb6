import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Recommendation } from "../../../src/core/sizing/recommendation.js";
import { exitDraft } from "../../../src/extension/recordExit.js";
import { pendingRows } from "../../../src/extension/views/pendingRows.js";
import type { Workbench } from "../../../src/extension/workbench.js";
import { collisions } from "../../support/keys.js";
import {
  activeWorkbench,
  dataFolder,
  extensionUnderTest,
  nextOutput,
  pendingIds,
  runWithEnter,
  until,
} from "./driver.js";

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings: readonly { readonly key: string }[];
  };
}

interface KeyBinding {
  readonly key: string;
  readonly command: string;
}

/** A new profile: activation, commands, and a whole loop from Start to a learned trade. */
export function registerFirst(): void {
  describe("In a new profile", () => {
    let workbench: Workbench;
    let recommendation: Recommendation;
    before(async () => {
      workbench = await activeWorkbench();
    });

    it("activates and starts nothing by itself", () => {
      assert.equal(extensionUnderTest().isActive, true);
      assert.equal(workbench.standing().phase, "idle");
      assert.equal(workbench.standing().market, undefined);
    });

    it("registers every command that its manifest offers", async () => {
      const manifest = extensionUnderTest().packageJSON as Manifest;
      const offered = manifest.contributes.commands.map(({ command }) => command);
      const registered = new Set(await vscode.commands.getCommands(true));
      assert.ok(offered.length > 0);
      assert.deepEqual(
        offered.filter((command) => !registered.has(command)),
        [],
      );
    });

    it("takes no key that this VS Code uses itself", async () => {
      const taken = await defaultKeys();
      const { keybindings } = (extensionUnderTest().packageJSON as Manifest).contributes;
      assert.ok(taken.length > 350, `${taken.length} keys`);
      assert.deepEqual(collisions([...keybindings.map(({ key }) => key), "ctrl+k x"], taken), ["ctrl+k x"]);
    });

    it("keeps its data in the folder that the setting names", () => {
      assert.notEqual(dataFolder(), "");
    });

    it("Start offers the demo first, and its market brings a signal", async () => {
      const signal = nextOutput(workbench, "recommendation");
      await runWithEnter("volumeCluster.start");
      assert.equal(workbench.standing().market, "demo");
      recommendation = await signal;
      assert.deepEqual(pendingIds(workbench), [recommendation.id]);
    });

    it("Record Fill with Enter alone books the fill as recommended", async () => {
      const booked = nextOutput(workbench, "fill");
      await runWithEnter("volumeCluster.recordFill", recommendation.id);
      const fill = await booked;
      assert.equal(fill.recommendation, recommendation.id);
      assert.equal(fill.account, "manual");
      assert.equal(fill.price, recommendation.price);
      assert.equal(fill.quantity, recommendation.quantity);
    });

    it("Record Exit of one contract leaves the others among the open trades", async () => {
      const { id, quantity, price } = recommendation;
      const more = { type: "account", kind: "fill", account: "manual", id: "one more", recommendation: id } as const;
      // Of a single contract there is no part.
      if (quantity === 1) await workbench.record({ ...more, time: recommendation.time, price, quantity: 1 });
      const closed = nextOutput(workbench, "partialExit");
      workbench.drafts.set(exitDraft(recommendation), "1@");
      await runWithEnter("volumeCluster.recordExit", id);
      const part = await closed;
      assert.deepEqual([part.quantity, part.open], [1, part.filled - 1]);
      const row = pendingRows(workbench.standing(), Date.now()).find(({ subject }) => subject === id);
      assert.match(row?.label ?? "", new RegExp(`^(LONG|SHORT) ${part.open}/${part.filled}$`));
      assert.match(row?.spoken ?? "", new RegExp(`1 of ${part.filled} closed at `));
    });

    it("Record Exit with Enter alone closes the rest where the market makes it likeliest, and the context learns it", async () => {
      const closed = nextOutput(workbench, "exit");
      await runWithEnter("volumeCluster.recordExit", recommendation.id);
      const exit = await closed;
      assert.equal(exit.recommendation, recommendation.id);
      const { stop, target } = recommendation;
      assert.ok(Math.min(stop, target) <= exit.price && exit.price <= Math.max(stop, target), `${exit.price}`);
      const { price } = exit.parts?.at(-1) ?? exit;
      assert.equal(exit.parts?.length, 2);
      assert.equal(exit.reason, price === target ? "target" : price === stop ? "stop" : "manual");
      assert.equal(exit.reasonChecked, exit.reason);
      assert.equal(exit.win, exit.netPnl > 0);
      assert.equal(exit.balanceAfter - exit.balanceBefore, exit.netPnl);
      assert.equal(exit.learned.context, recommendation.context);
      assert.ok(exit.learned.trades >= 1);
    });

    it("the trade stands in the user's files", () => {
      const demo = join(dataFolder(), "demo");
      assert.match(readFileSync(join(demo, "recommendations_log.jsonl"), "utf8"), new RegExp(recommendation.id));
      assert.equal(readFileSync(join(demo, "paper_trades.db")).subarray(0, 15).toString(), "SQLite format 3");
    });

    it("the next signal waits, and Stop leaves it pending", async () => {
      if (pendingIds(workbench).length === 0) await nextOutput(workbench, "recommendation");
      const waiting = pendingIds(workbench);
      await vscode.commands.executeCommand("volumeCluster.stop");
      assert.equal(workbench.standing().phase, "idle");
      assert.equal(waiting.length, 1);
      assert.deepEqual(pendingIds(workbench), waiting);
    });

    it("Start, stopped at once, leaves it pending: while it starts, and as soon as it runs", async () => {
      const waiting = pendingIds(workbench);
      for (const phase of ["starting", "running"]) {
        const reached = until(workbench.onDidChange, () => workbench.standing().phase === phase);
        const starting = workbench.start({ market: "demo" });
        await reached;
        await vscode.commands.executeCommand("volumeCluster.stop");
        await starting;
        assert.equal(workbench.standing().phase, "idle");
        assert.deepEqual(pendingIds(workbench), waiting, `stopped while ${phase}`);
      }
    });

    it("a start that fails leaves it pending, too", async () => {
      const waiting = pendingIds(workbench);
      await assert.rejects(workbench.start({ market: "replay", files: ["/missing.dbn"] }), /missing\.dbn/);
      await vscode.commands.executeCommand("volumeCluster.stop");
      assert.equal(workbench.standing().market, "demo");
      assert.deepEqual(pendingIds(workbench), waiting);
    });

    it("opens its performance panel in an editor tab", async () => {
      await vscode.commands.executeCommand("volumeCluster.openPerformance");
      await until(vscode.window.tabGroups.onDidChangeTabs, () => openLabels().includes("Volume Cluster Performance"));
    });
  });
}

/** What VS Code binds by itself, as its own editor of default bindings lists it. */
async function defaultKeys(): Promise<readonly string[]> {
  await vscode.commands.executeCommand("workbench.action.openDefaultKeybindingsFile");
  const text = vscode.window.activeTextEditor?.document.getText() ?? "";
  await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  // The list ends with comments: commands that have no key.
  const bindings = JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as readonly KeyBinding[];
  return bindings.filter(({ command }) => !command.startsWith("volumeCluster.")).map(({ key }) => key);
}

function openLabels(): readonly string[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs).map((tab) => tab.label);
}
