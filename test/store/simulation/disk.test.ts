import { expect, it } from "vitest";
import { type Fs, makeFolder } from "../../../src/store/files.js";
import { Computer } from "./computer.js";
import { Disk } from "./disk.js";
import { Random } from "./random.js";

/** A disk with `/home`, and a process that has it without waiting. */
function machine(): { disk: Disk; fs: Fs } {
  const disk = new Disk();
  const computer = new Computer(disk, new Random(1));
  disk.mkdir("/home");
  disk.root.sync();
  return { disk, fs: computer.instantFs(computer.start()) };
}

/** What a power cut may leave of the file `/home/a`, over many of them. */
function remains(disk: Disk): ReadonlySet<string> {
  const found = new Set<string>();
  for (let seed = 0; seed < 200; seed += 1) {
    const copy = disk.copy();
    copy.cutPower(new Random(seed));
    found.add(copy.stat("/home/a") === undefined ? "none" : copy.file("/home/a").cache.toString("latin1"));
  }
  return found;
}

it("a power cut may lose a name that was not synced, and any sector of what was not", async () => {
  const { disk, fs } = machine();
  const file = await fs.open("/home/a", "createNew");
  await file.append(Buffer.alloc(1024, "x"));
  await file.sync();
  expect(remains(disk)).toEqual(new Set(["none", "x".repeat(1024)]));
  await fs.syncFolder("/home");
  expect(remains(disk)).toEqual(new Set(["x".repeat(1024)]));
  await file.append(Buffer.alloc(1024, "y"));
  const left = [...remains(disk)];
  expect(left.every((text) => text.startsWith("x".repeat(1024)))).toBe(true);
  expect(left).toContain(`${"x".repeat(1024)}${"\0".repeat(512)}${"y".repeat(512)}`);
  expect(left.some((text) => text.length > 1024 && text.length < 2048)).toBe(true);
});

it("a sync that failed leaves bytes that no later sync brings to the disk", () => {
  const { disk } = machine();
  const node = disk.open("/home/a", "createNew", 0);
  disk.folder("/home").sync();
  let lost = 0;
  for (let seed = 0; seed < 50; seed += 1) {
    const length = node.cache.length;
    disk.write(node, Buffer.alloc(512, "x"), 0);
    node.failSync(new Random(seed));
    node.sync();
    if (node.durable[length] !== "x".charCodeAt(0)) lost += 1;
    expect(node.cache[length]).toBe("x".charCodeAt(0));
  }
  expect(lost).toBeGreaterThan(0);
});

it("a renaming happens whole or not at all", async () => {
  const { disk, fs } = machine();
  for (const [name, text] of [
    ["a", "old"],
    ["b", "new"],
  ] as const) {
    const file = await fs.open(`/home/${name}`, "createNew");
    await file.append(Buffer.from(text));
    await file.sync();
  }
  await fs.syncFolder("/home");
  await fs.rename("/home/b", "/home/a");
  expect(remains(disk)).toEqual(new Set(["old", "new"]));
});

it("a folder whose maker was killed before its name was synced is durable when the next one made it", async () => {
  const { disk, fs } = machine();
  // The first process made it and got no further.
  await fs.mkdir("/home/a");
  await makeFolder(fs, "/home/a");
  disk.cutPower(new Random(1));
  expect(disk.stat("/home/a")?.isFolder).toBe(true);
});
