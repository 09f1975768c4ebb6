import { hash } from "node:crypto";
import type { Fs, OpenFile } from "../../../src/store/files.js";
import { Journal } from "../../../src/store/journal.js";
import { JournalFolder } from "../../../src/store/journalFolder.js";
import { Kept } from "../../../src/store/kept.js";
import type { JournalRecord } from "../../../src/store/record.js";
import { Store } from "../../../src/store/store.js";
import { Ulids } from "../../../src/store/ulid.js";
import { FOLDER, JOURNALS } from "./broken.js";
import type { Process } from "./computer.js";
import { isDamage } from "./nextWindow.js";

/** A mistake that the store could have, switched on around it: the simulation must notice it. */
export interface PlantedBug {
  readonly name: string;
  fs?(fs: Fs, process: Process): Fs;
  store?(store: Store): Store;
  /** In the place of the numbers that ids are made of. */
  random?(): number;
  /** Only where people trade it does harm. */
  readonly needsTraders?: boolean;
  /** Changes the program's own classes. Returns what puts them right again. */
  plant?(): () => void;
}

/** Each of them breaks the promise in a way of its own. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  { name: "a file is never synced", fs: withFiles((file) => ({ ...file, sync: nothing })) },
  {
    name: "a record is acknowledged before it is synced",
    fs: withFiles((file) => {
      let late: Promise<void> = Promise.resolve();
      return {
        ...file,
        append: (bytes) => late.then(() => file.append(bytes)),
        async sync() {
          late = file.sync().catch(() => undefined);
        },
      };
    }),
  },
  {
    name: "a disk error on sync is taken for success",
    fs: withFiles((file) => ({ ...file, sync: () => file.sync().catch(nothing) })),
  },
  {
    name: "a file whose sync failed is synced once more",
    fs: withFiles((file) => ({ ...file, sync: () => file.sync().catch(() => file.sync()) })),
  },
  { name: "the name of a new file is never synced", fs: (fs) => ({ ...fs, syncFolder: nothing }) },
  {
    name: "only the folder of the journals is synced, not the name of that folder",
    fs: (fs) => ({ ...fs, syncFolder: (path) => (path === JOURNALS ? fs.syncFolder(path) : nothing()) }),
  },
  {
    name: "a short write is taken for a whole one",
    fs: withFiles((file) => ({
      ...file,
      async append(bytes) {
        await file.append(bytes);
        return bytes.length;
      },
    })),
  },
  {
    name: "half a record is left in the file and written on",
    fs: withFiles((file) => ({ ...file, truncate: nothing })),
  },
  {
    name: "the file is cut in its middle",
    fs: withFiles((file) => ({ ...file, truncate: (length) => file.truncate(Math.floor(length / 2)) })),
  },
  {
    name: "what another window left unsynced is shown as it is",
    fs: (fs) => {
      // The copy into the own journal is what an open begins with: it alone is not waited for.
      let first = true;
      return withFiles((file) => ({
        ...file,
        async sync() {
          if (!first) return file.sync();
          first = false;
        },
      }))(fs);
    },
  },
  {
    name: "a damaged journal is deleted once a copy of it is made",
    fs: (fs) => ({
      ...fs,
      async rename(from, to) {
        await fs.rename(from, to);
        const name = /quarantine\/(.*\.jl)\./.exec(to)?.[1];
        if (name !== undefined) await fs.remove(`${JOURNALS}/${name}`);
      },
    }),
  },
  {
    name: "all temporary files are cleared away at the start, whoever made them",
    fs: (fs) => ({
      ...fs,
      async readdir(path) {
        const names = await fs.readdir(path);
        if (path === FOLDER) for (const name of names) if (name.endsWith(".tmp")) await fs.remove(`${path}/${name}`);
        return names;
      },
    }),
  },
  {
    name: "two windows make the same ids and open each other's journals",
    random: () => 0.5,
    fs: (fs) => ({
      ...fs,
      open: (path, mode) => fs.open(path, path.endsWith(".jl") ? "append" : mode),
    }),
  },
  {
    name: "a file is replaced in place",
    fs: (fs) => ({
      ...fs,
      async rename(from, to) {
        await fs.remove(to);
        const file = await fs.open(to, "createNew");
        await file.append(await fs.readFile(from));
        await file.sync();
        await file.close();
        await fs.remove(from);
      },
    }),
  },
  {
    name: "a file takes another's place before its bytes are on the disk",
    fs: (fs) => withFiles((file, path) => (path.endsWith(".tmp") ? { ...file, sync: nothing } : file))(fs),
  },
  {
    name: "a journal that cannot be read is taken for an empty one",
    fs: (fs) => {
      // Such a disk fails more often than the simulated ones do.
      let reads = 0;
      return {
        ...fs,
        async readFile(path) {
          reads += 1;
          return path.endsWith(".jl") && reads % 4 === 0 ? new Uint8Array() : fs.readFile(path);
        },
      };
    },
  },
  {
    name: "a journal folder that cannot be listed is taken for an empty one",
    fs: (fs) => {
      // As above.
      let lists = 0;
      return {
        ...fs,
        async readdir(path) {
          if (path === JOURNALS) lists += 1;
          return path === JOURNALS && lists % 4 === 0 ? [] : fs.readdir(path);
        },
      };
    },
  },
  {
    name: "another window's journal is read once and never again",
    fs: (fs) => {
      const sizes = new Map<string, number>();
      return {
        ...fs,
        async stat(path) {
          const status = await fs.stat(path);
          if (status === undefined || !path.endsWith(".jl")) return status;
          const size = sizes.get(path) ?? status.size;
          sizes.set(path, size);
          return { ...status, size };
        },
      };
    },
  },
  {
    name: "what a look finds is applied a second time",
    store: (store) => {
      const refresh = store.refresh.bind(store);
      store.refresh = async () => {
        const found = await refresh();
        return [...found, ...found];
      };
      return store;
    },
  },
  {
    name: "a record is told of and not written",
    store: (store) => {
      const keep = store.keep.bind(store);
      let count = 0;
      store.keep = async (outputs) => {
        count += 1;
        return count % 5 === 0 ? outputs : keep(outputs);
      };
      return store;
    },
  },
  {
    name: "a folder is made anew over the one that is there",
    fs: (fs) => ({
      ...fs,
      async mkdir(path) {
        if (path === JOURNALS) for (const name of await fs.readdir(path)) await fs.remove(`${path}/${name}`);
        await fs.mkdir(path);
      },
    }),
  },
  {
    name: "what was recorded is in no order of its ids",
    store: (store) => {
      const outputs = Reflect.getOwnPropertyDescriptor(Store.prototype, "outputs")?.get;
      return Object.defineProperty(store, "outputs", { get: () => outputs?.call(store).toReversed() });
    },
  },
  {
    name: "a file that could not be cut is taken for cut",
    fs: withFiles((file) => ({ ...file, truncate: (length) => file.truncate(length).catch(nothing) })),
  },
  { name: "a journal that was deleted or cut is taken for being as it was", fs: unmoved },
  {
    name: "the room put aside for a full disk is never given up",
    fs: (fs) => ({ ...fs, remove: (path) => (path.endsWith("reserve.bin") ? nothing() : fs.remove(path)) }),
  },
  {
    name: "damage is never told",
    plant: () =>
      replaced(
        JournalFolder.prototype,
        "look",
        (look) =>
          async function (this: JournalFolder) {
            return (await look.call(this)).filter((problem) => !isDamage(problem));
          },
      ),
  },
  {
    name: "no copy of a damaged journal is put aside",
    fs: (fs) => ({
      ...fs,
      rename: (from, to) => (to.includes("/quarantine/") ? fs.remove(from) : fs.rename(from, to)),
    }),
  },
  {
    name: "ids do not rise above those that others made",
    plant: () => replaced(Ulids.prototype, "startAfter", () => () => undefined),
  },
  {
    name: "one record too many is noted of a finished journal",
    fs: withFiles((file, path) => ({
      ...file,
      append: (bytes) => (path.endsWith("journal_ends.jsonl") ? file.append(oneMore(bytes)) : file.append(bytes)),
    })),
  },
  {
    name: "a snapshot is believed whatever its checksum says",
    fs: (fs) => ({
      ...fs,
      async readFile(path) {
        const bytes = await fs.readFile(path);
        return path.endsWith(".snapshot") ? withChecksum(bytes) : bytes;
      },
    }),
  },
  {
    name: "all files of a window are taken for known to it, also one that it left after an error",
    plant() {
      const sessions = new WeakMap<Journal, string>();
      return replaced(
        Journal.prototype,
        "owns",
        (owns) =>
          function (this: Journal, name) {
            const [own] = this.file.keys();
            if (own !== undefined) sessions.set(this, own.slice(0, ULID_DIGITS));
            return owns.call(this, name) || name.startsWith(sessions.get(this) ?? "none");
          },
      );
    },
  },
  {
    name: "what was in journals that are gone is noted as written again, and is not",
    plant: () => replaced(Kept.prototype, "entries", () => () => []),
  },
  {
    name: "the records of parts bear the version of those that know of none",
    needsTraders: true,
    plant: () => writtenAs((record) => (record.v === 2 ? { ...record, v: 1 } : record)),
  },
  {
    name: "a void of one part is recorded as one of all of them",
    needsTraders: true,
    plant: () =>
      writtenAs((record) =>
        record.type === "void" ? { ...record, data: { ...(record.data as object), target: undefined } } : record,
      ),
  },
  {
    name: "a snapshot leaves out what was closed in part",
    needsTraders: true,
    plant: () =>
      replaced(
        Kept.prototype,
        "save",
        (save) =>
          function (this: Kept) {
            const state = save.call(this);
            const rows = () => [...state.rows()].filter(({ output }) => output.type !== "partialExit");
            return { ...state, rows };
          },
      ),
  },
  {
    name: "databases are taken for whole when they have the newest record",
    plant: () => {
      const identity = Object.getOwnPropertyDescriptor(Kept.prototype, "identity") ?? {};
      const newest = Object.getOwnPropertyDescriptor(Kept.prototype, "lastRecord") ?? {};
      Object.defineProperty(Kept.prototype, "identity", newest);
      return () => void Object.defineProperty(Kept.prototype, "identity", identity);
    },
  },
];

/** Has each record written as another one, until the function that it returns is called. */
function writtenAs(change: (record: JournalRecord) => JournalRecord): () => void {
  const isWritten = (value: unknown): value is JournalRecord =>
    typeof value === "object" && value !== null && "prev" in value && "v" in value;
  return replaced(
    JSON,
    "stringify",
    (stringify) =>
      ((value: unknown, ...rest: []) =>
        stringify(isWritten(value) ? change(value) : value, ...rest)) as typeof stringify,
  );
}

/** Puts another method in the place of one until the function that it returns is called. */
function replaced<T extends object, K extends keyof T>(target: T, name: K, change: (method: T[K]) => T[K]): () => void {
  const method = target[name];
  target[name] = change(method);
  return () => {
    target[name] = method;
  };
}

const ULID_DIGITS = 26;
const HASH_DIGITS = 64;

/** A line that notes a record more. */
function oneMore(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString();
  return Buffer.from(text.replace(/"records":(\d+)/, (_, records) => `"records":${Number(records) + 1}`));
}

/** A snapshot with the checksum of whatever it holds. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  const content = bytes.subarray(0, Math.max(0, bytes.length - HASH_DIGITS));
  return Buffer.concat([content, Buffer.from(hash("sha256", content))]);
}

/** What a file system says of the files that a process has made: that they are where they were, as it left them. */
function unmoved(fs: Fs): Fs {
  const made = new Map<string, { size: number; readonly identity: string }>();
  return {
    ...fs,
    async open(path, mode) {
      const file = await fs.open(path, mode);
      if (!path.endsWith(".jl")) return file;
      const status = { size: 0, identity: await file.identity() };
      made.set(path, status);
      return {
        ...file,
        async append(bytes) {
          const added = await file.append(bytes);
          status.size += added;
          return added;
        },
        async truncate(length) {
          await file.truncate(length);
          status.size = length;
        },
      };
    },
    async stat(path) {
      const status = await fs.stat(path);
      const own = made.get(path);
      const file = { isFile: true, isFolder: false, readOnly: false, created: 0, modified: 0, changed: 0 };
      return own === undefined ? status : { ...file, ...status, ...own };
    },
  };
}

async function nothing(): Promise<void> {}

function withFiles(change: (file: OpenFile, path: string) => OpenFile): (fs: Fs) => Fs {
  return (fs) => ({ ...fs, open: async (path, mode) => change(await fs.open(path, mode), path) });
}
