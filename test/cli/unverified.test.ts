import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zstdFrame } from "../support/zstdBytes.js";
import { inProcess } from "./inProcess.js";
import { recording } from "./recording.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "unverified-"));
  for (const checksum of ["right", "none"] as const) {
    writeFileSync(join(root, `${checksum}.dbn.zst`), zstdFrame(recording(), { checksum, blockBytes: 100_000 }));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(["replay", "backtest", "decode"])("%s of a compressed file", (command) => {
  it("without a checksum says in one line that damage in it cannot be seen", async () => {
    const path = join(root, "none.dbn.zst");
    const { code, err } = await inProcess(command, path);
    expect(code).toBe(0);
    expect(err.split("\n").filter((line) => line.includes("checksum"))).toEqual([
      `"${path}" has no checksum, or not everywhere: damage in it cannot be seen`,
    ]);
  });

  it("with a checksum says nothing of it", async () => {
    const { code, err } = await inProcess(command, join(root, "right.dbn.zst"));
    expect(code).toBe(0);
    expect(err).not.toContain("checksum");
  });
});
