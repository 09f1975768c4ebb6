import { runCommandLine } from "./commandLine.js";
import { processTerminal } from "./processTerminal.js";

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
