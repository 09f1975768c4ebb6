import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Micros } from "../../src/core/units.js";
import { concatBytes, START, trade } from "../support/dbnBytes.js";
import { FakeGateway, type Peer, type Script, welcome } from "../support/fakeGateway.js";
import { CANARY, CANARY_FORMS } from "../support/historicalRange.js";
import { HistoricalServer } from "../support/historicalServer.js";
import { gatewayError, liveMetadata, mapping, replayCompleted, system } from "../support/liveMarket.js";
import { inTerminal } from "./inProcess.js";

const root = mkdtempSync(join(tmpdir(), "volume-cluster-key-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let server: HistoricalServer;
let gateway: FakeGateway | undefined;
beforeEach(async () => {
  server = await HistoricalServer.start();
});
afterEach(async () => {
  await server.stop();
  await gateway?.close();
});

const HEAD = concatBytes(liveMetadata(), mapping());
const aloud = CANARY_FORMS.join(" ");
const trades = () => concatBytes(...[1, 2, 3].map((seconds) => trade({ seconds })));

/** A session whose gateway says all forms of the key in records of this kind, then trades. */
const telling =
  (record: (text: string) => Uint8Array): Script =>
  async (peer: Peer) => {
    await welcome(peer);
    await peer.send(concatBytes(HEAD, ...CANARY_FORMS.map((form) => record(form)), replayCompleted(), trades()));
    await peer.gone();
  };

/** The same in the place of a greeting. */
const greeting =
  (text: string): Script =>
  async (peer) => {
    await peer.send(text);
    peer.fin();
  };

const refusing: Script = async (peer) => {
  await peer.send("lsg_version=1\ncram=abcd1234\n");
  await peer.line();
  await peer.send(`success=0|error=no ${aloud}\n`);
  peer.fin();
};

const limited: Script = async (peer, connection) => {
  if (connection > 0) return refusing(peer, connection);
  await peer.send("lsg_version=1\ncram=abcd1234\n");
  await peer.line();
  await peer.send(`success=0|error=internal ${aloud}\n`);
  peer.fin();
};

const settings = join(root, "settings.json");
writeFileSync(
  settings,
  JSON.stringify({ "live.record": true, "live.backfill": "history", "contract.session": "continuous" }),
);

/** All that a run said and wrote, the names of its files too. */
async function everything(script: Script): Promise<{ readonly text: string; readonly files: readonly string[] }> {
  gateway = await FakeGateway.start(script);
  const data = mkdtempSync(join(root, "data-"));
  const terminal = {
    environment: (name: string) => (name === "DATABENTO_API_KEY" ? CANARY : undefined),
    now: () => (START + 3600e6) as Micros,
  };
  const address = `127.0.0.1:${gateway.address.port}`;
  const args = ["--gateway", address, "--history", server.address, "--data", data, "--settings", settings];
  const { out, err } = await inTerminal(terminal, "live", ...args, "--limit", "3", "--json");
  const files = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(data, name)).isFile(),
  );
  const written = files.map((name) => `${name}\n${readFileSync(join(data, name), "latin1")}`);
  return { text: [out, err, ...written].join("\n"), files };
}

describe("S4: the key is in no output, log, journal, database or recording of a live run", () => {
  it.each<[string, Script, string]>([
    ["refuses the sign-in with it", refusing, "refused the sign-in"],
    ["fails with it, then refuses", limited, "could not sign in"],
    ["refuses it in a record", telling((text) => gatewayError(1, text)), "refused the key"],
    ["deactivates it", telling((text) => gatewayError(2, text)), "deactivated"],
    ["does not know it as a symbol", telling((text) => gatewayError(4, text)), "does not know a symbol"],
    ["refuses the subscription with it", telling((text) => gatewayError(5, text)), "refused the subscription"],
    ["says it in an error of no code", telling((text) => gatewayError(99, text)), "Databento says"],
    ["says it in a message", telling((text) => system(1, text)), '"trades":3'],
    ["is a web server that repeats it", greeting(`HTTP/1.1 401 ${aloud}\r\nx: ${aloud}\r\n\r\n`), "not a Databento"],
    ["greets with it and nothing else", greeting(`${aloud}\n${aloud}\n`.repeat(20)), "not a Databento"],
  ])("though the gateway %s", async (_, script, said) => {
    server.usually("symbology.resolve", {
      status: 401,
      body: { detail: { case: CANARY, message: aloud, docs: `https://databento.com/${CANARY}` } },
      headers: { "request-id": CANARY, "x-warning": JSON.stringify([aloud]) },
    });
    const { text, files } = await everything(script);
    expect(text).toContain(said);
    expect(text).toContain("Databento's history");
    expect(files.some((name) => name.startsWith("journal"))).toBe(true);
    for (const form of CANARY_FORMS) expect(text).not.toContain(form);
  });
});
