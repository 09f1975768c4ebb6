import { t } from "@vscode/l10n";
import type { EvidenceBar, SignalEvidence } from "../../src/core/protocol.js";
import { reasonInWords } from "../../src/words/tradeWords.js";

/** Monday 2025-06-02, 14:28 in New York. */
const START = 1_748_888_880;
const MINUTE = 60;
const TICK = 0.25;

/** The evidence of a made-up signal: a bar whose volume lies at its low, three before it and three after. */
export function sampleEvidence(): SignalEvidence {
  const bars = [120, 90, 140, 640, 210, 160, 130].map((volume, index) => sampleBar(index, volume));
  const own = bars[3];
  const path = Array.from({ length: 90 }, (_, minute) => {
    const close = 1.6 * Math.sin(minute / 17) + minute / 70 - 0.17;
    return { time: START + (4 + minute) * MINUTE, low: close - 0.25, high: close + 0.2, close };
  });
  return {
    key: "cluster:ESU5:1",
    recommendation: "ESU5-20250602T183200Z-BUY",
    time: START + 4 * MINUTE,
    contract: "MES SEP25",
    action: "BUY",
    tickSize: TICK,
    cluster: {
      ratio: 4.6,
      volume: own?.volume ?? 0,
      baseline: 157,
      pointOfControl: own?.low ?? 0,
      low: own?.low ?? 0,
      high: own?.high ?? 0,
      close: own?.close ?? 0,
      modalPosition: 0,
      deltaFraction: -0.24,
      strength: 0.84,
      partial: false,
    },
    answers: [
      { rule: "modal", answer: "BUY" },
      { rule: "delta", answer: "SHORT" },
      { rule: "absorption", answer: "BUY" },
      { rule: "modal_and_delta", answer: undefined },
    ],
    footprint: bars,
    call: {
      account: "manual",
      orderType: "LIMIT",
      quantity: 2,
      price: "6027.25",
      stop: "6011.75",
      target: "6058.25",
      confidence: 0.581,
      interval: [0.42, 0.73],
      breakEven: 0.35,
      chanceAboveBreakEven: 0.99,
      multiplier: 1.48,
      conservativeMultiplier: 1,
      evidence: 24,
      context: "BUY|open|4-6x",
      posterior: { alpha: 15.1, beta: 10.9, lambda: 0.052, contextTrades: 14, otherTrades: 192 },
      own: { wins: 9, losses: 5 },
      others: { wins: 98, losses: 94 },
      rows: [1.97, -1, 1.97].map((rMultiple, index) => ({
        time: START - (6 - index) * 86_400,
        win: rMultiple > 0,
        rMultiple,
      })),
      sizing: {
        riskFraction: 0.0174,
        budget: 266.68,
        riskPerContract: 100,
        base: 2,
        raw: 2,
        cap: 15,
        quantity: 2,
        riskActual: 200,
      },
    },
    path,
    answer: [
      t("Filled {0} at {1}", 2, "6027.25"),
      ...["6050.25", "6058.25"].map((price) => t("{0} closed at {1} ({2})", 1, price, reasonInWords("target"))),
    ].join(", "),
    results: [
      {
        of: "manual",
        reason: "target",
        entry: 6027.25,
        exit: 6054.25,
        rMultiple: 27 / 15.5,
        netPnl: 260,
        maePoints: -6.5,
        mfePoints: 31,
      },
      {
        of: "shadow",
        reason: "target",
        entry: 6027.25,
        exit: 6058.25,
        rMultiple: 2,
        netPnl: 300,
        maePoints: -6.5,
        mfePoints: 31,
      },
    ],
  };
}

function sampleBar(index: number, volume: number): EvidenceBar {
  const low = 6_026 + ((index * 7) % 5) * TICK;
  const levels = Array.from({ length: 14 }, (_, row) => {
    // The heavier, the nearer to the low, in the fourth bar above all.
    const share = index === 3 ? 0.5 ** (row / 2.2) * 0.27 : (1 + Math.cos((row - 6) / 3)) / 19;
    const traded = Math.max(2, Math.round(volume * share * (1 + ((row * 31 + index * 17) % 7) / 20)));
    const bid = Math.round(traded * (index === 3 ? 0.62 : 0.42 + ((row * 13 + index) % 5) / 30));
    return { price: low + row * TICK, volume: traded, bid, ask: traded - bid };
  });
  const total = levels.reduce((sum, level) => sum + level.volume, 0);
  const high = low + 13 * TICK;
  return { time: START + index * MINUTE, low, high, close: low + 8 * TICK, volume: total, levels };
}
