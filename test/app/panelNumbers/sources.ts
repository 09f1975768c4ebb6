import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Row, rowsOf } from "./folder.js";

/** A record of the journal as it stands there. */
// biome-ignore lint/suspicious/noExplicitAny: what is read here must not be read by the program's own types.
export type Raw = any;

/** A closed trade: what it came to by the user's SQLite files; who, when and why it was closed by the journal, which they leave out. */
export interface Trade {
  readonly account: string;
  readonly recommendation: string;
  readonly context: string;
  readonly direction: string;
  readonly quantity: number;
  /** In points and dollars. */
  readonly entry: number;
  readonly exit: number;
  readonly ticks: number;
  readonly gross: number;
  readonly net: number;
  readonly r: number;
  readonly returned: number;
  readonly win: boolean;
  readonly stated: number;
  readonly multiplier: number;
  readonly entryTime: number;
  readonly exitTime: number;
  readonly day: string;
  readonly reason: string;
  /** An exit by hand that was part of the plan. */
  readonly planned: boolean;
  readonly mae: number | undefined;
  readonly mfe: number | undefined;
  /** Its line of `recommendations_log.jsonl`. */
  readonly call: Raw;
}

/** Some contracts of a trade of the user, closed before the others: what they came to after costs. */
export interface Part {
  readonly recommendation: string;
  readonly time: number;
  readonly quantity: number;
  readonly net: number;
}

/** What a closed trade teaches. */
export type Known = Pick<Trade, "account" | "recommendation" | "context" | "win" | "exitTime" | "r">;

/** All that a data folder says, by its own files. */
export interface Sources {
  readonly start: number;
  /** As booked, oldest first. */
  readonly trades: readonly Trade[];
  readonly parts: readonly Part[];
  readonly calls: readonly Raw[];
  readonly journal: readonly Raw[];
  /** `portfolio_equity` */
  readonly equity: readonly Row[];
  /** `paper_trades` */
  readonly paper: ReadonlyMap<string, Row>;
  /** Ids of recommendations that were not executed, that are filled without an exit, and the last word on each. */
  readonly skipped: ReadonlySet<string>;
  readonly open: ReadonlySet<string>;
}

const TICK = 0.25;
/** Of an MES. */
const POINT = 5;

/** Reads a data folder: its SQLite files by SQL, its logs line by line. */
export async function sourcesOf(folder: string): Promise<Sources> {
  const learned = await rowsOf(folder, "bayesian_stats.db", "SELECT * FROM context_performance ORDER BY id");
  const paperRows = await rowsOf(folder, "paper_trades.db", "SELECT * FROM paper_trades ORDER BY trade_id");
  const equity = await rowsOf(folder, "paper_trades.db", "SELECT * FROM portfolio_equity ORDER BY timestamp");
  const calls = lines(join(folder, "recommendations_log.jsonl")).map((line) => JSON.parse(line));
  const records = readdirSync(join(folder, "journal"))
    .sort()
    .flatMap((name) => lines(join(folder, "journal", name)))
    .map((line) => JSON.parse(line.slice(18)));
  const start = records.find(({ type, data }) => type === "meta" && data.key === "run.settings");
  const journal = records.filter(({ type }) => type !== "meta").map(({ type, data }) => ({ ...data, type }));
  const paper = new Map(paperRows.map((row) => [String(row.recommendation_id), row]));
  const standing = lastWords(journal);
  const byId = new Map(calls.map((call) => [call.id, call]));
  const trades = learned.map((row) => tradeOf(row, journal, byId.get(row.recommendation_id), paper));
  return {
    start: start?.data.value["paper.startBalance"] ?? 15_000,
    trades,
    parts: journal.filter(({ type }) => type === "partialExit").map((exit) => partOf(exit, journal)),
    calls,
    journal,
    equity,
    paper,
    ...standing,
  };
}

function lines(path: string): readonly string[] {
  return readFileSync(path, "utf8").trimEnd().split("\n");
}

function tradeOf(row: Row, journal: readonly Raw[], call: Raw, paper: ReadonlyMap<string, Row>): Trade {
  const { source, recommendation_id: id } = row;
  const exit = journal.findLast((r) => r.type === "exit" && r.account === source && r.recommendation === id);
  const side = row.direction === "BUY" ? 1 : -1;
  const [entry, left, quantity] = [Number(row.entry_price), Number(row.exit_price), Number(row.quantity)];
  const of = source === "paper" ? paper.get(String(id)) : undefined;
  const excursion = (column: string, raw: number | undefined) =>
    source === "paper" ? (of?.[column] === null ? undefined : Number(of?.[column])) : raw;
  return {
    account: String(source),
    recommendation: String(id),
    context: String(row.context_value),
    direction: String(row.direction),
    quantity,
    entry,
    exit: left,
    ticks: (side * (left - entry)) / TICK,
    gross: Math.round(side * (left - entry) * quantity * POINT * 100) / 100,
    net: Number(row.net_pnl),
    r: Number(row.r_multiple),
    returned: Number(row.return_pct),
    win: row.win === 1,
    stated: Number(row.p_at_issue),
    multiplier: source === "paper" ? Number(of?.bayesian_multiplier) : call.bayesian_multiplier,
    entryTime: exit.entryTime,
    exitTime: exit.time,
    day: exit.tradingDay,
    reason: exit.reasonChecked,
    planned: exit.override === false,
    mae: excursion("mae_points", exit.maePoints),
    mfe: excursion("mfe_points", exit.mfePoints),
    call,
  };
}

/** By its price and that of the fill: who closes in parts was filled at once. */
function partOf({ recommendation, time, price, quantity }: Raw, journal: readonly Raw[]): Part {
  const fill = journal.find(
    (record) => record.type === "fill" && record.account === "manual" && record.recommendation === recommendation,
  );
  const side = String(recommendation).endsWith("-BUY") ? 1 : -1;
  return { recommendation, time, quantity, net: (side * (price - fill.price) * TICK * POINT - 2 * 2.5) * quantity };
}

/** What was said last of each recommendation on the user's account: what was taken back was never said. */
function lastWords(journal: readonly Raw[]) {
  const [skipped, open] = [new Set<string>(), new Set<string>()];
  for (const { type, account, recommendation: id } of journal) {
    if (account !== "manual") continue;
    if (type === "decision") skipped.add(id);
    if (type === "fill") open.add(id);
    if (type === "exit") open.delete(id);
    if (type === "void") for (const words of [skipped, open]) words.delete(id);
  }
  return { skipped, open };
}
