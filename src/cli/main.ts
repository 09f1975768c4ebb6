import { runCommandLine } from "./commandLine.js";
import { processTerminal } from "./processTerminal.js";

const terminal = processTerminal();
process.exit(await terminal.end(await runCommandLine(process.argv.slice(2), terminal)));
