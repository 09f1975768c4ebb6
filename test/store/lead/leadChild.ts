// A window that wants the lead of a folder, as a process that a test can stop and kill. It says a line when it leads, follows,
// and whenever it asks whether it still leads.
import { createInterface } from "node:readline";
import { claimLead } from "../../../src/store/lead/lead.js";

const [folder = "", pingMs = ""] = process.argv.slice(2);

for (;;) {
  const lead = await claimLead({ folder, pingMs: Number(pingMs) });
  process.stdout.write(`${lead.role} ${lead.lease.epoch}\n`);
  if (lead.role === "leader") {
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === "end") {
        await lead.end();
        process.exit(0);
      }
      process.stdout.write((await lead.isHeld()) ? "held\n" : "lost\n");
    }
  } else if ((await lead.over) === "ended") {
    process.stdout.write("ended\n");
    process.exit(0);
  }
}
