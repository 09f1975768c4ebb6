import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does with one request. */
export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array | object;
      /** Ends the connection after so many bytes of the body. */
      readonly cutAt?: number;
      /** Says how long the body is (default), that it comes in chunks, or nothing at all. */
      readonly framing?: "length" | "chunked" | "none";
      /** Sends the body but never ends it. */
      readonly hang?: boolean;
    }
  /** No byte, ever; `reset` ends the connection; raw bytes in the place of HTTP. */
  | "silence"
  | "reset"
  | { readonly raw: string };

export interface SeenRequest {
  readonly method: string;
  /** Such as `metadata.get_cost`. */
  readonly call: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

/** A stand-in for Databento's historical API on this machine, over real HTTP, that can fail in every way. */
export class HistoricalServer {
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #replies = new Map<string, Reply[]>();
  readonly #usual = new Map<string, Reply | ((request: SeenRequest) => Reply)>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<HistoricalServer> {
    const server = new HistoricalServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    server.usually("metadata.get_cost", { body: "0.65783" });
    server.usually("metadata.get_dataset_range", {
      body: { start: "2010-06-06T00:00:00.000000000Z", end: "2030-01-01T00:00:00.000000000Z" },
    });
    server.usually("metadata.get_dataset_condition", { body: [] });
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a call gets when nothing else is due. */
  usually(call: string, reply: Reply | ((request: SeenRequest) => Reply)): void {
    this.#usual.set(call, reply);
  }

  /** What the next requests of a call get, one after the other. */
  next(call: string, ...replies: readonly Reply[]): void {
    this.#replies.set(call, [...(this.#replies.get(call) ?? []), ...replies]);
  }

  calls(name: string): readonly SeenRequest[] {
    return this.requests.filter(({ call }) => call === name);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const form = request.method === "GET" ? url.searchParams : new URLSearchParams(Buffer.concat(parts).toString());
    const seen: SeenRequest = {
      method: request.method ?? "",
      call: url.pathname.replace("/v0/", ""),
      fields: Object.fromEntries(form),
      authorization: request.headers.authorization,
      url: request.url ?? "",
      headers: request.headers,
    };
    this.requests.push(seen);
    const usual = this.#usual.get(seen.call);
    const reply = this.#replies.get(seen.call)?.shift() ?? (typeof usual === "function" ? usual(seen) : usual);
    send(reply ?? { status: 404, body: { detail: "Not Found" } }, request, response);
  }
}

function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if (reply === "silence") return;
  if (reply === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  if ("raw" in reply) {
    request.socket.end(reply.raw);
    return;
  }
  const { status = 200, headers = {}, framing = "length", cutAt, hang = false } = reply;
  const body = bytesOf(reply.body ?? "");
  if (framing === "none") response.useChunkedEncodingByDefault = false;
  response.writeHead(status, {
    "request-id": "7f3a",
    "content-type":
      typeof reply.body === "object" && !(reply.body instanceof Uint8Array)
        ? "application/json"
        : "application/octet-stream",
    ...(framing === "length" ? { "content-length": String(body.length) } : {}),
    ...(framing === "none" ? { connection: "close" } : {}),
    ...headers,
  });

  if (cutAt === undefined && !hang) response.end(body);
  else response.write(body.subarray(0, cutAt), () => (hang ? undefined : request.socket.destroy()));
}

function bytesOf(body: string | Uint8Array | object): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
