import { clearInterval, setInterval } from "node:timers";
import { RTYPE } from "../../../src/feed/databento/dbn/codes.js";
import { encodeRecord } from "../../../src/feed/databento/dbn/encode.js";
import { concatBytes, ESH4, metadata, nanos, START, trade } from "../../support/dbnBytes.js";
import { FakeGateway, type Peer, welcome } from "../../support/fakeGateway.js";
import { heartbeat, KEY, liveMetadata, replayCompleted, startOf, system, timeOf } from "../../support/liveMarket.js";

/** Where the names of Databento's live gateways lead in `world.cjs`, and their port. */
const GATEWAY = { host: "127.0.13.1", port: 13_000 };

const BEAT_MS = 1000;
const DAY_S = 86_400;
/** 9:30 in New York, in winter. */
const OPEN_S = 52_200;

/** The trades of MES on a day, minute by minute from the open. */
export class Tape {
  #records: Uint8Array[] = [];
  #second: number;
  #price = 4800;

  /** @param day days after 25 December 2023 */
  constructor(day: number) {
    this.#second = day * DAY_S + OPEN_S;
  }

  /** Minutes of the usual volume. */
  quiet(minutes: number): this {
    for (let minute = 0; minute < minutes; minute++) this.#minute([0, 0, 10], [20, 1, 10], [40, 2, 10]);
    return this;
  }

  /** A minute with 14 times the usual volume at its low: a BUY signal at its end. */
  spike(): this {
    return this.#minute([0, 0, 400], [10, 2, 10], [20, 5, 10]);
  }

  /** The limit of the signal is traded through, then the price rises until its target is. */
  win(): this {
    this.#minute([1, 4, 3], [2, 3, 3], [3, 4, 3]);
    for (let step = 0; step < 12; step++) {
      this.#price += 2;
      this.quiet(1);
    }
    return this;
  }

  /** What was written since the last call. */
  take(): readonly Uint8Array[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #minute(...trades: readonly (readonly [second: number, points: number, size: number])[]): this {
    for (const [second, points, size] of trades)
      this.#records.push(trade({ seconds: this.#second + second, price: this.#price + points, size }));
    this.#second += 60;
    return this;
  }
}

/** A live market behind a gateway on this computer, which says each second what time it is. */
export class LiveMarket {
  readonly #now: () => number;
  readonly #sent: Uint8Array[] = [];
  readonly #peers = new Set<Peer>();
  #gateway: FakeGateway | undefined;
  #joined: () => void = () => undefined;
  #beat: NodeJS.Timeout | undefined;
  /** Nothing comes, and no connection breaks. */
  isSilent = false;
  /** With these words the sign-in is refused. */
  refusal: string | undefined;

  /** @param now milliseconds since the epoch by the clock of the test */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The gateway listens. */
  async open(): Promise<void> {
    this.#gateway = await FakeGateway.start((peer) => this.#serve(peer), GATEWAY);
    this.#beat = setInterval(() => void this.#tell(heartbeat(this.#seconds())), BEAT_MS);
  }

  /** It is gone, and so are its connections. */
  async close(): Promise<void> {
    clearInterval(this.#beat);
    this.#peers.clear();
    await this.#gateway?.close();
  }

  /** Resolves when the next connection has got all that it lacked. */
  joined(): Promise<void> {
    return new Promise((resolve) => {
      this.#joined = resolve;
    });
  }

  /** Records come, and are kept for whoever connects later. */
  async bring(records: readonly Uint8Array[]): Promise<void> {
    this.#sent.push(...records);
    await this.#tell(concatBytes(...records, heartbeat(this.#seconds())));
  }

  async #serve(peer: Peer): Promise<void> {
    if (this.refusal !== undefined) {
      await peer.send("lsg_version=0.7.0\ncram=t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK\n");
      await peer.line();
      await peer.send(`success=0|error=${this.refusal}\n`);
      return peer.fin();
    }
    const lines = await welcome(peer);
    const start = startOf(lines);
    const past = this.#sent.filter((record) => start !== undefined && timeOf(record) >= start);
    // Each subscription says when its replay is over.
    const ends = lines.filter((line) => line.includes("|start=")).map(replayCompleted);
    await peer.send(
      concatBytes(liveMetadata(), system(1, "ok"), MAPPING, ...past, ...ends, heartbeat(this.#seconds())),
    );
    this.#peers.add(peer);
    this.#joined();
    await peer.gone();
    this.#peers.delete(peer);
  }

  async #tell(bytes: Uint8Array): Promise<void> {
    if (this.isSilent) return;
    for (const peer of this.#peers) await peer.send(bytes);
  }

  #seconds(): number {
    return (this.#now() - START / 1000) / 1000;
  }
}

/** Trades as a file, which a replay reads. */
export function fileOf(records: readonly Uint8Array[]): Uint8Array {
  const intervals = [{ start: 20231225, end: 20231230, symbol: String(ESH4) }];
  const head = metadata({ symbols: ["MESH4"], mappings: [{ requested: "MESH4", intervals }] });
  return concatBytes(head, ...records);
}

const MAPPING = encodeRecord({
  rtype: RTYPE.symbolMapping,
  instrument_id: ESH4,
  ts_event: nanos(0),
  stype_in_symbol: "MES.v.0",
  stype_out_symbol: "MESH4",
});

export { KEY };
