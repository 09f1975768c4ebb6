import { createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { GatewayAddress } from "../../src/feed/databento/live/gatewayAddress.js";

/** The gateway's end of one connection, for a script. */
export class Peer {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #text = "";
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      this.#text += bytes.toString("latin1");
      const lines = this.#text.split("\n");
      this.#text = lines.pop() ?? "";
      this.#lines.push(...lines);
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Whether the client is gone. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The next line of the client; undefined when it is gone. */
  async line(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#lines.shift();
  }

  /** The client's lines up to `start_session`. */
  async untilStart(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) {
      if (line.startsWith("start_session")) break;
      lines.push(line);
    }
    return lines;
  }

  /** Sends bytes, whole or in pieces of these sizes, one after the other and again from the first. */
  async send(bytes: Uint8Array | string, sizes: readonly number[] = []): Promise<void> {
    const all = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    for (let at = 0, turn = 0; at < all.length && !this.#isOver; turn++) {
      const size = sizes.length === 0 ? all.length : Math.max(1, sizes[turn % sizes.length] ?? 1);
      const isFull = !this.#socket.write(all.subarray(at, at + size));
      at += size;
      if (isFull) await this.#drained();
      else if (sizes.length > 0) await setImmediate();
    }
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const over = () => {
        this.#socket.off("drain", over);
        this.#socket.off("close", over);
        resolve();
      };
      this.#socket.on("drain", over);
      this.#socket.on("close", over);
    });
  }

  /** Closes in order: what was sent arrives. */
  fin(): void {
    this.#socket.end();
  }

  /** Breaks off: what was sent may be lost. */
  rst(): void {
    this.#socket.resetAndDestroy();
  }

  /** Resolves when the client has gone. */
  async gone(): Promise<void> {
    while (!this.#isOver) await this.line();
  }
}

/** What a gateway does with its n-th connection, counted from 0. */
export type Script = (peer: Peer, connection: number) => Promise<void>;

/** A gateway on this computer that does what a script says, over real sockets. */
export class FakeGateway {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly address: GatewayAddress;
  connections = 0;

  private constructor(server: Server, host: string, script: Script) {
    this.#server = server;
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    this.address = { host, port, loopback: true };
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      const connection = this.connections++;
      script(new Peer(socket), connection).catch(() => socket.destroy());
    });
  }

  /** @param at an address of this computer; port 0: any that is free */
  static async start(script: Script, { host, port } = { host: "127.0.0.1", port: 0 }): Promise<FakeGateway> {
    const server = createServer({ allowHalfOpen: false });
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return new FakeGateway(server, host, script);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Greets and signs the client in. Returns its sign-in and its subscriptions. */
export async function welcome(peer: Peer, sizes?: readonly number[]): Promise<readonly string[]> {
  await peer.send("lsg_version=0.7.0\ncram=t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK\n", sizes);
  const auth = await peer.line();
  await peer.send("success=1|session_id=5\n", sizes);
  return [auth ?? "", ...(await peer.untilStart())];
}
