import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../store/support.js";
import { earlierFolder } from "../support/earlierData.js";
import { inProcess } from "./inProcess.js";

describe("import", () => {
  it("reports, imports on demand, and shows it apart in the statistics", async () => {
    const root = temporaryFolder();
    const data = join(root, "data");
    await earlierFolder(join(root, "earlier", "data"));
    const args = ["import", "--data", data, "--from", join(root, "earlier")];
    const shown = await inProcess(...args);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain(
      "bayesian_stats.db, context_performance: 1 row read, 1 new, 0 here already, 0 repeated, 0 refused\n",
    );
    expect(shown.out).toContain("  1 row: its contract bore the next year's symbol (ESM6 for ESM5); corrected\n");
    expect(shown.out).toContain("4 rows of history, marked as imported; 0 of them teach the engine");
    expect(shown.err).toBe("Nothing was changed: --apply imports it\n");
    expect((await inProcess("statistics", "--data", data)).code).toBe(1);
    const done = await inProcess(...args, "--apply", "--json");
    expect(done.lines[0]).toMatchObject({ type: "import", applied: true, taken: 4, taught: 0, refused: [] });
    const { out } = await inProcess("statistics", "--data", data);
    expect(out).toContain("Imported from the earlier system: history that is in no balance and teaches nothing\n");
    expect(out).toContain("  typed by you, unverified: 1 closed trade, 1 of 1 won");
    const [line] = (await inProcess("statistics", "--data", data, "--json")).lines;
    expect(line?.imported).toMatchObject([
      { whose: "typed", trades: 1 },
      { whose: "simulated", netPnl: 976.25 },
    ]);
    const again = await inProcess(...args, "--apply");
    expect(again.out).toContain("there is nothing to import");
  });

  it.each([
    { args: ["--from", "x"], code: 2, says: '"--data" is missing' },
    { args: ["--data", "x"], code: 2, says: '"--from" is missing' },
    { args: ["--data", "x", "--from", "y", "--time-zone", "Mars"], code: 2, says: "is no time zone" },
    { args: ["--data", "x", "--from", "/nowhere"], code: 1, says: "has none of the earlier system's files" },
  ])("with $args has exit code $code", async ({ args, code, says }) => {
    const said = await inProcess("import", ...args);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(says);
  });
});
