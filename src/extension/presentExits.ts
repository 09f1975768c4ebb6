import type { EngineOutput, Exit } from "../core/events.js";
import { presentPortfolios } from "../core/portfolio.js";
import { countingExits } from "../core/tradeRecords.js";

/** The exits that count in the present portfolios: of years of them found anew only when something came that can change them. */
export class PresentExits {
  #outputs: readonly EngineOutput[] = [];
  #exits: readonly Exit[] = [];

  /** @param outputs in the order in which they were booked; an array that changes is another array */
  of(outputs: readonly EngineOutput[]): readonly Exit[] {
    const before = this.#outputs;
    if (outputs === before) return this.#exits;
    const goesOn = before.length <= outputs.length && before.every((output, index) => output === outputs[index]);
    if (!goesOn || outputs.slice(before.length).some(changesExits)) {
      this.#exits = countingExits(presentPortfolios(outputs));
    }
    this.#outputs = outputs;
    return this.#exits;
  }
}

function changesExits({ type }: EngineOutput): boolean {
  return type === "exit" || type === "amendment" || type === "void" || type === "paperReset";
}
