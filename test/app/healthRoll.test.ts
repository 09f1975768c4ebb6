import { describe, expect, it } from "vitest";
import { demoSettings } from "../../src/app/demoSettings.js";
import { rollItems } from "../../src/app/healthRoll.js";
import { parseSettings } from "../../src/app/settings.js";
import { demoContract } from "../../src/feed/demo.js";
import { at } from "../support/outputs.js";

const said = (now: string, settings: object = {}) =>
  rollItems(parseSettings(settings), { time: at(now) }).map(({ level, text }) => `${level}: ${text}`);

describe("The health check of the roll", () => {
  it.each([
    ["2025-06-09T12:00:00Z", "ok: ES JUN25 expires on 2025-06-20 (in 11 days)"],
    ["2025-06-10T12:00:00Z", "warn: ES JUN25 expires on 2025-06-20 (in 10 days): volume moves"],
    ["2025-06-20T12:00:00Z", "warn: ES JUN25 expires on 2025-06-20 (today): volume moves"],
    ["2025-06-21T12:00:00Z", "ok: ES SEP25 expires on 2025-09-19 (in 90 days)"],
    ["2025-12-20T12:00:00Z", "ok: ES MAR26 expires on 2026-03-20 (in 90 days)"],
    ["2029-12-31T12:00:00Z", "ok: ES MAR30 expires on 2030-03-15 (in 74 days)"],
    ["2025-06-20T03:59:00Z", "warn: ES JUN25 expires on 2025-06-20 (tomorrow)"],
  ])("at %s says %s", (now, words) => {
    expect(said(now)).toEqual([expect.stringContaining(words)]);
  });

  it.each(["MES", "NQ", "MNQ"])("knows the quarters of %s", (root) => {
    expect(said("2025-06-09T12:00:00Z", { "contract.instrument": root })[0]).toContain(
      `${root} JUN25 expires on 2025-06-20`,
    );
  });

  it("says that a pin does not follow, and when it has expired", () => {
    const pin = { "contract.pin": "ESM5" };
    expect(said("2025-05-01T12:00:00Z", pin)).toEqual(["ok: ESM5 is pinned and expires on 2025-06-20 (in 50 days)"]);
    expect(said("2025-06-16T12:00:00Z", pin)[0]).toContain("a pin does not follow");
    expect(said("2025-06-21T12:00:00Z", pin)[0]).toContain("the one before it has expired");
  });

  it("names the demo's own contract, which never rolls, whatever the calendar says", () => {
    const items = rollItems(demoSettings(parseSettings({ "contract.pin": "ESM5" })), {
      time: at("2026-03-19T12:00:00Z"),
      onlyContract: demoContract("MES").label,
    });
    expect(items).toEqual([
      { level: "ok", title: "Roll", text: "MES DEC25 for as long as it runs: the demo does not roll" },
    ]);
  });

  it("says nothing of what does not expire", () => {
    const own = { symbol: "LTCUSDT", tickSize: 0.01, pointValue: 1, session: "continuous" };
    expect(said("2025-06-09T12:00:00Z", { "contract.instrument": "LTCUSDT", instruments: [own] })).toEqual([]);
  });
});
