/** What tells the members of a list apart, where something does. */
const NAMES = ["recommendation", "name", "by", "date", "context"] as const;

/** Every number in a value with its path, such as `accounts[manual].units[Net result].usd`. */
export function numbersOf(value: unknown): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  collect(value, "", found);
  return found;
}

function collect(value: unknown, path: string, found: Map<string, number>): void {
  if (typeof value === "number") found.set(path, value);
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) {
    for (const [key, each] of Object.entries(value)) collect(each, path === "" ? key : `${path}.${key}`, found);
    return;
  }
  for (const [place, each] of value.entries()) collect(each, `${path}[${nameOf(each) ?? place}]`, found);
}

function nameOf(value: unknown): string | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const names = NAMES.flatMap((name) => (typeof record[name] === "string" ? [record[name]] : []));
  return names.length === 0 ? undefined : `${names[0]}${record.account === undefined ? "" : ` ${record.account}`}`;
}

/** A path without the names of its members; those of figures stay, because each is another number. */
export function generalPath(path: string): string {
  return path.replace(/(figures|units)?\[([^\]]*)\]/g, (all, named) => (named === undefined ? "[]" : all));
}

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly innerType?: Schema;
  readonly items?: readonly Schema[];
  readonly options?: readonly Schema[];
}
interface Schema {
  readonly _zod: { readonly def: unknown };
}

/** The paths of all numbers that a schema lets through. */
export function numbersInSchema(schema: Schema, path = ""): readonly string[] {
  const { type, shape, element, innerType, items, options } = schema._zod.def as Definition;
  if (type === "number" || type === "int") return [path];
  const inner = [...(innerType === undefined ? [] : [innerType]), ...(options ?? [])];
  const members = [...(element === undefined ? [] : [element]), ...(items ?? [])];
  const found = [
    ...Object.entries(shape ?? {}).flatMap(([key, each]) =>
      numbersInSchema(each, path === "" ? key : `${path}.${key}`),
    ),
    ...members.flatMap((each) => numbersInSchema(each, `${path}[]`)),
    ...inner.flatMap((each) => numbersInSchema(each, path)),
  ];
  return [...new Set(found)];
}
