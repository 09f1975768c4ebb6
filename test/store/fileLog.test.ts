import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fileLog } from "../../src/store/fileLog.js";
import { faultyFs, handClock, systemError, temporaryFolder } from "./support.js";

it("writes a line per message with New York's time and the level", async () => {
  const path = join(temporaryFolder(), "trading_system.log");
  const log = fileLog({ path, clock: handClock() });
  log.info("Connected to GLBX.MDP3");
  log.warn("Reconnecting in 4 s");
  log.error("The key was refused");
  await log.flush();
  expect(readFileSync(path, "utf8")).toBe(
    "2025-06-09T09:30:00 INFO Connected to GLBX.MDP3\n" +
      "2025-06-09T09:30:00 WARNING Reconnecting in 4 s\n" +
      "2025-06-09T09:30:00 ERROR The key was refused\n",
  );
});

it("lets no message make a second line or move the reader's eye", async () => {
  const path = join(temporaryFolder(), "trading_system.log");
  const log = fileLog({ path, clock: handClock() });
  log.info("a\r\n2025 ERROR forged\u001b[31m red\u202eback\u0007");
  await log.flush();
  expect(readFileSync(path, "utf8")).toBe("2025-06-09T09:30:00 INFO a 2025 ERROR forged redback \n");
});

it("puts a full file aside and keeps so many of them", async () => {
  const folder = temporaryFolder();
  const log = fileLog({ path: join(folder, "trading_system.log"), clock: handClock(), maxBytes: 100, keep: 2 });
  for (let number = 0; number < 12; number += 1) {
    log.info(`message ${number}`);
    await log.flush();
  }
  const names = ["trading_system.log", "trading_system.log.1", "trading_system.log.2"];
  expect(readdirSync(folder).sort()).toEqual(names);
  const numbers = names.map((name) =>
    readFileSync(join(folder, name), "utf8")
      .match(/\d+(?=\n)/g)
      ?.map(Number),
  );
  expect(numbers).toEqual([
    [10, 11],
    [8, 9],
    [6, 7],
  ]);
});

it("drops what it cannot write, and says how much when it can again", async () => {
  const path = join(temporaryFolder(), "trading_system.log");
  let full = true;
  const fs = faultyFs((call) => {
    if (full && call === "append") throw systemError("ENOSPC");
  });
  const log = fileLog({ path, clock: handClock(), fs });
  log.info("one");
  await log.flush();
  log.info("two");
  await log.flush();
  full = false;
  log.info("three");
  await log.flush();
  expect(readFileSync(path, "utf8")).toBe("2 lines could not be written here\n2025-06-09T09:30:00 INFO three\n");
});
