import { outputId } from "../../../src/core/events.js";
import type { Fs } from "../../../src/store/files.js";
import { loadSql } from "../../../src/store/projection.js";
import { snapshotPath } from "../../../src/store/snapshot.js";
import { Store } from "../../../src/store/store.js";
import { wasm } from "../support.js";
import { Broken, FOLDER, oneLine } from "./broken.js";
import { Computer, NO_FAULTS } from "./computer.js";
import type { Disk } from "./disk.js";
import type { PlantedBug } from "./plantedBugs.js";
import { Random } from "./random.js";

/** The version of all windows: a snapshot of another one is not read. */
export const APP = "0.1.0";
const ANOTHER_APP = "another";

/** The real ones, loaded once: no window shall wait for them. */
export const WASM = await wasm();
const sql = await loadSql(WASM);

/** Opens what is on a disk, undisturbed and from the journals alone: no snapshot may hide what they lack. */
export function openFresh(disk: Disk): Promise<Store> {
  return open(disk, { appVersion: ANOTHER_APP, readOnly: true });
}

interface Opening {
  readonly appVersion: string;
  readonly readOnly: boolean;
  readonly bug?: PlantedBug | undefined;
}

async function open(disk: Disk, { appVersion, readOnly, bug }: Opening): Promise<Store> {
  const computer = new Computer(disk, new Random(1));
  const process = computer.start();
  computer.rates = NO_FAULTS;
  if (disk.stat(FOLDER) === undefined) disk.mkdir(FOLDER);
  const plain = computer.instantFs(process);
  const fs: Fs = bug?.fs?.(plain, process) ?? plain;
  const log = { info: oneLine, warn: oneLine, error: oneLine };
  return Store.open({ folder: FOLDER, kind: "live", appVersion, fs, wasm: async () => WASM, log, readOnly });
}

/** A journal that is not as it was written any more. */
export interface Damaged {
  readonly name: string;
  /** Undefined: it is gone. */
  readonly bytes: Buffer | undefined;
}

/** The next window tells of it, and puts a copy of what is left aside. */
export async function checkTold(disk: Disk, { name, bytes }: Damaged, bug: PlantedBug | undefined): Promise<void> {
  const { warnings } = await open(disk, { appVersion: ANOTHER_APP, readOnly: false, bug });
  if (!warnings.some((warning) => isDamage(warning) && warning.includes(`"${name}"`)))
    throw new Broken(`Nobody is told that "${name}" is damaged or missing`);
  if (bytes === undefined) return;
  const folder = `${FOLDER}/quarantine`;
  const names = disk.stat(folder) === undefined ? [] : [...disk.folder(folder).names.keys()];
  const copies = names.filter((copy) => copy.startsWith(`${name}.`));
  if (!copies.some((copy) => disk.file(`${folder}/${copy}`).cache.equals(bytes)))
    throw new Broken(`No copy of "${name}" was put aside`);
}

/** Whether a sentence tells of damage. */
export function isDamage(sentence: string): boolean {
  return /^The journal ".*" (is (damaged|missing|gone)|was not written to its end)/.test(sentence);
}

/**
 * Whether a sentence says for certain that something is lost. That a journal has no whole record is also said after a window was ended
 * within its first one: nothing on the disk tells the two apart.
 */
export function isCertainDamage(sentence: string): boolean {
  return /^The journal ".*" is (damaged|missing|gone)/.test(sentence);
}

/** Whoever begins with the snapshot holds the same as who reads the journals, whichever bit of the snapshot has changed. */
export async function checkSnapshot(disk: Disk, random: Random, bug: PlantedBug | undefined): Promise<void> {
  if (disk.stat(snapshotPath(FOLDER)) === undefined) return;
  const expected = textOf(await openFresh(disk));
  for (const rotten of [false, true]) {
    if (rotten) flip(disk, random);
    const found = textOf(await open(disk, { appVersion: APP, readOnly: true, bug }));
    if (found !== expected) throw new Broken(`With a ${rotten ? "rotten " : ""}snapshot it holds something else`);
  }
}

function flip(disk: Disk, random: Random): void {
  const node = disk.file(snapshotPath(FOLDER));
  const bytes = Buffer.from(node.cache);
  if (bytes.length === 0) return;
  const at = random.below(bytes.length);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
  node.cache = bytes;
}

function textOf(store: Store): string {
  return [...store.everything()].map((output) => `${outputId(output)} ${JSON.stringify(output)}`).join("\n");
}

/** The user's databases hold all that the journals do, to the byte. */
export async function checkDatabases(disk: Disk): Promise<void> {
  const store = await open(disk, { appVersion: APP, readOnly: true });
  if (store.outputs.length === 0) return;
  const { statistics, paper } = await store.databases();
  for (const [name, bytes] of [
    ["bayesian_stats.db", statistics],
    ["paper_trades.db", paper],
  ] as const) {
    const path = `${FOLDER}/${name}`;
    if (disk.stat(path) === undefined) throw new Broken(`There is no ${name}`);
    const { cache } = disk.file(path);
    if (!cache.equals(bytes) && tablesOf(cache) !== tablesOf(bytes))
      throw new Broken(`${name} is not made of all that was recorded`);
  }
}

/**
 * All rows of a database, but not of how many records it was made: of two records of one output one may be gone with its journal, and
 * a window that had read both still counts both. A start makes the database anew then, of the same rows.
 */
function tablesOf(bytes: Uint8Array): string {
  const database = new sql.Database(bytes);
  try {
    const tables = database.exec("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")[0]?.values ?? [];
    const rows = tables.map(([name]) =>
      database.exec(`SELECT * FROM "${name}"${name === "meta" ? " WHERE key <> 'records'" : ""}`),
    );
    return JSON.stringify([tables, rows], (_, value) => (typeof value === "bigint" ? `${value}` : value));
  } finally {
    database.close();
  }
}
