import { beforeEach, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { contributedSettings, userSettings } from "../../src/extension/configuration.js";
import { fake } from "../support/fakeVscode.js";

beforeEach(() => fake.reset());

describe("The user's settings", () => {
  const contributed = {
    "volumeCluster.risk.maxDailyTrades": {},
    "volumeCluster.data.folder": {},
    "volumeCluster.instruments": {},
  };

  it("are those that he set, without the prefix; defaults are left to the schema", () => {
    fake.settings["volumeCluster.risk.maxDailyTrades"] = { globalValue: 3 };
    fake.settings["volumeCluster.instruments"] = {};
    expect(userSettings(contributed)).toEqual({ "risk.maxDailyTrades": 3 });
  });

  it("cannot be set by a workspace", () => {
    fake.settings["volumeCluster.data.folder"] = { workspaceValue: "/hostile" };
    fake.settings["volumeCluster.risk.maxDailyTrades"] = { globalValue: 3, workspaceValue: 1000 };
    expect(userSettings(contributed)).toEqual({ "risk.maxDailyTrades": 3 });
  });

  it("are looked for under the keys of package.json", () => {
    expect(Object.keys(contributedSettings(manifest))).toContain("volumeCluster.data.folder");
    expect(contributedSettings({})).toEqual({});
  });
});
