import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeFile } from "../../../src/feed/databento/describe.js";
import { concatBytes, metadata, trade } from "../../support/dbnBytes.js";
import { dataFile, dataFiles, MARKET_DATA, NEEDS_DATA } from "../../support/marketData.js";

interface Vector {
  readonly file: string;
  readonly records?: readonly Plain[];
}

interface FileVector extends Vector {
  readonly metadata: Plain;
  readonly records: readonly Plain[];
  readonly record_count: number;
}

interface ExtraVector extends Vector {
  readonly each_record_has?: Plain;
  readonly mappings?: { readonly raw_symbol: string; readonly interval_count: number; readonly first: unknown };
}

const vectors: { readonly decode: readonly FileVector[]; readonly decode_extra: readonly ExtraVector[] } = JSON.parse(
  readFileSync(new URL("../../data/dbn-decode-vectors.json", import.meta.url), "utf8"),
);

type Plain = Readonly<Record<string, unknown>>;

async function objectsOf(path: string, limit?: number): Promise<Plain[]> {
  const objects: Plain[] = [];
  for await (const object of describeFile(path, limit === undefined ? {} : { limit })) objects.push({ ...object });
  return objects;
}

/** The value at a path such as `levels[0].bid_px`. */
function at(object: unknown, path: string): unknown {
  return path.match(/\w+/g)?.reduce<unknown>((value, key) => (value as Plain | undefined)?.[key], object);
}

/** A value as text; version 3 made some integers wider, and with them the number that says that there is none. */
function plain(value: unknown): string {
  const text = JSON.stringify(value).replace(/^"(-?\d+)"$/, "$1");
  return text === "2147483647" || text === "9223372036854775807" ? "none" : text;
}

/** Integers are compared as text, because 64-bit ones are text on our side and sometimes numbers on theirs. */
function expectFields(object: Plain, fields: Plain): void {
  for (const [path, expected] of Object.entries(fields)) {
    const value = at(object, path);
    if (Array.isArray(expected)) expect(value).toEqual(expected);
    else expect(`${path} ${value}`).toBe(`${path} ${expected}`);
  }
}

describe("A described file", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "describe-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function file(name: string, ...parts: readonly Uint8Array[]): string {
    const path = join(folder, name);
    writeFileSync(path, concatBytes(...parts));
    return path;
  }

  it("begins with the metadata and goes on with one object per record, as many as asked", async () => {
    const path = file("a.dbn", metadata(), trade({ seconds: 1 }), trade({ seconds: 2 }), trade({ seconds: 3 }));
    expect((await objectsOf(path)).map((object) => object.type)).toEqual(["metadata", "trade", "trade", "trade"]);
    expect((await objectsOf(path, 2)).map((object) => object.type)).toEqual(["metadata", "trade", "trade"]);
    expect((await objectsOf(path, 0)).map((object) => object.type)).toEqual(["metadata"]);
  });

  it("gives what precedes the damage, then says where it is", async () => {
    const bytes = concatBytes(metadata(), trade(), trade());
    const objects: object[] = [];
    const outcome = (async () => {
      for await (const object of describeFile(file("cut.dbn", bytes.slice(0, -1)))) objects.push(object);
    })();
    await expect(outcome).rejects.toThrow(
      `cut.dbn": it is cut off within a record at byte ${bytes.length - 1}; download it again`,
    );
    expect(objects).toHaveLength(2);
  });

  it("tells of a fragment that it has no metadata", async () => {
    const objects = await objectsOf(file("part.dbn.frag", trade(), trade()));
    expect(objects[0]).toEqual({ type: "metadata", version: null, fragment: true });
    expect(objects.map((object) => object.type)).toEqual(["metadata", "trade", "trade"]);
  });
});

describe.skipIf(MARKET_DATA === undefined)(`Official files${NEEDS_DATA}`, () => {
  const folder = ["official", "databento-cpp"];

  it.each(vectors.decode)("decode as the official client expects: $file", async (vector) => {
    const [head, ...records] = await objectsOf(dataFile(...folder, vector.file));
    expectFields(head ?? {}, vector.metadata);
    expect(records).toHaveLength(vector.record_count);
    vector.records.forEach((fields, index) => {
      expectFields(records[index] ?? {}, fields);
    });
  });

  it.each(vectors.decode_extra)("decode as the official client expects, other fields: $file", async (vector) => {
    const [head, ...records] = await objectsOf(dataFile(...folder, vector.file));
    if (vector.each_record_has !== undefined) {
      for (const record of records) expectFields(record, vector.each_record_has);
    }
    vector.records?.forEach((fields, index) => {
      expectFields(records[index] ?? {}, fields);
    });
    if (vector.mappings !== undefined) {
      const { raw_symbol, interval_count, first } = vector.mappings;
      const mapping = at(head, "mappings[0]") as { raw_symbol: string; intervals: object[] } | undefined;
      expect([mapping?.raw_symbol, mapping?.intervals.length]).toEqual([raw_symbol, interval_count]);
      expect(Object.values(mapping?.intervals[0] ?? {})).toEqual(first);
    }
  });

  it("decode to their end, whatever their version, schema and compression", async () => {
    const counts: string[] = [];
    for (const path of dataFiles(/\.dbn(\.frag)?(\.zst)?$/, "official")) {
      const objects = await objectsOf(path);
      expect(objects[0]?.type, path).toBe("metadata");
      const unknown = objects.filter((object) => object.type === "unknown");
      expect(unknown, path).toEqual([]);
      counts.push(`${objects.length - 1}`);
    }
    expect(counts.length).toBeGreaterThan(150);
  });

  const official = dataFiles(/^test_data\.[^.]+(\.v[123])?\.dbn(\.zst)?$/, "official", "dbn");
  const schemaOf = (path: string) => basename(path).split(".")[1] ?? "";
  const schemas = [...new Set(official.map(schemaOf))];
  it.each(schemas)("hold the same records in every form of %s, in the fields that all have", async (schema) => {
    const paths = official.filter((path) => schemaOf(path) === schema);
    expect(paths.length).toBeGreaterThan(1);
    const all: Plain[][] = [];
    for (const path of paths) all.push((await objectsOf(path)).slice(1));
    const first = all.find((records) => records.length > 0) ?? [];
    const names = Object.keys(first[0] ?? {}).filter((name) => all.every(([one]) => one === undefined || name in one));
    const shared = (records: readonly Plain[]) =>
      records.map((record) => names.map((name) => `${name} ${plain(record[name])}`));
    for (const [index, records] of all.entries()) {
      // The daily bars of one file are none.
      if (records.length > 0 || schema !== "ohlcv-1d") expect(shared(records), paths[index]).toEqual(shared(first));
    }
  });

  it("are read over all eight frames of a real multi-frame fragment", async () => {
    const [, ...records] = await objectsOf(dataFile(...folder, "multi-frame.definition.v1.dbn.frag.zst"));
    expect(records).toHaveLength(8);
    expect(new Set(records.map((record) => record.type))).toEqual(new Set(["definition"]));
  });

  it("and those of other projects decode too", async () => {
    for (const path of dataFiles(/\.dbn(\.zst)?$/, "nautilus")) {
      if (/definition-opra|es-opt|mbo/.test(basename(path))) continue; // large, and of kinds read above
      expect((await objectsOf(path)).length, path).toBeGreaterThan(0);
    }
  });
});
