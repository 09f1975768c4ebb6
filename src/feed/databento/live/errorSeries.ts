import type { GatewayMessage } from "../dbn/gatewayMessage.js";
import { gravestOf } from "./gatewayErrors.js";

/** Errors of one series at most: a gateway that never says "last" fills no memory. */
const MOST = 64;

/** Errors that a gateway sends together (`is_last`), so that they are judged together. */
export class ErrorSeries {
  #errors: GatewayMessage[] = [];

  /** Whether errors wait for the last of their series. */
  get isOpen(): boolean {
    return this.#errors.length > 0;
  }

  /** Takes the next error. Returns what the series says, if it was the last. */
  add(error: GatewayMessage): readonly GatewayMessage[] {
    this.#errors.push(error);
    return error.isLast || this.#errors.length >= MOST ? this.close() : [];
  }

  /**
   * Nothing more belongs to the series. Returns what it says: where one of its errors ends the session, the gravest in the words
   * of all; else each kind of error once.
   */
  close(): readonly GatewayMessage[] {
    const errors = this.#errors;
    this.#errors = [];
    const gravest = gravestOf(errors.map(({ code }) => code));
    if (gravest !== undefined) return [together(gravest, errors)];
    const codes = new Set(errors.map(({ code }) => code));
    return [...codes].map((code) =>
      together(
        code,
        errors.filter((error) => error.code === code),
      ),
    );
  }
}

function together(code: number | undefined, errors: readonly GatewayMessage[]): GatewayMessage {
  const texts = new Set(errors.map(({ text }) => text));
  return { kind: "error", text: [...texts].join("; "), code, isLast: true };
}
