import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Api } from "../../../src/extension/extension.js";
import type { Workbench } from "../../../src/extension/workbench.js";
import { concatBytes, trade } from "../../support/dbnBytes.js";
import { FakeGateway, type Peer } from "../../support/fakeGateway.js";
import { heartbeat, KEY, replayCompleted, welcome } from "../../support/liveMarket.js";
import { dayWithSignal, LAST_BEFORE_SIGNAL, SESSION_HEAD } from "../../support/signalDay.js";
import { activeApi, dataFolder, nextOutput, runWithEnter, until } from "./driver.js";

/** A live market behind a gateway on this machine, by the key in the real secret storage. */
export function registerLive(): void {
  describe("A live market", () => {
    let api: Api;
    let workbench: Workbench;
    let gateway: FakeGateway;
    let cut: () => void = () => undefined;
    const signIns: (string | undefined)[] = [];
    const serve = async (peer: Peer, connection: number) => {
      signIns.push((await welcome(peer))[0]);
      if (connection > 0) {
        const missed = concatBytes(LAST_BEFORE_SIGNAL, trade({ seconds: 7275, price: 4826 }));
        await peer.send(concatBytes(SESSION_HEAD, missed, replayCompleted(), heartbeat(7300)));
        return peer.gone();
      }
      await peer.send(concatBytes(SESSION_HEAD, dayWithSignal()));
      await new Promise<void>((resolve) => {
        cut = resolve;
      });
      peer.rst();
    };
    const state = () => workbench.standing().feed?.health.state;

    before(async () => {
      api = await activeApi();
      workbench = api.workbench;
      await vscode.commands.executeCommand("volumeCluster.stop");
      await configured("continuous");
      gateway = await FakeGateway.start(serve);
      api.loopback.gateway = `127.0.0.1:${gateway.address.port}`;
      await api.key.keep(KEY);
    });
    after(async () => {
      await api.key.forget();
      await configured(undefined);
      await gateway.close();
    });

    it("brings a signal that is answered with Enter alone", async () => {
      const signal = nextOutput(workbench, "recommendation");
      await workbench.start({ market: "live" });
      const { id } = await signal;
      assert.equal(workbench.standing().market, "live");
      const booked = nextOutput(workbench, "fill");
      await runWithEnter("volumeCluster.recordFill", id);
      assert.equal((await booked).recommendation, id);
    });

    it("comes back by itself when the connection is lost", async () => {
      cut();
      await until(workbench.onDidChange, () => state() === "backoff");
      await until(workbench.onDidChange, () => state() === "live");
      assert.equal(gateway.connections, 2);
      assert.equal(workbench.standing().view?.tradesSeen, 364);
    });

    it("lies in the data folder itself, and the key in no file of it", async () => {
      await vscode.commands.executeCommand("volumeCluster.stop");
      assert.equal(workbench.standing().phase, "idle");
      const files = readdirSync(dataFolder(), { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      assert.ok(files.some(({ name, parentPath }) => parentPath === join(dataFolder(), "journal") && name !== ""));
      assert.ok(signIns.every((line) => line?.includes("-FFFFF|")));
      for (const { parentPath, name } of files)
        assert.ok(!readFileSync(join(parentPath, name), "latin1").includes(KEY), name);
    });
  });
}

async function configured(session: string | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration("volumeCluster");
  await settings.update("contract.session", session, vscode.ConfigurationTarget.Global);
}
