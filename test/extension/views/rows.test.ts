import { describe, expect, it } from "vitest";
import type { HealthItem } from "../../../src/app/healthItem.js";
import type { ContextView } from "../../../src/core/events.js";
import type { Micros } from "../../../src/core/units.js";
import { contextRows } from "../../../src/extension/views/contextRows.js";
import { pendingCount, pendingGroups, pendingRows } from "../../../src/extension/views/pendingRows.js";
import { readiness, type Today, todayRows } from "../../../src/extension/views/todayRows.js";
import { at, cents, RECOMMENDATION_ID, recommendation, ticks } from "../../support/outputs.js";
import { accountView, engineView, feed, position, standing } from "../support.js";

const signal = recommendation({ account: "manual" });
const NOW = 1_000_000;

describe("The rows of what waits", () => {
  it("say the order and its seconds while they run, and that it is late afterwards", () => {
    const waiting = standing({
      view: engineView({ pending: [signal] }),
      deadlines: new Map([[signal.id, NOW + 24_500]]),
    });
    const [row] = pendingRows(waiting, NOW);
    expect(row).toMatchObject({
      label: "BUY 2@6010.75",
      description: "25 s left · ES · 14:32:15",
      command: { id: "volumeCluster.recordFill", argument: RECOMMENDATION_ID },
      subject: RECOMMENDATION_ID,
    });
    expect(pendingRows(waiting, NOW + 24_500)[0]).toMatchObject({ description: "late · ES · 14:32:15" });
    expect(pendingRows({ ...waiting, phase: "idle", deadlines: new Map() }, NOW)[0]?.description).toBe(
      "unanswered · ES · 14:32:15",
    );
  });

  it("say that a call is withdrawn while its market cannot be seen", () => {
    const view = engineView({ pending: [signal] });
    const stale = standing({ market: "live", view, feed: feed({ state: "stale" }) });
    expect(pendingRows(stale, signal.time / 1000)[0]?.description).toBe("withdrawn · ES · 14:32:15");
  });

  it("name the contract in full in the tooltip, and in the row where it is not the one that is watched", () => {
    const late = signal.time / 1000 + 31_000;
    const [row] = pendingRows(standing({ market: "live", view: engineView({ pending: [signal] }) }), late);
    expect(row?.tooltip?.slice(0, 2)).toEqual([
      "BUY 2 ES JUN25 @ 6010.75, stop 5995.25, target 6041.25",
      "late: its time is over, signalled at 14:32:15 New York",
    ]);
    const other = recommendation({ instrument: { ...signal.instrument, symbol: "ESU5", label: "ES SEP25" } });
    const [, , ...rows] = pendingRows(
      standing({ view: engineView({ pending: [signal, other], open: [position({ recommendation: other })] }) }),
      NOW,
    );
    expect(rows.map(({ label }) => label)).toEqual(["LONG 2 ES SEP25"]);
    expect(rows[0]?.description).not.toContain("ES");
  });

  it("leave out of the label before a feed runs the contract of the newest call", () => {
    const older = recommendation({
      id: "older",
      instrument: { ...signal.instrument, symbol: "ESH5", label: "ES MAR25" },
    });
    const rows = pendingRows(standing({ view: engineView({ instrument: undefined, pending: [older, signal] }) }), NOW);
    expect(rows.map(({ label }) => label)).toEqual(["BUY 2@6010.75", "BUY 2 ES MAR25 @ 6010.75"]);
  });

  it("say of a position what it is worth in money and in R, and how far its bracket is", () => {
    // 6010.50 with the stop at 5995.25: 15.25 points, $1,525 for two; half of it is 0.50 R.
    const view = engineView({
      open: [position()],
      lastPrice: ticks(24073),
      traded: { [signal.id]: { low: ticks(24020), high: ticks(24080) } },
    });
    const [row] = pendingRows(standing({ view }), NOW);
    expect(row).toMatchObject({
      label: "LONG 2",
      description: "+0.50 R · @6010.50 · +$762.50 · ES · since 14:32:35",
      command: { id: "volumeCluster.recordExit", argument: RECOMMENDATION_ID },
    });
    expect(row?.tooltip).toContain("Last 6018.25: 23.00 points to the stop, 23.00 points to the target");
    expect(row?.tooltip).toContain("Traded since the entry: 6005.00 to 6020.00");
  });

  it("say of a position without a price that there is none", () => {
    const view = engineView({ open: [position({ openPnl: undefined })] });
    const [row] = pendingRows(standing({ view }), NOW);
    expect(row).toMatchObject({ label: "LONG 2", description: "no price yet · @6010.50 · ES · since 14:32:35" });
  });

  it("say that a level was passed, and how far prices have gone against and for a position, in R", () => {
    const open = [position({ soFar: { mae: -61, mfe: 30.5 } })];
    const [row] = pendingRows(standing({ view: engineView({ open, lastPrice: ticks(23977) }) }), NOW);
    expect(row?.tooltip).toContain("Last 5994.25: 1.00 points past the stop, 47.00 points to the target");
    expect(row?.tooltip).toContain("So far at worst −1.00 R (MAE), at best +0.50 R (MFE)");
    const short = recommendation({ action: "SHORT", stop: ticks(24103), target: ticks(23919) });
    const [other] = pendingRows(
      standing({ view: engineView({ open: [position({ recommendation: short })], lastPrice: ticks(23918) }) }),
      NOW,
    );
    expect(other?.tooltip).toContain("Last 5979.50: 46.25 points to the stop, 0.25 points past the target");
    expect(other?.tooltip?.join()).not.toContain("MAE");
  });

  it("show the paper account's position without a command, and do not count it", () => {
    const view = engineView({ pending: [signal], open: [position(), position({ account: "paper" })] });
    const rows = pendingRows(standing({ view }), NOW);
    expect(rows.map(({ kind }) => kind)).toEqual(["pending", "open", undefined]);
    expect(rows[2]?.label).toBe("LONG 2");
    expect(rows[2]?.command).toBeUndefined();
    expect(pendingCount(standing({ view }))).toBe(2);
  });

  it("stand under a heading each, with their counts", () => {
    const view = engineView({ pending: [signal], open: [position({ account: "paper" })] });
    const told = (of: typeof view) =>
      pendingGroups(standing({ view: of }), NOW).map(
        ({ label, description, children = [] }) => `${label} ${description}: ${children.map(({ id }) => id).join()}`,
      );
    expect(told(view)).toEqual([
      `Without an answer 1: pending:${signal.id}`,
      "Open trades none: ",
      `Open on the paper account 1: open:paper:${signal.id}`,
    ]);
    expect(told(engineView({ open: [position()] }))).toEqual([
      "Without an answer none: ",
      `Open trades 1: open:manual:${signal.id}`,
    ]);
    expect(told(engineView({}))).toEqual([]);
  });

  it("leave the icon to their heading, whose bell has a dot while the seconds of one run", () => {
    const view = engineView({ pending: [signal], open: [position(), position({ account: "paper" })] });
    const waiting = standing({ view, deadlines: new Map([[signal.id, NOW + 24_500]]) });
    const icons = (of: typeof waiting, now: number) => pendingGroups(of, now).map(({ icon, colour }) => [icon, colour]);
    const others = [
      ["briefcase", undefined],
      ["beaker", undefined],
    ];
    expect(icons(waiting, NOW)).toEqual([["bell-dot", "charts.yellow"], ...others]);
    expect(icons(waiting, NOW + 24_500)).toEqual([["bell", undefined], ...others]);
    expect(icons({ ...waiting, phase: "idle" }, NOW)).toEqual([["bell", undefined], ...others]);
    expect(pendingRows(waiting, NOW).map(({ icon }) => icon)).toEqual([undefined, undefined, undefined]);
  });

  it("have another heading when there is something under it, which VS Code unfolds", () => {
    const open = (of: Parameters<typeof engineView>[0]) =>
      pendingGroups(standing({ view: engineView(of) }), NOW).find(({ label }) => label === "Open trades")?.id;
    expect(open({ pending: [signal] })).not.toBe(open({ pending: [signal], open: [position()] }));
  });

  it("are none without a run", () => {
    expect(pendingRows(standing({ view: undefined }), NOW)).toEqual([]);
    expect(pendingCount(standing({ view: undefined }))).toBe(0);
  });
});

describe("The rows of the contexts", () => {
  const context = (changes: Partial<ContextView>): ContextView => ({
    context: "BUY|mid|4-6x",
    account: "manual",
    trades: 12,
    wins: 5,
    winRateInterval: [0.22, 0.64],
    meanR: 0.1,
    netPnl: cents(12_000),
    breakEven: undefined,
    confidence: 0.45,
    interval: [0.28, 0.62],
    multiplier: 1,
    conservativeMultiplier: 1,
    evidence: 15,
    ...changes,
  });

  it("put the size first, the interval beside each rate, and say too few", () => {
    const few = context({});
    const many = context({ context: "SHORT|open|6x+", trades: 40, wins: 26, multiplier: 1.9 });
    const [account] = contextRows(standing({ view: engineView({ contexts: [few, many] }) }));
    expect(account?.label).toBe("Your fills");
    expect(account?.children?.map(({ label }) => label)).toEqual(["SHORT, open, 6x+", "BUY, mid, 4-6x"]);
    expect(account?.children?.[0]).toMatchObject({
      description: "x1.90 · 26 of 40 won (22 % to 64 %)",
      icon: "arrow-up",
    });
    expect(account?.children?.[1]?.description).toBe("x1.00 · 5 of 12 won (22 % to 64 %) · too few");
  });

  it("leave out an account that has learned nothing", () => {
    const view = engineView({ accounts: [accountView(), accountView({ name: "paper" })], contexts: [context({})] });
    expect(contextRows(standing({ view }))).toHaveLength(1);
    expect(contextRows(standing({ view: undefined }))).toEqual([]);
  });
});

describe("The rows of today", () => {
  it("offer the review of a week that is over and was not reviewed", () => {
    const row = (of: Today) => todayRows(of).find(({ id }) => id === "week");
    expect(row(today())).toBeUndefined();
    expect(row(today({ week: { monday: "2025-06-02", sunday: "2025-06-08" } }))).toMatchObject({
      label: "Review the week of 2025-06-02",
      command: { id: "volumeCluster.weeklyReview", argument: "2025-06-02" },
    });
  });

  const day = { date: "2025-06-10", open: at("2025-06-10T13:30:00Z"), close: at("2025-06-10T20:00:00Z") };
  const health: readonly HealthItem[] = [
    { level: "ok", title: "Session", text: "Regular hours" },
    { level: "warn", title: "Emergency stop", text: "One full stop is 5.28 %" },
  ];
  const today = (changes: Partial<Today> = {}): Today => ({
    standing: standing({ phase: "idle", view: undefined }),
    time: at("2025-06-10T12:00:00Z"),
    moment: { phase: "pre-market", day },
    health,
    hasKey: true,
    sound: { works: true, words: "played by paplay" },
    records: {
      ...{
        warnings: [],
        quarantined: 0,
        room: 52_900_000_000,
        verifiedAt: at("2025-06-10T11:58:00Z"),
        databasesAt: undefined,
      },
      now: at("2025-06-10T12:00:00Z"),
    },
    ticked: new Set(),
    week: undefined,
    ...changes,
  });

  it("name the phase and the time to its end", () => {
    expect(todayRows(today())[0]).toMatchObject({
      label: "Pre-market",
      description: "opens in 1 h 30 min (09:30 New York)",
    });
    const open = today({ moment: { phase: "session", day }, time: at("2025-06-10T19:15:00Z") });
    expect(todayRows(open)[0]).toMatchObject({ label: "Session", description: "ends in 45 min (16:00 New York)" });
    const weekend = today({ moment: { phase: "closed", day }, time: at("2025-06-07T12:00:00Z") });
    expect(todayRows(weekend)[0]?.description).toBe("opens in 3 days (2025-06-10 09:30 New York)");
  });

  it("say what a start is busy with, and offer another one only when nothing runs", () => {
    const watch = (changes: Parameters<typeof standing>[0]) =>
      todayRows(today({ standing: standing({ view: undefined, ...changes }) })).find(({ id }) => id === "watch");
    expect(watch({ phase: "starting", progress: "Simulated day 1 of 60" })).toMatchObject({
      label: "Simulated day 1 of 60",
    });
    expect(watch({ phase: "starting" })?.command).toBeUndefined();
    expect(watch({ phase: "idle" })).toMatchObject({
      label: "Not watching a market",
      command: { id: "volumeCluster.start" },
    });
    expect(watch({ phase: "idle", restoring: true })).toMatchObject({ label: "Reading what was recorded" });
    expect(watch({ view: engineView({ accounts: [accountView({ halted: true })] }) })).toMatchObject({
      label: 'Halted: no signal is taken until "Volume Cluster: Reset Emergency Stop"',
      colour: "charts.red",
      command: { id: "volumeCluster.resetEmergencyStop" },
    });
  });

  it("count what is ready: warnings and empty boxes are not", () => {
    // Two of health, key, live feed and clock, records, disk, sound, none left from earlier days, three by hand.
    expect(readiness(today())).toBe("6/12 ready");
    expect(readiness(today({ ticked: new Set(["broker", "news"]) }))).toBe("8/12 ready");
    expect(readiness(today({ sound: { works: false, words: "no player was found" } }))).toBe("5/12 ready");
    expect(readiness(today({ hasKey: false }))).toBe("5/12 ready");
    const left = today({ standing: standing({ view: engineView({ pending: [signal] }) }) });
    expect(readiness(left)).toBe("5/12 ready");
  });

  const marketItems = (of: Today) =>
    (todayRows(of).find(({ id }) => id === "checklist")?.children ?? [])
      .filter(({ id }) => id === "key" || id === "gateway")
      .map(({ icon, description, command }) => [icon, description, command?.id]);

  it("say what is true of the key and of the live feed, and lead to what mends it", () => {
    expect(marketItems(today({ hasKey: false }))).toEqual([
      ["warning", "none yet: live and history need one", "volumeCluster.setApiKey"],
      ["warning", "not connected: it is once live was started", "volumeCluster.start"],
    ]);
    const connected = today({ standing: standing({ feed: feed() }) });
    expect(marketItems(connected)).toEqual([
      ["pass", "kept in the secret storage", "volumeCluster.setApiKey"],
      ["pass", "The live feed is connected", "volumeCluster.showLog"],
    ]);
    const dead = today({ standing: standing({ feed: feed({ state: "stale", lastHeardAt: 0 as Micros }) }) });
    expect(marketItems(dead)[1]).toEqual([
      "error",
      "No data come from the live feed: no call until they do",
      "volumeCluster.showLog",
    ]);
  });

  const item = (id: string, of: Today) =>
    todayRows(of)
      .find((row) => row.id === "checklist")
      ?.children?.find((row) => row.id === id);
  const clock = (clockDelay: number | undefined) =>
    item("clock", today({ standing: standing({ feed: feed({ clockDelay }) }) }));

  it.each([
    [40_000, "pass", "agrees with the market's within 0.1 s"],
    [-1_000_000, "pass", "agrees with the market's within 1.0 s"],
    [1_000_001, "warning", "1.1 s ahead of the market's: set it by a time server"],
    [-2_000_000, "warning", "2.0 s behind the market's: set it by a time server"],
    [-2_000_001, "error", "2.1 s behind the market's: set it by a time server"],
  ])("judge a clock by the quickest record: %d µs", (delay, icon, description) => {
    expect(clock(delay)).toMatchObject({ icon, description });
  });

  it("say of the clock what nobody can know yet, and count it as not ready", () => {
    const words = (of: Today) => item("clock", of)?.description;
    expect(words(today())).toBe("not known until the live feed runs");
    expect(clock(undefined)).toMatchObject({ icon: "question", description: "not known yet: nothing of now has come" });
    const follower = standing({ leader: { who: "process 1", status: "" } });
    expect(words(today({ standing: follower }))).toBe("compared in the window that runs the feed");
  });

  it("tell whether the records are whole, when they were verified, and what is wrong with them", () => {
    const verifiedAt = at("2025-06-10T11:58:00Z");
    const known = {
      now: verifiedAt,
      warnings: [],
      quarantined: 0,
      room: 52_900_000_000,
      verifiedAt,
      databasesAt: undefined,
    };
    const records = (changes: Partial<NonNullable<Today["records"]>>, unsaved = 0) => {
      const of = standing({ phase: "idle", view: undefined, unsaved });
      return item("records", today({ records: { ...known, ...changes }, standing: of }));
    };
    expect(records({})).toMatchObject({ icon: "pass", description: "whole, verified at 07:58 New York" });
    expect(records({ databasesAt: at("2025-06-09T20:01:00Z") })?.tooltip).toContain(
      "The databases had everything at 2025-06-09 16:01 New York.",
    );
    expect(records({ quarantined: 2 })).toMatchObject({
      icon: "warning",
      description: "whole, verified at 07:58 New York; 2 damaged files lie in the quarantine",
    });
    const damaged = records({ warnings: ["The journal is damaged", "Another one is"], quarantined: 1 });
    expect(damaged).toMatchObject({ icon: "warning", description: "The journal is damaged" });
    expect(damaged?.tooltip).toEqual(
      expect.arrayContaining(["Another one is", "1 damaged file lies in the quarantine"]),
    );
    expect(records({}, 1)).toMatchObject({ icon: "error", description: "1 record is not on the disk" });
    expect(item("records", today({ records: undefined }))).toMatchObject({ icon: "question" });
  });

  it.each([
    [52_900_000_000, { icon: "pass", description: "52 GB free" }],
    [999_000_000, { icon: "warning", description: "999 MB free: make room before the day" }],
    [undefined, { icon: "question", description: "the system does not say how much is free" }],
  ])("tell of a disk with %s bytes of room", (room, row) => {
    const records = { ...today().records, room } as NonNullable<Today["records"]>;
    expect(item("disk", today({ records }))).toMatchObject(row);
    expect(item("disk", today({ records: undefined }))).toMatchObject({ icon: "question" });
  });

  it("ask a demo and a replay for neither key nor gateway", () => {
    for (const market of ["demo", "replay"] as const)
      expect(marketItems(today({ hasKey: false, standing: standing({ market }) }))).toEqual([]);
  });

  it("give automatic items no box, and manual ones one", () => {
    const items =
      todayRows(today({ ticked: new Set(["broker"]) })).find(({ id }) => id === "checklist")?.children ?? [];
    expect(items.map(({ ticked }) => ticked)).toEqual([...Array(9).fill(undefined), true, false, false]);
    expect(items[1]?.spoken).toBe("Emergency stop, warning: One full stop is 5.28 %");
  });

  it("ask at the end of the day for what is not recorded", () => {
    const evening = { moment: { phase: "end of day", day } } as const;
    const open = standing({ view: engineView({ pending: [signal], open: [position()] }) });
    const rows = (of: Today) => todayRows(of).map(({ label }) => label);
    expect(rows(today({ ...evening, standing: open }))).toContain("2 to record before you leave");
    expect(rows(today(evening))).toContain("Everything is recorded");
    expect(rows(today())).not.toContain("Everything is recorded");
  });
});
