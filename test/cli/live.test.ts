import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Micros } from "../../src/core/units.js";
import { concatBytes, ESH4 } from "../support/dbnBytes.js";
import { FakeGateway, type Script, welcome } from "../support/fakeGateway.js";
import { serveHistory } from "../support/historicalMarket.js";
import { HistoricalServer } from "../support/historicalServer.js";
import {
  heartbeat,
  KEY,
  liveMetadata,
  mapping,
  replayCompleted,
  startOf,
  system,
  timeOf,
} from "../support/liveMarket.js";
import { inProcess, inTerminal } from "./inProcess.js";
import { recording } from "./recording.js";

const folder = mkdtempSync(join(tmpdir(), "volume-cluster-live-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gateways: FakeGateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
});

async function gatewayOf(script: Script): Promise<string> {
  const gateway = await FakeGateway.start(script);
  gateways.push(gateway);
  return `127.0.0.1:${gateway.address.port}`;
}

/** The trades of the recording, without its metadata. */
function records(): Uint8Array {
  const bytes = recording();
  return bytes.slice(8 + new DataView(bytes.buffer).getUint32(4, true));
}

const TRADES = records().length / 48;

const withKey = (key: string) => ({ environment: (name: string) => (name === "DATABENTO_API_KEY" ? key : undefined) });

function live(gateway: string, ...args: readonly string[]) {
  return inTerminal(withKey(KEY), "live", "--gateway", gateway, ...args);
}

describe("volume-cluster live", () => {
  it("makes of the gateway's trades what a replay makes of the same file, with connection lines", async () => {
    const asked: (readonly string[])[] = [];
    const gateway = await gatewayOf(async (peer) => {
      asked.push(await welcome(peer));
      await peer.send(concatBytes(liveMetadata(), system(1, "ok"), mapping(), records(), heartbeat(0)));
      await peer.gone();
    });
    const file = join(folder, "day.dbn");
    writeFileSync(file, recording());
    const replayed = await inProcess("replay", file, "--paper", "--json");
    const followed = await live(gateway, "--paper", "--json", "--limit", String(TRADES));
    expect(followed).toMatchObject({ code: 0 });
    const outputs = (lines: typeof followed.lines) =>
      lines.filter(({ type }) => type !== "connection").map(({ batches: _, ...line }) => line);
    expect(outputs(followed.lines)).toEqual(outputs(replayed.lines));
    expect(followed.lines.filter(({ type }) => type === "connection").map(({ state }) => state)).toEqual([
      "up",
      "caughtUp",
    ]);
    expect(followed.lines.map(({ type }) => type)).toContain("fill");
    expect(asked[0]?.[0]).toMatch(
      /^auth=[0-9a-f]{64}-FFFFF\|dataset=GLBX\.MDP3\|encoding=dbn\|compression=none\|ts_out=0\|/,
    );
    expect(asked[0]?.slice(1)).toEqual(["schema=trades|stype_in=continuous|symbols=ES.v.0|snapshot=0|is_last=1|id=1"]);
  });

  it("ends after exactly the trades that --limit says", async () => {
    const gateway = await gatewayOf(async (peer) => {
      await welcome(peer);
      await peer.send(concatBytes(liveMetadata(), mapping(), records()));
      await peer.gone();
    });
    const { code, lines } = await live(gateway, "--json", "--limit", "7");
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ type: "summary", trades: 7 });
  });

  it("logs a message of the gateway that it does not know, once, and warns of nothing", async () => {
    const gateway = await gatewayOf(async (peer) => {
      await welcome(peer);
      const unknown = system(77, "Maintenance on Saturday");
      await peer.send(concatBytes(liveMetadata(), unknown, mapping(), unknown, records()));
      await peer.gone();
    });
    const { code, err } = await live(gateway, "--json", "--limit", "7");
    expect(code).toBe(0);
    expect(err.split("\n").filter((line) => line.includes("Maintenance"))).toEqual([
      "Databento's gateway says: Maintenance on Saturday",
    ]);
  });

  it("records a run, of which a replay is the same to the letter", async () => {
    const gateway = await gatewayOf(async (peer) => {
      await welcome(peer);
      await peer.send(concatBytes(liveMetadata(), mapping(), records()));
      await peer.gone();
    });
    const data = join(folder, "data");
    const settings = join(folder, "settings.json");
    writeFileSync(settings, JSON.stringify({ "live.record": true }));
    const options = ["--paper", "--json", "--settings", settings];
    const followed = await live(gateway, ...options, "--data", data, "--limit", String(TRADES));
    const files = readdirSync(join(data, "recordings"));
    expect(files).toEqual(["glbx-mdp3.trades-2023-12-26.dbn"]);
    const replayed = await inProcess("replay", ...files.map((name) => join(data, "recordings", name)), ...options);
    const told = (lines: typeof followed.lines) => lines.map(({ batches: _, ...line }) => line);
    expect(told(replayed.lines)).toEqual(told(followed.lines));
  });

  it.each([
    { what: "replays the day before it goes on", replays: true },
    { what: "begins later", replays: false },
  ])(
    "stopped within the day and started again, records what a replay of the folder joins: it $what",
    async ({ replays }) => {
      const bytes = records();
      const all = Array.from({ length: TRADES }, (_, index) => bytes.subarray(index * 48, index * 48 + 48));
      const stopped = Math.floor(TRADES / 2);
      const again = stopped + 40;
      const gateway = await gatewayOf(async (peer, connection) => {
        const start = startOf(await welcome(peer));
        const isFirst = connection === 0;
        const past = all.slice(0, again).filter((record) => start !== undefined && timeOf(record) >= start);
        const since = isFirst ? all.slice(0, stopped) : all.slice(again);
        const replayed = start === undefined ? [] : [...past, replayCompleted()];
        await peer.send(concatBytes(liveMetadata(), mapping(), ...replayed, ...since));
        await peer.gone();
      });
      const data = mkdtempSync(join(folder, "twice-"));
      const settings = join(folder, "record.json");
      writeFileSync(settings, JSON.stringify({ "live.record": true }));
      const run = (now: Uint8Array | undefined, limit: number, ...more: readonly string[]) =>
        inTerminal(
          { ...withKey(KEY), now: () => Number(timeOf(now ?? expect.fail()) / 1000n) as Micros },
          "live",
          ...[
            "--gateway",
            gateway,
            "--data",
            data,
            "--settings",
            settings,
            "--json",
            "--limit",
            String(limit),
            ...more,
          ],
        );
      expect(await run(all[0], stopped)).toMatchObject({ code: 0 });
      const history = replays ? ["--history", "http://127.0.0.1:9"] : [];
      const second = await run(all[again], replays ? TRADES : TRADES - again, ...history);
      expect(second).toMatchObject({ code: 0 });
      expect(readdirSync(join(data, "recordings")).sort()).toEqual([
        "glbx-mdp3.trades-2023-12-26-2.dbn",
        "glbx-mdp3.trades-2023-12-26.dbn",
      ]);
      const file = join(folder, "whole.dbn");
      writeFileSync(file, recording());
      const whole = await inProcess("replay", file, "--json");
      const joined = await inProcess("replay", join(data, "recordings"), "--json");
      const told = (lines: typeof joined.lines, ...types: readonly string[]) =>
        lines.filter(({ type }) => types.includes(String(type)));
      const gaps = told(joined.lines, "connection").filter(({ state }) => state === "gap");
      if (replays) {
        expect(joined.err).toContain("hold some of the same time: what both hold counts once");
        expect(joined.lines.at(-1)).toMatchObject({ type: "summary", trades: TRADES });
        expect(told(whole.lines, "signal").length).toBeGreaterThan(0);
        expect(told(joined.lines, "signal", "cluster")).toEqual(told(whole.lines, "signal", "cluster"));
        expect(gaps).toEqual([]);
      } else {
        expect(joined.lines.at(-1)).toMatchObject({ type: "summary", trades: TRADES - 40 });
        expect(gaps).toMatchObject([{ message: "no recording holds what was traded here" }]);
      }
    },
  );

  it("begins with the day so far from history, which needs no folder and leaves nothing behind", async () => {
    const bytes = records();
    const all = Array.from({ length: TRADES }, (_, index) => bytes.subarray(index * 48, index * 48 + 48));
    const last = timeOf(all.at(-1) ?? expect.fail());
    const server = await HistoricalServer.start();
    serveHistory(server, { symbol: "ESH4", id: ESH4, records: all, date: 20231226, end: last - 60_000_000_000n });
    const starts: (bigint | undefined)[] = [];
    const gateway = await gatewayOf(async (peer) => {
      const start = startOf(await welcome(peer));
      starts.push(start);
      const rest = all.filter((record) => start !== undefined && timeOf(record) >= start);
      await peer.send(concatBytes(liveMetadata(), mapping(), ...rest, replayCompleted()));
      await peer.gone();
    });
    const terminal = { ...withKey(KEY), now: () => Number(last / 1000n) as Micros };
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("volume-cluster-history-"));
    const settings = join(folder, "settings.json");
    writeFileSync(settings, JSON.stringify({ "live.backfill": "history" }));
    const args = ["--gateway", gateway, "--history", server.address, "--json", "--limit", String(TRADES)].concat([
      "--settings",
      settings,
    ]);
    const { code, lines, err } = await inTerminal(terminal, "live", ...args);
    await server.stop();
    expect(code).toBe(0);
    expect(err).toContain("since 2023-12-26T09:30:00 costs $0.66");
    expect(lines.at(-1)).toMatchObject({ type: "summary", trades: TRADES });
    expect(lines.filter(({ type }) => type === "recommendation")).toEqual([]);
    expect(starts[0]).toBeGreaterThan(timeOf(all[0] ?? expect.fail()));
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("volume-cluster-history-"))).toEqual(before);
    for (const form of [KEY, Buffer.from(`${KEY}:`).toString("base64")]) expect(err).not.toContain(form);
  });

  it("says what to do about a key that is missing, malformed or refused, and never shows it", async () => {
    const gateway = await gatewayOf(async (peer) => {
      await peer.send("lsg_version=1\ncram=abc\n");
      const answer = await peer.line();
      await peer.send(`success=0|error=Authentication failed for ${answer} ${KEY}\n`);
      peer.fin();
    });
    const missing = await inProcess("live", "--gateway", gateway);
    expect(missing).toMatchObject({ code: 1, out: "" });
    expect(missing.err).toContain("DATABENTO_API_KEY");
    const malformed = await inTerminal(withKey("db-short"), "live", "--gateway", gateway);
    expect(malformed.code).toBe(1);
    expect(malformed.err).toContain("29 letters");
    expect(malformed.err).not.toContain("db-short");
    const data = join(folder, "refused");
    const refused = await live(gateway, "--json", "--data", data);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/refused the sign-in .*databento\.com\/portal\/keys/);
    const kept = readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    const hidden = [KEY, Buffer.from(KEY).toString("base64"), Buffer.from(KEY).toString("hex"), "-FFFFF"];
    for (const text of [refused.out, refused.err, ...kept]) {
      for (const form of hidden) expect(text).not.toContain(form);
    }
  });

  it.each([
    [["--gateway", "evil.example.com:13000"], "is not a gateway that may be used"],
    [["--gateway", "glbx-mdp3.lsg.databento.com.evil.example:13000"], "is not a gateway that may be used"],
    [["--gateway", "127.0.0.1:1", "--schema", "mbo"], "must be one of trades"],
    [["--gateway", "127.0.0.1:1", "--dataset", "GLBX|x=1"], "is not a dataset"],
    [["--gateway", "127.0.0.1:1", "--symbols", "ESM5|start=0"], "is not a symbol"],
    [["--gateway", "127.0.0.1:1", "--symbols", "ESM5\nstart_session"], "is not a symbol"],
    [["--gateway", "127.0.0.1:1", "--stype-in", "x|y"], "is not a symbol type"],
    [["--gateway", "127.0.0.1:1", "--history", "https://evil.example"], "this machine"],
    [["--gateway", "127.0.0.1:1", "--limit", "0"], "must be a whole number"],
  ])("refuses %j as wrong usage", async (args, reason) => {
    const { code, out, err } = await inTerminal(withKey(KEY), "live", ...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(reason);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});
