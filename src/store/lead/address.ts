import { createHash } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Fs } from "../files.js";

/**
 * Where the leader of an epoch listens: a name of the system that two processes cannot hold at once. On Linux and Windows it
 * goes with the process; elsewhere it is a socket file in a folder of the user's own.
 */
export async function leaderAddress(fs: Fs, folder: string, epoch: number): Promise<string> {
  const { uid, username } = userInfo();
  const name = createHash("sha256")
    .update(`${uid}:${username}:${await fs.realPath(folder)}`)
    .digest("hex")
    .slice(0, 24);
  const called = `volume-cluster-${name}-${epoch}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${called}`;
  if (process.platform === "linux") return `\0${called}`;
  const home = join(tmpdir(), `volume-cluster-${uid}`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  // The whole path of a socket has about 100 characters.
  return join(home, `${name}-${epoch}`);
}
