import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/store/clock.js";
import { nodeFs } from "../../src/store/files.js";
import { UserFiles } from "../../src/store/userFiles.js";
import { after, at, recommendation, ticks } from "../support/outputs.js";
import { faultyFs, temporaryFolder } from "./support.js";

const first = recommendation();
const second = recommendation({ id: "second", time: after(3600), action: "SHORT" });
const third = recommendation({ id: "third", time: after(7200) });
const fourth = recommendation({ id: "fourth", time: after(9000) });

function folderWithTwo() {
  const folder = temporaryFolder();
  const log = join(folder, "recommendations_log.jsonl");
  const ids = () => {
    const lines = readFileSync(log, "utf8").split("\n");
    expect(lines.pop()).toBe("");
    return lines.map((line) => (JSON.parse(line) as { id: string }).id);
  };
  return { folder, log, ids, ready: new UserFiles(nodeFs, systemClock, folder).update([first, second]) };
}

describe("the user's recommendation files", () => {
  it("speak in the user's words, in points and dollars, in New York's time", async () => {
    const { folder, log, ready } = folderWithTwo();
    await ready;
    const line = readFileSync(log, "utf8").split("\n")[0] ?? "";
    const written = JSON.parse(line) as Record<string, unknown>;
    expect(written).toEqual({
      timestamp: "2025-06-09T14:32:15",
      contract: "ES JUN25",
      action: "BUY",
      quantity: 2,
      order_type: "LIMIT",
      validity: "DAY",
      price: 6010.75,
      stop_loss: 5995.25,
      profit_target: 6041.25,
      confidence: 0.625,
      bayesian_multiplier: 1.75,
      signal_strength: 0.72,
      volume_ratio: 4.8,
      context: "BUY|mid|4-6x",
      id: "ESM5-20250609T183215Z-BUY",
      instrument: "ESM5",
      account: "paper",
      signal_price: 6010.75,
      risk_budget: 281.25,
      risk_actual: 2030,
      trading_day: "2025-06-09",
      time: "2025-06-09T18:32:15.000000Z",
    });
    expect(Object.keys(written).slice(0, 4)).toEqual(["timestamp", "contract", "action", "quantity"]);
    const latest = JSON.parse(readFileSync(join(folder, "latest_recommendation.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect([latest.id, latest.timestamp, latest.action]).toEqual(["second", "2025-06-09T15:32:15", "SHORT"]);
  });

  it("name the trigger of a stop-limit order, and know New York's winter", async () => {
    const folder = temporaryFolder();
    const winter = at("2025-01-09T18:32:15Z");
    await new UserFiles(nodeFs, systemClock, folder).update([
      recommendation({ orderType: "STOP_LIMIT", trigger: ticks(24045), time: winter }),
    ]);
    const latest = JSON.parse(readFileSync(join(folder, "latest_recommendation.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect([latest.trigger_price, latest.timestamp]).toEqual([6011.25, "2025-01-09T13:32:15"]);
  });

  it("log each recommendation once, also after a restart", async () => {
    const { folder, ids, ready } = folderWithTwo();
    await ready;
    const again = new UserFiles(nodeFs, systemClock, folder);
    await again.update([first, second, third]);
    await again.update([first, second, third]);
    expect(ids()).toEqual([first.id, "second", "third"]);
  });

  it("have whole lines again after a crash, wherever it tore the last one", async () => {
    const { folder, log, ids, ready } = folderWithTwo();
    await ready;
    const whole = readFileSync(log);
    const firstEnd = whole.indexOf("\n") + 1;
    for (let length = whole.length - 1; length >= 0; length -= 23) {
      writeFileSync(log, whole);
      truncateSync(log, length);
      await new UserFiles(nodeFs, systemClock, folder).update([first, second, third]);
      expect(ids()).toEqual([first.id, "second", "third"]);
      if (length >= firstEnd) expect(readFileSync(log).subarray(0, firstEnd)).toEqual(whole.subarray(0, firstEnd));
    }
  });

  it("have each of thousands once, also when a crash tore what was written of them", async () => {
    const { folder, log, ids, ready } = folderWithTwo();
    await ready;
    const many = Array.from({ length: 2_500 }, (_, index) =>
      recommendation({ id: `one of many ${index}`, time: after(index) }),
    );
    const all = [first, second, ...many];
    await new UserFiles(nodeFs, systemClock, folder).update(all);
    const whole = readFileSync(log);
    for (const share of [0.1, 0.5, 0.9]) {
      truncateSync(log, Math.floor(share * whole.length));
      await new UserFiles(nodeFs, systemClock, folder).update(all);
      expect(readFileSync(log).equals(whole)).toBe(true);
    }
    expect(ids()).toEqual(all.map(({ id }) => id));
  });

  it("leave lines of the user's own alone", async () => {
    const { folder, log, ready } = folderWithTwo();
    await ready;
    appendFileSync(log, "my own note without a line end");
    await new UserFiles(nodeFs, systemClock, folder).update([first, second, third]);
    const lines = readFileSync(log, "utf8").split("\n");
    expect(lines[2]).toBe("my own note without a line end");
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({ id: "third" });
  });

  it("take notice when another window has logged the same", async () => {
    const { folder, ids, ready } = folderWithTwo();
    await ready;
    const [one, two] = [new UserFiles(nodeFs, systemClock, folder), new UserFiles(nodeFs, systemClock, folder)];
    await one.update([first, second]);
    await two.update([first, second, third]);
    await one.update([first, second, third]);
    expect(ids()).toEqual([first.id, "second", "third"]);
  });

  it("log each recommendation once when several processes write at the same time", async () => {
    for (let round = 0; round < 30; round += 1) {
      const { folder, ids, ready } = folderWithTwo();
      await ready;
      const writers = [1, 2, 3].map(() => new UserFiles(nodeFs, systemClock, folder));
      await Promise.all(writers.map((writer) => writer.update([first, second, third])));
      expect(ids()).toEqual([first.id, "second", "third"]);
      expect(readdirSync(folder).sort()).toEqual(["latest_recommendation.json", "recommendations_log.jsonl"]);
    }
  });

  it("show the newest recommendation when one who does not know it writes last", async () => {
    const { folder, ready } = folderWithTwo();
    const late = new UserFiles(nodeFs, systemClock, folder);
    await ready;
    await late.update([first]);
    const latest = () =>
      (JSON.parse(readFileSync(join(folder, "latest_recommendation.json"), "utf8")) as { id: string }).id;
    expect(latest()).toBe("second");
    await late.update([first, second, third]);
    expect(latest()).toBe("third");
  });

  it("take over the lock that a killed process left behind", async () => {
    const { folder, log, ids, ready } = folderWithTwo();
    await ready;
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(`${log}.lock`, `${pid}\n`);
    await new UserFiles(nodeFs, systemClock, folder).update([first, second, third]);
    expect(ids()).toEqual([first.id, "second", "third"]);
    writeFileSync(`${log}.lock`, "");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${log}.lock`, longAgo, longAgo);
    await new UserFiles(nodeFs, systemClock, folder).update([first, second, third, fourth]);
    expect(ids()).toEqual([first.id, "second", "third", "fourth"]);
    expect(readdirSync(folder)).not.toContain("recommendations_log.jsonl.lock");
  });

  it("are on the disk when the update resolves, and are not touched without need", async () => {
    const calls: string[] = [];
    const files = new UserFiles(
      faultyFs((call, path) => void (path.endsWith(".jsonl") && calls.push(call))),
      systemClock,
      temporaryFolder(),
    );
    await files.update([first]);
    expect(calls.filter((call) => ["open", "append", "sync", "close"].includes(call))).toEqual([
      "open",
      "append",
      "sync",
      "close",
    ]);
    calls.length = 0;
    await files.update([first]);
    expect(calls).toEqual(["stat"]);
  });
});
