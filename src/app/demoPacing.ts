import type { DemoPace } from "../feed/demoPace.js";
import type { Sink } from "./pipeline.js";

/** As slow as life while a signal waits for its answer, quick enough to watch while the user holds a position. */
export function paced(pace: DemoPace): Sink {
  return (output) => {
    // One that the paper account leads waits for nobody.
    if (output.type === "recommendation")
      pace.awaitAnswer(output.id, output.account === "manual" ? output.lateAfter : output.time);
    if (!("account" in output) || output.account !== "manual" || !("recommendation" in output)) return;
    const { type, recommendation } = output;
    if (type === "fill" || type === "decision") pace.answered(recommendation);
    if (type === "fill") pace.hold(recommendation);
    else if (type === "exit" || type === "void") pace.letGo(recommendation);
  };
}
