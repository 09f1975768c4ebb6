import { basename, dirname } from "node:path";
import type { FileStatus } from "../../../src/store/files.js";
import { systemError } from "../support.js";
import type { Random } from "./random.js";

/** A power cut keeps or loses whole sectors. */
const SECTOR = 512;

/** A file: its bytes as processes see them, and as they are on the disk. */
export class FileNode {
  cache: Buffer = Buffer.alloc(0);
  durable: Buffer = Buffer.alloc(0);
  /** Sectors that were written and not synced. */
  readonly dirty = new Set<number>();
  readonly id: number;
  readonly created: number;
  modified: number;
  /** How often it was changed. */
  changes = 0;

  constructor(id: number, now: number) {
    this.id = id;
    this.created = now;
    this.modified = now;
  }

  write(bytes: Uint8Array): void {
    const begin = this.cache.length;
    this.changes += 1;
    // Buffers are never changed: a copy of the disk shares them.
    this.cache = Buffer.concat([this.cache, bytes]);
    for (let at = Math.floor(begin / SECTOR); at * SECTOR < this.cache.length; at += 1) this.dirty.add(at);
  }

  truncate(length: number): void {
    this.changes += 1;
    this.cache = this.cache.subarray(0, length);
    for (const at of this.dirty) if (at * SECTOR >= length) this.dirty.delete(at);
  }

  sync(): void {
    this.#store(this.cache.length, () => true);
  }

  /** The disk fails, and the system takes what it could not write for written: a second sync confirms it without cause. */
  failSync(random: Random): void {
    this.#store(random.pick([this.durable.length, this.cache.length]), () => random.chance(0.5));
  }

  /** Of what was not synced, any part may have reached the disk, in any order. */
  loseCache(random: Random): void {
    const [from, to] = [this.durable.length, this.cache.length];
    this.#store(random.pick([from, to, from + Math.round((to - from) * random.next())]), () => random.chance(0.5));
    this.cache = this.durable;
  }

  #store(length: number, reaches: (sector: number) => boolean): void {
    if (length !== this.durable.length || this.dirty.size > 0) {
      const bytes = Buffer.alloc(length);
      this.durable.copy(bytes);
      for (const sector of this.dirty) {
        const begin = sector * SECTOR;
        if (reaches(sector) && begin < length) this.cache.copy(bytes, begin, begin, begin + SECTOR);
      }
      this.durable = bytes;
    }
    this.dirty.clear();
  }
}

type Names = Map<string, FileNode | FolderNode>;

/** A folder: its names as processes see them, and as they are on the disk. */
export class FolderNode {
  names: Names = new Map();
  durable: Names = new Map();
  /** What was done to the names and is not synced, in order; a renaming is one step. */
  pending: ((names: Names) => void)[] = [];
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  change(step: (names: Names) => void): void {
    step(this.names);
    this.pending.push(step);
  }

  sync(): void {
    this.durable = new Map(this.names);
    this.pending = [];
  }

  loseCache(random: Random): void {
    for (const step of this.pending.slice(0, random.below(this.pending.length + 1))) step(this.durable);
    this.pending = [];
    this.names = new Map(this.durable);
    for (const node of this.names.values()) node.loseCache(random);
  }
}

/** A disk behind a page cache. Nothing in it waits: who waits, and what fails, is decided by whoever calls it. */
export class Disk {
  root = new FolderNode(0);
  /** Bytes that still fit. */
  free = Number.POSITIVE_INFINITY;
  /** Some file systems write a file anew to make it shorter. */
  needsRoomToCut = false;
  #nodes = 1;

  /** All that no sync made durable is lost, whole or in parts. */
  cutPower(random: Random): void {
    this.root.loseCache(random);
  }

  /** The same disk once more, to see what would be on it. */
  copy(): Disk {
    const copies = new Map<FileNode | FolderNode, FileNode | FolderNode>();
    const disk = new Disk();
    disk.root = copyFolder(this.root, copies);
    disk.#nodes = this.#nodes;
    return disk;
  }

  file(path: string): FileNode {
    const node = this.#find(path);
    if (!(node instanceof FileNode)) throw systemError(node === undefined ? "ENOENT" : "EISDIR");
    return node;
  }

  /** Makes a file, or opens the one that is there. */
  open(path: string, mode: "createNew" | "append", now: number): FileNode {
    const found = this.#find(path);
    if (found !== undefined && mode === "createNew") throw systemError("EEXIST");
    if (found !== undefined) return this.file(path);
    const node = new FileNode(this.#nodes++, now);
    this.#parent(path).change((names) => names.set(basename(path), node));
    return node;
  }

  /** Writes what fits. Returns how many bytes. */
  write(node: FileNode, bytes: Uint8Array, now: number): number {
    if (this.free <= 0) throw systemError("ENOSPC");
    const fits = Math.min(bytes.length, this.free);
    node.write(bytes.subarray(0, fits));
    node.modified = now;
    this.free -= fits;
    return fits;
  }

  truncate(node: FileNode, length: number): void {
    if (this.needsRoomToCut && this.free <= 0) throw systemError("ENOSPC");
    this.free += Math.max(0, node.cache.length - length);
    node.truncate(length);
  }

  mkdir(path: string): void {
    if (this.#find(path) !== undefined) throw systemError("EEXIST");
    const node = new FolderNode(this.#nodes++);
    this.#parent(path).change((names) => names.set(basename(path), node));
  }

  folder(path: string): FolderNode {
    const node = this.#find(path);
    if (!(node instanceof FolderNode)) throw systemError(node === undefined ? "ENOENT" : "ENOTDIR");
    return node;
  }

  rename(from: string, to: string): void {
    const node = this.#find(from);
    if (node === undefined) throw systemError("ENOENT");
    this.#parent(to).change((names) => {
      names.delete(basename(from));
      names.set(basename(to), node);
    });
  }

  remove(path: string): void {
    const node = this.#find(path);
    if (!(node instanceof FileNode)) throw systemError(node === undefined ? "ENOENT" : "EPERM");
    this.free += node.cache.length;
    this.#parent(path).change((names) => names.delete(basename(path)));
  }

  stat(path: string): FileStatus | undefined {
    const node = this.#find(path);
    if (node === undefined) return undefined;
    const isFile = node instanceof FileNode;
    const [created, modified] = isFile ? [node.created, node.modified] : [0, 0];
    const size = isFile ? node.cache.length : 0;
    return {
      size,
      isFile,
      isFolder: !isFile,
      readOnly: false,
      identity: String(node.id),
      created,
      modified,
      changed: isFile ? node.changes : 0,
    };
  }

  #parent(path: string): FolderNode {
    return this.folder(dirname(path));
  }

  #find(path: string): FileNode | FolderNode | undefined {
    let node: FileNode | FolderNode | undefined = this.root;
    for (let from = 0; from < path.length; ) {
      const slash = path.indexOf("/", from);
      const end = slash < 0 ? path.length : slash;
      if (end > from) {
        if (!(node instanceof FolderNode)) return undefined;
        node = node.names.get(path.slice(from, end));
      }
      from = end + 1;
    }
    return node;
  }
}

type Copies = Map<FileNode | FolderNode, FileNode | FolderNode>;

/** Steps that are pending name nodes of the original, so they are carried out again as the difference that they make. */
function copyFolder(folder: FolderNode, copies: Copies): FolderNode {
  const copy = new FolderNode(folder.id);
  const copied = (names: Names): Names => new Map([...names].map(([name, node]) => [name, copyNode(node, copies)]));
  copy.names = copied(folder.names);
  copy.durable = copied(folder.durable);
  let before = new Map(folder.durable);
  for (const step of folder.pending) {
    const after = new Map(before);
    step(after);
    const next = copied(after);
    copy.pending.push((names) => {
      names.clear();
      for (const [name, node] of next) names.set(name, node);
    });
    before = after;
  }
  return copy;
}

function copyNode(node: FileNode | FolderNode, copies: Copies): FileNode | FolderNode {
  const known = copies.get(node);
  if (known !== undefined) return known;
  if (node instanceof FolderNode) {
    const folder = copyFolder(node, copies);
    copies.set(node, folder);
    return folder;
  }
  const file = new FileNode(node.id, node.created);
  file.modified = node.modified;
  file.changes = node.changes;
  file.cache = node.cache;
  file.durable = node.durable;
  for (const at of node.dirty) file.dirty.add(at);
  copies.set(node, file);
  return file;
}
