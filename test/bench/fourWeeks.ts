import { demoSettings } from "../../src/app/demoSettings.js";
import { Run } from "../../src/app/run.js";
import { parseSettings } from "../../src/app/settings.js";
import { type EngineOutput, outputId } from "../../src/core/events.js";
import { demoFeed } from "../../src/feed/demo.js";

/**
 * What an engine keeps of twenty days of the simulated market with a paper account.
 *
 * @param wasm the bytes of sql.js
 */
export async function fourWeeks(wasm: () => Promise<Uint8Array>): Promise<readonly EngineOutput[]> {
  const outputs: EngineOutput[] = [];
  const run = await Run.open({
    settings: demoSettings(parseSettings({})),
    mode: { leading: "paper", paperTrades: true, haltEndsWithSession: false },
    kind: "demo",
    folder: undefined,
    sinks: [(output) => outputs.push(output)],
    log: { info() {}, warn() {}, error() {} },
    wasm,
  });
  await run.run(demoFeed({ seed: 7, days: 20 }), new AbortController().signal);
  return outputs.filter((output) => outputId(output) !== undefined);
}
