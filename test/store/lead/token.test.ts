import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { nodeFs } from "../../../src/store/files.js";
import { leaderToken, nonce, proof, proves } from "../../../src/store/lead/token.js";
import { temporaryFolder } from "../support.js";

const TOKEN = "0123456789abcdef".repeat(4);

let folder: string;
let path: string;
beforeEach(() => {
  folder = join(temporaryFolder(), "data");
  mkdirSync(folder);
  path = join(folder, "lease.token");
});

describe("The token of a folder", () => {
  it("is the one that another window has just made, though it was not written yet when it was looked at", async () => {
    writeFileSync(path, "");
    let looks = 0;
    const slow = {
      ...nodeFs,
      async stat(file: string) {
        looks += 1;
        if (looks === 3) writeFileSync(path, TOKEN);
        return nodeFs.stat(file);
      },
    };
    expect(await leaderToken(slow, folder)).toBe(TOKEN);
    expect(readFileSync(path, "utf8")).toBe(TOKEN);
  });

  it("is made anew over what is as long and no token", async () => {
    writeFileSync(path, "?".repeat(64));
    const made = await leaderToken(nodeFs, folder);
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(path, "utf8")).toBe(made);
  });

  it("proves a leader by other words than a follower: neither can say the other's again", () => {
    const nonces = [nonce(), nonce()] as const;
    expect(proves(proof(TOKEN, "leader", nonces), proof(TOKEN, "leader", nonces))).toBe(true);
    expect(proves(proof(TOKEN, "follower", nonces), proof(TOKEN, "leader", nonces))).toBe(false);
    expect(proves(proof(TOKEN, "leader", [nonces[1], nonces[0]]), proof(TOKEN, "leader", nonces))).toBe(false);
  });

  it("is made anew over half of one whose window was killed", async () => {
    writeFileSync(path, TOKEN.slice(0, 20));
    const made = await leaderToken(nodeFs, folder);
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(path, "utf8")).toBe(made);
  });
});
