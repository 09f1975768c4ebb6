import { connect, type Socket } from "node:net";
import { say } from "../../../core/say.js";
import type { Clock } from "../../clock.js";
import { ConnectionEnded } from "./connectionEnded.js";
import { addressText, type GatewayAddress } from "./gatewayAddress.js";

/** Bytes that may wait to be read; then the gateway has to. */
const WAITING_LIMIT = 4 * 1024 * 1024;

/** A TCP connection to a gateway, read when its reader is ready. */
export class GatewayConnection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #name: string;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isConnected = false;
  #ended: ConnectionEnded | undefined;
  #wake: (() => void) | undefined;

  constructor(address: GatewayAddress, clock: Clock) {
    this.#clock = clock;
    this.#name = addressText(address);
    this.#socket = connect({ host: address.host, port: address.port, noDelay: true, keepAlive: true });
    this.#socket.on("connect", () => {
      this.#isConnected = true;
      this.#wakeUp();
    });
    this.#socket.on("data", (bytes) => this.#take(bytes));
    this.#socket.on("error", (error) => this.fail(new ConnectionEnded(this.#reason(error), { cause: error })));
    this.#socket.on("end", () => this.fail(new ConnectionEnded(say("{0} closed the connection", this.#name))));
    this.#socket.on("close", () => this.fail(new ConnectionEnded(say("{0} closed the connection", this.#name))));
  }

  /** Whether bytes have arrived that were not read. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when the connection stands. Rejects with `ConnectionEnded`, after `ms` at the latest. */
  async connected(ms: number): Promise<void> {
    await this.#until(
      () => this.#isConnected,
      ms,
      () => say("{0} did not answer within {1} s", this.#name, ms / 1000),
    );
  }

  /** The next bytes. Rejects with `ConnectionEnded` when none come any more, or none within `ms`. */
  async read(ms: number): Promise<Uint8Array> {
    await this.#until(
      () => this.hasWaiting,
      ms,
      () => say("{0} was silent for {1} s", this.#name, Math.round(ms / 1000)),
    );
    const bytes = this.#waiting.shift() ?? new Uint8Array(0);
    this.#waitingBytes -= bytes.length;
    if (this.#waitingBytes < WAITING_LIMIT / 2) this.#socket.resume();
    return bytes;
  }

  write(text: string): void {
    this.#socket.write(text, "latin1");
  }

  /** Ends the connection for a reason of one's own. What has arrived can still be read, unless `atOnce`. */
  fail(reason: ConnectionEnded, atOnce = false): void {
    if (atOnce) this.#waiting = [];
    this.#ended ??= reason;
    this.#wakeUp();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #until(isReady: () => boolean, ms: number, late: () => string): Promise<void> {
    let isLate = false;
    const cancel = this.#clock.after(ms, () => {
      isLate = true;
      this.#wakeUp();
    });
    try {
      while (!isReady()) {
        if (this.#ended !== undefined) throw this.#ended;
        if (isLate) throw new ConnectionEnded(late());
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      cancel();
    }
  }

  #take(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= WAITING_LIMIT) this.#socket.pause();
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #reason(error: Error): string {
    return failureOf(this.#name, error);
  }
}

/** What the system says about a connection to an address that failed, as a sentence. */
export function failureOf(name: string, error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const known = REASONS[code];
  if (known !== undefined) return known(name);
  return code === ""
    ? say("{0} could not be reached; check the network", name)
    : say("{0} could not be reached ({1}); check the network", name, code);
}

const REASONS: Readonly<Record<string, (name: string) => string>> = {
  ECONNREFUSED: (name) => say("{0} refused the connection; check that nothing blocks its port", name),
  ECONNRESET: (name) => say("{0} broke the connection off", name),
  EPIPE: (name) => say("{0} broke the connection off", name),
  ENOTFOUND: (name) => say("{0} was not found by name; check the network, and that DNS works", name),
  EAI_AGAIN: (name) => say("{0} was not found by name; check the network, and that DNS works", name),
  ETIMEDOUT: (name) =>
    say("{0} did not answer; check the network, and that a firewall or proxy lets its port through", name),
  EHOSTUNREACH: (name) => say("{0} could not be reached; check the network", name),
  ENETUNREACH: (name) => say("{0} could not be reached; check the network", name),
  EACCES: (name) => say("{0} may not be reached from here; check the firewall", name),
};
