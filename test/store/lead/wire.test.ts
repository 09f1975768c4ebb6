import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { type Message, Wire } from "../../../src/store/lead/wire.js";

/** Longer than any test: who is hung up on here was not too silent. */
const NEVER_SILENT = 600_000;

/** One end of a conversation, and the bare socket at the other. */
async function conversation(): Promise<{ wire: Wire; other: Socket }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const other = connect((server.address() as AddressInfo).port, "127.0.0.1");
  other.on("error", () => undefined);
  const [socket] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => {
    for (const each of [socket, other]) each.destroy();
    server.close();
  });
  return { wire: new Wire(socket, NEVER_SILENT), other };
}

it("A line that does not end is not waited for", async () => {
  const { wire, other } = await conversation();
  other.write("x".repeat(100_000));
  await wire.closed;
});

it("A message longer than any is not listened to", async () => {
  const { wire, other } = await conversation();
  const heard: Message[] = [];
  wire.listen((message) => void heard.push(message));
  other.write(`{"type":"ping"}${" ".repeat(5000)}\n`);
  await wire.closed;
  expect(heard).toEqual([]);
});

it("Who says much that nobody asked for is hung up on", async () => {
  const { wire, other } = await conversation();
  other.write('{"type":"ping"}\n'.repeat(40));
  await wire.closed;
});

it("Who fetches nothing of what he is told is hung up on", async () => {
  const { wire, other } = await conversation();
  other.pause();
  for (let told = 0; told < 30_000; told += 1) wire.say({ type: "news", status: "x".repeat(1000) });
  await wire.closed;
});

it("What came early is heard first, and in its order", async () => {
  const { wire, other } = await conversation();
  other.write('{"type":"ended"}\n{"type":"pong","time":1}\n{"type":"pi');
  expect(await wire.next()).toEqual({ type: "ended" });
  const heard: Message[] = [];
  const all = new Promise<void>((resolve) => {
    wire.listen((message) => {
      if (heard.push(message) === 2) resolve();
    });
  });
  other.write('ng"}\n');
  await all;
  expect(heard).toEqual([{ type: "pong", time: 1 }, { type: "ping" }]);
});
