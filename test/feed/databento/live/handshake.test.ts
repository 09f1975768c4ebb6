import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiKey } from "../../../../src/feed/databento/apiKey.js";
import { ConnectionEnded } from "../../../../src/feed/databento/live/connectionEnded.js";
import { gatewayOf, parseGateway } from "../../../../src/feed/databento/live/gatewayAddress.js";
import { Handshake } from "../../../../src/feed/databento/live/handshake.js";
import { subscriptionLines } from "../../../../src/feed/databento/live/subscription.js";
import { FeedError } from "../../../../src/feed/feedError.js";
import { cutBytes } from "../../../support/dbnBytes.js";
import { KEY } from "../../../support/liveMarket.js";

interface Vectors {
  readonly cram: readonly [{ challenge: string; expected: string; dummy_key_parts: readonly string[] }];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../../data/live-protocol-vectors.json", import.meta.url), "utf8"),
);

const signIn = { key: ApiKey.parse(KEY), dataset: "GLBX.MDP3", client: "test", heartbeatSeconds: 5 };
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

function errorOf(text: string): unknown {
  try {
    new Handshake(signIn).receive(bytesOf(text));
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("ApiKey", () => {
  it("answers the challenge of Databento's own vector", () => {
    const [{ challenge, expected, dummy_key_parts: parts }] = vectors.cram;
    expect(ApiKey.parse(parts.join("")).answer(challenge)).toBe(expected);
  });

  it("shows itself nowhere: not as text, JSON, in an inspection or in an error", () => {
    const key = ApiKey.parse(`  ${KEY}\n`);
    const shown = [
      `${key}`,
      JSON.stringify({ key }),
      inspect({ key }, { showHidden: true, depth: 9 }),
      key.redact(`x ${KEY} y`),
    ];
    for (const text of shown) {
      expect(text).toContain("***");
      expect(text).not.toContain("unittest");
    }
    expect(() => ApiKey.parse(`${KEY}x`)).toThrow(/29 letters and digits, these are 33/);
    expect(() => ApiKey.parse(`${KEY}x`)).not.toThrow(/unittest/);
  });
});

describe("Handshake", () => {
  const GREETING = "lsg-test\ncram=t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK\n";
  const ANSWER = `auth=${signIn.key.answer("t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK")}|dataset=GLBX.MDP3|encoding=dbn|compression=none|ts_out=0|client=test|heartbeat_interval_s=5\n`;

  it("reads a refusal as such, whatever bytes its words hold", () => {
    const error = errorOf(`${GREETING}success=0|error=no\x1b]0;x\x07 \xe9 access\n`);
    expect(error).toBeInstanceOf(FeedError);
    expect(String(error)).toContain('refused the sign-in ("no?]0;x? ? access")');
  });

  it("F1: answers alike however its bytes are cut, and leaves what comes after them", () => {
    const all = bytesOf(`${GREETING}success=1|session_id=5\nDBN`);
    const read = (parts: readonly Uint8Array[]) => {
      const handshake = new Handshake(signIn);
      const lines: string[] = [];
      let rest = "";
      for (const part of parts) {
        if (handshake.done) rest += Buffer.from(part).toString();
        else lines.push(...handshake.receive(part));
        if (rest === "" && handshake.done) rest = Buffer.from(handshake.rest).toString();
      }
      return { lines, rest };
    };
    for (let cut = 0; cut <= all.length; cut++) {
      expect(read(cutBytes(all, [cut]))).toEqual({ lines: [ANSWER], rest: "DBN" });
    }
    expect(read(cutBytes(all, [...all.keys()])).lines).toEqual([ANSWER]);
  });

  it.each([
    ["a web server", "HTTP/1.1 400 Bad Request\r\n"],
    ["a TLS server", "\u0015\u0003\u0003\u0000\u0002\u0002\n"],
    ["bytes that are no ASCII", "lsg_version=\u00ff\u00fe\n"],
    ["a line without an end", "x".repeat(5000)],
    ["many lines and no challenge", "hello\n".repeat(20)],
    ["a challenge without text", "cram=\n"],
  ])("F7, F8: sees that %s is no gateway", (_, text) => {
    const error = errorOf(text);
    expect(error).toBeInstanceOf(ConnectionEnded);
    expect(error).toMatchObject({ fault: "foreign" });
    expect(String(error)).toContain("not a Databento gateway");
  });

  it.each(["success=0|error=this is a test\n", "success=0\n", "success=0|error=an Unlimited plan is required\n"])(
    "F9: gives up for good on %j",
    (line) => {
      const error = errorOf(`${GREETING}${line}`);
      expect(error).toBeInstanceOf(FeedError);
      expect(error).toMatchObject({ retriable: false });
    },
  );

  it("F9: does not repeat the key that a gateway throws back", () => {
    expect(String(errorOf(`${GREETING}success=0|error=no ${KEY} and FFFFF\n`))).not.toMatch(/unittest|FFFFF/);
  });

  it("F10: waits long where the gateway speaks of a limit", () => {
    const error = errorOf(`${GREETING}success=0|error=User has reached their open connection limit\n`);
    expect(error).toMatchObject({ wait: "limit" });
    expect(String(error)).toContain("10 per dataset");
  });

  it("never does anything but answer or refuse, whatever is sent", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, isLate) => {
        const handshake = new Handshake(signIn);
        if (isLate) handshake.receive(bytesOf(GREETING));
        try {
          handshake.receive(noise);
        } catch (error) {
          expect(error instanceof ConnectionEnded || error instanceof FeedError).toBe(true);
        }
      }),
    );
  });
});

describe("subscriptionLines", () => {
  it("cuts a list into lines of 500 symbols, of which the last says so", () => {
    const symbols = Array.from({ length: 1001 }, (_, index) => `S${index}`);
    const lines = subscriptionLines({ schema: "trades", stypeIn: "raw_symbol", symbols }, 3, 17n);
    expect(lines.map((line) => (/symbols=([^|]*)/.exec(line)?.[1] ?? "").split(",").length)).toEqual([500, 500, 1]);
    expect(lines.map((line) => /is_last=\d\|id=3\|start=17\n$/.exec(line)?.[0].slice(8, 9))).toEqual(["0", "0", "1"]);
  });

  it("refuses every symbol that would end a field or a line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 80 }), (symbol) => {
        const ask = () =>
          subscriptionLines({ schema: "trades", stypeIn: "raw_symbol", symbols: [symbol] }, 1, undefined);
        if (/[\u0000-\u001f\u007f,|=]/.test(symbol) || symbol === "") expect(ask).toThrow(FeedError);
        else if (/^[!-~]{1,70}$/.test(symbol)) expect(ask()[0]).toContain(`|symbols=${symbol}|`);
      }),
    );
  });
});

describe("parseGateway", () => {
  it("takes Databento's gateways and this computer", () => {
    expect(parseGateway("glbx-mdp3.lsg.databento.com")).toEqual(gatewayOf("GLBX.MDP3"));
    expect(parseGateway("127.0.0.1:4000")).toEqual({ host: "127.0.0.1", port: 4000, loopback: true });
    expect(parseGateway("[::1]:4000")).toEqual({ host: "::1", port: 4000, loopback: true });
    expect(parseGateway("localhost:4000").loopback).toBe(true);
  });

  it.each([
    "",
    "databento.com:13000",
    "lsg.databento.com:13000",
    "a.b.lsg.databento.com:13000",
    "glbx-mdp3.lsg.databento.com.evil.net:13000",
    "evil.net/glbx-mdp3.lsg.databento.com:1",
    "127.0.0.1.evil.net:1",
    "10.0.0.1:13000",
    "0.0.0.0:13000",
    "glbx-mdp3.lsg.databento.com:0",
    "glbx-mdp3.lsg.databento.com:99999",
    "user@glbx-mdp3.lsg.databento.com:1",
  ])("refuses %j", (text) => {
    expect(() => parseGateway(text)).toThrow(/not a gateway that may be used/);
  });
});
