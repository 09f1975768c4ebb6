import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Fs, nodeFs } from "../../../src/store/files.js";
import { leaderAddress } from "../../../src/store/lead/address.js";
import { claimLead, type Following, findLeader, type Leading } from "../../../src/store/lead/lead.js";
import { leaderToken } from "../../../src/store/lead/token.js";
import { temporaryFolder } from "../support.js";

const PING_MS = 1000;
/** On a busy machine a process that is well leaves others waiting for longer than a second. */
const PROCESS_PING_MS = 10_000;
/** Of another window of this machine. */
const LEASE = { epoch: 7, window: "other", pid: 1, host: hostname(), since: "2025-06-09T13:30:00Z" };

let folder: string;
const leads: (Leading | Following)[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = join(temporaryFolder(), "data");
  mkdirSync(folder);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const lead of leads.splice(0)) lead.role === "leader" ? await lead.end() : lead.close();
});

async function claimed<Role extends "leader" | "follower">(role: Role) {
  const lead = await claimLead({ folder, pingMs: PING_MS });
  leads.push(lead);
  expect(lead.role).toBe(role);
  return lead as Extract<Leading | Following, { role: Role }>;
}

describe("The lead of a folder", () => {
  it("goes to one of many that want it at once; the others follow that one", async () => {
    // None hangs here, however slow the machine is.
    const all = await Promise.all(Array.from({ length: 5 }, () => claimLead({ folder, pingMs: 60_000 })));
    leads.push(...all);
    expect(all.map(({ role }) => role).sort()).toEqual(["follower", "follower", "follower", "follower", "leader"]);
    expect(new Set(all.map(({ lease }) => lease.window)).size).toBe(1);
  });

  it("is held by nobody who can be asked where a folder stands in the place of the token", async () => {
    const { lease } = await claimed("leader");
    rmSync(join(folder, "lease.token"));
    mkdirSync(join(folder, "lease.token"));
    expect(lease.epoch).toBe(1);
    expect(await findLeader({ folder })).toBeUndefined();
  });

  it("is told in the file lease, for people", async () => {
    const { lease } = await claimed("leader");
    expect(JSON.parse(readFileSync(join(folder, "lease"), "utf8"))).toEqual(lease);
    expect(lease).toMatchObject({ epoch: 1, pid: process.pid });
    expect(statSync(join(folder, "lease.token")).mode & 0o777).toBe(0o600);
  });

  it("goes on in a next epoch when its leader has ended, and the followers know that nobody need take over", async () => {
    const leader = await claimed("leader");
    const follower = await claimed("follower");
    await leader.end();
    expect(await follower.over).toBe("ended");
    expect(await findLeader({ folder })).toBeUndefined();
    expect((await claimed("leader")).lease.epoch).toBe(2);
  });

  it("tells its followers how the feed does, those that come later too", async () => {
    const leader = await claimed("leader");
    leader.tell("Live");
    const follower = await findLeader({ folder, pingMs: PING_MS });
    if (follower === undefined) throw new Error("There is a leader");
    leads.push(follower);
    await expect.poll(() => follower.status).toBe("Live");
    leader.tell("Reconnecting");
    await expect.poll(() => follower.status).toBe("Reconnecting");
  });

  it("tells who asks how far its market is, and what it told last once it is gone", async () => {
    let time = 0;
    const leader = await claimLead({ folder, pingMs: PING_MS, marketTime: () => time });
    if (leader.role === "leader") leads.push(leader);
    const follower = await claimed("follower");
    expect(await follower.marketTime()).toBe(0);
    time = 1_749_475_800_000_000;
    expect(await follower.marketTime()).toBe(time);
    time += 1_000_000;
    await expect.poll(() => follower.time).toBe(time);
    if (leader.role === "leader") await leader.end();
    expect(await follower.marketTime()).toBe(time);
  });

  it("is asked for by a follower", async () => {
    const leader = await claimed("leader");
    const follower = await claimed("follower");
    follower.askForLead();
    await leader.askedToHandOver;
    await leader.end();
    await follower.over;
    await claimed("leader");
    expect(await leader.isHeld()).toBe(false);
  });

  it("is not known where no window ever led, and nothing is written by looking", async () => {
    expect(await findLeader({ folder })).toBeUndefined();
    expect(await nodeFs.readdir(folder)).toEqual([]);
  });

  it("is found where the folder is named by a symbolic path", async () => {
    await claimed("leader");
    const other = await claimLead({ folder: join(folder, "..", "data"), pingMs: PING_MS });
    leads.push(other);
    expect(other.role).toBe("follower");
  });

  it.each([
    ["no JSON", "not json"],
    ["another shape", '{"epoch":"1"}'],
    ["nothing", ""],
    ["too much", "x".repeat(5000)],
    ["a lease that is longer than any", `${JSON.stringify(LEASE)}${" ".repeat(5000)}`],
  ])("starts anew where the lease is damaged: %s", async (_, text) => {
    writeFileSync(join(folder, "lease"), text);
    expect((await claimed("leader")).lease.epoch).toBe(1);
  });

  it.each([
    ["nobody knows a secret yet", undefined],
    ["another window has made a new secret already", "ab".repeat(32)],
  ])("stays with its leader when the folder was deleted and made anew, where %s", async (_, token) => {
    const first = await claimed("leader");
    await first.end();
    const leader = await claimed("leader");
    rmSync(folder, { recursive: true });
    expect(await leader.isHeld()).toBe(true);
    mkdirSync(folder);
    if (token !== undefined) writeFileSync(join(folder, "lease.token"), token);
    expect(await leader.isHeld()).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, "lease"), "utf8"))).toEqual(leader.lease);
    expect((await claimed("follower")).lease).toEqual(leader.lease);
  });

  it("is looked for at a later address when another window was faster between two looks at the lease", async () => {
    let looks = 0;
    const fs: Fs = {
      ...nodeFs,
      stat(path) {
        if (path === join(folder, "lease")) {
          looks += 1;
          // The last one before it would be taken.
          if (looks === 4) writeFileSync(path, JSON.stringify(LEASE));
        }
        return nodeFs.stat(path);
      },
    };
    const lead = await claimLead({ folder, fs, pingMs: PING_MS });
    leads.push(lead);
    expect(lead).toMatchObject({ role: "leader", lease: { epoch: 8 } });
  });

  it.each([1, 2, 3, 4])("is one window's, though another one claims it before look %i at the lease", async (look) => {
    let looks = 0;
    const fs: Fs = {
      ...nodeFs,
      async stat(path) {
        if (path === join(folder, "lease") && ++looks === look) leads.push(await claimLead({ folder, pingMs: 60_000 }));
        return nodeFs.stat(path);
      },
    };
    leads.push(await claimLead({ folder, fs, pingMs: 60_000 }));
    expect(looks).toBeGreaterThanOrEqual(look - 1);
    const all = look > looks ? [...leads, await claimLead({ folder, pingMs: 60_000 })] : leads;
    expect(all.map(({ role }) => role).sort()).toEqual(["follower", "leader"]);
    expect(new Set(all.map(({ lease }) => lease.window)).size).toBe(1);
  });

  it("is given up when others that are gone at once are faster every time", async () => {
    let looks = 0;
    const fs: Fs = {
      ...nodeFs,
      stat(path) {
        if (path === join(folder, "lease")) {
          looks += 1;
          // From the fourth on every second look is the last one of a claim: it finds the lease of its own epoch.
          if (looks > 3 && looks % 2 === 0) writeFileSync(path, JSON.stringify({ ...LEASE, epoch: looks / 2 - 1 }));
        }
        return nodeFs.stat(path);
      },
    };
    const lead = claimLead({ folder, fs, pingMs: PING_MS });
    await expect(lead).rejects.toThrow(/^Could not find out which window runs the feed of .* Try again$/);
    expect(looks).toBe(2 + 2 * 20);
  });

  it("is not looked for here when its lease was written on another machine", async () => {
    const { lease } = await claimed("leader");
    writeFileSync(join(folder, "lease"), JSON.stringify({ ...lease, host: `not ${lease.host}` }));
    expect(await findLeader({ folder, pingMs: PING_MS })).toBeUndefined();
  });

  it("ends at once, though somebody who never said who he is listens still", async () => {
    const leader = await claimLead({ folder, pingMs: 600_000 });
    if (leader.role !== "leader") throw new Error("Nobody else leads");
    const socket = connect(await leaderAddress(nodeFs, folder, leader.lease.epoch));
    socket.on("error", () => undefined);
    await once(socket, "data");
    await leader.end();
    socket.destroy();
  });

  it("is not given to who cannot write the folder", async () => {
    chmodSync(folder, 0o500);
    try {
      // A superuser may write everywhere.
      if (process.getuid?.() === 0) return;
      await expect(claimLead({ folder })).rejects.toThrow("permission denied");
    } finally {
      chmodSync(folder, 0o700);
    }
  });
});

describe("A stranger at the leader's address", () => {
  it.each([
    ["says nothing right", "GET / HTTP/1.1\r\n\r\n"],
    ["says too much in a line", "x".repeat(100_000)],
    ["proves nothing", `{"type":"follower","nonce":"${"0".repeat(32)}","proof":"${"0".repeat(64)}"}\n`],
    ["speaks before its turn", `${'{"type":"ping"}\n'.repeat(40)}`],
  ])("is hung up on when it %s, and learns no secret", async (_, words) => {
    const leader = await claimed("leader");
    const socket = connect(await leaderAddress(nodeFs, folder, leader.lease.epoch));
    let heard = "";
    socket.on("data", (bytes) => {
      heard += bytes;
    });
    socket.on("error", () => undefined);
    socket.write(words);
    await new Promise((resolve) => socket.on("close", resolve));
    expect(heard).not.toContain(readFileSync(join(folder, "lease.token"), "utf8"));
    expect(heard).not.toContain('"leader"');
    const follower = await claimed("follower");
    expect(follower.lease).toEqual(leader.lease);
  });

  it("is not followed when it proves nothing", async () => {
    const lease = { ...LEASE, epoch: 1 };
    writeFileSync(join(folder, "lease"), JSON.stringify(lease));
    await leaderToken(nodeFs, folder);
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(`${JSON.stringify({ type: "who", nonce: "0".repeat(32) })}\n`);
      // What it was told itself proves no leader.
      socket.once("data", (bytes) => {
        const { proof } = JSON.parse(bytes.toString());
        socket.end(`${JSON.stringify({ type: "leader", proof, lease })}\n`);
      });
    });
    server.listen(await leaderAddress(nodeFs, folder, 1));
    await once(server, "listening");
    const found = await findLeader({ folder, pingMs: PING_MS });
    found?.close();
    await new Promise((resolve) => server.close(resolve));
    expect(found).toBeUndefined();
  });

  it("is not followed when it leads with another token", async () => {
    const leader = await claimed("leader");
    rmSync(join(folder, "lease.token"));
    expect(await findLeader({ folder, pingMs: PING_MS })).toBeUndefined();
    expect((await claimed("leader")).lease.epoch).toBe(2);
    expect(await leader.isHeld()).toBe(false);
  });
});

describe("A window that is a process of its own", () => {
  const programs = mkdtempSync(join(tmpdir(), "lead-"));
  const program = join(programs, "child.mjs");

  beforeAll(async () => {
    const entry = fileURLToPath(new URL("leadChild.ts", import.meta.url));
    const node = { platform: "node", target: "node20", format: "esm" } as const;
    await build({ entryPoints: [entry], outfile: program, bundle: true, ...node });
  });

  afterAll(() => rmSync(programs, { recursive: true, force: true }));

  /** Starts one; `next` waits for its next line. */
  function start() {
    const child = spawn(process.execPath, [program, folder, String(PROCESS_PING_MS)], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return {
      next: async () => (await lines.next()).value,
      ask: () => child.stdin.write("?\n"),
      end: () => child.stdin.write("end\n"),
      kill: (signal: NodeJS.Signals) => child.kill(signal),
    };
  }

  it("takes over from one that was killed, each time in a new epoch, one of all that follow (W3)", async () => {
    const windows = [start()];
    expect(await windows[0]?.next()).toBe("leader 1");
    for (let epoch = 2; epoch <= 6; epoch += 1) {
      const [leader, ...followers] = [...windows, start(), ...(epoch === 2 ? [start()] : [])];
      // Those that are new say whom they follow.
      for (const one of followers.slice(windows.length - 1)) expect(await one.next()).toBe(`follower ${epoch - 1}`);
      leader?.kill("SIGKILL");
      const said = await Promise.all(followers.map(async (one) => [await one.next(), one] as const));
      expect(said.map(([line]) => line).filter((line) => line === `leader ${epoch}`)).toHaveLength(1);
      expect(said.map(([line]) => line).filter((line) => line === `follower ${epoch}`)).toHaveLength(
        followers.length - 1,
      );
      windows.splice(0, windows.length, ...said.toSorted(([a], [b]) => (a < b ? 1 : -1)).map(([, one]) => one));
    }
  });

  it("is passed over while it is stopped, and knows it when it wakes (W4)", async () => {
    const [first, second] = [start(), start()];
    const said = [await first.next(), await second.next()];
    const [leader, follower] = said[0] === "leader 1" ? [first, second] : [second, first];
    leader.ask();
    expect(await leader.next()).toBe("held");
    leader.kill("SIGSTOP");
    expect(await follower.next()).toBe("leader 2");
    leader.kill("SIGCONT");
    leader.ask();
    expect(await leader.next()).toBe("lost");
    follower.ask();
    expect(await follower.next()).toBe("held");
  });

  it("is not followed by a take-over when it ends as its user wants it", async () => {
    const leader = start();
    expect(await leader.next()).toBe("leader 1");
    const follower = start();
    expect(await follower.next()).toBe("follower 1");
    leader.end();
    expect(await follower.next()).toBe("ended");
  });
});
