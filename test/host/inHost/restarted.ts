import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Workbench } from "../../../src/extension/workbench.js";
import { activeWorkbench, dataFolder, nextOutput, pendingIds, runWithEnter, until } from "./driver.js";

/** The data folder that the first part left: a closed trade, and a recommendation without an answer. */
export function registerRestarted(): void {
  describe("After a restart", () => {
    let workbench: Workbench;
    let unanswered: string;
    before(async () => {
      workbench = await activeWorkbench();
      unanswered = newestId();
    });

    it("the recommendation without an answer is pending before anything is started", async () => {
      await until(workbench.onDidChange, () => pendingIds(workbench).includes(unanswered));
      assert.equal(workbench.standing().phase, "idle");
      assert.equal(workbench.standing().market, "demo");
    });

    it("Start goes on where the demo was, and the recommendation without an answer is pending again", async () => {
      await runWithEnter("volumeCluster.start");
      await vscode.commands.executeCommand("volumeCluster.stop");
      assert.ok(pendingIds(workbench).includes(unanswered), `${unanswered} is pending`);
    });

    it("the closed trade still counts", () => {
      const account = workbench.standing().view?.accounts.find(({ name }) => name === "manual");
      assert.equal(account?.closedTrades, 1);
      assert.equal(account.wins, account.netPnl > 0 ? 1 : 0);
    });

    it("the pending recommendation can be answered", async () => {
      const booked = nextOutput(workbench, "fill");
      await runWithEnter("volumeCluster.recordFill", unanswered);
      assert.equal((await booked).recommendation, unanswered);
      assert.ok(!pendingIds(workbench).includes(unanswered), `${unanswered} is answered`);
    });
  });
}

/** What the user's own scripts would read: the newest recommendation. */
function newestId(): string {
  const latest: unknown = JSON.parse(readFileSync(join(dataFolder(), "demo", "latest_recommendation.json"), "utf8"));
  return (latest as { readonly id: string }).id;
}
