import { describe, expect, it } from "vitest";
import type { GatewayMessage } from "../../../../src/feed/databento/dbn/gatewayMessage.js";
import { ErrorSeries } from "../../../../src/feed/databento/live/errorSeries.js";

const error = (code: number | undefined, text: string, isLast = false): GatewayMessage => {
  return { kind: "error", code, text, isLast };
};

/** What a series of these codes is judged by. */
function judged(...codes: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const series = new ErrorSeries();
  return codes.flatMap((code, index) =>
    series.add(error(code, "", index === codes.length - 1)).map(({ code }) => code),
  );
}

describe("Errors that come together", () => {
  it("say nothing before the last one, and then what all say, a repeated text once", () => {
    const series = new ErrorSeries();
    expect([series.add(error(6, "one")), series.add(error(6, "two")), series.isOpen]).toEqual([[], [], true]);
    expect(series.add(error(6, "one", true))).toEqual([error(6, "one; two", true)]);
    expect([series.isOpen, series.close()]).toEqual([false, []]);
  });

  it("are judged by the one that the next session would not tell again", () => {
    expect(judged(6, 8, 4)).toEqual([8]);
    expect(judged(7, 5)).toEqual([5]);
    expect(judged(5, 8)).toEqual([8]);
    expect(judged(3, 1, 6)).toEqual([1]);
  });

  it("are told by their kind where none ends the session", () => {
    expect(judged(4, undefined, 4, 99)).toEqual([4, undefined, 99]);
  });

  it("fill no memory where the last one never comes", () => {
    const series = new ErrorSeries();
    const told = Array.from({ length: 200 }, (_, index) => series.add(error(4, String(index))));
    expect(told.flatMap((messages, index) => (messages.length > 0 ? [index] : []))).toEqual([63, 127, 191]);
  });
});
