import { t } from "@vscode/l10n";
import { downsample } from "../core/downsample.js";
import type { EngineOutput, Exit } from "../core/events.js";
import { formatPrice } from "../core/instrument.js";
import { presentPortfolios } from "../core/portfolio.js";
import type { AccountReport, EquityPoint, PerformanceReport, Period, ReportGroup } from "../core/protocol.js";
import type { AccountName } from "../core/sizing/recommendation.js";
import { countingExits } from "../core/tradeRecords.js";
import { accountInWords, groupInWords, unknown } from "../words/tradeWords.js";
import { fixed, withoutMoney } from "./amounts.js";
import { equityPoints, pointsInR } from "./equityPoints.js";
import { equitySvg } from "./equitySvg.js";
import { inLanguage } from "./language.js";
import type { Within } from "./period.js";
import { answers, calibrationWords, coneWords, costWords, figureWords } from "./reportWords.js";
import { markdownTable, rateInterval, signedPercent, signedUsd } from "./review/words.js";
import { isoTime } from "./times.js";

/** What the performance can be exported as. */
export const EXPORT_FORMATS = ["csv", "json", "markdown", "svg"] as const;

/** A format of an export. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What is exported: the same material gives the same bytes. */
export interface ExportMaterial {
  readonly report: PerformanceReport;
  readonly outputs: readonly EngineOutput[];
  readonly isIn: Within;
  /** Of whose market the results are; undefined for those that count. */
  readonly simulated: string | undefined;
  /** Results stand in R, and no amount of money is told. */
  readonly discreet?: boolean;
}

/** Fields that are amounts of money. */
const MONEY: ReadonlySet<string> = new Set(["usd", "grossPnl", "commission", "netPnl", "balance"]);

/** The performance as the text of a file. */
export function exportPerformance(format: ExportFormat, material: ExportMaterial): string {
  switch (format) {
    case "csv":
      return tradesCsv(tradesOf(material), material.discreet);
    case "json":
      return json(material);
    case "markdown":
      return markdown(material);
    case "svg":
      return equitySvg(
        curvesOf(material.outputs, material.discreet),
        material.simulated,
        material.discreet ? "R" : "$",
      );
    default:
      return format satisfies never;
  }
}

/** The curve of each account that has one, named; in money, or discreetly in R. */
export function curvesOf(
  outputs: readonly EngineOutput[],
  discreet = false,
): readonly { readonly name: string; readonly points: readonly EquityPoint[] }[] {
  return (["manual", "paper"] as const satisfies readonly AccountName[]).flatMap((account) => {
    const points = downsample((discreet ? pointsInR : equityPoints)(outputs, account));
    return points.length === 0 ? [] : [{ name: accountInWords(account), points }];
  });
}

/**
 * Closed trades as comma-separated values (RFC 4180), with a head and every text in quotes. No cell is a formula to a spreadsheet, by
 * whatever it separates.
 */
export function tradesCsv(trades: readonly Exit[], discreet = false): string {
  const rows = trades.map(tradeFields);
  const columns = discreet ? COLUMNS.filter((column) => !MONEY.has(column)) : COLUMNS;
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

function json(material: ExportMaterial): string {
  const { report, simulated, discreet = false } = material;
  const all = { ...report, simulated: simulated ?? null, trades: tradesOf(material).map(tradeFields) };
  const kept = (key: string, value: unknown) => {
    if (MONEY.has(key)) return undefined;
    return key === "figures" ? figuresOf(value as AccountReport["figures"], true) : value;
  };
  return `${JSON.stringify(all, discreet ? kept : undefined, 2)}\n`;
}

function figuresOf(figures: AccountReport["figures"], discreet: boolean): AccountReport["figures"] {
  return discreet ? figures.filter(({ unit }) => unit !== "usd") : figures;
}

/** Where a text would be a formula: a spreadsheet that separates by semicolons lets a cell begin in the middle of one, too. */
const FORMULA = /(?<=^|[;\t\r\n]"*)(?=[=+\-@\uff0b\uff0d\uff1d\uff20])|^(?=[\t\r\n])/g;

/** A number as it is, a text in quotes and with an apostrophe before each formula, nothing for nothing. */
function csvCell(value: string | number | boolean): string {
  if (typeof value !== "string") return `${value}`;
  return value === "" ? "" : `"${value.replace(FORMULA, "'").replaceAll('"', '""')}"`;
}

const COLUMNS = [
  "closed",
  "tradingDay",
  "account",
  "recommendation",
  "contract",
  "direction",
  "quantity",
  "entered",
  "entry",
  "exit",
  "reason",
  "ticks",
  "rMultiple",
  "grossPnl",
  "commission",
  "netPnl",
  "balance",
  "context",
  "confidence",
  "unverified",
  "notes",
  "maeTicks",
  "mfeTicks",
  "exits",
] as const;

function tradeFields(exit: Exit): Readonly<Record<(typeof COLUMNS)[number], string | number | boolean>> {
  const { instrument } = exit;
  const clean = (value: number) => Number(value.toPrecision(12));
  const ticks = (points: number | undefined) => (points === undefined ? "" : clean(points / instrument.tickSize));
  return {
    closed: isoTime(exit.time),
    tradingDay: exit.tradingDay,
    account: exit.account,
    recommendation: exit.recommendation,
    contract: instrument.label,
    direction: exit.direction,
    quantity: exit.quantity,
    entered: isoTime(exit.entryTime),
    entry: clean(exit.entryPrice * instrument.tickSize),
    exit: Number.isInteger(exit.price)
      ? Number(formatPrice(exit.price, instrument))
      : clean(exit.price * instrument.tickSize),
    reason: exit.reasonChecked,
    ticks: clean(exit.points / instrument.tickSize),
    rMultiple: clean(exit.rMultiple),
    grossPnl: exit.grossPnl / 100,
    commission: exit.commission / 100,
    netPnl: exit.netPnl / 100,
    balance: exit.balanceAfter / 100,
    context: exit.context,
    confidence: clean(exit.confidence),
    unverified: exit.unverified === true,
    notes: exit.notes ?? "",
    maeTicks: ticks(exit.maePoints),
    mfeTicks: ticks(exit.mfePoints),
    exits: (exit.parts ?? [])
      .map(({ quantity, price, reasonChecked }) => `${quantity}@${formatPrice(price, instrument)} ${reasonChecked}`)
      .join(", "),
  };
}

function tradesOf({ outputs, isIn }: ExportMaterial): readonly Exit[] {
  return countingExits(presentPortfolios(outputs)).filter(isIn);
}

function markdown({ report, simulated, discreet = false }: ExportMaterial): string {
  const lines = [
    `# ${t("Performance")}`,
    "",
    t("Period: {0}. The accounts stand side by side and are never added up.", periodWords(report.period)),
    ...(simulated === undefined ? [] : ["", `**${inLanguage(simulated)}**`]),
    ...report.accounts.flatMap((account) => accountLines(account, discreet)),
  ];
  const text = `${lines.join("\n")}\n`;
  return discreet ? withoutMoney(text) : text;
}

function accountLines(account: AccountReport, discreet: boolean): readonly string[] {
  const number = (value: number | undefined, digits: number) =>
    value === undefined ? unknown() : fixed(value, digits);
  return [
    "",
    `## ${accountInWords(account.name)}`,
    "",
    account.tooFew
      ? t("{0} closed trades: too few to tell anything.", account.trades)
      : t("{0} closed trades.", account.trades),
    "",
    ...(discreet
      ? markdownTable(
          [t("Result"), t("Ticks"), "R"],
          account.units.map(({ name, ticks, r }) => [inLanguage(name), number(ticks, 1), number(r, 2)]),
        )
      : markdownTable(
          [t("But for the totals, after costs in dollars, before them in ticks and R"), "$", t("Ticks"), "R"],
          account.units.map(({ name, usd, ticks, r }) => [
            inLanguage(name),
            number(usd, 2),
            number(ticks, 1),
            number(r, 2),
          ]),
        )),
    "",
    ...markdownTable(
      ["", "", t("Note")],
      figuresOf(account.figures, discreet).map((figure) => [
        inLanguage(figure.name),
        figureWords(figure),
        inLanguage(figure.note ?? ""),
      ]),
      [2],
    ),
    ...account.groups.filter(({ rows }) => rows.length > 0).flatMap((group) => ["", ...groupTable(group, discreet)]),
    ...answers(account).flatMap((line) => ["", line]),
    ...account.costs.flatMap((cost) => ["", costWords(cost)]),
    ...coneWords(account).flatMap((line) => ["", line]),
    ...(account.calibration === undefined
      ? []
      : calibrationWords(account.calibration).flatMap((line) => ["", line.trim()])),
  ];
}

/** Closed trades by what they have in common, as in the panel. */
function groupTable({ by, rows }: AccountReport["groups"][number], discreet: boolean): readonly string[] {
  const head = [inLanguage(by), t("Trades"), t("Won"), t("90 % interval"), t("Mean R"), t("Mean price")];
  const cells = (row: ReportGroup) => [
    groupInWords(inLanguage(row.name)),
    `${row.trades}`,
    `${row.wins}`,
    rateInterval(row.winRateInterval),
    fixed(row.meanR, 2),
    signedPercent(row.meanReturn),
  ];
  return discreet
    ? markdownTable(head, rows.map(cells))
    : markdownTable(
        [...head, t("Net")],
        rows.map((row) => [...cells(row), signedUsd(Math.round(row.netPnl * 100))]),
      );
}

/** A period in words. */
export function periodWords(period: Period): string {
  if (period.kind === "all") return t("all");
  return period.kind === "days"
    ? t("the last {0} days", period.days)
    : t("trading days {0} to {1}", period.from, period.to);
}
