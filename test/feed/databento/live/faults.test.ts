import { afterEach, describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/events.js";
import type { ConnectionChange } from "../../../../src/core/market.js";
import { ApiKey } from "../../../../src/feed/databento/apiKey.js";
import { RTYPE } from "../../../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../../../src/feed/databento/dbn/encode.js";
import { failureOf, GatewayConnection } from "../../../../src/feed/databento/live/gatewayConnection.js";
import type { LiveHealth } from "../../../../src/feed/databento/live/health.js";
import type { LiveOptions } from "../../../../src/feed/databento/live/liveFeed.js";
import { concatBytes, nanos, START, START_NANOS, trade, tradeLines } from "../../../support/dbnBytes.js";
import { FakeClock } from "../../../support/fakeClock.js";
import { FakeGateway, type Peer, type Script, welcome } from "../../../support/fakeGateway.js";
import {
  FaultyMarket,
  gatewayError,
  heartbeat,
  isLast,
  KEY,
  LAST_TIME,
  lastBeat,
  liveFeedAt,
  liveMetadata,
  mapping,
  replayCompleted,
  startOf,
  system,
} from "../../../support/liveMarket.js";

const gateways: FakeGateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
});

const END = lastBeat();
const HEAD = concatBytes(liveMetadata(), system(1, "ok"), mapping());

interface Seen {
  readonly lines: string[];
  readonly changes: ConnectionChange[];
  readonly events: EngineEvent[];
  readonly states: string[];
  readonly waits: number[];
  readonly health: LiveHealth;
  readonly error: string | undefined;
  readonly connections: number;
}

/** Runs a feed at a scripted gateway until its last heartbeat, or its end. */
async function run(
  script: Script,
  options: Partial<LiveOptions> = {},
  during: (event: EngineEvent, clock: FakeClock, health: () => LiveHealth) => void = () => undefined,
): Promise<Seen> {
  const gateway = await FakeGateway.start(script);
  gateways.push(gateway);
  const clock = options.clock instanceof FakeClock ? options.clock : new FakeClock(START);
  const lines: string[] = [];
  const changes: ConnectionChange[] = [];
  const events: EngineEvent[] = [];
  const states: string[] = [];
  const waits: number[] = [];
  const onHealth = ({ state, retryAt }: LiveHealth) => {
    if (states.at(-1) !== state) states.push(state);
    if (state === "backoff" && retryAt !== undefined) waits.push((retryAt - clock.wall()) / 1000);
  };
  const { feed } = liveFeedAt(gateway.address, { ...options, clock, onHealth });
  const stopping = new AbortController();
  let error: string | undefined;
  try {
    for await (const list of feed.events(stopping.signal)) {
      for (const event of list) {
        if (event.type === "trades") lines.push(...tradeLines(event));
        else events.push(event);
        if (event.type === "connection") changes.push(event);
        during(event, clock, () => feed.health);
      }
      if (list.some(isLast)) break;
    }
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  return { lines, changes, events, states, waits, health: feed.health, error, connections: gateway.connections };
}

/** A gateway that plays the n-th of these parts to its n-th connection, then waits. */
function playing(
  parts: readonly ((peer: Peer, start: bigint | undefined) => Promise<void>)[],
  starts: (bigint | undefined)[] = [],
): Script {
  return async (peer, connection) => {
    const start = startOf(await welcome(peer));
    starts.push(start);
    await parts[Math.min(connection, parts.length - 1)]?.(peer, start);
  };
}

const sending =
  (...parts: readonly Uint8Array[]) =>
  async (peer: Peer) => {
    await peer.send(concatBytes(...parts));
    await peer.gone();
  };

const closing =
  (...parts: readonly Uint8Array[]) =>
  async (peer: Peer) => {
    await peer.send(concatBytes(...parts));
    peer.fin();
  };

const t = (seconds: number, size = 1) => trade({ seconds, size });
const line = (seconds: number, size = 1) => `${seconds} B 19201 x ${size} @ 17077`;
const states = (seen: Seen) => seen.changes.map(({ state }) => state);

describe("a live feed", () => {
  const records = [t(1), t(2), t(2), t(3, 5), t(4)];
  const whole = [line(1), line(2), line(2), line(3, 5), line(4)];

  it.each(["fin", "rst"] as const)("F2: loses and repeats nothing when a %s strikes at any byte", async (kind) => {
    // Every byte of a session without sockets: marketStream.test.ts. Greeting, result, records and the last heartbeats.
    const total = 80 + HEAD.length + records.length * 48 + END.length;
    for (let after = 0; after < total; after += 13) {
      const market = new FaultyMarket(records, [{ after, kind, missed: 1 }]);
      const seen = await run(market.serve);
      expect({ after, lines: seen.lines, gaps: seen.health.gaps }).toEqual({ after, lines: whole, gaps: [] });
    }
  });

  it("F3: gives a half-open connection up after an interval of heartbeats and 5 s, stale until then", async () => {
    const standing: string[] = [];
    const clock = new FakeClock(START);
    let connections = 0;
    const script = playing([
      async (peer) => {
        await peer.send(concatBytes(HEAD, t(1)));
        await peer.gone();
      },
      sending(HEAD, t(1), replayCompleted(), t(2), END),
    ]);
    const seen = await run(
      async (peer, connection) => {
        connections = connection;
        await script(peer, connection);
      },
      { clock },
      (event, time, health) => {
        if (event.type !== "trades" || connections > 0) return;
        setImmediate(() => {
          standing.push(health().state);
          time.advance(6500);
          standing.push(health().state);
          time.advance(3400);
          standing.push(String(connections));
          time.advance(200);
        });
      },
    );
    expect(standing).toEqual(["live", "stale", "0"]);
    expect(seen.lines).toEqual([line(1), line(2)]);
    expect(states(seen)).toEqual(["up", "caughtUp", "down", "up", "caughtUp"]);
    expect(seen.changes[2]?.message).toContain("was silent for 10 s");
  });

  it("R1: is stale after as many seconds of silence as it was told", async () => {
    const standing: string[] = [];
    const clock = new FakeClock(START);
    const first = async (peer: Peer) => {
      await peer.send(concatBytes(HEAD, t(1)));
      await peer.gone();
    };
    const parts = [first, sending(HEAD, t(1), replayCompleted(), END)];
    const seen = await run(playing(parts), { clock, staleSeconds: 9 }, (event, time, health) => {
      if (event.type !== "trades") return;
      setImmediate(() => {
        for (const ms of [8900, 200, 1000]) {
          time.advance(ms);
          standing.push(health().state);
        }
      });
    });
    expect(standing.slice(0, 2)).toEqual(["live", "stale"]);
    expect(seen.health.staleSeconds).toBe(9);
  });

  it("F4: says when nothing but heartbeats came, and moves the clock with them", async () => {
    const seen = await run(playing([sending(HEAD, heartbeat(5), heartbeat(10), END)]));
    expect(seen.events.filter(({ type }) => type === "clock")).toHaveLength(3);
    expect(seen.health.lastEventAt).toBe(LAST_TIME);
    expect(seen.lines).toEqual([]);
  });

  it.each([0, 1, 2, 3])("F5: a record of length %i ends the connection, not the program", async (length) => {
    const bad = new Uint8Array(48);
    bad[0] = length;
    const starts: (bigint | undefined)[] = [];
    const parts = [closing(HEAD, t(1), bad), sending(HEAD, t(1), replayCompleted(), t(2), END)];
    const seen = await run(playing(parts, starts));
    expect(seen.lines).toEqual([line(1), line(2)]);
    expect(starts).toEqual([undefined, START_NANOS + 1_000_000_000n]);
    expect(seen.changes[2]).toMatchObject({ state: "down", message: expect.stringContaining("no DBN") });
  });

  it("F6: does not wait for metadata of 4 GB", async () => {
    const prelude = new Uint8Array([0x44, 0x42, 0x4e, 3, 255, 255, 255, 255]);
    const seen = await run(playing([sending(prelude), sending(HEAD, t(1), END)]));
    expect(seen.lines).toEqual([line(1)]);
    expect(seen.connections).toBe(2);
  });

  const prelude = (version: number, length: number) => {
    const bytes = new Uint8Array([0x44, 0x42, 0x4e, version, 0, 0, 0, 0]);
    new DataView(bytes.buffer).setUint32(4, length, true);
    return bytes;
  };

  it("F6: stops at once at a DBN version of the future, and says to update", async () => {
    const seen = await run(playing([sending(prelude(4, 100), new Uint8Array(500))]));
    expect(seen.connections).toBe(1);
    expect(seen.error).toBe(
      "Databento's gateway speaks what this program cannot read (DBN version 4 is not known, only 1 to 3): update this program",
    );
    expect(seen.health).toMatchObject({ state: "fatal", message: seen.error });
  });

  it.each([
    ["metadata of 4 GB", [prelude(3, 0xffff_ffff)], "its metadata claims 4294967295 bytes, which is not possible"],
    ["metadata of no bytes", [prelude(3, 0)], "its metadata claims 0 bytes, which is not possible"],
    ["what is no DBN", [new Uint8Array(500).fill(7)], "it is not in the DBN format"],
    ["a record without a length", [HEAD, new Uint8Array(48)], "claims 0 bytes"],
  ])("F6: gives up when the sign-in is followed by %s three times", async (_, parts, reason) => {
    const seen = await run(playing([sending(...parts)]));
    expect(seen.connections).toBe(3);
    expect(seen.error).toMatch(/^127\.0\.0\.1:\d+ sends what this program cannot read, 3 times the same /);
    expect(seen.error).toContain(reason);
    expect(seen.error).toMatch(/update this program, and check the gateway's host and port$/);
    expect(seen.health.state).toBe("fatal");
  });

  it("F6: gives a stream 30 s to say what it sends, three times", async () => {
    const clock = new FakeClock(START);
    const seen = await run(
      async (peer) => {
        await welcome(peer);
        await peer.send(prelude(3, 8_000_000));
        while (!peer.isOver) {
          await peer.send(new Uint8Array(9));
          clock.advance(1000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
      { clock },
    );
    expect(seen.connections).toBe(3);
    expect(seen.error).toContain("did not say within 30 s what it sends");
    expect(seen.states).not.toContain("live");
  });

  it("F6: gives up when a replay breaks at the same record three times, and no sooner", async () => {
    const bad = new Uint8Array(48);
    const parts = [closing(HEAD, t(1), bad), closing(HEAD, t(1), bad), closing(HEAD, t(1), t(2), bad)];
    const again = [closing(HEAD, t(2), bad), closing(HEAD, t(2), bad), closing(HEAD, t(2), bad)];
    const seen = await run(playing([...parts, ...again]));
    expect(seen.lines).toEqual([line(1), line(2)]);
    expect(seen.connections).toBe(6);
    expect(seen.error).toContain("3 times the same");
  });

  it("F6: goes on for as long as the damage is elsewhere each time", async () => {
    const bad = new Uint8Array(48);
    const damaged = Array.from({ length: 9 }, (_, index) => {
      const before = Array.from({ length: 1 + (index % 2) }, () => system(1, "ok"));
      return closing(liveMetadata(), ...before, bad);
    });
    const seen = await run(playing([...damaged, sending(HEAD, t(1), replayCompleted(), END)]));
    expect(seen.lines).toEqual([line(1)]);
    expect(seen.connections).toBe(10);
  });

  it("F7: gives up after three answers that are no gateway's, in clear words", async () => {
    const seen = await run(async (peer) => {
      await peer.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      peer.fin();
    });
    expect(seen.connections).toBe(3);
    expect(seen.error).toMatch(/^127\.0\.0\.1:\d+ is not a Databento gateway .*check the gateway's host and port$/);
    expect(seen.health.state).toBe("fatal");
  });

  it("F8: gives a gateway 30 s to ask for the sign-in", async () => {
    const clock = new FakeClock(START);
    const seen = await run(
      async (peer, connection) => {
        if (connection > 0) return playing([sending(HEAD, t(1), END)])(peer, connection);
        await peer.send("lsg_version=1\n");
        // Once more: the first second may come before the greeting is read.
        for (let second = 0; second < 62 && !peer.isOver; second++) {
          clock.advance(1000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await peer.gone();
      },
      { clock },
    );
    expect(seen.lines).toEqual([line(1)]);
    expect(seen.connections).toBe(2);
  });

  it.each([
    [1, "refused the key"],
    [2, "deactivated"],
    [5, "refused the subscription"],
  ])("F9: stops for good at error %i, without the key", async (code, reason) => {
    const seen = await run(playing([sending(HEAD, gatewayError(code, `no ${KEY}`))]));
    expect(seen.error).toContain(reason);
    expect(seen.error).not.toContain("unittest");
    expect(seen.connections).toBe(1);
    expect(seen.health).toMatchObject({ state: "fatal", message: seen.error });
  });

  it("F9: judges errors that come together by the gravest of them, in the words of all", async () => {
    const series = [
      gatewayError(255, "schema mbp-9", 0),
      gatewayError(5, "not on this plan", 0),
      gatewayError(4, "NOPE"),
    ];
    const seen = await run(playing([sending(HEAD, t(1), ...series, t(2))]));
    expect(seen.error).toBe(
      'Databento refused the subscription ("schema mbp-9; not on this plan; NOPE"): check dataset, schema and symbols, and that the plan covers them live',
    );
    expect(seen.lines).toEqual([line(1)]);
    expect(seen.connections).toBe(1);
    expect(seen.health.notices).toEqual([]);
  });

  const unfinished = gatewayError(1, "no such key", 0);
  it.each([
    ["another record follows", [unfinished, t(2)], closing],
    ["the gateway closes", [unfinished], closing],
    ["the gateway closes within the next", [unfinished, unfinished.subarray(0, 100)], closing],
    ["the connection falls silent", [unfinished], sending],
    ["what follows is no DBN", [unfinished, new Uint8Array(48)], sending],
  ] as const)("F9: judges errors whose last one never comes once %s", async (_, parts, end) => {
    const clock = new FakeClock(START);
    const seen = await run(playing([end(HEAD, t(1), ...parts)]), { clock }, (event) => {
      if (event.type === "trades" && end === sending) setImmediate(() => setImmediate(() => clock.advance(11_000)));
    });
    expect(seen.error).toMatch(/^Databento refused the key \("no such key"\)/);
    expect(seen.lines).toEqual([line(1)]);
    expect(seen.connections).toBe(1);
  });

  it("F9: tells errors that end nothing and come together by their kind, and goes on", async () => {
    const series = [4, 4, 99, 99].map((code, index) => gatewayError(code, `part ${index}`, index === 3 ? 1 : 0));
    const seen = await run(playing([sending(HEAD, t(1), ...series, t(2), END)]));
    expect(seen.lines).toEqual([line(1), line(2)]);
    expect(seen.health.notices).toEqual([
      "Databento does not know a symbol: part 0; part 1",
      "Databento says: part 2; part 3",
    ]);
  });

  it("B12: shows what a gateway says as one line of plain text", async () => {
    const hostile = "NOPE\u001b[2J\r\nOK <b>x</b>";
    const seen = await run(playing([sending(HEAD, gatewayError(4, hostile), t(1), END)]));
    expect(seen.health.notices).toEqual(["Databento does not know a symbol: NOPE OK x"]);
  });

  it("tells a message that it does not know once to the log, counts it, and takes it for no fault", async () => {
    const said: string[] = [];
    const unknown = [
      system(77, "Maintenance on\u001b[2J Saturday"),
      system(255, "Hello"),
      system(77, "Maintenance on Saturday"),
    ];
    const known = [system(1, "Subscription request 2 succeeded"), system(4, "End of interval for ohlcv-1s")];
    const seen = await run(playing([sending(HEAD, t(1), ...unknown, ...known, t(2), END)]), {
      onMessage: (text) => said.push(text),
    });
    expect(said).toEqual(["Maintenance on Saturday", "Hello"]);
    expect(seen.health).toMatchObject({ unknownMessages: 3, notices: [], message: undefined });
    expect(states(seen)).toEqual(["up", "caughtUp"]);
    expect(seen.lines).toEqual([line(1), line(2)]);
  });

  it("tells twenty messages that it does not know at most, and counts all", async () => {
    const said: string[] = [];
    const unknown = Array.from({ length: 50 }, (_, index) => system(77, `News ${index} of ${KEY}`));
    const seen = await run(playing([sending(HEAD, t(1), ...unknown, END)]), { onMessage: (text) => said.push(text) });
    expect(said).toHaveLength(20);
    expect(said.join()).not.toContain("unittest");
    expect(seen.health.unknownMessages).toBe(50);
  });

  it("F10: waits at least 30 s when there are too many sessions, and says how many there may be", async () => {
    const parts = [closing(HEAD, gatewayError(3, "limit")), sending(HEAD, t(1), replayCompleted(), END)];
    const seen = await run(playing(parts), { random: () => 0 });
    expect(seen.waits).toEqual([30_000]);
    expect(seen.changes.find(({ state }) => state === "down")?.message).toContain("10 per dataset and team");
    expect(seen.lines).toEqual([line(1)]);
  });

  it("F11: drops of a replay as many trades of the last nanosecond as were seen", async () => {
    const starts: (bigint | undefined)[] = [];
    const first = closing(HEAD, t(1), t(2), t(2));
    const second = sending(HEAD, t(2), t(2), t(2), t(3), replayCompleted(), t(4), END);
    const seen = await run(playing([first, second], starts));
    expect(seen.lines).toEqual([1, 2, 2, 2, 3, 4].map((seconds) => line(seconds)));
    expect(starts[1]).toBe(START_NANOS + 2_000_000_000n);
    expect(states(seen)).toEqual(["up", "caughtUp", "down", "up", "caughtUp"]);
  });

  it("F12: knows which are new where a replay orders an instant differently, and takes a late trade", async () => {
    const first = closing(HEAD, t(1), t(3), t(2, 9), trade({ seconds: 3, size: 7 }));
    const replay = [t(3, 8), t(3, 7), t(3), t(4)];
    const seen = await run(playing([first, sending(HEAD, ...replay, replayCompleted(), END)]));
    expect(seen.lines).toEqual([line(1), line(3), line(2, 9), line(3, 7), line(3, 8), line(4)]);
  });

  it("F12: drops by number where the replay's records look different", async () => {
    const other = trade({ seconds: 2, raw: { ts_in_delta: 5 } });
    const parts = [closing(HEAD, t(1), t(2)), sending(HEAD, other, replayCompleted(), t(3), END)];
    expect((await run(playing(parts))).lines).toEqual([line(1), line(2), line(3)]);
  });

  it("F12: counts late records of the minute that a replay reaches back once, seen ones and others, in any order", async () => {
    const other = (seconds: number, size = 1) => trade({ seconds, size, id: 99 });
    const head = concatBytes(HEAD, mapping("ESM4", 99));
    const first = closing(head, other(10), t(50), t(45, 2), t(45, 3));
    const replay = [other(10), t(45, 3), t(50), t(44), t(45, 4), t(45, 2), t(45, 5), other(61)];
    const seen = await run(playing([first, sending(head, ...replay, replayCompleted(), t(62), END)]));
    const mine = seen.lines.filter((text) => text.endsWith("17077"));
    expect(mine).toEqual([line(50), line(45, 2), line(45, 3), line(44), line(45, 4), line(45, 5), line(62)]);
    expect(seen.lines).toHaveLength(mine.length + 2);
    expect(seen.health.gaps).toEqual([]);
  });

  it("F11: takes a replay that nobody calls complete for over after two heartbeats in a row, and not sooner", async () => {
    const order: string[] = [];
    const replay = [t(1), heartbeat(2), t(2), heartbeat(3), t(3), heartbeat(4), heartbeat(5), t(6)];
    await run(playing([closing(HEAD, t(1)), sending(HEAD, ...replay, END)]), {}, (event) => {
      if (event.type === "trades") order.push(...tradeLines(event));
      if (event.type === "connection") order.push(event.state);
    });
    expect(order).toEqual(["up", "caughtUp", line(1), "down", "up", line(2), line(3), "caughtUp", line(6)]);
  });

  it("F13: declares what the gateway no longer replays as a gap, before time moves through it", async () => {
    const starts: (bigint | undefined)[] = [];
    const parts = [
      closing(HEAD, t(1), t(2)),
      closing(HEAD, gatewayError(8, "aged out")),
      sending(HEAD, t(100), t(101), END),
    ];
    const seen = await run(playing(parts, starts));
    expect(starts).toEqual([undefined, START_NANOS + 2_000_000_000n, undefined]);
    expect(seen.lines).toEqual([line(1), line(2), line(100), line(101)]);
    const gap = { from: START + 2e6, to: START + 100e6 };
    expect(seen.health.gaps).toMatchObject([gap]);
    expect(seen.changes.find(({ state }) => state === "gap")).toMatchObject({ ...gap, time: gap.from });
    expect(states(seen).slice(-2)).toEqual(["gap", "caughtUp"]);
  });

  it("F13: sees a hole in a replay that does not begin with what was seen last", async () => {
    const parts = [closing(HEAD, t(1), t(2)), sending(HEAD, t(9), replayCompleted(), t(10), END)];
    const seen = await run(playing(parts));
    expect(seen.lines).toEqual([line(1), line(2), line(9), line(10)]);
    expect(seen.health.gaps).toMatchObject([{ from: START + 2e6, to: START + 9e6 }]);
  });

  it("F14: after records were left out it asks for them again, and does not believe what came after", async () => {
    const starts: (bigint | undefined)[] = [];
    const parts = [
      sending(HEAD, t(1), system(2, "slow"), t(2), gatewayError(7, "skipped"), t(50)),
      sending(HEAD, t(2), t(3), t(50), replayCompleted(), END),
    ];
    const seen = await run(playing(parts, starts));
    expect(seen.lines).toEqual([line(1), line(2), line(3), line(50)]);
    expect(starts[1]).toBe(START_NANOS + 2_000_000_000n);
    expect(seen.health.gaps).toEqual([]);
    expect(seen.changes[2]).toMatchObject({ state: "up", message: expect.stringContaining("slower") });
  });

  it.each([
    ["mbp-1", true],
    ["trades", false],
  ] as const)(
    "F14: of %s asks for all records even where it reads slowly, unless that is the rule",
    async (schema, asks) => {
      let said = "";
      const script: Script = async (peer) => {
        said = (await welcome(peer))[0] ?? "";
        await peer.send(concatBytes(HEAD, t(1), END));
        await peer.gone();
      };
      await run(script, { subscriptions: [{ schema, stypeIn: "continuous", symbols: ["ES.v.0"] }] });
      expect(said.endsWith("|heartbeat_interval_s=5|slow_reader_behavior=warn")).toBe(asks);
      expect(said.endsWith("|heartbeat_interval_s=5")).toBe(!asks);
    },
  );

  it("F14: is caught up again once it has read all that was waiting", async () => {
    let goOn: () => void = () => undefined;
    const caughtUp = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const script = playing([
      async (peer) => {
        await peer.send(concatBytes(HEAD, t(1), system(2, "slow"), t(2)));
        await caughtUp;
        await peer.send(END);
        await peer.gone();
      },
    ]);
    let times = 0;
    const seen = await run(script, {}, (event) => {
      if (event.type === "connection" && event.state === "caughtUp" && ++times === 2) goOn();
    });
    expect(states(seen)).toEqual(["up", "caughtUp", "up", "caughtUp"]);
  });

  it("F15: goes on without a symbol that is not known, and says which", async () => {
    const head = concatBytes(liveMetadata(), gatewayError(4, "NOPE.v.0"));
    const seen = await run(playing([sending(head, mapping(), t(1), END)]));
    expect(seen.lines).toEqual([line(1)]);
    expect(seen.health.notices).toEqual(["Databento does not know a symbol: NOPE.v.0"]);
    expect(seen.error).toBeUndefined();
  });

  it("F15: still tells the newest of many words of the gateway, and how many came before", async () => {
    const unknown = Array.from({ length: 24 }, (_, index) => gatewayError(4, `NO${index}`));
    const last = gatewayError(99, "restart at 02:15");
    const seen = await run(playing([sending(HEAD, ...unknown, last, t(1), END)]));
    expect(seen.health.notices).toHaveLength(21);
    expect(seen.health.notices[0]).toBe("and 5 more before these");
    expect(seen.health.notices.at(-1)).toBe("Databento says: restart at 02:15");
  });

  it("F16: says with each session what is near, once", async () => {
    const asked: number[] = [];
    const notices = (now: number) => {
      asked.push(now);
      return ["ES MAR24 expires soon"];
    };
    const parts = [closing(HEAD, t(1)), sending(HEAD, t(1), replayCompleted(), END)];
    const seen = await run(playing(parts), { notices });
    expect(asked).toHaveLength(2);
    expect(seen.health.notices).toEqual(["ES MAR24 expires soon"]);
  });

  it("F16, F24: begins a new session when one is due and learns the new contract there", async () => {
    const clock = new FakeClock(START);
    const due = START + 3600e6;
    const parts = [
      sending(HEAD, t(1)),
      sending(
        concatBytes(liveMetadata(), mapping("ESM4", 99)),
        t(1),
        replayCompleted(),
        trade({ seconds: 9, id: 99 }),
        END,
      ),
    ];
    const seen = await run(
      playing(parts),
      { clock, renewAt: (now) => (now < due ? (due as typeof now) : undefined) },
      (event, time) => {
        if (event.type === "trades" && time.wall() < due) setImmediate(() => hours(time));
      },
    );
    expect(seen.lines).toEqual([line(1), "9 B 19201 x 1 @ 99"]);
    expect(seen.events.filter(({ type }) => type === "contract")).toMatchObject([
      { symbol: "ESH4" },
      { symbol: "ESM4" },
    ]);
    expect(seen.changes[2]?.message).toContain("each day");
    expect(seen.health.notices).toEqual(["The roll: ESM4 takes the place of ESH4 at the next open without a position"]);
    function hours(time: FakeClock): void {
      time.jump(3599_500, 3599_500);
      time.advance(1000);
    }
  });

  it("F16: misses nothing of the contract before, which no session of the next one replays", async () => {
    const other = concatBytes(liveMetadata(), mapping("ESM4", 99));
    const next = (seconds: number) => trade({ seconds, id: 99 });
    const asked: bigint[] = [];
    const past = async (from: bigint) => void asked.push(from);
    const parts = [
      closing(HEAD, t(1)),
      closing(other, replayCompleted(), next(9)),
      sending(other, next(9), replayCompleted(), next(10), END),
    ];
    const seen = await run(playing(parts), { past });
    expect(seen.lines).toEqual([line(1), "9 B 19201 x 1 @ 99", "10 B 19201 x 1 @ 99"]);
    expect(seen.health.gaps).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("F17: an id that is used again is another contract from its mapping on", async () => {
    const seen = await run(playing([sending(HEAD, t(1), mapping("ESM4"), t(2), END)]));
    expect(seen.events.filter(({ type }) => type === "contract")).toMatchObject([
      { instrument: 17077, symbol: "ESH4" },
      { instrument: 17077, symbol: "ESM4" },
    ]);
  });

  it("F18: rejects impossible trades and drops those of the future, counted", async () => {
    const bad = [
      trade({ seconds: 2, raw: { price: "9223372036854775807" } }),
      trade({ seconds: 2, raw: { price: "0" } }),
      trade({ seconds: 2, price: -5 }),
      trade({ seconds: 2, price: 4800.1 }),
      trade({ seconds: 2, size: 0 }),
      trade({ seconds: 2, size: 4_294_967_295 }),
      trade({ raw: { ts_event: "18446744073709551615" } }),
      trade({ seconds: 400_000 }),
    ];
    const clock = new FakeClock(LAST_TIME);
    const seen = await run(playing([sending(HEAD, t(1), ...bad, t(3), END)]), { clock, checksClock: true });
    expect(seen.lines).toEqual([line(1), line(3)]);
    expect(seen.events.filter(({ type }) => type === "rejected")).toHaveLength(6);
    expect(seen.health.dropped).toBe(2);
  });

  it("F18: a trade without a time is dropped, counted, and no place to go on from", async () => {
    const starts: (bigint | undefined)[] = [];
    const first = closing(HEAD, t(1), t(2), trade({ raw: { ts_event: "18446744073709551615" } }));
    const seen = await run(playing([first, sending(HEAD, t(2), t(3), replayCompleted(), t(4), END)], starts));
    expect(starts[1]).toBe(START_NANOS + 2_000_000_000n);
    expect(seen.lines).toEqual([1, 2, 3, 4].map((seconds) => line(seconds)));
    expect(seen.health).toMatchObject({ dropped: 1, gaps: [] });
  });

  it.each([7200, 72_000])("F18: one trade %i s ahead takes no stream there, where no clock bounds it", async (far) => {
    const starts: (bigint | undefined)[] = [];
    const first = closing(HEAD, t(1), t(far), t(2), t(far));
    const seen = await run(playing([first, sending(HEAD, t(2), t(3), replayCompleted(), t(4), END)], starts));
    expect(starts[1]).toBe(START_NANOS + 2_000_000_000n);
    expect(seen.lines).toEqual([1, 2, 3, 4].map((seconds) => line(seconds)));
    expect(seen.health).toMatchObject({ dropped: 1, gaps: [] });
  });

  it("F18: a trade after a long silence counts once the next bears it out, before that one", async () => {
    const seen = await run(playing([sending(HEAD, t(1), t(7200), t(7199), t(40_000), heartbeat(40_001), END)]));
    expect(seen.lines).toEqual([1, 7200, 7199, 40_000].map((seconds) => line(seconds)));
    expect(seen.health.dropped).toBe(0);
  });

  it("F18: one heartbeat far ahead moves no clock", async () => {
    const seen = await run(playing([sending(HEAD, t(1), heartbeat(80_000), t(2), heartbeat(5), END)]));
    expect(seen.events.flatMap((event) => (event.type === "clock" ? [event.time] : []))).toEqual([
      START + 5e6,
      LAST_TIME,
    ]);
    expect(seen.health.dropped).toBe(1);
  });

  it("F18: nothing more than a minute ahead of this computer's clock is used, and where all is, that is said", async () => {
    const clock = new FakeClock(LAST_TIME);
    const now = (LAST_TIME - START) / 1e6;
    const ahead = [t(now + 61), t(now + 61), heartbeat(now + 7200), heartbeat(now + 72_000)];
    let goOn: () => void = () => undefined;
    const told = () =>
      new Promise<void>((resolve) => {
        goOn = resolve;
      });
    const script = playing([
      async (peer) => {
        const isLive = told();
        await peer.send(concatBytes(HEAD, t(now - 1)));
        await isLive;
        const isAhead = told();
        await peer.send(concatBytes(...ahead));
        await isAhead;
        await peer.send(END);
        await peer.gone();
      },
    ]);
    const seen = await run(script, { clock, checksClock: true }, (event) => {
      if (event.type !== "connection") return;
      if (event.state === "caughtUp" || event.message?.includes("ahead of this computer's clock")) goOn();
    });
    expect(seen.lines).toEqual([line(now - 1)]);
    expect(seen.health).toMatchObject({ dropped: 4, lastEventAt: LAST_TIME });
    expect(states(seen).at(-1)).toBe("caughtUp");
  });

  it("F20: blocks signals while the instrument is halted", async () => {
    const status = (seconds: number, said: string) =>
      encodeRecord({ rtype: RTYPE.status, instrument_id: 17077, ts_event: nanos(seconds), is_trading: said });
    const seen = await run(playing([sending(HEAD, t(1), status(2, "N"), status(3, "Y"), t(4), END)]));
    expect(seen.changes.map(({ state, message }) => `${state} ${message ?? ""}`.trim())).toEqual([
      "up",
      "caughtUp",
      "up trading is halted",
      "caughtUp",
    ]);
  });

  it.each([
    [8, 7],
    [9, 7],
    [10, 7],
    [12, 7],
    [15, 7],
  ])("F20: knows a halt by its action %i where nothing else tells it, and trading by %i", async (halts, trades) => {
    const status = (seconds: number, action: number) =>
      encodeRecord({ rtype: RTYPE.status, instrument_id: 17077, ts_event: nanos(seconds), is_trading: "~", action });
    // The other actions, such as a pre-opening, say neither.
    const records = [t(1), status(2, halts), status(2, 1), t(3), status(4, trades), status(4, 1), t(5)];
    const seen = await run(playing([sending(HEAD, ...records, END)]));
    expect(seen.changes.map(({ state, message }) => `${state} ${message ?? ""}`.trim())).toEqual([
      "up",
      "caughtUp",
      "up trading is halted",
      "caughtUp",
    ]);
  });

  it("F21: takes 100,000 trades at once without losing one, a part of them in each turn of the event loop", async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => t(1 + Math.floor(index / 100) / 100));
    let inTurn = 0;
    let most = 0;
    let immediate = setImmediate(function count() {
      inTurn = 0;
      immediate = setImmediate(count);
    });
    const seen = await run(playing([sending(HEAD, ...many, END)]), {}, (event) => {
      if (event.type !== "trades") return;
      inTurn += event.count;
      most = Math.max(most, inTurn);
    });
    clearImmediate(immediate);
    expect(seen.lines).toHaveLength(100_000);
    expect(states(seen)).toEqual(["up", "caughtUp"]);
    // Two pieces of a socket: a turn that ends within one, and one that begins.
    expect(most).toBeLessThanOrEqual(2 * Math.ceil(65_536 / 48));
  });

  it("F21: keeps a few megabytes at most of what is not read yet, and lets the gateway wait", async () => {
    const piece = new Uint8Array(1_000_000);
    const pieces = 150;
    let sent = 0;
    const gateway = await FakeGateway.start(async (peer) => {
      for (; sent < pieces; sent++) await peer.send(piece);
      peer.fin();
    });
    gateways.push(gateway);
    const connection = new GatewayConnection(gateway.address, new FakeClock(START));
    for (let before = -1, turns = 0; turns < 200; turns = sent === before ? turns + 1 : 0) {
      before = sent;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // 4 MB of one's own, and what the system buffers on both sides.
    expect(sent).toBeLessThan(40);
    let bytes = 0;
    while (bytes < pieces * piece.length) bytes += (await connection.read(1000)).length;
    connection.destroy();
    expect(bytes).toBe(pieces * piece.length);
  });

  it("F22: names the cause when a gateway cannot be reached, and tries again", async () => {
    const gateway = await FakeGateway.start(async () => undefined);
    const { address } = gateway;
    await gateway.close();
    const messages: string[] = [];
    const stopping = new AbortController();
    const { feed } = liveFeedAt(address, {
      onHealth: ({ state, message }) => {
        if (state === "backoff") messages.push(message ?? "");
        if (messages.length === 3) stopping.abort();
      },
    });
    for await (const _ of feed.events(stopping.signal)) expect.unreachable("no event without a gateway");
    expect(messages[0]).toMatch(/refused the connection; check that nothing blocks its port; next try in 1 s/);
    expect(feed.health.state).toBe("ended");
    for (const code of ["ENOTFOUND", "EAI_AGAIN"]) {
      expect(failureOf("x", Object.assign(new Error("x"), { code }))).toContain("not found by name");
    }
    expect(failureOf("x", Object.assign(new Error("x"), { code: "EHOSTDOWN" }))).toContain("EHOSTDOWN");
  });

  it("F23: signs in with a new key from the next session on", async () => {
    const other = KEY.replace("FFFFF", "AAAAA");
    const answers: string[] = [];
    let key = KEY;
    const gateway = await FakeGateway.start(async (peer, connection) => {
      const lines = await welcome(peer);
      answers.push(/-(.{5})\|/.exec(lines[0] ?? "")?.[1] ?? "");
      if (connection === 0) await peer.send(concatBytes(HEAD, t(1)));
      else await peer.send(concatBytes(HEAD, t(1), replayCompleted(), t(2), END));
      await peer.gone();
    });
    gateways.push(gateway);
    const { feed } = liveFeedAt(gateway.address, { key: () => ApiKey.parse(key) });
    const lines: string[] = [];
    for await (const events of feed.events(new AbortController().signal)) {
      for (const event of events) if (event.type === "trades") lines.push(...tradeLines(event));
      if (key === KEY && lines.length === 1) {
        key = other;
        feed.renew("the key was changed");
      }
      if (events.some(isLast)) break;
    }
    expect(answers).toEqual(["FFFFF", "AAAAA"]);
    expect(lines).toEqual([line(1), line(2)]);
  });

  it("is stale at once after the computer slept, and fills in what it missed (W6)", async () => {
    const parts = [sending(HEAD, t(1)), sending(HEAD, t(1), t(2), replayCompleted(), END)];
    const seen = await run(playing(parts), {}, (event, time) => {
      if (event.type !== "trades" || time.mono() > 0) return;
      setImmediate(() => {
        time.jump(8 * 3600e3, 0);
        time.advance(1000);
      });
    });
    expect(seen.lines).toEqual([line(1), line(2)]);
    expect(seen.changes[2]?.message).toContain("slept, or its clock was set");
  });

  it("R1, R3: blocks signals while the data are old or the clocks disagree", async () => {
    const clock = new FakeClock(LAST_TIME - 3e6);
    const fresh = t((LAST_TIME - START) / 1e6 - 3.2);
    const seen = await run(playing([sending(HEAD, fresh, END)]), { clock, checksClock: true });
    expect(seen.changes.map(({ state, message }) => `${state} ${message ?? ""}`.trim())).toEqual([
      "up",
      "caughtUp",
      expect.stringContaining("up The clock of this computer is"),
    ]);
  });
});
