import type { DemoPace } from "../feed/demoPace.js";
import type { Sink } from "./pipeline.js";

/** As slow as life while a signal waits for its answer, quick enough to watch while the user holds a position. */
export function paced(pace: DemoPace): Sink {
  return (output) => {
    if (output.type === "recommendation") pace.realTime(output.lateAfter);
    else if (output.type === "fill" && output.account === "manual") pace.watch();
    else if (output.type === "decision" || output.type === "void") pace.fast();
    else if (output.type === "exit" && output.account === "manual") pace.fast();
  };
}
