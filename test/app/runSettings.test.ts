import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/app/runSettings.js";

describe("the settings that a folder was run with", () => {
  it("hold without a pin that was taken before and names no contract", () => {
    const settings = settingsOf({ "contract.pin": "XX", "paper.startBalance": 20_000 });
    expect(settings.contract.pin).toBe("");
    expect(settings.paper.startBalance).toBe(20_000);
  });

  it("hold without an instrument that was taken before and is described nowhere", () => {
    const settings = settingsOf({ "contract.instrument": "XX", "paper.startBalance": 20_000 });
    expect(settings.contract.instrument).toBe("ES");
    expect(settings.paper.startBalance).toBe(20_000);
  });

  it("are the defaults where a newer version wrote them", () => {
    expect(settingsOf({ "paper.startBalance": 20_000, "paper.ofTomorrow": 1 }).paper.startBalance).toBe(15_000);
    expect(settingsOf(undefined).paper.startBalance).toBe(15_000);
  });
});
