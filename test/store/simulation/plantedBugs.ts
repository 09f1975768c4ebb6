import type { Fs, OpenFile } from "../../../src/store/files.js";
import type { Store } from "../../../src/store/store.js";
import type { Process } from "./computer.js";
import { FOLDER, JOURNALS } from "./witness.js";

/** A mistake that the store could have, switched on around it: the simulation must notice it. */
export interface PlantedBug {
  readonly name: string;
  fs?(fs: Fs, process: Process): Fs;
  store?(store: Store): Store;
  /** In the place of the numbers that ids are made of. */
  random?(): number;
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
      // Such a disk fails more often than the simulated ones do.
      let looks = 0;
      return {
        ...fs,
        async readdir(path) {
          looks += 1;
          return looks % 4 === 0 ? [] : fs.readdir(path).catch(() => []);
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
];

async function nothing(): Promise<void> {}

function withFiles(change: (file: OpenFile, path: string) => OpenFile): (fs: Fs) => Fs {
  return (fs) => ({ ...fs, open: async (path, mode) => change(await fs.open(path, mode), path) });
}
