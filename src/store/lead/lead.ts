import { randomBytes } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import { hostname } from "node:os";
import { say } from "../../core/say.js";
import { type Clock, systemClock } from "../clock.js";
import { type Fs, nodeFs } from "../files.js";
import { errorCode, StoreError } from "../storeError.js";
import { leaderAddress } from "./address.js";
import { type Lease, readLease, writeLease } from "./lease.js";
import { knownToken, leaderToken, nonce, proof, proves } from "./token.js";
import { type Message, Wire } from "./wire.js";

/** Between two signs of life of a follower. A leader that leaves one unanswered hangs, or sleeps. */
const PING_MS = 5000;

/** A follower asks at least so often: it learns by the answer how far the market is, which in a demo may run fast. */
const MARKET_MS = 1000;

/** A claim that loses so often to others that are gone at once is given up. */
const MAX_CLAIMS = 20;

export interface LeadOptions {
  /** The data folder; it exists. */
  readonly folder: string;
  readonly fs?: Fs;
  readonly clock?: Clock;
  readonly pingMs?: number;
  /** How far this window's market is, should it lead: microseconds, 0 before it has begun. */
  readonly marketTime?: () => number;
}

/** How a leader's time ended: as its user wants it, or by a crash, a kill, or because it hangs. */
export type Ending = "ended" | "lost";

/** This window runs the feed of a data folder. */
export interface Leading {
  readonly role: "leader";
  readonly lease: Lease;
  /** Resolves when the user of another window wants the feed there. */
  readonly askedToHandOver: Promise<void>;
  /** Tells the followers that there is something new to read, and how the feed does in a line. */
  tell(status: string): void;
  /**
   * Whether no other window leads meanwhile; to be asked before anything is shown after a pause. A lease that was deleted is
   * written again, for by it the others find this window.
   */
  isHeld(): Promise<boolean>;
  /** Hands the lead back: the followers know that nobody need take it over. */
  end(): Promise<void>;
}

/** Another window runs the feed of a data folder. */
export interface Following {
  readonly role: "follower";
  readonly lease: Lease;
  readonly over: Promise<Ending>;
  /** What the leader told last. */
  readonly status: string;
  /** How far the leader's market was when it was asked last, which is every second: microseconds; 0 as long as nothing was told. */
  readonly time: number;
  /** Asks how far the leader's market is; of a leader that is gone or hangs, what it told last. */
  marketTime(): Promise<number>;
  /** Called whenever the leader has told something. */
  onNews(listener: (status: string) => void): void;
  /** Asks the leader to end, so that this window can lead. */
  askForLead(): void;
  close(): void;
}

/**
 * Makes this window the one that runs the feed of a folder, unless another one does. That a name can be listened at but once
 * makes it one of several that try at once; who hangs or was killed is passed over, since every leader has a name of its own
 * epoch. Two leaders at once, as on two machines over one folder, cost a second connection and harm nothing.
 *
 * @throws StoreError when the folder cannot be written
 */
export async function claimLead(options: LeadOptions): Promise<Leading | Following> {
  const { folder, fs = nodeFs } = options;
  const token = await leaderToken(fs, folder);
  let epoch = ((await readLease(fs, folder))?.epoch ?? 0) - 1;
  for (let claims = 0; claims < MAX_CLAIMS; ) {
    epoch += 1;
    // Before it is asked: who becomes its leader after that is not gone.
    const known = (await readLease(fs, folder))?.epoch ?? 0;
    const address = await leaderAddress(fs, folder, epoch);
    const leader = epoch < 1 ? undefined : await follow(address, token, options);
    if (leader !== undefined) return leader;
    // The epoch of the lease is over: its leader is gone.
    if (epoch <= known) continue;
    claims += 1;
    const server = await listening(address);
    if (server === undefined) {
      // Another one is just becoming the leader of this epoch, or hangs.
      const other = await follow(address, token, options);
      if (other !== undefined) return other;
      continue;
    }
    const seat = new Seat(server, token, epoch, options);
    if (await seat.take()) return seat;
  }
  throw new StoreError(say('Could not find out which window runs the feed of "{0}". Try again', folder), {
    retriable: true,
  });
}

/**
 * The window that runs the feed of a folder; undefined where none does, or none can be asked because the token by which windows
 * know each other cannot be read: recording does not depend on it. It changes nothing.
 */
export async function findLeader(options: LeadOptions): Promise<Following | undefined> {
  const { folder, fs = nodeFs } = options;
  const lease = await readLease(fs, folder);
  if (lease === undefined || lease.host !== hostname()) return undefined;
  const token = await knownToken(fs, folder);
  if (token === undefined) return undefined;
  return follow(await leaderAddress(fs, folder, lease.epoch), token, options);
}

class Seat implements Leading {
  readonly role = "leader";
  readonly lease: Lease;
  readonly askedToHandOver: Promise<void>;
  readonly #server: Server;
  #token: string;
  readonly #options: LeadOptions;
  readonly #followers = new Set<Wire>();
  /** Who has not proved anything yet. */
  readonly #strangers = new Set<Wire>();
  #asked: () => void = () => undefined;
  #status = "";

  constructor(server: Server, token: string, epoch: number, options: LeadOptions) {
    const { clock = systemClock } = options;
    this.#server = server;
    this.#token = token;
    this.#options = options;
    this.askedToHandOver = new Promise((resolve) => {
      this.#asked = resolve;
    });
    const since = new Date(clock.wall() / 1000).toISOString();
    this.lease = { epoch, window: randomBytes(8).toString("hex"), pid: process.pid, host: hostname(), since };
    server.on("connection", (socket: Socket) => void this.#welcome(socket));
  }

  /** Writes the lease, unless a later leader has. */
  async take(): Promise<boolean> {
    const { folder, fs = nodeFs } = this.#options;
    try {
      const known = await readLease(fs, folder);
      if ((known?.epoch ?? 0) < this.lease.epoch) {
        await writeLease(fs, folder, this.lease);
        return true;
      }
    } catch (error) {
      await this.end();
      throw error;
    }
    await this.end();
    return false;
  }

  tell(status: string): void {
    this.#status = status;
    for (const follower of this.#followers) follower.say({ type: "news", status });
  }

  async isHeld(): Promise<boolean> {
    const { folder, fs = nodeFs } = this.#options;
    const lease = await readLease(fs, folder);
    if (lease !== undefined) return lease.window === this.lease.window;
    // Where nothing can be written nobody else can become the leader.
    await this.#writeAgain().catch(() => undefined);
    return true;
  }

  /** The secret may be gone with the lease: who looks at the folder next proves himself by the one that lies there then. */
  async #writeAgain(): Promise<void> {
    const { folder, fs = nodeFs } = this.#options;
    this.#token = await leaderToken(fs, folder);
    await writeLease(fs, folder, this.lease);
  }

  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const follower of this.#followers) follower.end({ type: "ended" });
    for (const stranger of this.#strangers) stranger.end();
    await closed;
  }

  #pong(): Message {
    const time = this.#options.marketTime?.() ?? 0;
    return time > 0 ? { type: "pong", time } : { type: "pong" };
  }

  async #welcome(socket: Socket): Promise<void> {
    const { pingMs = PING_MS } = this.#options;
    const wire = new Wire(socket, 2 * pingMs);
    const mine = nonce();
    this.#strangers.add(wire);
    wire.say({ type: "who", nonce: mine });
    const answer = await wire.next().catch(() => undefined);
    this.#strangers.delete(wire);
    if (answer?.type !== "follower") return wire.end();
    const nonces = [mine, answer.nonce] as const;
    if (!proves(answer.proof, proof(this.#token, "follower", nonces))) return wire.end();
    this.#followers.add(wire);
    void wire.closed.then(() => this.#followers.delete(wire));
    wire.say({ type: "leader", proof: proof(this.#token, "leader", nonces), lease: this.lease });
    wire.say({ type: "news", status: this.#status });
    wire.listen(({ type }) => {
      if (type === "ping") wire.say(this.#pong());
      if (type === "handOver") this.#asked();
    });
  }
}

/** Undefined where nobody listens who knows the token and is awake. */
async function follow(address: string, token: string, options: LeadOptions): Promise<Following | undefined> {
  const { pingMs = PING_MS } = options;
  const wire = new Wire(connect(address), pingMs);
  try {
    const who = await wire.next();
    if (who.type !== "who") throw new Error("Not a leader");
    const mine = nonce();
    const nonces = [who.nonce, mine] as const;
    wire.say({ type: "follower", nonce: mine, proof: proof(token, "follower", nonces) });
    const leader = await wire.next();
    if (leader.type !== "leader" || !proves(leader.proof, proof(token, "leader", nonces)))
      throw new Error("A stranger");
    return new Seen(wire, leader.lease, pingMs);
  } catch {
    wire.end();
    return undefined;
  }
}

class Seen implements Following {
  readonly role = "follower";
  readonly lease: Lease;
  readonly over: Promise<Ending>;
  readonly #wire: Wire;
  #listener: (status: string) => void = () => undefined;
  #status = "";
  #time = 0;
  readonly #answered: (() => void)[] = [];

  constructor(wire: Wire, lease: Lease, pingMs: number) {
    this.#wire = wire;
    this.lease = lease;
    let ending: Ending = "lost";
    const pings = setInterval(() => wire.say({ type: "ping" }), Math.min(pingMs / 2, MARKET_MS));
    pings.unref();
    this.over = wire.closed.then(() => {
      clearInterval(pings);
      return ending;
    });
    wire.listen((message) => {
      if (message.type === "ended") ending = "ended";
      if (message.type === "pong") {
        this.#time = message.time ?? this.#time;
        for (const answered of this.#answered.splice(0)) answered();
      }
      if (message.type !== "news") return;
      this.#status = message.status;
      this.#listener(message.status);
    });
    wire.say({ type: "ping" });
  }

  get status(): string {
    return this.#status;
  }

  get time(): number {
    return this.#time;
  }

  async marketTime(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#answered.push(resolve);
      void this.over.then(() => resolve());
      this.#wire.say({ type: "ping" });
    });
    return this.#time;
  }

  onNews(listener: (status: string) => void): void {
    this.#listener = listener;
  }

  askForLead(): void {
    this.#wire.say({ type: "handOver" });
  }

  close(): void {
    this.#wire.end();
  }
}

/** Undefined where another process listens already. */
async function listening(address: string): Promise<Server | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address, resolve);
    });
    return server;
  } catch (error) {
    if (errorCode(error) === "EADDRINUSE") return undefined;
    throw new StoreError(say("Could not become the window that runs the feed: {0}", (error as Error).message), {
      retriable: true,
    });
  }
}
