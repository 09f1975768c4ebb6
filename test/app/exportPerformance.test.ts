import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equitySvg } from "../../src/app/equitySvg.js";
import { EXPORT_FORMATS, exportPerformance, tradesCsv } from "../../src/app/exportPerformance.js";
import { performanceReport } from "../../src/app/performance.js";
import { EVER } from "../../src/app/period.js";
import type { EngineView } from "../../src/core/events.js";
import { cents, equity, exit, fill, partialExit, recommendation, SIGNAL_TIME, ticks } from "../support/outputs.js";

const account = {
  startBalance: cents(1_500_000),
  balance: cents(1_651_500),
  equity: 1_651_500,
  drawdown: 0,
  maxDrawdown: 0,
  halted: false,
  closedTrades: 1,
  wins: 1,
  netPnl: cents(151_500),
};
const view = { accounts: [{ name: "manual", ...account }], contexts: [] } as unknown as EngineView;
const outputs = [
  recommendation({ account: "manual" }),
  fill({ account: "manual" }),
  exit({ account: "manual", notes: '=HYPERLINK("http://x")' }),
  equity({ account: "manual" }),
];
const material = (simulated?: string) => ({
  report: performanceReport(view, outputs, { kind: "all" }, SIGNAL_TIME, { haltingDrawdown: 0.05 }),
  outputs,
  isIn: EVER,
  simulated,
});

describe("An export of the performance", () => {
  it("has each closed trade as a row that another reader of CSV reads back, with no formula in it", () => {
    const rows = parse(exportPerformance("csv", material()), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      account: "manual",
      netPnl: `${exit().netPnl / 100}`,
      notes: `'=HYPERLINK("http://x")`,
    });
  });

  it("starts no cell of text with what a spreadsheet would run, and loses nothing of it, whatever was typed", () => {
    const piece = fc.oneof(
      fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", ";", "＝", "备注"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const notes = pieces.join("");
        const made = tradesCsv([exit({ notes })]);
        const [row] = parse(made, { columns: true, record_delimiter: "\r\n" }) as Record<string, string>[];
        expect(row?.notes).not.toMatch(/^[=+\-@\t\r\n＝]/);
        const unguarded = (text: string | undefined) => text?.replace(/'(?=[=+\-@＝\t\r\n])/g, "");
        expect(unguarded(row?.notes)).toBe(unguarded(notes));
        // As one reads that separates by something else: of the row, what stands between quotes is not seen as one.
        const [, ...cells] = `${row?.notes}`.replaceAll('"', '""').split(/[;\t\r\n]/);
        expect(cells.filter((cell) => /^"*[=+\-@＝]/.test(cell))).toEqual([]);
      }),
    );
  });

  it("has every text in quotes, numbers bare and nothing for what is not there, so that no reader has to guess", () => {
    const [head, row] = tradesCsv([exit({ notes: "a; b, c", maePoints: undefined })]).split("\r\n");
    expect(head).toMatch(/^"closed","tradingDay",/);
    expect(row).toMatch(/,"a; b, c",,[\d.]+,$/);
    expect(row).toContain(",2,");
  });

  it("says of a trade that was closed in parts its mean price, and each of them at the row's end", () => {
    const last = { ...partialExit(), quantity: 2, price: ticks(23_981), reasonChecked: "stop" } as const;
    const parts = [partialExit(), last];
    const [, row] = tradesCsv([exit({ quantity: 3, price: (24_165 + 2 * 23_981) / 3, parts })]).split("\r\n");
    expect(row).toMatch(/,6010\.58333333,.*,"1@6041\.25 target, 2@5995\.25 stop"$/);
  });

  it.each(EXPORT_FORMATS)(
    "is the same bytes from the same data, says that results are simulated, and has no number that is none: %s",
    (format) => {
      const made = exportPerformance(format, material("Simulated: a made-up market"));
      expect(made).toBe(exportPerformance(format, material("Simulated: a made-up market")));
      expect(made).not.toMatch(/NaN|undefined|Infinity/);
      if (format !== "csv") expect(made).toContain("Simulated: a made-up market");
    },
  );

  it.each(EXPORT_FORMATS)("tells discreetly no amount of money, and results in R: %s", (format) => {
    const shown = (discreet: boolean) => exportPerformance(format, { ...material(), discreet });
    const amounts = /\$|usd|netPnl|grossPnl|commission|balance|1(,?)525|16(,?)51/i;
    expect(shown(false)).toMatch(amounts);
    expect(shown(true)).not.toMatch(amounts);
    expect(shown(true)).toMatch(/rMultiple|\bR\b/);
  });

  it("holds the report and the trades as JSON", () => {
    const made = JSON.parse(exportPerformance("json", material())) as {
      accounts: { trades: number }[];
      trades: object[];
      simulated: unknown;
    };
    expect([made.accounts[0]?.trades, made.trades.length, made.simulated]).toEqual([1, 1, null]);
  });

  it("has in Markdown what the panel says of groups, of coverage and of the shadows", () => {
    const { report } = material();
    const [row] = report.accounts[0]?.groups.find(({ by }) => by === "Direction")?.rows ?? [];
    const made = exportPerformance("markdown", material());
    for (const { by } of report.accounts[0]?.groups ?? []) expect(made).toContain(`| ${by} | Trades | Won |`);
    expect(made).toContain(`| ${row?.name} | 1 | 1 | `);
    expect(made).toContain("Coverage: 1 of 1 recommendations have complete feedback (100 %)");
    const shadow = { trades: 22, winRate: 0.5, winRateInterval: [0.33, 0.67], shadowWinRate: 0.41 } as const;
    const accounts = report.accounts.map((account) => ({
      ...account,
      shadow: { ...shadow, shadowWinRateInterval: [0.25, 0.58], meanR: 0.4, shadowMeanR: 0.2, all: 29 } as const,
    }));
    expect(exportPerformance("markdown", { ...material(), report: { ...report, accounts } })).toContain(
      "Recorded against the paper rules alone, 22 trades: won 50 % (90 %: 33.0 % to 67.0 %) against 41 %",
    );
  });

  it("has notes as words in Markdown, and no zero with a sign", () => {
    const { report } = material();
    const accounts = report.accounts.map((account) => ({
      ...account,
      units: [{ name: "Net result", usd: 0, ticks: -0.04, r: -0.004 }],
    }));
    const made = exportPerformance("markdown", { ...material(), report: { ...report, accounts } });
    expect(made).toContain("|  |  | Note |\n| --- | ---: | --- |");
    expect(made).toContain("| Net result | 0.00 | 0.0 | 0.00 |");
  });

  it("says in Markdown with the panel's words how late answers were, in which context, why trades ended, and what is not known", () => {
    const ended = [
      recommendation({ account: "manual" }),
      fill({ account: "manual" }),
      exit({ account: "manual", reason: "eod", reasonChecked: "eod" }),
    ];
    const { report } = material();
    const of = performanceReport(view, ended, { kind: "all" }, SIGNAL_TIME, { haltingDrawdown: 0.05 });
    const accounts = of.accounts.map((account) => ({
      ...account,
      units: [{ name: "Fees", usd: -5 }],
      figures: [
        { name: "Signal to fill, median", value: 962, unit: "seconds" as const },
        { name: "Slippage", value: -0.5, unit: "ticks" as const },
        { name: "Sharpe", unit: "ratio" as const },
      ],
    }));
    const made = exportPerformance("markdown", { ...material(), report: { ...report, accounts } });
    expect(made).toContain(
      "| Signal to fill, median | 16 min |  |\n| Slippage | -0.50 ticks |  |\n| Sharpe | n/a |  |",
    );
    expect(made).toContain("| Fees | -5.00 | n/a | n/a |");
    expect(made).toContain("| end of the day | 1 | 1 |");
    expect(made).toContain(`| ${exit().context.split("|").join(", ")} | 1 | 1 |`);
    expect(made).not.toMatch(/eod|\\\|/);
  });

  it("draws every curve inside the picture, and names from outside as text", () => {
    const point = fc.record({
      balance: fc.integer({ min: -1e6, max: 1e6 }),
      drawdown: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 40 }), (points) => {
        const svg = equitySvg(
          [{ name: "<b>&", points: points.map((each, index) => ({ time: index * 86_400, ...each })) }],
          undefined,
        );
        expect(svg).not.toContain("<b>");
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        for (const [, x, y] of svg.matchAll(/(-?[\d.]+),(-?[\d.]+)(?=[ "])/g)) {
          expect(0 <= Number(x) && Number(x) <= 1200 && 0 <= Number(y) && Number(y) <= 600).toBe(true);
        }
      }),
    );
    expect(equitySvg([], undefined)).toContain("No closed trade yet");
  });
});
